"""People for tests, and browsers in which they are signed in."""

from __future__ import annotations

from datetime import timedelta
from functools import cache

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from lms.features.accounts.models import User
from lms.features.accounts.service import create_user, start_session
from lms.ports.passwords import Argon2Passwords
from tests.conftest import NOON

PASSWORD = "marble otter drinks tea"


@cache
def cheap_passwords() -> Argon2Passwords:
    """Argon2id with the parameters of the tests' settings."""
    return Argon2Passwords(memory_kib=64, time_cost=1)


def make_user(
    db: Session,
    name: str = "wu.min",
    *,
    password: str = PASSWORD,
    display_name: str = "吴敏",
    language: str = "en",
    role_id: int | None = None,
    is_demo: bool = False,
    must_change_password: bool = False,
) -> User:
    """An account whose password is `PASSWORD`."""
    return create_user(
        db,
        sign_in_name=name,
        password=password,
        display_name=display_name,
        language=language,
        role_id=role_id,
        now=NOON,
        is_demo=is_demo,
        must_change_password=must_change_password,
        passwords=cheap_passwords(),
    )


def sign_in_as(app: Flask, user_id: int) -> FlaskClient:
    """A browser in which the person is signed in, without the sign-in page."""
    with app.extensions["database"].writing() as db:
        now = app.extensions["clock"].now()
        token = start_session(db, user_id=user_id, device="", now=now, absolute=timedelta(hours=72))
    client = app.test_client()
    with client.session_transaction() as session:
        session["_user_id"] = token
        session["_fresh"] = True
    return client
