"""Signing in and changing one's password: what looks at a password.

Both take the `Database` in place of a session: 50 ms of Argon2 belong into no transaction, least of all into
the one writing transaction of SQLite."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from lms.config import Settings
from lms.db.transaction import Database
from lms.domain.errors import RuleError
from lms.domain.events import PasswordChanged, SessionBegun
from lms.domain.password import PasswordRefused, check_password
from lms.domain.policy import Policy
from lms.domain.sign_in import SignInRefused, folded_name, is_initial_password_over, network_of
from lms.features.accounts.guesses import Guesser, check_pace, forgive, keyed_hash, spend_guess
from lms.features.accounts.models import User, UserStatus
from lms.features.accounts.queries import (
    Credentials,
    find_credentials,
    find_signed_in,
    get_credentials,
    is_known_device,
)
from lms.features.accounts.service import (
    TOKEN_BYTES,
    end_session,
    know_device,
    start_session,
    store_password,
)
from lms.features.policies.queries import get_policy
from lms.features.trail.service import record
from lms.jobs.outbox import publish
from lms.ports.clock import local_date
from lms.ports.passwords import Passwords
from lms.web.login import SignedIn

log = logging.getLogger(__name__)
REFUSED = "Name and password do not match. What you entered as name is kept; enter the password again."
NOT_YOURS = "This is not your present password."
SAME = "This is your present password. Take another one."


class CurrentPasswordWrong(RuleError):
    """Whoever changes a password has to know the present one (A4)."""


@dataclass(frozen=True)
class Browser:
    """Where a request comes from. `device_token` is its long-lived cookie, `token` that of its session."""

    address: str
    device: str
    device_token: str = ""
    token: str = ""


@dataclass(frozen=True)
class NewSession:
    """A session just begun, and the two tokens for the browser's cookies."""

    token: str
    device_token: str
    signed_in: SignedIn


@dataclass(frozen=True)
class Door:
    """What both ways to a new session need."""

    database: Database
    passwords: Passwords
    settings: Settings
    now: datetime


def sign_in(door: Door, browser: Browser, *, name: str, password: str) -> NewSession:
    """Begin a session with name and password.

    :raises SignInPaused: too many guesses; this one was not looked at
    :raises SignInRefused: unknown name, wrong password or closed account, which all look alike (A10)
    """
    folded = folded_name(name)
    with door.database.reading() as db:
        credentials = find_credentials(db, folded)
        policy = get_policy(db, on=local_date(door.now))
        guesser = _guesser(db, door, browser, folded, credentials)
        check_pace(db, guesser, policy=policy, now=door.now)
    spend_guess(door.database, guesser, policy=policy, now=door.now)
    is_right = door.passwords.is_right(credentials.password_hash if credentials else None, password)
    if not is_right or credentials is None or not _may_enter(credentials, policy, door.now):
        log.info("sign-in refused: account %s", guesser.account_hash[:12])
        _record_refusal(door, guesser)
        raise SignInRefused(REFUSED)
    better = door.passwords.hash(password) if door.passwords.needs_rehash(credentials.password_hash) else None
    with door.database.writing() as db:
        if get_credentials(db, credentials.user_id) != credentials:
            raise SignInRefused(REFUSED)  # suspended or given another password in this very moment
        forgive(db, guesser)
        if better:
            db.execute(update(User).where(User.id == credentials.user_id).values(password_hash=better))
        if browser.token:
            end_session(db, browser.token)
        new = _begin(db, door, browser, credentials.user_id)
        publish(db, SessionBegun(actor_id=credentials.user_id))
    log.info("signed in: user %d", credentials.user_id)
    return new


def change_password(
    door: Door, browser: Browser, *, user_id: int, current: str, new: str, own_words: Sequence[str] = ()
) -> NewSession:
    """Replace the person's password; all other sessions end and this one gets a new token (A4, S3).

    :raises PasswordRefused: the new one is too easy to guess, or not new
    :raises SignInPaused: the present one was guessed wrong too often
    :raises CurrentPasswordWrong: the present one is another, or the session ended meanwhile
    """
    with door.database.reading() as db:
        credentials = get_credentials(db, user_id)
    if credentials is None:
        raise CurrentPasswordWrong(NOT_YOURS)
    check_password(new, own_words=(credentials.sign_in_name, credentials.display_name, *own_words))
    guesser = _check_current(door, credentials, current)
    if new == current:
        raise PasswordRefused(SAME)
    hashed = door.passwords.hash(new)
    with door.database.writing() as db:
        _check_unchanged(db, door, browser, credentials)
        forgive(db, guesser)
        store_password(db, user_id, hashed, now=door.now)
        entered = _begin(db, door, browser, user_id)
        publish(db, PasswordChanged(user_id=user_id))
    log.info("password changed: user %d", user_id)
    return entered


def _check_unchanged(db: Session, door: Door, browser: Browser, credentials: Credentials) -> None:
    """Raise when the session was ended, or the person given another password, while the new one was hashed."""
    db.execute(select(User.id).where(User.id == credentials.user_id).with_for_update())
    is_same = get_credentials(db, credentials.user_id) == credentials
    if not is_same or find_signed_in(db, browser.token, door.now) is None:
        raise CurrentPasswordWrong(NOT_YOURS)


def _check_current(door: Door, credentials: Credentials, current: str) -> Guesser:
    """Raise unless the present password is right.

    It has a counter of its own, because whoever sits at an open
    session must not lock the owner out of signing in."""
    key, user_id = door.settings.secret_key, credentials.user_id
    guesser = Guesser(keyed_hash(key, "change", str(user_id)), keyed_hash(key, "change", ""), True)
    with door.database.reading() as db:
        policy = get_policy(db, on=local_date(door.now))
        check_pace(db, guesser, policy=policy, now=door.now)
    spend_guess(door.database, guesser, policy=policy, now=door.now)
    if not door.passwords.is_right(credentials.password_hash, current):
        log.info("password change refused: user %d", user_id)
        raise CurrentPasswordWrong(NOT_YOURS)
    return guesser


def _record_refusal(door: Door, guesser: Guesser) -> None:
    """The trail names no person, known or not, so that the answer takes as long for both (A10, L1)."""
    with door.database.writing() as db:
        facts = {"account": guesser.account_hash[:16]}
        record(db, action="sign_in_refused", actor_id=None, facts=facts, now=door.now)


def _guesser(
    db: Session, door: Door, browser: Browser, name: str, credentials: Credentials | None
) -> Guesser:
    """An unknown name costs the same queries as a known one (A10)."""
    key = door.settings.secret_key
    user_id = credentials.user_id if credentials else 0
    return Guesser(
        account_hash=keyed_hash(key, "account", name),
        network_hash=keyed_hash(key, "network", network_of(browser.address)),
        is_known_device=is_known_device(db, user_id=user_id, device_token=browser.device_token),
    )


def _may_enter(credentials: Credentials, policy: Policy, now: datetime) -> bool:
    if credentials.must_change_password and is_initial_password_over(
        made_at=credentials.password_changed_at, now=now, policy=policy
    ):
        return False
    return credentials.status == UserStatus.ACTIVE


def _begin(db: Session, door: Door, browser: Browser, user_id: int) -> NewSession:
    absolute = timedelta(minutes=door.settings.session_absolute_minutes)
    token = start_session(db, user_id=user_id, device=browser.device, now=door.now, absolute=absolute)
    device_token = browser.device_token or secrets.token_urlsafe(TOKEN_BYTES)
    know_device(db, user_id=user_id, device_token=device_token, now=door.now)
    db.flush()  # the session is read back at once
    signed_in = find_signed_in(db, token, door.now)
    if signed_in is None:
        raise SignInRefused(REFUSED)
    return NewSession(token, device_token, signed_in)
