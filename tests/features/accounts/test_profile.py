"""Profile, own sessions, passwords (safety.md A4, A6, S3, S4)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from lms.db.transaction import Database
from lms.domain.errors import RuleError
from lms.domain.events import RoleChanged
from lms.domain.password import PasswordRefused
from lms.domain.permissions import Actor
from lms.features.accounts.models import User, UserSession
from lms.features.accounts.queries import find_signed_in, list_sessions
from lms.features.accounts.service import create_user, reinstate_user, set_password, suspend_user
from lms.features.taxonomy.models import Industry, JobRole
from lms.jobs.outbox import BUS
from lms.ports.clock import FixedClock
from lms.ports.passwords import Argon2Passwords, make_initial_password
from tests.conftest import NOON
from tests.factories.accounts import PASSWORD, cheap_passwords, make_user, sign_in_as

NEW = "seven quiet lanterns drift"


@pytest.fixture
def person(database: Database) -> int:
    with database.writing() as db:
        return make_user(db).id


@pytest.fixture
def role_id(database: Database) -> int:
    with database.writing() as db:
        db.add(Industry(slug="any", position=1, name_zh="通用", name_en="Any"))
        db.flush()
        role = JobRole(
            slug="safety",
            position=1,
            name_zh="安全管理员",
            name_en="Safety officer",
            industry="any",
            is_key_industry=False,
            path="",
        )
        db.add(role)
        db.flush()
        return role.id


def stored(database: Database, user_id: int) -> User:
    with database.reading() as db:
        user = db.get_one(User, user_id)
        db.expunge(user)
        return user


def change(
    client: FlaskClient, current: str = PASSWORD, new: str = NEW, again: str | None = None
) -> TestResponse:
    return client.post(
        "/profile/password",
        data={"current": current, "new": new, "repeated": new if again is None else again},
        headers={"Accept-Language": "en"},
    )


def test_the_profile_shows_what_is_stored(person: int, role_id: int, app: Flask) -> None:
    page = sign_in_as(app, person).get("/profile").text
    assert "吴敏" in page
    assert '<option value="en" selected>' in page
    assert "Safety officer" in page
    assert "You are signed in on 1 device." in page


def test_language_and_role_are_saved_and_told(
    person: int, role_id: int, app: Flask, database: Database
) -> None:
    told: list[RoleChanged] = []
    database.info[BUS].now[RoleChanged] = (lambda db, news: told.append(news),)
    client = sign_in_as(app, person)
    for _ in range(2):
        answer = client.post("/profile", data={"language": "zh", "role_id": str(role_id)})
        assert answer.location == "/profile"
    assert (stored(database, person).language, stored(database, person).role_id) == ("zh", role_id)
    assert told == [RoleChanged(learner_id=person)]
    assert "个人资料已保存。" in client.get("/profile").text
    client.post("/profile", data={"language": "zh", "role_id": ""})
    assert stored(database, person).role_id is None
    assert len(told) == 2


@pytest.mark.parametrize(
    "data",
    [
        {"language": "fr", "role_id": ""},
        {"language": "zh", "role_id": "999"},
        {"language": "zh", "role_id": "1 OR 1"},
        {},
    ],
)
def test_what_no_list_offers_is_refused(
    data: dict[str, str], person: int, role_id: int, app: Flask, database: Database
) -> None:
    answer = sign_in_as(app, person).post("/profile", data=data)
    assert answer.status_code == 422
    assert "Nothing was changed yet." in answer.text
    assert (stored(database, person).language, stored(database, person).role_id) == ("en", None)


def test_the_switch_of_the_language_is_remembered(person: int, app: Flask, database: Database) -> None:
    client = sign_in_as(app, person)
    assert client.post("/language/zh", data={"next": "/profile"}).location == "/profile"
    assert stored(database, person).language == "zh"


def test_a_new_password_ends_all_other_sessions(person: int, app: Flask, database: Database) -> None:
    here, there = sign_in_as(app, person), sign_in_as(app, person)
    with here.session_transaction() as cookie:
        before = cookie["_user_id"]
    answer = change(here)
    assert answer.location == "/profile"
    with here.session_transaction() as cookie:
        assert cookie["_user_id"] != before
    assert "Your password is changed." in here.get("/profile").text
    assert there.get("/profile").status_code == 302
    with database.reading() as db:
        assert len(db.scalars(select(UserSession)).all()) == 1
        assert find_signed_in_of(app, db, before) is None
    fresh = app.test_client()
    assert fresh.post("/sign-in", data={"name": "wu.min", "password": PASSWORD}).status_code == 422
    assert fresh.post("/sign-in", data={"name": "wu.min", "password": NEW}).status_code == 302


def find_signed_in_of(app: Flask, db: object, token: str) -> object:
    with app.app_context():
        return find_signed_in(db, token, NOON)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("current", "new", "again", "said"),
    [
        (PASSWORD.upper(), NEW, None, "This is not your present password."),
        ("", NEW, None, "This is not your present password."),
        (PASSWORD, "too short", None, "at least 15 characters"),
        (PASSWORD, "passwordpassword", None, "among the first that are guessed"),
        (PASSWORD, "wu.min-4821-min.wu", None, "your own name"),
        (PASSWORD, NEW, NEW + "!", "The two new passwords differ."),
        (PASSWORD, PASSWORD, None, "Take another one."),
    ],
)
def test_a_change_that_is_not_right_changes_nothing(
    current: str, new: str, again: str | None, said: str, app: Flask
) -> None:
    database: Database = app.extensions["database"]
    with database.writing() as db:
        person = make_user(db).id
    client, before = sign_in_as(app, person), stored(database, person).password_hash
    answer = change(client, current, new, again)
    assert answer.status_code == 422
    assert said in answer.text
    assert stored(database, person).password_hash == before
    assert client.get("/profile").status_code == 200


def test_the_present_password_is_not_guessed_from_an_open_session(
    person: int, app: Flask, database: Database
) -> None:
    client = sign_in_as(app, person)
    codes = [change(client, current="a wrong guess again").status_code for _ in range(7)]
    assert codes == [422] * 5 + [429] * 2
    assert change(client).headers["Retry-After"] == "900"
    owner = app.test_client()
    assert owner.post("/sign-in", data={"name": "wu.min", "password": PASSWORD}).status_code == 302


def test_a_first_password_is_replaced_before_anything_else(app: Flask, database: Database) -> None:
    first = make_initial_password()
    with database.writing() as db:
        make_user(db, password=first, must_change_password=True)
    client = app.test_client()
    answer = client.post("/sign-in?next=/profile", data={"name": "wu.min", "password": first})
    sent = client.get(answer.location)
    assert sent.location == "/profile/password?next=/profile"
    assert "Choose your own password" in client.get(sent.location).text
    assert client.post("/profile", data={"language": "zh"}).status_code == 403
    assert change(client, first, first).status_code == 422
    answer = client.post(sent.location, data={"current": first, "new": NEW, "repeated": NEW})
    assert answer.location == "/profile"
    assert client.get("/profile").status_code == 200
    assert client.post("/sign-in", data={"name": "wu.min", "password": first}).status_code == 422


def test_own_sessions_are_listed_and_ended(
    person: int, app: Flask, database: Database, clock: FixedClock
) -> None:
    chrome = app.test_client()
    agent = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36"
    chrome.post("/sign-in", data={"name": "wu.min", "password": PASSWORD}, headers={"User-Agent": agent})
    here = sign_in_as(app, person)
    page = here.get("/profile").text
    assert "Chrome · Windows" in page
    assert "You are signed in on 2 devices." in page
    with here.session_transaction() as cookie, database.reading() as db, app.app_context():
        rows = list_sessions(db, user_id=person, token=cookie["_user_id"], now=clock.now())
    assert [row.is_this for row in rows] == [True, False]
    assert here.post(f"/profile/sessions/{rows[1].session_id}/end").location == "/profile"
    assert chrome.get("/profile").status_code == 302
    assert here.get("/profile").status_code == 200


def test_all_other_sessions_are_ended_at_once(person: int, app: Flask) -> None:
    here, one, two = (sign_in_as(app, person) for _ in range(3))
    assert here.post("/profile/sessions/end-others").location == "/profile"
    assert [client.get("/profile").status_code for client in (here, one, two)] == [200, 302, 302]


def test_nobody_ends_the_session_of_somebody_else(person: int, app: Flask, database: Database) -> None:
    with database.writing() as db:
        other = make_user(db, "li.wei").id
    client, victim = sign_in_as(app, other), sign_in_as(app, person)
    with database.reading() as db:
        foreign = db.scalars(select(UserSession.id).where(UserSession.user_id == person)).one()
    assert client.post(f"/profile/sessions/{foreign}/end").status_code == 404
    assert victim.get("/profile").status_code == 200


def test_an_ended_session_stops_work_with_419_and_pages_with_the_sign_in(person: int, app: Flask) -> None:
    client = app.test_client()
    assert client.post("/profile", data={"language": "zh"}).status_code == 419
    assert client.get("/profile").location == "/sign-in?next=/profile"


def test_one_query_finds_session_and_person(person: int, app: Flask, database: Database) -> None:
    client = sign_in_as(app, person)
    with client.session_transaction() as cookie, app.app_context(), database.reading() as db:
        signed_in = find_signed_in(db, cookie["_user_id"], NOON + timedelta(minutes=1))
    assert signed_in
    assert signed_in.last_seen_at == NOON
    assert signed_in.actor == Actor(person, "吴敏", "en", None, True)


def test_a_session_of_a_closed_account_is_worth_nothing(person: int, app: Flask, database: Database) -> None:
    """A session that slips in beside the suspension finds nobody."""
    with database.writing() as db:
        suspend_user(db, person)
    assert sign_in_as(app, person).get("/profile").status_code == 302


def test_an_account_is_made_once_and_with_a_good_password(database: Database) -> None:
    with database.writing() as db:
        user = make_user(db, " Wu.Min ")
        assert user.sign_in_name == "wu.min"
        assert user.password_hash.startswith("$argon2id$")
        for name in ("wu.min", "WU.MIN", "  "):
            with pytest.raises(ValueError, match="empty or taken"):
                make_user(db, name)
        with pytest.raises(PasswordRefused):
            make_user(db, "li.wei", password="password12345678")
        with pytest.raises(ValueError, match="language"):
            make_user(db, "li.wei", language="fr")
        assert len(db.scalars(select(User)).all()) == 1


def test_a_hash_may_be_shared_by_a_demo(database: Database) -> None:
    shared = cheap_passwords().hash(PASSWORD)
    with database.writing() as db:
        user = create_user(
            db,
            sign_in_name="he.jun",
            password=PASSWORD,
            display_name="何俊",
            language="zh",
            role_id=None,
            now=NOON,
            is_demo=True,
            password_hash=shared,
        )
        assert (user.password_hash, user.is_demo) == (shared, True)


def test_another_password_ends_all_sessions(person: int, app: Flask, database: Database) -> None:
    client = sign_in_as(app, person)
    with database.writing() as db:
        user = db.get_one(User, person)
        set_password(db, user, NEW, now=NOON, must_change_password=True, passwords=cheap_passwords())
        assert user.must_change_password
        with pytest.raises(RuleError):
            set_password(db, user, "short", now=NOON)
    assert client.get("/profile").status_code == 302
    assert cheap_passwords().is_right(stored(database, person).password_hash, NEW)


def test_a_suspended_person_may_come_back(person: int, database: Database, client: FlaskClient) -> None:
    with database.writing() as db:
        suspend_user(db, person)
        reinstate_user(db, person)
    assert client.post("/sign-in", data={"name": "wu.min", "password": PASSWORD}).status_code == 302


def test_initial_passwords_are_random_and_accepted(database: Database) -> None:
    made = {make_initial_password() for _ in range(50)}
    assert len(made) == 50
    with database.writing() as db:
        for n, password in enumerate(made):
            make_user(db, f"person{n}", password=password, must_change_password=True)


def test_two_hashes_run_at_once_and_no_more() -> None:
    passwords = Argon2Passwords(memory_kib=64, time_cost=1, concurrent=2)
    assert passwords._places._value == 2  # type: ignore[attr-defined]
