"""Tables of the trail. Triggers of the database refuse to change or delete entries and heads (safety.md L3)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from lms.db.base import Base


class TrailEntry(Base):
    """One thing that somebody did. `lms.domain.trail` says what its hash covers.

    Every column holds exactly what is hashed: instants and facts are texts, which no database writes in its
    own way."""

    __tablename__ = "trail_entries"
    __table_args__ = (Index("ix_trail_entries_subject", "subject", "action"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)  # one more than the row before
    day: Mapped[str] = mapped_column(index=True)  # the calendar day in Asia/Shanghai
    at: Mapped[str]  # UTC with microseconds
    action: Mapped[str] = mapped_column(index=True)
    actor: Mapped[str | None] = mapped_column(index=True)  # pseudonyms of `trail_persons`
    subject: Mapped[str | None]
    path: Mapped[str]  # where in the tree it happened: what an auditor's scope covers
    object_kind: Mapped[str]
    object_id: Mapped[int | None]
    facts: Mapped[str] = mapped_column(Text)
    previous_hash: Mapped[str]
    hash: Mapped[str]


class TrailPerson(Base):
    """Who a pseudonym stands for. Erasing this row makes the person's entries nameless and breaks no chain."""

    __tablename__ = "trail_persons"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True, autoincrement=False)
    key: Mapped[str]
    pseudonym: Mapped[str] = mapped_column(unique=True)


class TrailHead(Base):
    """The chain's last row as it was on a night: what is cut off later is missed."""

    __tablename__ = "trail_heads"

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int]
    hash: Mapped[str]
    noted_at: Mapped[datetime]
