"""Signing in and out: cookies, fixation, throttling, redirects (safety.md A4–A6, A10, A12, S1–S5)."""

from __future__ import annotations

import logging
import re
import statistics
import threading
import time
from dataclasses import replace
from datetime import timedelta
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, func, select
from werkzeug.test import TestResponse

from lms.app import create_app
from lms.db.transaction import Database
from lms.domain.errors import RuleError
from lms.domain.sign_in import SignInPaused, SignInRefused
from lms.features.accounts.models import KnownDevice, SignInFailure, User, UserSession
from lms.features.accounts.queries import token_hash
from lms.features.accounts.service import purge_old, start_session, suspend_user
from lms.features.accounts.sign_in import Browser, Door, sign_in
from lms.ports.clock import FixedClock
from lms.ports.passwords import Argon2Passwords
from tests.conftest import NOON
from tests.factories.accounts import PASSWORD, make_user, sign_in_as

WRONG = "gravel orbit walnut plum"
BEHIND_SIGN_IN = "/profile"


@pytest.fixture
def person(database: Database) -> int:
    with database.writing() as db:
        return make_user(db).id


def enter(
    client: FlaskClient,
    name: str = "wu.min",
    password: str = PASSWORD,
    *,
    next: str = "",
    ip: str = "10.0.0.1",
) -> TestResponse:
    return client.post(
        "/sign-in",
        query_string={"next": next} if next else {},
        data={"name": name, "password": password},
        environ_base={"REMOTE_ADDR": ip},
    )


def is_signed_in(client: FlaskClient) -> bool:
    return client.get(BEHIND_SIGN_IN).status_code == 200


def count(database: Database, table: type) -> int:
    with database.reading() as db:
        return db.scalar(select(func.count()).select_from(table)) or 0


def test_the_right_password_opens_a_session(person: int, client: FlaskClient, database: Database) -> None:
    assert not is_signed_in(client)
    answer = enter(client, "Wu.Min ")
    assert (answer.status_code, answer.location) == (302, "/")
    assert is_signed_in(client)
    with database.reading() as db, client.session_transaction() as cookie:
        row = db.scalars(select(UserSession)).one()
        assert row.user_id == person
        assert row.token_hash == token_hash(cookie["_user_id"]) != cookie["_user_id"]
        assert len(cookie["_user_id"]) == 43  # 32 random bytes in base 64
        assert row.expires_at == NOON + timedelta(hours=72)


def test_the_page_first_asked_for_comes_after_the_sign_in(person: int, client: FlaskClient) -> None:
    sent = client.get("/profile?tab=1")
    assert sent.status_code == 302
    page = client.get(sent.location)
    assert "After signing in you go to: Profile" in page.text
    assert "登录后回到：个人资料" in client.get(sent.location, headers={"Accept-Language": "zh-CN"}).text
    assert "you go to" not in client.get("/sign-in").text
    assert "the page you asked for" in client.get("/sign-in?next=/no/such/page").text
    action = re.search(r'<form class="form" method="post" action="([^"]+)"', page.text)
    assert action
    answer = client.post(action[1], data={"name": "wu.min", "password": PASSWORD})
    assert answer.location == "/profile?tab=1"


def test_a_signed_in_person_skips_the_page(person: int, app: Flask) -> None:
    assert sign_in_as(app, person).get("/sign-in?next=/profile").location == "/profile"


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example/",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/%2F/evil.example",
        "%2F%2Fevil.example",
        "/%5Cevil.example",
        "/%255Cevil.example",
        "javascript:alert(1)",
        "http:evil.example",
        "/\t/evil.example",
        "/%09/evil.example",
        "\r\nLocation: https://evil.example",
        "@evil.example",
        " //evil.example",
        "https:/evil.example",
    ],
)
def test_nobody_is_sent_to_another_host(target: str, person: int, client: FlaskClient) -> None:
    page = client.get("/sign-in?next=" + quote(target))
    assert not re.search(r'(href|action|src)="[^"]*evil', page.text)
    assert enter(client, next=target).location == "/"


@pytest.mark.parametrize(
    ("name", "password"),
    [
        ("wu.min", WRONG),
        ("nobody", PASSWORD),
        ("nobody", WRONG),
        ("wu.min", PASSWORD.upper()),
        ("wu.min", PASSWORD.title()),
        ("wu.min", PASSWORD[:-1]),
        ("wu.min", PASSWORD + " "),
        ("wu.min", " " + PASSWORD),
        ("wu.min", ""),
        ("", PASSWORD),
        ("' OR 1=1 --", PASSWORD),
    ],
)
def test_what_is_not_exactly_right_is_refused(
    name: str, password: str, person: int, client: FlaskClient
) -> None:
    answer = enter(client, name, password)
    assert answer.status_code == 422
    assert not is_signed_in(client)


def test_two_hundred_characters_count_to_the_last(database: Database, client: FlaskClient) -> None:
    long = "".join(chr(0x4E00 + 7 * n) for n in range(200))
    with database.writing() as db:
        make_user(db, password=long)
    assert enter(client, password=long[:199]).status_code == 422
    assert enter(client, password=long[:199] + "x").status_code == 422
    assert enter(client, password=long).status_code == 302


def test_a_refusal_says_nothing_about_the_account(database: Database, client: FlaskClient) -> None:
    with database.writing() as db:
        make_user(db, "wu.min")
        suspend_user(db, make_user(db, "li.wei").id)
        make_user(db, "he.jun", must_change_password=True).password_changed_at = NOON - timedelta(days=8)
    pages = {
        (
            answer.status_code,
            re.sub(r'nonce="[^"]+"|name="csrf_token" value="[^"]+"', "", answer.text).replace(name, "NAME"),
        )
        for name, password in (
            ("wu.min", WRONG),
            ("no.one", WRONG),
            ("li.wei", WRONG),
            ("li.wei", PASSWORD),
            ("he.jun", PASSWORD),
        )
        for answer in [enter(client, name, password)]
    }
    assert len(pages) == 1
    status, page = pages.pop()
    assert status == 422
    assert "Name and password do not match" in page
    assert 'value="NAME"' in page


def test_an_unknown_name_costs_a_hash_too() -> None:
    """Processor time of this thread, so that a busy machine changes nothing (A10)."""
    passwords = Argon2Passwords(memory_kib=2048, time_cost=1)
    known = passwords.hash(PASSWORD)

    def cost(stored: str | None) -> float:
        began = time.thread_time()
        assert not passwords.is_right(stored, WRONG)
        return time.thread_time() - began

    costs = [(cost(known), cost(None)) for _ in range(25)]
    with_account, without = (statistics.median(column) for column in zip(*costs, strict=True))
    assert 0.5 < with_account / without < 2
    assert not passwords.is_right(None, WRONG)


def test_an_unknown_name_costs_the_same_queries(person: int, client: FlaskClient, database: Database) -> None:
    client.get("/sign-in")  # the ribbon's question is asked once a minute
    seen: list[str] = []
    for engine in {database.reader, database.writer}:
        event.listen(engine, "before_cursor_execute", lambda *args: seen.append(args[2]))
    enter(client, "no.one", WRONG)
    unknown = list(seen)
    seen.clear()
    enter(client, "wu.min", WRONG)
    assert seen == unknown != []


def test_hashes_stand_at_the_floor_by_default(app: Flask) -> None:
    assert Argon2Passwords().hash(PASSWORD).startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_an_old_hash_is_upgraded_when_its_owner_signs_in(
    person: int, client: FlaskClient, database: Database
) -> None:
    with database.writing() as db:
        db.get_one(User, person).password_hash = Argon2Passwords(memory_kib=32, time_cost=2).hash(PASSWORD)
    assert enter(client).status_code == 302
    with database.reading() as db:
        assert db.get_one(User, person).password_hash.startswith("$argon2id$v=19$m=64,t=1,p=1$")
    client.post("/sign-out")
    assert enter(client).status_code == 302


def test_a_planted_session_is_not_adopted(person: int, app: Flask) -> None:
    """Fixation: neither the attacker's token nor what the cookie held before survives a sign-in (S1)."""
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie["_user_id"] = "planted"
        cookie["left"] = "behind"
    enter(client)
    with client.session_transaction() as cookie:
        assert cookie["_user_id"] != "planted"
        assert "left" not in cookie


def test_signing_in_again_ends_the_session_before(
    person: int, client: FlaskClient, database: Database
) -> None:
    enter(client)
    with client.session_transaction() as cookie:
        first = cookie["_user_id"]
    enter(client)
    with client.session_transaction() as cookie:
        assert cookie["_user_id"] != first
    assert count(database, UserSession) == 1


def test_a_thousand_sessions_have_a_thousand_tokens(person: int, database: Database) -> None:
    with database.writing() as db:
        tokens = {
            start_session(db, user_id=person, device="", now=NOON, absolute=timedelta(1)) for _ in range(1000)
        }
    assert len(tokens) == count(database, UserSession) == 1000


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_cookies_carry_their_attributes(
    scheme: str, person: int, app: Flask, database: Database, clock: FixedClock
) -> None:
    settings = replace(app.extensions["settings"], base_url=f"{scheme}://learn.example")
    made = create_app(settings, database=database, clock=clock)
    made.config["WTF_CSRF_ENABLED"] = False
    answer = enter(made.test_client())
    cookies = {line.split("=")[0]: line for line in answer.headers.getlist("Set-Cookie")}
    prefix = "__Host-" if scheme == "https" else ""
    assert {f"{prefix}terrace", f"{prefix}terrace-device"} <= set(cookies)
    for line in cookies.values():
        assert "HttpOnly" in line
        assert "SameSite=Lax" in line
        assert "Path=/" in line
        assert "Domain" not in line
        assert ("Secure" in line) == (scheme == "https")


def test_signing_out_ends_the_session_on_the_server(person: int, app: Flask) -> None:
    client = app.test_client()
    enter(client)
    stolen = client.get_cookie("terrace")
    assert stolen
    assert client.post("/sign-out").location == "/sign-in"
    assert not is_signed_in(client)
    client.set_cookie("terrace", stolen.value)
    assert not is_signed_in(client)


def test_a_suspended_person_is_out_at_once_on_every_server(
    person: int, app: Flask, database: Database, clock: FixedClock
) -> None:
    client = app.test_client()
    enter(client)
    cookie = client.get_cookie("terrace")
    assert cookie
    other = create_app(app.extensions["settings"], database=database, clock=clock).test_client()
    other.set_cookie("terrace", cookie.value)
    assert is_signed_in(client)
    assert is_signed_in(other)
    with database.writing() as db:
        suspend_user(db, person)
    assert not is_signed_in(client)
    assert not is_signed_in(other)
    assert enter(client).status_code == 422


def test_a_session_ends_when_idle_and_at_its_absolute_end(
    person: int, client: FlaskClient, clock: FixedClock
) -> None:
    enter(client)
    clock.advance(timedelta(hours=7, minutes=59))
    assert is_signed_in(client)
    clock.advance(timedelta(hours=7, minutes=59))
    assert is_signed_in(client)
    clock.advance(timedelta(hours=8))
    assert not is_signed_in(client)
    enter(client)
    for _ in range(12):
        clock.advance(timedelta(hours=5, minutes=59))
        assert is_signed_in(client)
    clock.advance(timedelta(minutes=13))  # 72 hours and a minute
    assert not is_signed_in(client)


def test_a_thousand_guesses_at_one_account(person: int, app: Flask, database: Database) -> None:
    """From everywhere: fifty are looked at; the owner still gets in from a browser known before (A5)."""
    owner = app.test_client()
    enter(owner, ip="10.9.9.9")
    owner.post("/sign-out")
    door = Door(database, app.extensions["passwords"], app.extensions["settings"], NOON)
    answers = []
    for n in range(1000):
        try:
            sign_in(door, Browser(f"10.1.{n // 250}.{n % 250}", ""), name="wu.min", password=WRONG)
        except RuleError as error:
            answers.append(type(error))
    assert answers.count(SignInRefused) == 50
    assert answers.count(SignInPaused) == 950
    attacker = app.test_client()
    assert enter(attacker, ip="10.2.0.1").status_code == 429  # even the right password is not looked at
    assert enter(owner, ip="10.1.0.0").status_code == 302
    assert count(database, SignInFailure) == 50


def test_guesses_from_one_network(person: int, app: Flask) -> None:
    attacker = app.test_client()
    same = [enter(attacker, password=WRONG).status_code for _ in range(20)]
    assert same == [422] * 5 + [429] * 15
    others = [enter(attacker, f"name{n}", WRONG).status_code for n in range(200)]
    assert others == [422] * 95 + [429] * 105
    assert enter(attacker, ip="10.0.0.2").status_code == 302


def test_a_forged_header_does_not_change_the_network(person: int, client: FlaskClient) -> None:
    answers = [
        client.post(
            "/sign-in",
            data={"name": "wu.min", "password": WRONG},
            headers={"X-Forwarded-For": f"10.7.0.{n}", "X-Real-IP": f"10.7.0.{n}"},
        ).status_code
        for n in range(7)
    ]
    assert answers == [422] * 5 + [429] * 2


def test_guesses_at_once_are_not_more(person: int, app: Flask) -> None:
    answers: list[int] = []

    def guess() -> None:
        answers.append(enter(app.test_client(), password=WRONG).status_code)

    threads = [threading.Thread(target=guess) for _ in range(24)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 24
    assert answers.count(422) <= 5


def test_a_pause_says_how_long(person: int, client: FlaskClient, clock: FixedClock) -> None:
    for _ in range(5):
        enter(client, password=WRONG)
    clock.advance(timedelta(minutes=3))
    answer = enter(client)
    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == str(12 * 60)
    assert "The next one opens in 12 minutes." in answer.text
    clock.advance(timedelta(minutes=12))
    assert enter(client).status_code == 302


def test_the_right_password_clears_the_wrong_ones(person: int, app: Flask, database: Database) -> None:
    for _ in range(2):
        client = app.test_client()
        for _ in range(4):
            assert enter(client, password=WRONG).status_code == 422
        assert enter(client).status_code == 302
    assert count(database, SignInFailure) == 0


def test_two_people_share_a_browser(person: int, client: FlaskClient, database: Database) -> None:
    with database.writing() as db:
        make_user(db, "li.wei")
    enter(client)
    token = client.get_cookie("terrace-device")
    enter(client, "li.wei")
    assert token == client.get_cookie("terrace-device")
    assert count(database, KnownDevice) == 2
    for name in ("wu.min", "li.wei"):
        for n in range(60):
            enter(client.application.test_client(), name, WRONG, ip=f"10.3.0.{n}")
        assert enter(client, name).status_code == 302


def test_no_secret_is_logged(person: int, client: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        enter(client, password="canary otter drinks tea")
        enter(client)
    with client.session_transaction() as cookie:
        token = cookie["_user_id"]
    assert "signed in: user" in caplog.text
    for secret in (PASSWORD, "canary", token, "wu.min"):
        assert secret not in caplog.text


def test_the_form_needs_its_token(person: int, app: Flask) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    assert enter(app.test_client()).status_code == 419


def test_a_refused_form_does_not_hold_the_only_writer(
    person: int, app: Flask, database: Database, clock: FixedClock
) -> None:
    """The page that refuses a form without its token reads, and the session's touch after it writes."""
    client = sign_in_as(app, person)
    clock.advance(timedelta(minutes=30))
    app.config["WTF_CSRF_ENABLED"] = True
    answers: list[int] = []
    thread = threading.Thread(
        target=lambda: answers.append(client.post("/profile", data={"language": "zh"}).status_code),
        daemon=True,
    )
    thread.start()
    thread.join(timeout=20)
    assert answers == [419]
    with database.reading() as db:
        assert db.scalars(select(UserSession.last_seen_at)).one() == clock.now()


def test_old_rows_are_purged(person: int, app: Flask, database: Database, clock: FixedClock) -> None:
    enter(app.test_client())
    enter(app.test_client(), password=WRONG)
    clock.advance(timedelta(hours=7))
    enter(app.test_client())
    clock.advance(timedelta(hours=2))
    with database.writing() as db:
        purge_old(db, now=clock.now(), idle=timedelta(hours=8), window=timedelta(minutes=15))
    assert (count(database, UserSession), count(database, SignInFailure)) == (1, 0)
    clock.advance(timedelta(days=366))
    with database.writing() as db:
        purge_old(db, now=clock.now(), idle=timedelta(hours=8), window=timedelta(minutes=15))
    assert (count(database, UserSession), count(database, KnownDevice)) == (0, 0)


def test_the_ribbon_appears_once_there_are_sample_people(
    database: Database, client: FlaskClient, clock: FixedClock
) -> None:
    assert "Demonstration" not in client.get("/sign-in?", headers={"Accept-Language": "en"}).text
    with database.writing() as db:
        make_user(db, is_demo=True)
    clock.advance(timedelta(minutes=1))
    assert "Demonstration" in client.get("/sign-in", headers={"Accept-Language": "en"}).text
