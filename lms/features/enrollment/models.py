"""Tables of enrollment and recognition."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from lms.db.base import Base


class Enrollment(Base):
    """A learner's place in a module version; one live place per module."""

    __tablename__ = "enrollments"
    __table_args__ = (
        Index(
            "uq_enrollments_live",
            "learner_id",
            "module_id",
            unique=True,
            sqlite_where=text("status <> 'withdrawn'"),
            postgresql_where=text("status <> 'withdrawn'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    learner_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    module_id: Mapped[int] = mapped_column(ForeignKey("modules.id"), index=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("module_versions.id"), index=True)
    status: Mapped[str]
    enrolled_at: Mapped[datetime]
    last_active_at: Mapped[datetime]
    lessons_read: Mapped[int] = mapped_column(default=0)
    quiz_passed_at: Mapped[datetime | None]
    completed_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]


class Recognition(Base):
    """A module that counts as held without being taken: prior learning (REQ-013). The log names the assessor."""

    __tablename__ = "recognitions"
    __table_args__ = (UniqueConstraint("learner_id", "module_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    learner_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    module_id: Mapped[int] = mapped_column(ForeignKey("modules.id"))
    basis: Mapped[str]
    assessor: Mapped[str]
    score_percent: Mapped[int | None]
    recognised_at: Mapped[datetime]
