"""Tables of attempts."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from lms.db.base import Base


class Attempt(Base):
    """One try of a learner at a version's questions: the graded quiz, or a test of prior learning."""

    __tablename__ = "attempts"
    __table_args__ = (
        UniqueConstraint("learner_id", "module_id", "purpose", "number"),
        Index(
            "uq_attempts_open",
            "learner_id",
            "module_id",
            unique=True,
            sqlite_where=text("status = 'started'"),
            postgresql_where=text("status = 'started'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[UUID] = mapped_column(unique=True)
    purpose: Mapped[str]
    enrollment_id: Mapped[int | None] = mapped_column(ForeignKey("enrollments.id"), index=True)
    learner_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    module_id: Mapped[int] = mapped_column(ForeignKey("modules.id"))
    version_id: Mapped[int] = mapped_column(ForeignKey("module_versions.id"))
    number: Mapped[int]  # from 1, of this learner, module and purpose
    status: Mapped[str]
    pass_percent: Mapped[int]  # the policy's figure when the attempt began
    started_at: Mapped[datetime]
    graded_at: Mapped[datetime | None]
    score_percent: Mapped[int | None]
    is_passed: Mapped[bool | None]


class AttemptQuestion(Base):
    """A drawn question of an attempt with the learner's response."""

    __tablename__ = "attempt_questions"
    __table_args__ = (UniqueConstraint("attempt_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempts.id"), index=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("questions.id"))
    position: Mapped[int]  # from 1
    choice_order: Mapped[list[Any]]
    response: Mapped[Any | None] = mapped_column(JSON(none_as_null=True))
    sequence: Mapped[int] = mapped_column(default=0)  # the client's counter: the highest wins
    saved_at: Mapped[datetime | None]
    is_flagged: Mapped[bool] = mapped_column(default=False)
    is_right: Mapped[bool | None]
