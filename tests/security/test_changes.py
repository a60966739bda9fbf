"""Unsafe methods need a token, safe ones change nothing (safety.md W1)."""

from __future__ import annotations

import hashlib
from datetime import timedelta

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from lms.metadata import all_tables
from tests import world
from tests.addresses import AddressBook
from tests.factories.accounts import sign_in_as
from tests.security.conftest import user_id

# A page view keeps its session awake: the one write of a GET.
TOUCHED = {"user_sessions": ("last_seen_at",)}
# The trail notes who was refused, who looked and who took a file: W1 leaves it out.
LOGBOOK = ("trail_entries", "trail_persons")


def fingerprints(app: Flask) -> dict[str, str]:
    """A hash of every table's rows, without the columns that a page view may write."""
    found = {}
    with app.extensions["database"].reading() as db:
        for table in all_tables().sorted_tables:
            if table.name in LOGBOOK:
                continue
            columns = [c.name for c in table.columns if c.name not in TOUCHED.get(table.name, ())]
            named = ", ".join(f'"{name}"' for name in columns)
            rows = sorted(map(repr, db.execute(text(f'SELECT {named} FROM "{table.name}"')).all()))
            found[table.name] = hashlib.sha256("\n".join(rows).encode()).hexdigest()
    return found


def test_no_get_changes_a_row(world_app: Flask, learner: FlaskClient, own: AddressBook) -> None:
    before = fingerprints(world_app)
    world_app.extensions["clock"].advance(timedelta(minutes=30))
    for address in own.learner_pages():
        learner.get(address.url).close()
        learner.head(address.url).close()
        learner.options(address.url).close()
    assert fingerprints(world_app) == before


def test_a_changed_row_would_be_seen(world_app: Flask) -> None:
    before = fingerprints(world_app)
    with world_app.extensions["database"].writing() as db:
        db.execute(text("UPDATE users SET language = 'en' WHERE sign_in_name = :name"), {"name": world.ZHOU})
    after = fingerprints(world_app)
    assert [name for name in before if before[name] != after[name]] == ["users"]


def test_there_are_changes_to_test(own: AddressBook) -> None:
    endpoints = {address.endpoint for address in own.changes()}
    assert {"accounts.sign_in", "learning.begin_module", "assessment.submit"} <= endpoints


def test_every_change_needs_a_token(world_app: Flask, learner: FlaskClient, own: AddressBook) -> None:
    before = fingerprints(world_app)
    for client in (learner, world_app.test_client()):
        for address in own.changes():
            answer = client.open(address.url, method=address.method, data={"choice": "a"})
            assert answer.status_code == 419, f"{address} answers {answer.status_code}"
    assert fingerprints(world_app) == before


def test_a_token_of_another_session_is_refused(
    world_app: Flask, learner: FlaskClient, own: AddressBook
) -> None:
    other = sign_in_as(world_app, user_id(world_app, world.CHEN))
    foreign_token = token_on(other.get("/profile").get_data(as_text=True))
    learner.get("/profile")  # has a token of its own now
    before = fingerprints(world_app)
    for address in own.changes():
        for sent in ({"data": {"csrf_token": foreign_token}}, {"headers": {"X-CSRFToken": foreign_token}}):
            answer = learner.open(address.url, method=address.method, **sent)  # type: ignore[arg-type]
            assert answer.status_code == 419, f"{address} answers {answer.status_code}"
    assert fingerprints(world_app) == before


def test_its_own_token_is_taken(learner: FlaskClient) -> None:
    token = token_on(learner.get("/profile").get_data(as_text=True))
    assert learner.post("/language/en", data={"csrf_token": token}).status_code == 302


def token_on(page: str) -> str:
    """The token of the first form of a page."""
    return page.split('name="csrf_token" value="', 1)[1].split('"', 1)[0]
