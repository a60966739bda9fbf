"""Tables of summaries: what the manager's pages count, kept by events and made anew every night.

Everything in them follows from other tables; `summaries.summarise` is the only writer."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from lms.db.base import Base


class PersonSummary(Base):
    """Where somebody who works somewhere stands: required learning, gaps, last sign of life.

    Dates, not marks: whether `next_due_on` has passed is asked when the page is read, so nothing goes stale at
    midnight."""

    __tablename__ = "person_summaries"
    __table_args__ = (
        Index("ix_person_summaries_due", "organization_id", "next_due_on"),
        Index("ix_person_summaries_gaps", "organization_id", "gap_levels"),
        Index("ix_person_summaries_active", "organization_id", "last_active_at"),
    )

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True, autoincrement=False)
    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"))
    line_manager_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)
    role_id: Mapped[int | None] = mapped_column(ForeignKey("job_roles.id"), index=True)
    required_count: Mapped[int]
    completed_count: Mapped[int]
    required_periods: Mapped[int]
    periods_done: Mapped[int]
    next_due_on: Mapped[
        date | None
    ]  # the earliest due date of what is not completed; overdue when it has passed
    gap_count: Mapped[int]
    gap_levels: Mapped[int]
    legal_gap_count: Mapped[int]
    last_active_at: Mapped[datetime | None]
    computed_at: Mapped[datetime]


class TeamCount(Base):
    """How many people at an organisation or anywhere below it have something in common: figures without counting.

    `kind` and `key` are those of `counts.contributions`. Changed by differences, counted anew every night."""

    __tablename__ = "team_counts"

    organization_id: Mapped[int] = mapped_column(
        ForeignKey("organizations.id"), primary_key=True, autoincrement=False
    )
    kind: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    people: Mapped[int]
    amount: Mapped[int]


class PersonGap(Base):
    """A skill of which somebody's role asks for more than is held (REQ-020)."""

    __tablename__ = "person_gaps"
    __table_args__ = (Index("ix_person_gaps_skill", "skill_id", "organization_id", "user_id"),)

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True, autoincrement=False)
    skill_id: Mapped[int] = mapped_column(ForeignKey("skills.id"), primary_key=True, autoincrement=False)
    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"))
    required: Mapped[int]
    gap: Mapped[int]
    is_must: Mapped[bool]


class PersonRequirement(Base):
    """A module required of somebody, by rule or by wish, and how far they are."""

    __tablename__ = "person_requirements"
    __table_args__ = (
        Index(
            "ix_person_requirements_module", "module_id", "organization_id", "progress", "due_on", "user_id"
        ),
        Index("ix_person_requirements_due", "due_on", "progress", "organization_id", "user_id"),
    )

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True, autoincrement=False)
    module_id: Mapped[int] = mapped_column(ForeignKey("modules.id"), primary_key=True, autoincrement=False)
    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"))
    progress: Mapped[str]
    due_on: Mapped[date | None]
    basis: Mapped[str]
    periods: Mapped[int]
    periods_done: Mapped[int]
