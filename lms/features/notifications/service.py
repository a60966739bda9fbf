"""Changes of notices: the only writer of their table."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, insert, or_, update
from sqlalchemy.orm import Session

from lms.features.notifications.kinds import check_notice
from lms.features.notifications.models import Notification

AT_ONCE = 1000


def notify(
    db: Session,
    *,
    user_id: int,
    kind: str,
    text: Mapping[str, Any],
    url: str = "",
    group: str = "",
    now: datetime,
) -> None:
    """Put a notice into a person's inbox.

    `kind` is a key of `kinds.KINDS` and decides the words in the reader's language; `text` holds the figures
    that they need: `title_zh` and `title_en` for a bilingual `%(title)s`, an ISO date for a name that ends
    with `_on`, numbers and names as they are. `url` is a path of this installation. `group` says what it is
    about: an unread notice of the same kind and group is replaced, so that nobody reads old news twice.

    :raises ValueError: unknown kind, or a figure of its words is missing
    """
    notify_all(db, user_ids=(user_id,), kind=kind, text=text, url=url, group=group, now=now)


def notify_all(
    db: Session,
    *,
    user_ids: Collection[int],
    kind: str,
    text: Mapping[str, Any],
    url: str = "",
    group: str = "",
    now: datetime,
) -> None:
    """The same notice for many people, in a few statements however many they are.

    :raises ValueError: as for `notify`
    """
    check_notice(kind, text)
    ids = sorted(set(user_ids))
    for start in range(0, len(ids), AT_ONCE):
        some = ids[start : start + AT_ONCE]
        if group:
            old = (Notification.kind == kind, Notification.group == group, Notification.read_at.is_(None))
            db.execute(delete(Notification).where(Notification.user_id.in_(some), *old))
        row = {"kind": kind, "text": dict(text), "url": url, "group": group, "created_at": now}
        db.execute(insert(Notification), [{"user_id": user_id, "read_at": None, **row} for user_id in some])


def mark_read(db: Session, notification_id: int, *, now: datetime) -> None:
    """The person has seen the notice; the first time counts."""
    _mark(db, Notification.id == notification_id, now=now)


def mark_all_read(db: Session, user_id: int, *, up_to: int, now: datetime) -> None:
    """The person has seen all notices up to the newest one on the page; what came since stays unread."""
    _mark(db, Notification.user_id == user_id, Notification.id <= up_to, now=now)


def mark_unread(db: Session, notification_id: int) -> None:
    """The person wants to come back to the notice."""
    db.execute(update(Notification).where(Notification.id == notification_id).values(read_at=None))


def purge_notifications(db: Session, *, now: datetime, read_days: int, unread_days: int) -> None:
    """Delete notices that have served (safety.md P1)."""
    db.execute(
        delete(Notification).where(
            or_(
                Notification.created_at < now - timedelta(days=unread_days),
                (Notification.created_at < now - timedelta(days=read_days))
                & Notification.read_at.is_not(None),
            )
        )
    )


def _mark(db: Session, *conditions: Any, now: datetime) -> None:
    db.execute(update(Notification).where(*conditions, Notification.read_at.is_(None)).values(read_at=now))
