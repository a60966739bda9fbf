"""Changes of hats: granting, ending, wearing. Who may is said by `lms.domain.hats`."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String, func, literal, select, update
from sqlalchemy.orm import Session

from lms.domain.permissions import Hat
from lms.features.accounts.models import HatGrant, User, UserSession
from lms.features.accounts.queries import token_hash


def grant_hat(
    db: Session,
    *,
    user_id: int,
    hat: Hat,
    organization_id: int,
    scope_path: str,
    granted_by_id: int | None,
    ends_at: datetime | None,
    now: datetime,
) -> HatGrant:
    """Give a hat for an organisation and all below it; who has it already has it until the new end.

    The caller holds the tree's lock, so that the path is still right at the commit."""
    _close_expired(db, user_id=user_id, now=now)
    query = select(HatGrant).where(
        HatGrant.user_id == user_id,
        HatGrant.hat == hat,
        HatGrant.organization_id == organization_id,
        HatGrant.ended_at.is_(None),
    )
    grant = db.scalars(query).first()
    if grant is None:
        grant = HatGrant(
            user_id=user_id, hat=hat, organization_id=organization_id, scope_path=scope_path, granted_at=now
        )
        db.add(grant)
    grant.granted_by_id = granted_by_id
    grant.ends_at = ends_at
    db.flush()  # callers need the id
    return grant


def _close_expired(db: Session, *, user_id: int, now: datetime) -> None:
    """A grant whose time is over makes place for the next one."""
    db.execute(
        update(HatGrant)
        .where(HatGrant.user_id == user_id, HatGrant.ended_at.is_(None), HatGrant.ends_at <= now)
        .values(ended_at=HatGrant.ends_at)
    )


def end_grant(db: Session, grant_id: int, *, now: datetime) -> bool:
    """Take a hat away, effective with the next request everywhere; False when it had ended before."""
    ended = update(HatGrant).where(HatGrant.id == grant_id, HatGrant.ended_at.is_(None)).values(ended_at=now)
    return db.execute(ended.returning(HatGrant.id)).first() is not None


def end_grants_below(db: Session, *, user_id: int, path: str, now: datetime) -> int:
    """Take all hats away that a person holds in this part of the tree; returns how many."""
    ended = (
        update(HatGrant)
        .where(
            HatGrant.user_id == user_id,
            HatGrant.ended_at.is_(None),
            HatGrant.scope_path.like(f"{path}%"),
        )
        .values(ended_at=now)
    )
    return len(db.execute(ended.returning(HatGrant.id)).all())


def move_scopes(db: Session, *, old: str, new: str) -> None:
    """A part of the tree stands elsewhere: the scopes in it follow."""
    rest = func.substr(HatGrant.scope_path, len(old) + 1, type_=String)
    moved = update(HatGrant).where(HatGrant.scope_path.like(f"{old}%"))
    db.execute(moved.values(scope_path=literal(new) + rest))


def wear_hat(db: Session, *, token: str, user_id: int, hat: Hat) -> None:
    """Wear another hat in this session, and in the sessions begun from now on."""
    db.execute(update(UserSession).where(UserSession.token_hash == token_hash(token)).values(hat=hat))
    db.execute(update(User).where(User.id == user_id).values(worn_hat=hat))
