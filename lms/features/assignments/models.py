"""Tables of assignments and of the standing ones that meet whoever joins."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.db.base import Base


class AssignmentRule(Base):
    """A standing wish: whoever works at an organisation or below it (in one role, if named) takes these modules.

    Met by those who are there when it is made, and by everybody who joins until it is ended."""

    __tablename__ = "assignment_rules"

    id: Mapped[int] = mapped_column(primary_key=True)
    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"), index=True)
    role_id: Mapped[int | None] = mapped_column(ForeignKey("job_roles.id"))
    module_ids: Mapped[list[Any]]
    due_on: Mapped[date]  # of those who were there; joiners have `joiner_days` at least
    joiner_days: Mapped[int]
    made_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    made_at: Mapped[datetime]
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    ended_at: Mapped[datetime | None] = mapped_column(index=True)


class Assignment(Base):
    """Somebody's wish, with a due date, that a learner takes a module; waived ones stay, with the reason."""

    __tablename__ = "assignments"
    __table_args__ = (UniqueConstraint("learner_id", "module_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    learner_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    module_id: Mapped[int] = mapped_column(ForeignKey("modules.id"))
    assigned_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    due_on: Mapped[date]
    created_at: Mapped[datetime]
    rule_id: Mapped[int | None] = mapped_column(ForeignKey("assignment_rules.id"))
    waived_at: Mapped[datetime | None]
    waived_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    waive_reason: Mapped[str | None]
