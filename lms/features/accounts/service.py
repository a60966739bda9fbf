"""Changes of accounts and sessions. Guesses at passwords have a file of their own, `sign_in.py`."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import uuid4

from sqlalchemy import ColumnElement, and_, delete, insert, select, update
from sqlalchemy.orm import Session

from lms.domain.events import (
    FirstPasswordMade,
    PasswordChanged,
    PersonalisationChanged,
    RoleChanged,
    SessionsEnded,
    UserCreated,
    UserReinstated,
    UserSuspended,
)
from lms.domain.password import check_password
from lms.domain.sign_in import folded_name
from lms.features.accounts.guesses import forget_failures
from lms.features.accounts.models import KnownDevice, User, UserSession, UserStatus
from lms.features.accounts.queries import device_hash, find_user, token_hash
from lms.jobs.outbox import publish
from lms.ports.passwords import Passwords, floor_passwords
from lms.web.context import db as request_db

TOKEN_BYTES = 32
DEVICE_DAYS = 365
LANGUAGES = frozenset({"zh", "en"})
NO_PASSWORD = (
    ""  # the hash of who cannot sign in yet: it fits nothing, in the time that a wrong password takes
)


class NewUser(NamedTuple):
    """Somebody to make an account for, without a password."""

    sign_in_name: str  # folded
    display_name: str
    language: str
    role_id: int | None


def create_user(
    db: Session,
    *,
    sign_in_name: str,
    password: str,
    display_name: str,
    language: str,
    role_id: int | None,
    now: datetime,
    is_demo: bool = False,
    must_change_password: bool = False,
    passwords: Passwords | None = None,
    password_hash: str | None = None,
) -> User:
    """Make an account; `password_hash` saves the hashing where many accounts of a demo share a password.

    :raises PasswordRefused: the password is too easy to guess
    :raises ValueError: the name is empty or taken, or the language unknown
    """
    name = folded_name(sign_in_name)
    if not name or find_user(db, name) is not None:
        raise ValueError(f"the sign-in name {name!r} is empty or taken")
    if language not in LANGUAGES:
        raise ValueError(f"the language {language!r} is not one of zh, en")
    check_password(password, own_words=(name, display_name))
    user = User(
        uuid=uuid4(),
        sign_in_name=name,
        password_hash=(
            (passwords or floor_passwords()).hash(password) if password_hash is None else password_hash
        ),
        display_name=display_name.strip(),
        language=language,
        role_id=role_id,
        is_demo=is_demo,
        must_change_password=must_change_password,
        created_at=now,
        password_changed_at=now,
    )
    db.add(user)
    db.flush()  # callers need the id
    publish(db, UserCreated(user_id=user.id))
    if role_id is not None:
        publish(db, RoleChanged(learner_id=user.id))
    return user


def create_users(db: Session, people: Sequence[NewUser], *, now: datetime) -> dict[str, int]:
    """Make many accounts that nobody can sign in with before a first password is made; returns ids by name.

    Roles are not told to those who listen: the caller does so for all of them together."""
    rows = [
        {
            **person._asdict(),
            "uuid": uuid4(),
            "password_hash": NO_PASSWORD,
            "must_change_password": True,
            "created_at": now,
            "password_changed_at": now,
        }
        for person in people
    ]
    if not rows:
        return {}
    made_rows = db.execute(insert(User).returning(User.sign_in_name, User.id), rows)
    made = {row.sign_in_name: row.id for row in made_rows}
    for user_id in made.values():
        publish(db, UserCreated(user_id=user_id))
    return made


def store_first_passwords(
    db: Session, hashes: Mapping[int, str], *, now: datetime, is_for_waiting: bool
) -> set[int]:
    """Keep hashes of first passwords made before; returns whose they are.

    `is_for_waiting`: whoever has meanwhile chosen a password of their own keeps it."""
    query = select(User.id).where(User.id.in_(hashes)).order_by(User.id).with_for_update()
    if is_for_waiting:
        query = query.where(User.must_change_password)
    ids = set(db.scalars(query))
    for user_id in sorted(ids):
        publish(db, FirstPasswordMade(user_id=user_id))
    changes = {"password_changed_at": now, "must_change_password": True}
    if ids:
        db.execute(update(User), [{"id": i, "password_hash": hashes[i], **changes} for i in sorted(ids)])
    db.execute(delete(UserSession).where(UserSession.user_id.in_(ids)))
    db.execute(delete(KnownDevice).where(KnownDevice.user_id.in_(ids)))
    return ids


def set_password(
    db: Session,
    user: User,
    password: str,
    *,
    now: datetime,
    must_change_password: bool = False,
    own_words: Sequence[str] = (),
    passwords: Passwords | None = None,
) -> None:
    """Give a person another password and end all sessions (S3).

    :raises PasswordRefused: the password is too easy to guess
    """
    check_password(password, own_words=(user.sign_in_name, user.display_name, *own_words))
    store_password(
        db,
        user.id,
        (passwords or floor_passwords()).hash(password),
        now=now,
        must_change_password=must_change_password,
    )
    db.refresh(user)
    publish(db, PasswordChanged(user_id=user.id))


def store_password(
    db: Session, user_id: int, password_hash: str, *, now: datetime, must_change_password: bool = False
) -> None:
    """Keep a hash made before; whoever was signed in or known with the old password is not any more."""
    db.execute(
        update(User)
        .where(User.id == user_id)
        .values(
            password_hash=password_hash, password_changed_at=now, must_change_password=must_change_password
        )
    )
    db.execute(delete(UserSession).where(UserSession.user_id == user_id))
    db.execute(delete(KnownDevice).where(KnownDevice.user_id == user_id))


def start_session(db: Session, *, user_id: int, device: str, now: datetime, absolute: timedelta) -> str:
    """A new session with a random 256-bit token, which is returned and stored nowhere (S1)."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    db.add(
        UserSession(
            token_hash=token_hash(token),
            user_id=user_id,
            created_at=now,
            last_seen_at=now,
            expires_at=now + absolute,
            device=device,
            hat=select(User.worn_hat).where(User.id == user_id).scalar_subquery(),
        )
    )
    return token


def know_device(db: Session, *, user_id: int, device_token: str, now: datetime) -> None:
    """Remember the browser for this person, for another year."""
    hashed = device_hash(device_token, user_id)
    row = update(KnownDevice).where(KnownDevice.token_hash == hashed).values(created_at=now)
    if not db.execute(row.returning(KnownDevice.id)).first():
        db.add(KnownDevice(user_id=user_id, token_hash=hashed, created_at=now))


def touch_session(db: Session, token: str, now: datetime) -> None:
    """The session was seen; its end stays where it is (S2)."""
    db.execute(
        update(UserSession).where(UserSession.token_hash == token_hash(token)).values(last_seen_at=now)
    )


def end_session(db: Session, token: str) -> None:
    """Sign out: the token is worth nothing from now on."""
    _end_sessions(db, UserSession.token_hash == token_hash(token))


def end_own_session(db: Session, *, user_id: int, session_id: int) -> bool:
    """End one of the person's sessions; False when there is none such."""
    return _end_sessions(db, and_(UserSession.id == session_id, UserSession.user_id == user_id)) > 0


def end_other_sessions(db: Session, *, user_id: int, token: str) -> None:
    """End all of the person's sessions but this one."""
    _end_sessions(db, and_(UserSession.user_id == user_id, UserSession.token_hash != token_hash(token)))


def _end_sessions(db: Session, which: ColumnElement[bool]) -> int:
    """End sessions of one person; returns how many."""
    owners = list(db.scalars(delete(UserSession).where(which).returning(UserSession.user_id)))
    if owners:
        publish(db, SessionsEnded(actor_id=owners[0], ended=len(owners)))
    return len(owners)


def suspend_user(db: Session, user_id: int) -> bool:
    """Nobody signs in with this account any more, and who is signed in is not, at once (S3).

    False when it was suspended before."""
    is_new = _set_status(db, user_id, UserStatus.SUSPENDED)
    db.execute(delete(UserSession).where(UserSession.user_id == user_id))
    if is_new:
        publish(db, UserSuspended(user_id=user_id))
    return is_new


def reinstate_user(db: Session, user_id: int) -> bool:
    """Let a suspended person sign in again; False for who is not suspended."""
    is_new = _set_status(db, user_id, UserStatus.ACTIVE)
    if is_new:
        publish(db, UserReinstated(user_id=user_id))
    return is_new


def _set_status(db: Session, user_id: int, status: UserStatus) -> bool:
    changed = update(User).where(User.id == user_id, User.status != status).values(status=status)
    return db.execute(changed.returning(User.id)).first() is not None


def save_profile(db: Session, *, user_id: int, language: str, role_id: int | None) -> None:
    """Store language and job role."""
    db.execute(update(User).where(User.id == user_id).values(language=language))
    set_role(db, user_id=user_id, role_id=role_id)


def set_role(db: Session, *, user_id: int, role_id: int | None) -> bool:
    """Give a person another job role and tell those who listen; False when it is the same."""
    user = db.get_one(User, user_id)
    if user.role_id == role_id:
        return False
    user.role_id = role_id
    db.flush()  # listeners read the row
    publish(db, RoleChanged(learner_id=user_id))
    return True


def set_personalised(db: Session, *, user_id: int, is_on: bool) -> None:
    """Switch personal recommendations on or off; effective at once (REQ-020)."""
    db.execute(update(User).where(User.id == user_id).values(is_personalised=is_on))
    publish(db, PersonalisationChanged(learner_id=user_id))


def remember_language(user_id: int, code: str) -> None:
    """The language a person chose in the page's head; called inside a POST request."""
    request_db().execute(update(User).where(User.id == user_id).values(language=code))


def purge_old(db: Session, *, now: datetime, idle: timedelta, window: timedelta) -> None:
    """Delete what has served: ended sessions, guesses outside the window, browsers not seen for a year."""
    db.execute(delete(UserSession).where(UserSession.expires_at <= now))
    db.execute(delete(UserSession).where(UserSession.last_seen_at <= now - idle))
    db.execute(delete(KnownDevice).where(KnownDevice.created_at <= now - timedelta(days=DEVICE_DAYS)))
    forget_failures(db, before=now - window)
