"""Tables of notices."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from lms.db.base import Base


class Notification(Base):
    """A notice in one person's inbox; `kind` decides the words, `text` holds their figures."""

    __tablename__ = "notifications"
    __table_args__ = (
        Index("ix_notifications_inbox", "user_id", "id"),
        Index("ix_notifications_unread", "user_id", "read_at", "kind", "group"),
        {"sqlite_autoincrement": True},  # "read up to this one" must never mean a later one
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    kind: Mapped[str]
    text: Mapped[dict[str, Any]]
    url: Mapped[str]
    group: Mapped[str]  # what it is about: a newer unread notice about the same takes the older one's place
    created_at: Mapped[datetime] = mapped_column(index=True)
    read_at: Mapped[datetime | None]
