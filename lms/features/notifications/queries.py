"""Reads of notices."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, ScalarSelect, func, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import InstrumentedAttribute

from lms.features.notifications.models import Notification


class NotificationRow(NamedTuple):
    """A notice as the inbox shows it; `learner_id` is the person whose it is."""

    notification_id: int
    learner_id: int
    kind: str
    text: dict[str, Any]
    url: str
    created_at: datetime
    read_at: datetime | None


_COLUMNS = (
    Notification.id,
    Notification.user_id,
    Notification.kind,
    Notification.text,
    Notification.url,
    Notification.created_at,
    Notification.read_at,
)


def unread_count_of(user_id: ColumnElement[int] | InstrumentedAttribute[int]) -> ScalarSelect[int]:
    """How many notices a person has not read, to be asked together with the session: counted, so never wrong."""
    mine = (Notification.user_id == user_id, Notification.read_at.is_(None))
    return select(func.count()).select_from(Notification).where(*mine).scalar_subquery()


def get_notification(db: Session, notification_id: int) -> NotificationRow | None:
    row = db.execute(select(*_COLUMNS).where(Notification.id == notification_id)).first()
    return NotificationRow(*row) if row else None


def count_notifications(db: Session, user_id: int) -> int:
    """All notices of a person."""
    query = select(func.count()).select_from(Notification).where(Notification.user_id == user_id)
    return db.scalar(query) or 0


def list_notifications(db: Session, user_id: int, *, skip: int, limit: int) -> list[NotificationRow]:
    """A person's notices, the newest first."""
    query = (
        select(*_COLUMNS)
        .where(Notification.user_id == user_id)
        .order_by(Notification.id.desc())
        .offset(skip)
        .limit(limit)
    )
    return [NotificationRow(*row) for row in db.execute(query)]
