"""Tables of reading and study time."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.db.base import Base


class LessonProgress(Base):
    """How far a learner has come in a lesson; `read_at` once its end was reached."""

    __tablename__ = "lesson_progress"
    __table_args__ = (UniqueConstraint("enrollment_id", "lesson_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    enrollment_id: Mapped[int] = mapped_column(ForeignKey("enrollments.id"), index=True)
    lesson_id: Mapped[int] = mapped_column(ForeignKey("lessons.id"))
    section: Mapped[int] = mapped_column(default=0)  # the section last on screen, from 0
    opened_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    read_at: Mapped[datetime | None]


class StudyDay(Base):
    """Study time of a learner on one day, credited by the server's clock in segments."""

    __tablename__ = "study_days"
    __table_args__ = (UniqueConstraint("learner_id", "on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    learner_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    on: Mapped[date]
    seconds: Mapped[int] = mapped_column(default=0)
    last_beat_at: Mapped[datetime]


class ModuleWatch(Base):
    """A learner's wish to be told when a module is ready."""

    __tablename__ = "module_watches"
    __table_args__ = (UniqueConstraint("learner_id", "module_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    learner_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    module_id: Mapped[int] = mapped_column(ForeignKey("modules.id"), index=True)
    created_at: Mapped[datetime]
    ready_at: Mapped[datetime | None]
