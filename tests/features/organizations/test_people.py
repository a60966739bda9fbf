"""Somebody's work, job role and account, as managers change them."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import delete, select, update

from lms.db.transaction import Database
from lms.domain.events import RoleChanged
from lms.domain.permissions import Actor, Hat
from lms.features.accounts.models import User
from lms.features.notifications.models import Notification
from lms.features.organizations.models import Employment, RoleProposal
from lms.features.organizations.people_queries import PersonRow, find_person
from lms.features.organizations.proposals import AlreadyAnswered, answer_proposal, get_proposal
from lms.features.organizations.queries import employment_path
from lms.features.taxonomy.models import JobRole
from lms.features.trail.models import TrailEntry
from lms.jobs.outbox import BUS
from lms.ports.clock import FixedClock
from tests.conftest import NOON
from tests.factories.accounts import PASSWORD, make_user, sign_in_as
from tests.factories.tree import Tree, give_hat, role_id


def person(database: Database, user_id: int) -> PersonRow | None:
    with database.reading() as db:
        return find_person(db, user_id)


def user(database: Database, user_id: int) -> User:
    with database.reading() as db:
        found = db.get_one(User, user_id)
        db.expunge(found)
        return found


def told(database: Database, user_id: int) -> list[str]:
    with database.reading() as db:
        query = select(Notification.kind).where(Notification.user_id == user_id).order_by(Notification.id)
        return list(db.scalars(query))


def test_a_manager_sets_a_role_and_the_person_hears_of_it(tree: Tree, app: Flask, database: Database) -> None:
    news: list[RoleChanged] = []
    database.info[BUS].now[RoleChanged] = (lambda db, event: news.append(event),)
    with database.reading() as db:
        safety = role_id(db, "safety")
    client = sign_in_as(app, tree.boss)
    for _ in range(2):
        assert client.post(f"/people/{tree.wu}/role", data={"role_id": safety}).status_code == 302
    assert user(database, tree.wu).role_id == safety
    assert news == [RoleChanged(learner_id=tree.wu)]
    assert told(database, tree.wu) == ["role_set"]
    assert client.post(f"/people/{tree.wu}/role", data={"role_id": "999"}).status_code == 302
    assert user(database, tree.wu).role_id == safety


def test_a_learner_proposes_and_a_manager_accepts(
    tree: Tree, app: Flask, database: Database, clock: FixedClock
) -> None:
    with database.reading() as db:
        safety, worker = role_id(db, "safety"), role_id(db, "worker")
    wu = sign_in_as(app, tree.wu)
    wu.post("/profile", data={"language": "en", "role_id": worker})
    assert user(database, tree.wu).role_id == worker  # the first choice is one's own
    wu.post("/profile", data={"language": "en", "role_id": safety})
    assert user(database, tree.wu).role_id == worker
    assert "You proposed Safety officer on 24 Nov." in wu.get("/profile").text
    assert told(database, tree.boss) == ["role_proposed"]
    clock.advance(timedelta(hours=80))  # three days later; the sessions have ended
    boss, wu = sign_in_as(app, tree.boss), sign_in_as(app, tree.wu)
    page = boss.get("/role-proposals").text
    assert "1 proposed job role waits" in page
    assert "The oldest has waited for 3 days." in page
    [proposal] = rows(database)
    boss.post(f"/role-proposals/{proposal.id}", data={"answer": "accept"})
    assert user(database, tree.wu).role_id == safety
    assert told(database, tree.wu) == ["role_set"]
    assert boss.post(f"/role-proposals/{proposal.id}", data={"answer": "accept"}).status_code == 404


def rows(database: Database) -> list[RoleProposal]:
    with database.reading() as db:
        found = list(db.scalars(select(RoleProposal).order_by(RoleProposal.id)))
        db.expunge_all()
        return found


def propose(app: Flask, database: Database, user_id: int, slug: str = "safety") -> int:
    """Wu holds the role of a worker and proposes another; returns the proposal's id."""
    with database.writing() as db:
        db.get_one(User, user_id).role_id = role_id(db, "worker")
        wanted = role_id(db, slug)
    sign_in_as(app, user_id).post("/profile", data={"language": "en", "role_id": wanted})
    return rows(database)[-1].id


def test_a_refusal_needs_a_reason_and_the_learner_reads_it(
    tree: Tree, app: Flask, database: Database
) -> None:
    number = propose(app, database, tree.wu)
    boss = sign_in_as(app, tree.boss)
    boss.post(f"/role-proposals/{number}", data={"answer": "refuse", "reason": " "})
    assert rows(database)[0].answered_at is None
    boss.post(f"/role-proposals/{number}", data={"answer": "refuse", "reason": "先做满一年"})
    [row] = rows(database)
    assert (row.is_accepted, row.reason, row.answered_by_id) == (False, "先做满一年", tree.boss)
    assert told(database, tree.wu) == ["role_refused"]
    assert "先做满一年" in sign_in_as(app, tree.wu).get("/profile").text


def test_a_proposal_is_taken_back_by_choosing_the_present_role(
    tree: Tree, app: Flask, database: Database
) -> None:
    propose(app, database, tree.wu)
    propose(app, database, tree.wu)
    assert len(rows(database)) == 1
    with database.reading() as db:
        worker = role_id(db, "worker")
    sign_in_as(app, tree.wu).post("/profile", data={"language": "en", "role_id": worker})
    assert rows(database) == []


def test_a_role_set_by_a_manager_settles_the_proposal(tree: Tree, app: Flask, database: Database) -> None:
    propose(app, database, tree.wu)
    with database.reading() as db:
        safety = role_id(db, "safety")
    sign_in_as(app, tree.boss).post(f"/people/{tree.wu}/role", data={"role_id": safety})
    assert [row.is_accepted for row in rows(database)] == [True]


def test_proposals_of_another_firm_do_not_exist(tree: Tree, app: Flask, database: Database) -> None:
    number = propose(app, database, tree.wu)
    rival = sign_in_as(app, tree.rival)
    assert "吴敏" not in rival.get("/role-proposals").text
    assert rival.post(f"/role-proposals/{number}", data={"answer": "accept"}).status_code == 404
    assert (
        sign_in_as(app, tree.wu).post(f"/role-proposals/{number}", data={"answer": "accept"}).status_code
        == 404
    )
    assert rows(database)[0].answered_at is None


def test_who_works_nowhere_chooses_alone(app: Flask, database: Database, tree: Tree) -> None:
    with database.writing() as db:
        free = make_user(db, "free", role_id=role_id(db, "worker")).id
        safety = role_id(db, "safety")
    sign_in_as(app, free).post("/profile", data={"language": "en", "role_id": safety})
    assert user(database, free).role_id == safety


def test_department_number_and_line_manager(tree: Tree, app: Flask, database: Database) -> None:
    client = sign_in_as(app, tree.boss)
    form = {"organization_id": tree.office, "staff_number": "0077", "line_manager": "LI"}
    assert client.post(f"/people/{tree.wu}/work", data=form).status_code == 302
    row = person(database, tree.wu)
    assert row is not None
    assert (row.organization_id, row.staff_number, row.line_manager_name) == (tree.office, "0077", "李伟")
    assert told(database, tree.wu) == ["work_changed"]
    li = sign_in_as(app, tree.li)
    assert li.get(f"/people/{tree.wu}").status_code == 404  # a line manager has no hat by that
    page = client.get(f"/people/{tree.wu}").text
    assert 'value="li"' in page


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"line_manager": "he"}, "Nobody in the enterprise"),  # of the other firm
        ({"line_manager": "wu"}, "Nobody in the enterprise"),  # oneself
        ({"staff_number": "0001"}, "Somebody else in the enterprise has this staff number."),
        ({"organization_id": "999"}, "Choose one of the departments"),
    ],
)
def test_work_that_cannot_be(
    form: dict[str, str], words: str, tree: Tree, app: Flask, database: Database
) -> None:
    client = sign_in_as(app, tree.boss)
    client.post(
        f"/people/{tree.li}/work",
        data={"organization_id": tree.office, "staff_number": "0001", "line_manager": ""},
    )
    before = person(database, tree.wu)
    answer = client.post(
        f"/people/{tree.wu}/work", data={"organization_id": tree.team, **form}, follow_redirects=True
    )
    assert words in answer.text
    assert person(database, tree.wu) == before


def test_nobody_is_moved_into_another_firm(tree: Tree, app: Flask, database: Database) -> None:
    for who in (tree.boss, tree.head):
        sign_in_as(app, who).post(f"/people/{tree.wu}/work", data={"organization_id": tree.other_firm})
    with database.reading() as db:
        assert employment_path(db, tree.wu) == f"{tree.firm_path}{tree.workshop}/{tree.team}/"


def test_a_manager_of_a_department_moves_nobody_out_of_it(tree: Tree, app: Flask, database: Database) -> None:
    with database.writing() as db:
        give_hat(db, tree.wu, Hat.MANAGER, tree.office)
    client = sign_in_as(app, tree.wu)
    answer = client.post(
        f"/people/{tree.li}/work", data={"organization_id": tree.workshop}, follow_redirects=True
    )
    assert "Choose one of the departments in the list." in answer.text
    with database.reading() as db:
        assert employment_path(db, tree.li) == f"{tree.firm_path}{tree.office}/"


def test_leaving_ends_work_hats_and_what_managers_see(tree: Tree, app: Flask, database: Database) -> None:
    with database.writing() as db:
        give_hat(db, tree.li, Hat.MANAGER, tree.office)
        db.execute(update(Employment).where(Employment.user_id == tree.wu).values(line_manager_id=tree.li))
    boss, li = sign_in_as(app, tree.boss), sign_in_as(app, tree.li)
    assert li.get(f"/organizations/{tree.office}").status_code == 200
    for wrong in ("2025-03-02", "2026-11-25", "soon", ""):
        boss.post(f"/people/{tree.li}/end", data={"ended_on": wrong})
        assert person(database, tree.li) is not None
    assert boss.post(f"/people/{tree.li}/end", data={"ended_on": "2026-11-24"}).status_code == 302
    assert person(database, tree.li) is None
    assert li.get(f"/organizations/{tree.office}").status_code == 404
    assert boss.get(f"/people/{tree.li}").status_code == 404
    assert li.get("/").status_code == 200  # the account stays open, and so do the records
    row = person(database, tree.wu)
    assert row is not None
    assert row.line_manager_id is None
    assert told(database, tree.li) == ["employment_ended"]
    with database.reading() as db:
        ended = db.scalars(select(Employment).where(Employment.user_id == tree.li)).one()
        assert ended.ended_on == date(2026, 11, 24)


def test_a_suspended_person_is_out_at_once_everywhere(tree: Tree, app: Flask, database: Database) -> None:
    phone, desk, boss = sign_in_as(app, tree.wu), sign_in_as(app, tree.wu), sign_in_as(app, tree.boss)
    assert phone.get("/").status_code == 200
    boss.post(f"/people/{tree.wu}/suspension")
    assert [client.get("/").status_code for client in (phone, desk)] == [302, 302]
    assert app.test_client().post("/sign-in", data={"name": "wu", "password": PASSWORD}).status_code == 422
    assert "Suspended 1" in boss.get(f"/organizations/{tree.firm}").text
    boss.post(f"/people/{tree.wu}/suspension", data={"off": "1"})
    assert app.test_client().post("/sign-in", data={"name": "wu", "password": PASSWORD}).status_code == 302


@pytest.mark.parametrize("action", ["suspension", "code", "end"])
def test_nobody_touches_the_account_of_somebody_with_more_rights(
    action: str, tree: Tree, app: Flask, database: Database
) -> None:
    """A manager whose firm employs a supervisor could otherwise become one."""
    with database.writing() as db:
        give_hat(db, tree.wu, Hat.SUPERVISOR, tree.street)
    before = user(database, tree.wu).password_hash
    victim = sign_in_as(app, tree.wu)
    answer = sign_in_as(app, tree.boss).post(
        f"/people/{tree.wu}/{action}", data={"ended_on": "2026-11-24"}, follow_redirects=True
    )
    assert "could have granted" in answer.text
    assert victim.get("/").status_code == 200
    assert user(database, tree.wu).password_hash == before
    assert person(database, tree.wu) is not None
    sign_in_as(app, tree.head).post(f"/people/{tree.wu}/suspension")
    assert victim.get("/").status_code == 302


def test_nobody_suspends_themselves(tree: Tree, app: Flask) -> None:
    client = sign_in_as(app, tree.boss)
    client.post(f"/people/{tree.boss}/suspension")
    assert client.get("/").status_code == 200


def test_a_person_of_another_firm_does_not_exist(tree: Tree, app: Flask, database: Database) -> None:
    rival = sign_in_as(app, tree.rival)
    with database.reading() as db:
        safety = role_id(db, "safety")
    before = user(database, tree.wu)
    assert rival.get(f"/people/{tree.wu}").status_code == 404
    for action in ("role", "work", "end", "suspension", "hats", "code"):
        form = {
            "role_id": safety,
            "organization_id": tree.other_firm,
            "place_id": tree.other_firm,
            "hat": "manager",
            "ends_on": "2027-01-01",
            "ended_on": "2026-11-24",
        }
        assert rival.post(f"/people/{tree.wu}/{action}", data=form).status_code == 404, action
    after = user(database, tree.wu)
    assert (after.role_id, after.status, after.password_hash) == (
        before.role_id,
        before.status,
        before.password_hash,
    )


def test_a_look_at_a_person_is_noted(tree: Tree, app: Flask, database: Database) -> None:
    sign_in_as(app, tree.boss).get(f"/people/{tree.wu}")
    with database.reading() as db:
        assert [e.action for e in db.scalars(select(TrailEntry)) if e.action == "looked"] == ["looked"]


def test_whoever_loses_a_line_manager_hears_of_it_and_the_trail_says_so(
    tree: Tree, app: Flask, database: Database
) -> None:
    with database.writing() as db:
        db.execute(update(Employment).where(Employment.user_id == tree.wu).values(line_manager_id=tree.li))
    sign_in_as(app, tree.boss).post(f"/people/{tree.li}/end", data={"ended_on": "2026-11-24"})
    assert told(database, tree.wu) == ["work_changed"]
    assert written(database, "employment_changed") == 1


def test_what_is_done_twice_is_told_and_written_once(tree: Tree, app: Flask, database: Database) -> None:
    boss = sign_in_as(app, tree.boss)
    for off in ("", "", "1", "1"):
        boss.post(f"/people/{tree.wu}/suspension", data={"off": off})
    assert told(database, tree.wu) == ["account_suspended", "account_reinstated"]
    assert [written(database, f"user_{what}") for what in ("suspended", "reinstated")] == [1, 1]


def written(database: Database, action: str) -> int:
    """How often the trail says that this was done."""
    with database.reading() as db:
        return sum(entry.action == action for entry in db.scalars(select(TrailEntry)))


@pytest.mark.parametrize("number", ["=cmd|x", "a\nb", "a b", "-1", "#"])
def test_a_staff_number_is_one_by_the_form_as_in_a_list(
    number: str, tree: Tree, app: Flask, database: Database
) -> None:
    form = {"organization_id": tree.team, "staff_number": number, "line_manager": ""}
    answer = sign_in_as(app, tree.boss).post(f"/people/{tree.wu}/work", data=form, follow_redirects=True)
    assert "A staff number has at most 32 letters, digits, dots or hyphens." in answer.text
    row = person(database, tree.wu)
    assert row is not None
    assert row.staff_number is None


def test_an_answer_is_for_the_proposal_that_was_read(tree: Tree, app: Flask, database: Database) -> None:
    """A person replaces their proposal while a manager answers the first one."""
    first = propose(app, database, tree.wu)
    with database.reading() as db:
        read = get_proposal(db, first)
        assert read is not None
        actor = Actor(tree.boss, "郑志远", "en", None, True)
    with database.writing() as db:
        db.execute(delete(RoleProposal))
        later = NOON + timedelta(minutes=1)
        db.add(RoleProposal(user_id=tree.wu, role_id=read.role_id, proposed_at=later))
    with pytest.raises(AlreadyAnswered), database.writing() as db:
        answer_proposal(db, read, actor=actor, is_accepted=True, reason="", now=NOON)
    assert [row.answered_at for row in rows(database)] == [None]


def test_accepting_what_a_page_showed_accepts_nothing_else(
    tree: Tree, app: Flask, database: Database
) -> None:
    """SQLite gives the number of a proposal that was replaced to the one that replaces it."""
    number = propose(app, database, tree.wu)
    boss = sign_in_as(app, tree.boss)
    page = boss.get("/role-proposals").text
    sent = dict(re.findall(r'type="hidden" name="(role_id)" value="(\d+)"', page))
    with database.writing() as db:
        other = JobRole(
            slug="head",
            position=3,
            name_zh="厂长",
            name_en="Head",
            industry="any",
            is_key_industry=False,
            path="",
        )
        db.add(other)
        db.flush()
        role = other.id
    sign_in_as(app, tree.wu).post("/profile", data={"language": "en", "role_id": role})
    boss.post(f"/role-proposals/{number}", data={"answer": "accept", **sent})
    assert user(database, tree.wu).role_id != role
    assert [row.answered_at for row in rows(database)] == [None]
