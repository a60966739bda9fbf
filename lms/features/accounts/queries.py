"""Reads of accounts and sessions."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from flask import current_app
from sqlalchemy import String, bindparam, cast, exists, func, or_, select
from sqlalchemy.orm import Session

from lms.domain.permissions import Actor, Hat, Scope
from lms.domain.sign_in import Failure
from lms.features.accounts.models import HatGrant, KnownDevice, SignInFailure, User, UserSession, UserStatus
from lms.features.notifications.queries import unread_count_of
from lms.web.context import clock, database, settings
from lms.web.login import SignedIn

DEMO_MARK = "demo_mark"
ASK_AGAIN_AFTER = timedelta(minutes=1)


@dataclass
class DemoMark:
    """What one process remembers about the demo."""

    is_demo: bool = False
    asked_at: datetime | None = None


class Credentials(NamedTuple):
    """What a sign-in checks, and the names that a new password must not be made of."""

    user_id: int
    sign_in_name: str
    display_name: str
    password_hash: str
    status: str
    must_change_password: bool
    password_changed_at: datetime


_CREDENTIALS = (
    User.id,
    User.sign_in_name,
    User.display_name,
    User.password_hash,
    User.status,
    User.must_change_password,
    User.password_changed_at,
)


# all grants in force of the session's person as one text, so that a page needs one query
_SCOPES = (
    select(
        func.aggregate_strings(
            HatGrant.hat + ":" + cast(HatGrant.organization_id, String) + ":" + HatGrant.scope_path, " "
        )
    )
    .where(
        HatGrant.user_id == User.id,
        HatGrant.ended_at.is_(None),
        or_(HatGrant.ends_at.is_(None), HatGrant.ends_at > bindparam("now")),
    )
    .scalar_subquery()
)
_SIGNED_IN = (
    select(
        User.id,
        User.display_name,
        User.language,
        User.role_id,
        User.is_personalised,
        User.must_change_password,
        UserSession.last_seen_at,
        UserSession.hat,
        _SCOPES.label("scopes"),
        unread_count_of(User.id).label("unread_count"),
    )
    .join(User, User.id == UserSession.user_id)
    .where(
        UserSession.token_hash == bindparam("token_hash"),
        UserSession.expires_at > bindparam("now"),
        UserSession.last_seen_at > bindparam("seen_after"),
        User.status == UserStatus.ACTIVE,
    )
)


class SessionRow(NamedTuple):
    """A signed-in browser of one person."""

    session_id: int
    device: str
    created_at: datetime
    last_seen_at: datetime
    is_this: bool


def token_hash(token: str) -> str:
    """What the table keeps of a token: whoever reads the table cannot sign in with it."""
    return hashlib.sha256(token.encode()).hexdigest()


def device_hash(device_token: str, user_id: int) -> str:
    """A browser's token for one person, so that several people may share a browser."""
    return token_hash(f"{device_token}:{user_id}")


def find_signed_in(db: Session, token: str, now: datetime) -> SignedIn | None:
    """The live session of a token, in one query: not idle, not over, of an active person (S1–S3)."""
    seen_after = now - timedelta(minutes=settings().session_idle_minutes)
    row = db.execute(
        _SIGNED_IN, {"token_hash": token_hash(token), "now": now, "seen_after": seen_after}
    ).first()
    if row is None:
        return None
    scopes = _read_scopes(row.scopes)
    hat = Hat(row.hat) if any(scope.hat == row.hat for scope in scopes) else Hat.LEARNER
    actor = Actor(
        user_id=row.id,
        display_name=row.display_name,
        language=row.language,
        role_id=row.role_id,
        is_personalised=row.is_personalised,
        must_change_password=row.must_change_password,
        hat=hat,
        scopes=scopes,
    )
    return SignedIn(actor=actor, last_seen_at=row.last_seen_at, unread_count=row.unread_count)


def _read_scopes(text: str | None) -> tuple[Scope, ...]:
    parts = (entry.split(":") for entry in (text or "").split())
    return tuple(Scope(Hat(hat), int(organization_id), path) for hat, organization_id, path in parts)


def find_credentials(db: Session, sign_in_name: str) -> Credentials | None:
    """What belongs to a folded sign-in name."""
    row = db.execute(select(*_CREDENTIALS).where(User.sign_in_name == sign_in_name)).first()
    return Credentials(*row) if row else None


def get_credentials(db: Session, user_id: int) -> Credentials | None:
    """What belongs to a person."""
    row = db.execute(select(*_CREDENTIALS).where(User.id == user_id)).first()
    return Credentials(*row) if row else None


def find_user(db: Session, sign_in_name: str) -> User | None:
    """The account of a folded sign-in name."""
    return db.scalar(select(User).where(User.sign_in_name == sign_in_name))


def get_user(db: Session, user_id: int) -> User | None:
    return db.get(User, user_id)


def display_names(db: Session, user_ids: Collection[int]) -> dict[int, str]:
    """What people are called on pages, by their ids."""
    query = select(User.id, User.display_name).where(User.id.in_(user_ids))
    return {row.id: row.display_name for row in db.execute(query)}


def find_by_name(db: Session, words: str, *, limit: int = 200) -> list[int]:
    """Ids of people whose name contains the words; not scoped: what is shown of them is."""
    query = select(User.id).where(User.display_name.icontains(words, autoescape=True)).order_by(User.id)
    return list(db.scalars(query.limit(limit)))


def is_known_device(db: Session, *, user_id: int, device_token: str) -> bool:
    """Whether the person has signed in from this browser before."""
    query = select(
        exists().where(
            KnownDevice.user_id == user_id, KnownDevice.token_hash == device_hash(device_token, user_id)
        )
    )
    return bool(device_token) and bool(db.scalar(query))


def list_failures(
    db: Session, *, account_hash: str, network_hash: str, since: datetime, but_id: int | None = None
) -> list[Failure]:
    """Wrong guesses since an instant that concern this account or this network, without the row `but_id`.

    There are at most some hundred, because a guess that was not looked at is not recorded."""
    query = select(
        SignInFailure.id,
        SignInFailure.at,
        SignInFailure.account_hash,
        SignInFailure.network_hash,
        SignInFailure.is_known_device,
    ).where(
        SignInFailure.at > since,
        or_(SignInFailure.account_hash == account_hash, SignInFailure.network_hash == network_hash),
    )
    return [
        Failure(
            row.at, row.account_hash == account_hash, row.network_hash == network_hash, row.is_known_device
        )
        for row in db.execute(query)
        if row.id != but_id
    ]


def list_sessions(db: Session, *, user_id: int, token: str, now: datetime) -> list[SessionRow]:
    """A person's live sessions, this one first, then the one seen last (S4)."""
    idle = timedelta(minutes=settings().session_idle_minutes)
    query = (
        select(
            UserSession.id,
            UserSession.device,
            UserSession.created_at,
            UserSession.last_seen_at,
            (UserSession.token_hash == token_hash(token)).label("is_this"),
        )
        .where(
            UserSession.user_id == user_id,
            UserSession.expires_at > now,
            UserSession.last_seen_at > now - idle,
        )
        .order_by(UserSession.last_seen_at.desc(), UserSession.id.desc())
    )
    rows = [SessionRow(*row) for row in db.execute(query)]
    return sorted(rows, key=lambda row: not row.is_this)


def has_demo_users(db: Session) -> bool:
    """Whether sample people live in this installation."""
    return bool(db.scalar(select(exists().where(User.is_demo))))


def is_demo_installation() -> bool:
    """`has_demo_users` for the ribbon of every page: remembered once it is so, else asked once a minute."""
    mark: DemoMark = current_app.extensions.setdefault(DEMO_MARK, DemoMark())
    now = clock().now()
    if not mark.is_demo and (mark.asked_at is None or now - mark.asked_at >= ASK_AGAIN_AFTER):
        mark.asked_at = now
        with database().reading() as own:  # the page's own session may be a writing one
            mark.is_demo = has_demo_users(own)
    return mark.is_demo
