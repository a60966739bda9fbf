"""Hats: granted within one's scope, ended at once, worn one at a time."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from lms.db.transaction import Database
from lms.domain.permissions import Hat
from lms.features.accounts.models import HatGrant
from lms.features.notifications.models import Notification
from lms.features.organizations.first_steps import CommandRefused, create_district, grant_by_command
from lms.ports.clock import FixedClock
from tests.conftest import NOON
from tests.factories.accounts import PASSWORD, sign_in_as
from tests.factories.tree import Tree, give_hat


def grants(database: Database, user_id: int) -> list[HatGrant]:
    with database.reading() as db:
        query = select(HatGrant).where(HatGrant.user_id == user_id).order_by(HatGrant.id)
        found = list(db.scalars(query))
        db.expunge_all()
        return found


def form(hat: str, place: int, ends_on: str = "2027-06-30") -> dict[str, str]:
    return {"hat": hat, "place_id": str(place), "ends_on": ends_on}


def test_a_hat_has_scope_grantor_and_end(tree: Tree, app: Flask, database: Database) -> None:
    boss, li = sign_in_as(app, tree.boss), sign_in_as(app, tree.li)
    assert li.get(f"/organizations/{tree.office}").status_code == 404
    assert boss.post(f"/people/{tree.li}/hats", data=form("manager", tree.office)).status_code == 302
    [grant] = grants(database, tree.li)
    assert (grant.hat, grant.scope_path, grant.granted_by_id) == (
        "manager",
        f"{tree.firm_path}{tree.office}/",
        tree.boss,
    )
    assert grant.ends_at == datetime(2027, 6, 30, 16, tzinfo=UTC)  # the day's end in Shanghai
    assert li.get(f"/organizations/{tree.office}").status_code == 200
    assert li.get(f"/organizations/{tree.workshop}").status_code == 404
    with database.reading() as db:
        kinds = list(db.scalars(select(Notification.kind).where(Notification.user_id == tree.li)))
    assert kinds == ["hat_granted_manager"]
    page = boss.get(f"/people/{tree.li}").text
    assert "Granted by 郑志远 on 24 Nov." in page
    assert "Ends on 30 Jun 2027." in page


def test_the_same_hat_again_is_one_hat_with_another_end(tree: Tree, app: Flask, database: Database) -> None:
    boss = sign_in_as(app, tree.boss)
    boss.post(f"/people/{tree.li}/hats", data=form("manager", tree.office))
    boss.post(f"/people/{tree.li}/hats", data=form("manager", tree.office, "2027-01-31"))
    [grant] = grants(database, tree.li)
    assert grant.ends_at == datetime(2027, 1, 31, 16, tzinfo=UTC)


def test_a_hat_ends_by_itself_and_may_be_granted_anew(
    tree: Tree, app: Flask, database: Database, clock: FixedClock
) -> None:
    sign_in_as(app, tree.boss).post(
        f"/people/{tree.li}/hats", data=form("manager", tree.office, "2026-11-24")
    )
    clock.advance(timedelta(hours=11, minutes=59))
    assert sign_in_as(app, tree.li).get(f"/organizations/{tree.office}").status_code == 200
    clock.advance(timedelta(minutes=1))  # midnight in Shanghai
    assert sign_in_as(app, tree.li).get(f"/organizations/{tree.office}").status_code == 404
    sign_in_as(app, tree.boss).post(f"/people/{tree.li}/hats", data=form("manager", tree.office))
    assert [grant.ended_at is None for grant in grants(database, tree.li)] == [False, True]


@pytest.mark.parametrize(
    "wish",
    [
        ("boss", "supervisor", "street"),
        ("boss", "auditor", "firm"),
        ("boss", "manager", "other_firm"),
        ("boss", "manager", "street"),
        ("head", "supervisor", "firm"),  # no place for a supervisor
        ("head", "manager", "district"),
        ("head", "learner", "firm"),
        ("head", "king", "firm"),
    ],
)
def test_hats_out_of_reach(wish: tuple[str, str, str], tree: Tree, app: Flask, database: Database) -> None:
    who, hat, place = wish
    client = sign_in_as(app, getattr(tree, who))
    client.post(f"/people/{tree.wu}/hats", data=form(hat, getattr(tree, place)))
    assert grants(database, tree.wu) == []


@pytest.mark.parametrize("ends_on", ["2026-11-23", "2036-01-01", "never", ""])
def test_a_hat_needs_a_last_day_within_three_years(
    ends_on: str, tree: Tree, app: Flask, database: Database
) -> None:
    sign_in_as(app, tree.boss).post(f"/people/{tree.wu}/hats", data=form("manager", tree.team, ends_on))
    assert grants(database, tree.wu) == []


def test_nobody_grants_to_themselves(tree: Tree, app: Flask, database: Database) -> None:
    for who, hat, place in ((tree.boss, "instructor", tree.firm), (tree.head, "manager", tree.firm)):
        before = len(grants(database, who))
        sign_in_as(app, who).post(f"/people/{who}/hats", data=form(hat, place))
        assert len(grants(database, who)) == before


def test_a_hat_taken_away_is_gone_with_the_next_request(tree: Tree, app: Flask, database: Database) -> None:
    with database.writing() as db:
        number = give_hat(db, tree.li, Hat.MANAGER, tree.office)
    phone, desk = sign_in_as(app, tree.li), sign_in_as(app, tree.li)
    for client in (phone, desk):
        client.post("/hat/manager")
        assert client.get(f"/organizations/{tree.office}").status_code == 200
    sign_in_as(app, tree.boss).post(f"/hats/{number}/end")
    for client in (phone, desk):
        assert client.get(f"/organizations/{tree.office}").status_code == 404
        assert client.get("/").status_code == 200  # a learner again
        assert client.post("/hat/manager").status_code == 404


def test_only_who_could_grant_a_hat_takes_it_away(tree: Tree, app: Flask, database: Database) -> None:
    with database.writing() as db:
        audit = give_hat(db, tree.wu, Hat.AUDITOR, tree.firm)
    [own] = grants(database, tree.boss)
    sign_in_as(app, tree.boss).post(f"/hats/{audit}/end")
    sign_in_as(app, tree.boss).post(f"/hats/{own.id}/end")
    assert sign_in_as(app, tree.rival).post(f"/hats/{audit}/end").status_code == 404
    assert sign_in_as(app, tree.wu).post(f"/hats/{audit}/end").status_code == 404
    assert grants(database, tree.wu)[0].ended_at is None
    assert grants(database, tree.boss)[0].ended_at is None
    sign_in_as(app, tree.head).post(f"/hats/{audit}/end")
    assert grants(database, tree.wu)[0].ended_at == NOON


def test_the_switch_changes_start_page_rail_and_menu(tree: Tree, app: Flask) -> None:
    client = sign_in_as(app, tree.boss)
    page = client.get("/").text
    assert page.count("/hat/learner") == page.count("/hat/manager") == 1
    answer = client.post("/hat/manager")
    manager = client.get(answer.location, follow_redirects=True)
    assert manager.status_code == 200
    assert answer.location != "/"
    rail = re.findall(r'<nav class="rail".*?</nav>', manager.text, re.S)[0]
    assert "/organizations" in rail
    assert "/skills" not in rail
    assert '<span class="person-hat">· Manager</span>' in manager.text
    assert client.post("/hat/learner").location == "/"
    assert "/skills" in re.findall(r'<nav class="rail".*?</nav>', client.get("/").text, re.S)[0]


def test_a_hat_one_does_not_have_cannot_be_worn(tree: Tree, app: Flask) -> None:
    client = sign_in_as(app, tree.wu)
    for hat in ("manager", "supervisor", "auditor", "instructor", "king"):
        assert client.post(f"/hat/{hat}").status_code == 404
    assert client.get("/hat/learner").status_code == 405
    assert "/hat/" not in client.get("/").text


def test_the_next_session_begins_with_the_hat_worn_last(tree: Tree, app: Flask) -> None:
    sign_in_as(app, tree.boss).post("/hat/manager")
    client = app.test_client()
    answer = client.post("/sign-in", data={"name": "boss", "password": PASSWORD})
    assert answer.location != "/"
    answer = app.test_client().post("/sign-in?next=/skills", data={"name": "boss", "password": PASSWORD})
    assert answer.location == "/skills"


def test_no_rail_has_more_than_four_entries(app: Flask) -> None:
    from lms.navigation import NAVIGATION

    assert set(NAVIGATION) == set(Hat)
    assert {hat: len(entries) for hat, entries in NAVIGATION.items() if not 1 <= len(entries) <= 4} == {}


def test_the_first_hat_comes_by_command(tree: Tree, database: Database) -> None:
    with database.writing() as db:
        other = create_district(db, name_zh="别区", name_en="Elsewhere")
        for name in ("Elsewhere", "别区", str(other)):
            place = grant_by_command(
                db, sign_in_name=" WU ", hat=Hat.SUPERVISOR, organization=name, until=None, now=NOON
            )
            assert place == "别区 / Elsewhere"
        for who, hat, name in (
            ("nobody", Hat.SUPERVISOR, "Elsewhere"),
            ("wu", Hat.SUPERVISOR, "Nowhere"),
            ("wu", Hat.SUPERVISOR, "Team"),
        ):
            with pytest.raises(CommandRefused):
                grant_by_command(db, sign_in_name=who, hat=hat, organization=name, until=None, now=NOON)
    [grant] = grants(database, tree.wu)
    assert (grant.hat, grant.organization_id, grant.ends_at, grant.granted_by_id) == (
        "supervisor",
        other,
        None,
        None,
    )
