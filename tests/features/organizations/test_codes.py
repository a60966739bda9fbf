"""Codes for the first sign-in: shown once, kept as hashes, replaced by their owners (safety.md A6)."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from lms.db.transaction import Database
from lms.domain.permissions import Hat
from lms.features.accounts.models import User
from lms.features.accounts.service import (
    NewUser,
    create_users,
    end_other_sessions,
    store_first_passwords,
    suspend_user,
)
from lms.features.organizations import codes
from lms.features.organizations.models import Employment
from lms.features.organizations.service import employ
from lms.ports.clock import FixedClock
from lms.ports.passwords import Argon2Passwords
from tests.conftest import NOON
from tests.factories.accounts import PASSWORD, sign_in_as
from tests.factories.tree import STARTED, Tree, give_hat

CODE = re.compile(r"[a-z2-9]{4}(?:-[a-z2-9]{4}){4}")


def add_waiting(database: Database, place: int, *names: str) -> dict[str, int]:
    with database.writing() as db:
        ids = create_users(db, [NewUser(name, name.upper(), "en", None) for name in names], now=NOON)
        for user_id in ids.values():
            employ(db, user_id=user_id, organization_id=place, started_on=STARTED)
    return ids


def hashes(database: Database) -> dict[str, str]:
    with database.reading() as db:
        return {
            row.sign_in_name: row.password_hash
            for row in db.execute(select(User.sign_in_name, User.password_hash))
        }


def test_codes_are_shown_once_and_kept_as_hashes(tree: Tree, app: Flask, database: Database) -> None:
    add_waiting(database, tree.team, "new.one", "new.two")
    add_waiting(database, tree.other_firm, "foreign.one")
    boss = sign_in_as(app, tree.boss)
    assert "2 people have no code for the first sign-in." in boss.get(f"/organizations/{tree.firm}").text
    before = hashes(database)
    answer = boss.post(f"/organizations/{tree.firm}/codes")
    found = CODE.findall(answer.text)
    assert len(set(found)) == 2
    assert answer.headers["Cache-Control"] == "no-store"
    after = hashes(database)
    assert {name for name in after if after[name] != before[name]} == {"new.one", "new.two"}
    assert after["new.one"].startswith("$argon2id$")
    assert not any(code in text for code in found for text in after.values())
    again = boss.post(f"/organizations/{tree.firm}/codes").text
    assert "Nobody waits for a code" in again
    assert CODE.findall(again) == []


def test_a_code_signs_in_once_and_is_replaced(
    tree: Tree, app: Flask, database: Database, clock: FixedClock
) -> None:
    add_waiting(database, tree.team, "new.one")
    client = app.test_client()
    for guess in ("", "!", PASSWORD):
        assert client.post("/sign-in", data={"name": "new.one", "password": guess}).status_code == 422
    page = sign_in_as(app, tree.boss).post(f"/organizations/{tree.firm}/codes").text
    [code] = CODE.findall(page)
    form = {"name": "new.one", "password": code}
    assert client.post("/sign-in", data=form).status_code == 302
    assert client.get("/").location.startswith("/profile/password")
    new = {"current": code, "new": "seven quiet lanterns drift", "repeated": "seven quiet lanterns drift"}
    assert client.post("/profile/password", data=new).status_code == 302
    assert client.get("/").status_code == 200
    assert app.test_client().post("/sign-in", data=form).status_code == 422
    assert "Nobody waits" in sign_in_as(app, tree.boss).post(f"/organizations/{tree.firm}/codes").text


def test_a_code_that_was_not_used_in_time_is_made_anew(
    tree: Tree, app: Flask, database: Database, clock: FixedClock
) -> None:
    add_waiting(database, tree.team, "new.one")
    [code] = CODE.findall(sign_in_as(app, tree.boss).post(f"/organizations/{tree.firm}/codes").text)
    clock.advance(timedelta(days=7, minutes=1))
    answer = app.test_client().post("/sign-in", data={"name": "new.one", "password": code})
    assert answer.status_code == 422
    [again] = CODE.findall(sign_in_as(app, tree.boss).post(f"/organizations/{tree.firm}/codes").text)
    assert app.test_client().post("/sign-in", data={"name": "new.one", "password": again}).status_code == 302


def test_so_many_at_once_and_the_rest_next_time(
    tree: Tree, app: Flask, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(codes, "AT_ONCE", 2)
    add_waiting(database, tree.team, "new.one", "new.two", "new.three")
    boss = sign_in_as(app, tree.boss)
    found = [len(CODE.findall(boss.post(f"/organizations/{tree.firm}/codes").text)) for _ in range(3)]
    assert found == [2, 1, 0]


def test_who_wears_a_hat_is_given_a_code_by_somebody_higher_only(
    tree: Tree, app: Flask, database: Database
) -> None:
    ids = add_waiting(database, tree.team, "new.one")
    with database.writing() as db:
        give_hat(db, ids["new.one"], Hat.SUPERVISOR, tree.street)
    boss = sign_in_as(app, tree.boss)
    assert CODE.findall(boss.post(f"/organizations/{tree.firm}/codes").text) == []
    answer = boss.post(f"/people/{ids['new.one']}/code", follow_redirects=True)
    assert CODE.findall(answer.text) == []
    head = sign_in_as(app, tree.head).post(f"/people/{ids['new.one']}/code")
    assert len(CODE.findall(head.text)) == 1


def test_a_forgotten_password_is_replaced_and_its_sessions_end(
    tree: Tree, app: Flask, database: Database
) -> None:
    wu = sign_in_as(app, tree.wu)
    assert wu.get("/").status_code == 200
    [code] = CODE.findall(sign_in_as(app, tree.boss).post(f"/people/{tree.wu}/code").text)
    assert wu.get("/").status_code == 302
    client = app.test_client()
    assert client.post("/sign-in", data={"name": "wu", "password": PASSWORD}).status_code == 422
    assert client.post("/sign-in", data={"name": "wu", "password": code}).status_code == 302


def test_codes_of_another_firm_are_not_made(tree: Tree, app: Flask, database: Database) -> None:
    add_waiting(database, tree.team, "new.one")
    for who in (tree.rival, tree.wu, tree.auditor):
        client = sign_in_as(app, who)
        assert client.post(f"/organizations/{tree.firm}/codes").status_code == 404
    assert hashes(database)["new.one"] == ""


class SlowPasswords(Argon2Passwords):
    """The real hashing, during which something happens elsewhere."""

    def __init__(self, meanwhile: Callable[[], None]) -> None:
        super().__init__(memory_kib=64, time_cost=1)
        self.meanwhile: Callable[[], None] | None = meanwhile

    def hash(self, password: str) -> str:
        happens, self.meanwhile = getattr(self, "meanwhile", None), None
        if happens:
            happens()
        return super().hash(password)


@pytest.mark.parametrize("event", ["hat", "leaves"])
def test_a_code_in_the_making_is_not_kept_for_who_has_meanwhile_more_rights_or_left(
    event: str, tree: Tree, app: Flask, database: Database
) -> None:
    """Hashing takes its time outside of the transaction: who may is asked once more where it is kept."""

    def happens() -> None:
        with database.writing() as db:
            if event == "hat":
                give_hat(db, tree.wu, Hat.SUPERVISOR, tree.street)
            else:
                left = update(Employment).where(Employment.user_id == tree.wu)
                db.execute(left.values(ended_on=date(2026, 11, 24)))

    before = hashes(database)["wu"]
    boss = sign_in_as(app, tree.boss)
    app.extensions["passwords"] = SlowPasswords(happens)
    answer = boss.post(f"/people/{tree.wu}/code", follow_redirects=True)
    assert hashes(database)["wu"] == before
    assert CODE.findall(answer.text) == []


@pytest.mark.parametrize("event", ["code", "suspension", "signed out"])
def test_a_change_of_password_under_way_does_not_undo_what_ends_the_session(
    event: str, tree: Tree, app: Flask, database: Database
) -> None:
    """Whoever sits at somebody's open session must not win against the manager who shuts it."""

    def happens() -> None:
        with database.writing() as db:
            if event == "code":
                store_first_passwords(db, {tree.wu: "$argon2id$given"}, now=NOON, is_for_waiting=False)
            elif event == "suspension":
                suspend_user(db, tree.wu)
            else:
                end_other_sessions(db, user_id=tree.wu, token="another browser's")

    wu = sign_in_as(app, tree.wu)
    before = hashes(database)["wu"]
    app.extensions["passwords"] = SlowPasswords(happens)
    new = {"current": PASSWORD, "new": "seven quiet lanterns drift", "repeated": "seven quiet lanterns drift"}
    assert wu.post("/profile/password", data=new).status_code == 422
    assert hashes(database)["wu"] == ("$argon2id$given" if event == "code" else before)
    assert wu.get("/").status_code == 302
