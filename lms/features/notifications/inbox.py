"""The inbox: a page of notices by day and, within a day, by what they are about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from flask import url_for
from sqlalchemy.orm import Session

from lms.features.notifications.kinds import KINDS, UNKNOWN, words_of
from lms.features.notifications.queries import NotificationRow, count_notifications, list_notifications
from lms.ports.clock import local_date
from lms.web.pagination import Page, page_of
from lms.web.text import gettext as _

ON_A_PAGE = 50


@dataclass(frozen=True)
class Notice:
    """One line: what happened, when, and whether it is news."""

    notification_id: int
    words: str
    icon: str
    url: str
    created_at: datetime
    is_unread: bool


@dataclass(frozen=True)
class Group:
    """Notices of one day about one thing."""

    heading: str
    notices: list[Notice]


@dataclass(frozen=True)
class Inbox:
    """A page of the inbox."""

    days: list[tuple[date, list[Group]]]
    page: Page
    newest_id: int


def read_inbox(db: Session, user_id: int, *, number: int) -> Inbox:
    """The page with this number of a person's inbox; two queries."""
    total = count_notifications(db, user_id)
    page = page_of(
        lambda skip: list_notifications(db, user_id, skip=skip, limit=ON_A_PAGE),
        number=number,
        size=ON_A_PAGE,
        total=total,
        url=lambda n: url_for("notifications.show_inbox", page=n),
    )
    by_day = groupby(page.rows, key=lambda row: local_date(row.created_at))
    days = [(day, _groups(list(rows))) for day, rows in by_day]
    return Inbox(days, page, newest_id=page.rows[0].notification_id if page.rows else 0)


def _groups(rows: list[NotificationRow]) -> list[Group]:
    """By heading, in the order of the newest notice of each."""
    found: dict[str, list[Notice]] = {}
    for row in rows:
        kind = KINDS.get(row.kind, UNKNOWN)
        found.setdefault(kind.heading, []).append(
            Notice(
                notification_id=row.notification_id,
                words=words_of(row.kind, row.text),
                icon=kind.icon,
                url=row.url,
                created_at=row.created_at,
                is_unread=row.read_at is None,
            )
        )
    return [Group(_(heading), notices) for heading, notices in found.items()]
