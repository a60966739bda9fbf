"""Assigning to many, standing assignments for joiners, waiving: rows, notices, and what the learner then sees."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.db.transaction import Database
from lms.domain.assignment import Basis, DueDateRefused, WaiverRefused
from lms.features.accounts.service import set_role
from lms.features.assignments import rules
from lms.features.assignments.models import Assignment, AssignmentRule
from lms.features.assignments.queries import AssignmentRow, find_assignment
from lms.features.assignments.service import Asked, assign_many, change_due, waive
from lms.features.assignments.targets import list_members, list_places
from lms.features.enrollment.service import recognise
from lms.features.notifications.models import Notification
from lms.features.organizations.models import Employment, Organization
from lms.features.organizations.people import Work, change_work
from lms.features.organizations.people_queries import find_person
from lms.features.organizations.service import employ
from lms.features.taxonomy.models import RoleRequirement
from tests.conftest import NOON
from tests.factories.accounts import make_user
from tests.factories.curriculum import ADVANCED, BASICS, FAR
from tests.factories.teams import TODAY, Works, actor, ask, card, hire, lift_rules, make_works, organization

DUE = date(2026, 12, 24)


@pytest.fixture
def works(database: Database, tmp_path: Path) -> Works:
    """Alpha and Beta; no rule requires anything, so that every wish is the employer's alone."""
    with database.writing() as db:
        made = make_works(db, tmp_path)
        lift_rules(db)
    return made


def give(db: Session, works: Works, learners: list[int], *slugs: str, due_on: date = DUE) -> Asked:
    cards = [card(db, slug) for slug in slugs]
    return assign_many(
        db, learner_ids=learners, cards=cards, assigned_by_id=works.gu, due_on=due_on, now=NOON
    )


def wish(db: Session, learner_id: int, slug: str) -> AssignmentRow:
    found = find_assignment(db, learner_id=learner_id, module_id=card(db, slug).module_id)
    assert found is not None
    return found


def notices(db: Session, user_id: int) -> list[tuple[str, dict[str, object]]]:
    query = select(Notification.kind, Notification.text).where(Notification.user_id == user_id)
    return [(row.kind, row.text) for row in db.execute(query.order_by(Notification.id))]


def make_rule(
    db: Session, works: Works, place: int, *slugs: str, role_id: int | None = None
) -> rules.RuleRow:
    rule_id = rules.make_rule(
        db,
        organization=organization(db, place),
        role_id=role_id,
        cards=[card(db, slug) for slug in slugs],
        actor=actor(db, works.gu, works.alpha),
        due_on=DUE,
        joiner_days=45,
        now=NOON,
    )
    found = rules.get_rule(db, rule_id)
    assert found is not None
    return found


def test_a_department_includes_everything_below_it(database: Database, works: Works) -> None:
    """Production: Lu and Wang, and Qian in the shift below; Alpha: these, Chen and Gu. Beta's people are neither."""
    with database.reading() as db:
        assert list_members(db, organization(db, works.production).path) == [works.lu, works.wang, works.qian]
        everybody = list_members(db, organization(db, works.alpha).path)
        assert sorted(everybody) == sorted([works.gu, *works.clerks])
        places = list_places(db, [organization(db, works.alpha).path], limit=9)
        assert {place.organization_id: place.people for place in places} == {
            works.alpha: 5, works.production: 3, works.shift: 1, works.sales: 1,
        }  # fmt: skip


def test_everybody_is_asked_once_and_told_once(database: Database, works: Works) -> None:
    with database.writing() as db:
        asked = give(db, works, works.clerks, BASICS, ADVANCED)
        assert (len(asked.new), asked.later, asked.kept, asked.held) == (
            8,
            frozenset(),
            frozenset(),
            frozenset(),
        )
        again = give(db, works, works.clerks, BASICS, ADVANCED)
        assert (again.new, len(again.kept)) == (frozenset(), 8)
    with database.reading() as db:
        assert db.scalar(select(func.count()).select_from(Assignment)) == 8
        for learner in works.clerks:
            assert notices(db, learner) == [("assigned_many", {"by": "Gu", "due_on": "2026-12-24", "n": 2})]
        assert notices(db, works.zhao) == []


def test_one_module_is_named_in_the_notice(database: Database, works: Works) -> None:
    with database.writing() as db:
        give(db, works, [works.lu], BASICS)
    with database.reading() as db:
        [(kind, text)] = notices(db, works.lu)
        assert (kind, text["title_en"]) == ("assigned", "reading basics")
        assert db.scalars(select(Notification.url).where(Notification.user_id == works.lu)).one() == (
            f"/modules/{BASICS}"
        )


def test_who_holds_a_module_is_not_asked_for_it(database: Database, works: Works) -> None:
    with database.writing() as db:
        module_id = card(db, BASICS).module_id
        recognise(
            db,
            learner_id=works.lu,
            module_id=module_id,
            basis="assessor",
            assessor="He",
            score_percent=90,
            now=NOON,
        )
        asked = give(db, works, [works.lu, works.wang], BASICS)
        assert (asked.held, asked.new) == (
            frozenset({(works.lu, module_id)}),
            frozenset({(works.wang, module_id)}),
        )
        assert notices(db, works.lu) == []


def test_a_later_date_replaces_the_earlier_one_and_is_told(database: Database, works: Works) -> None:
    later = DUE + timedelta(days=7)
    with database.writing() as db:
        give(db, works, [works.lu], BASICS)
        asked = give(db, works, [works.lu], BASICS, due_on=later)
        assert len(asked.later) == 1
        assert give(db, works, [works.lu], BASICS, due_on=DUE).later == frozenset()
    with database.reading() as db:
        assert wish(db, works.lu, BASICS).due_on == later
        assert [kind for kind, _ in notices(db, works.lu)] == ["assigned", "due_changed"]


def test_a_manager_may_move_a_date_either_way(database: Database, works: Works) -> None:
    with database.writing() as db:
        ask(db, works.gu, works.lu, BASICS, DUE)
        change_due(db, wish(db, works.lu, BASICS), card=card(db, BASICS), due_on=TODAY, now=NOON)
        assert wish(db, works.lu, BASICS).due_on == TODAY
        with pytest.raises(DueDateRefused):
            change_due(
                db,
                wish(db, works.lu, BASICS),
                card=card(db, BASICS),
                due_on=TODAY - timedelta(days=1),
                now=NOON,
            )


def test_a_waiver_keeps_the_row_with_its_reason_and_tells_the_learner(
    database: Database, works: Works
) -> None:
    reason = "Holds the national licence."
    with database.writing() as db:
        ask(db, works.gu, works.lu, BASICS, DUE)
        boss = actor(db, works.gu, works.alpha)
        waive(
            db, wish(db, works.lu, BASICS), card=card(db, BASICS), actor=boss, reason=f" {reason} ", now=NOON
        )
        waive(
            db, wish(db, works.lu, BASICS), card=card(db, BASICS), actor=boss, reason="another one", now=NOON
        )
    with database.reading() as db:
        row = wish(db, works.lu, BASICS)
        assert (row.is_waived, row.waived_by, row.waive_reason) == (True, "Gu", reason)
        told = [text["reason"] for kind, text in notices(db, works.lu) if kind == "waived"]
        assert told == [reason]


def test_a_waived_module_may_be_asked_for_again(database: Database, works: Works) -> None:
    with database.writing() as db:
        ask(db, works.gu, works.lu, BASICS, DUE)
        boss = actor(db, works.gu, works.alpha)
        waive(
            db, wish(db, works.lu, BASICS), card=card(db, BASICS), actor=boss, reason="by mistake", now=NOON
        )
        assert len(give(db, works, [works.lu], BASICS, due_on=TODAY).new) == 1
        row = wish(db, works.lu, BASICS)
        assert (row.is_waived, row.waive_reason, row.due_on) == (False, None, TODAY)


def test_what_a_rule_requires_cannot_be_waived(database: Database, tmp_path: Path) -> None:
    with database.writing() as db:
        works = make_works(db, tmp_path)
        ask(db, works.gu, works.lu, BASICS, DUE)
        boss = actor(db, works.gu, works.alpha)
        with pytest.raises(WaiverRefused, match="rule"):
            waive(
                db, wish(db, works.lu, BASICS), card=card(db, BASICS), actor=boss, reason="no need", now=NOON
            )
        assert not wish(db, works.lu, BASICS).is_waived


def test_nobody_waives_their_own(database: Database, works: Works) -> None:
    with database.writing() as db:
        ask(db, works.gu, works.gu, BASICS, DUE)
        boss = actor(db, works.gu, works.alpha)
        with pytest.raises(WaiverRefused, match="own"):
            waive(
                db,
                wish(db, works.gu, BASICS),
                card=card(db, BASICS),
                actor=boss,
                reason="busy, sorry",
                now=NOON,
            )


def test_whoever_begins_below_is_asked_with_time_enough(database: Database, works: Works) -> None:
    """The common date is in 30 days; joiners have 45."""
    with database.writing() as db:
        rule = make_rule(db, works, works.production, BASICS)
    with database.writing() as db:
        new = hire(db, "sun", db.get_one(Organization, works.shift))
        elsewhere = hire(db, "hu", db.get_one(Organization, works.sales))
    with database.reading() as db:
        row = wish(db, new, BASICS)
        assert (row.due_on, row.asked_by) == (date(2027, 1, 8), "Gu")
        assert (
            db.scalars(select(Assignment.rule_id).where(Assignment.learner_id == new)).one() == rule.rule_id
        )
        assert [kind for kind, _ in notices(db, new)] == ["assigned"]
        assert find_assignment(db, learner_id=elsewhere, module_id=row.module_id) is None
        assert find_assignment(db, learner_id=works.lu, module_id=row.module_id) is None


def test_whoever_moves_there_or_gets_the_role_is_asked(database: Database, works: Works) -> None:
    with database.writing() as db:
        role_id = db.scalars(select(RoleRequirement.role_id).limit(1)).one()
        make_rule(db, works, works.sales, BASICS)
        make_rule(db, works, works.alpha, FAR, role_id=role_id)
        set_role(db, user_id=works.lu, role_id=None)
    with database.writing() as db:
        person = find_person(db, works.lu)
        assert person is not None
        work = Work(organization(db, works.sales), None, "")
        change_work(db, person, work, actor=actor(db, works.gu, works.alpha), now=NOON)
    with database.writing() as db:
        assert wish(db, works.lu, BASICS).due_on == date(2027, 1, 8)
        assert find_assignment(db, learner_id=works.lu, module_id=card(db, FAR).module_id) is None
        set_role(db, user_id=works.lu, role_id=role_id)
    with database.reading() as db:
        assert wish(db, works.lu, FAR).asked_by == "Gu"


def test_an_ended_rule_asks_nobody_and_leaves_what_was_asked(database: Database, works: Works) -> None:
    with database.writing() as db:
        rule = make_rule(db, works, works.production, BASICS)
    with database.writing() as db:
        first = hire(db, "sun", db.get_one(Organization, works.production))
    with database.writing() as db:
        rules.end_rule(db, rule, actor=actor(db, works.gu, works.alpha), now=NOON)
        second = hire(db, "hu", db.get_one(Organization, works.production))
    with database.reading() as db:
        assert wish(db, first, BASICS).due_on == date(2027, 1, 8)
        assert find_assignment(db, learner_id=second, module_id=card(db, BASICS).module_id) is None
        assert db.scalars(select(AssignmentRule.ended_by_id)).one() == works.gu
        assert rules.list_rules(db, [organization(db, works.alpha).path]) == []


def test_the_night_finds_whom_no_event_named_and_no_one_twice(database: Database, works: Works) -> None:
    with database.writing() as db:
        make_rule(db, works, works.production, BASICS)
        give(db, works, [works.lu], BASICS)
        boss = actor(db, works.gu, works.alpha)
        waive(db, wish(db, works.lu, BASICS), card=card(db, BASICS), actor=boss, reason="licence", now=NOON)
        stranger = make_user(db, "sun").id
        db.add(Employment(user_id=stranger, organization_id=works.shift, started_on=TODAY))
    for _ in range(2):
        with database.writing() as db:
            rules.apply_rules(db, {}, NOON)
    with database.reading() as db:
        asked = {row.learner_id for row in db.scalars(select(Assignment))}
        assert asked == {works.lu, works.wang, works.qian, stranger}
        assert wish(db, works.lu, BASICS).is_waived
        assert [kind for kind, _ in notices(db, stranger)] == ["assigned"]


def test_the_basis_of_a_wish_is_the_employers_unless_a_rule_requires_it(
    database: Database, tmp_path: Path
) -> None:
    from lms.features.assignments.queries import basis_of
    from lms.features.catalog.snapshot import read_snapshot

    with database.writing() as db:
        works = make_works(db, tmp_path)
        role_id = db.scalars(select(RoleRequirement.role_id).limit(1)).one()
        snapshot, _policy = read_snapshot(db, today=TODAY)
        bases = [basis_of(snapshot, role_id, card(db, slug).module_id) for slug in (BASICS, ADVANCED, FAR)]
        assert bases == [Basis.LAW, Basis.LAW, Basis.EMPLOYER]
        assert basis_of(snapshot, None, card(db, BASICS).module_id) is Basis.EMPLOYER
    assert works.clerks


def test_employ_is_enough_to_be_a_joiner(database: Database, works: Works) -> None:
    with database.writing() as db:
        make_rule(db, works, works.alpha, BASICS)
        person = make_user(db, "sun").id
        employ(db, user_id=person, organization_id=works.sales, started_on=TODAY)
    with database.reading() as db:
        assert wish(db, person, BASICS).asked_by == "Gu"
