"""Tables of uploads, of the yes of a district, and of learners' questions."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from lms.db.base import Base


class UploadState(StrEnum):
    """Where an uploaded archive stands."""

    CHECKED = "checked"  # sound: may be imported
    REFUSED = "refused"  # the report says why; nothing can be made of it
    IMPORTING = "importing"
    IMPORTED = "imported"  # a draft has been made of it


class UploadedModule(Base):
    """An archive that an instructor brought, with the report of its check."""

    __tablename__ = "uploaded_modules"

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[UUID] = mapped_column(unique=True)
    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"), index=True)
    uploaded_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    file_name: Mapped[str]  # as the browser sent it, for the eye only
    size_bytes: Mapped[int]
    sha256: Mapped[str]
    file_count: Mapped[int]
    state: Mapped[str]
    report: Mapped[dict[str, Any]]
    title_zh: Mapped[str]
    title_en: Mapped[str]
    module_id: Mapped[int | None] = mapped_column(ForeignKey("modules.id"), index=True)
    version_id: Mapped[int | None] = mapped_column(ForeignKey("module_versions.id"), index=True)
    steps_done: Mapped[int] = mapped_column(default=0)
    steps_total: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    imported_at: Mapped[datetime | None]
    approval_asked_at: Mapped[datetime | None]
    published_at: Mapped[datetime | None]
    published_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))


class ShowRequest(Base):
    """An enterprise's wish that its module be shown in the whole district; a supervisor decides."""

    __tablename__ = "module_show_requests"

    id: Mapped[int] = mapped_column(primary_key=True)
    module_id: Mapped[int] = mapped_column(ForeignKey("modules.id"), index=True)
    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"), index=True)  # the district
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    asked_at: Mapped[datetime]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    decided_at: Mapped[datetime | None]
    is_granted: Mapped[bool | None]
    reason: Mapped[str] = mapped_column(default="")


class LearnerQuestion(Base):
    """A question that a learner asked on a lesson's page, and an instructor's answer."""

    __tablename__ = "learner_questions"
    __table_args__ = (Index("ix_learner_questions_open", "organization_id", "answered_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    learner_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    lesson_id: Mapped[int] = mapped_column(ForeignKey("lessons.id"), index=True)
    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"))  # whose instructors answer
    text: Mapped[str]
    asked_at: Mapped[datetime]
    answer: Mapped[str | None]
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    answered_at: Mapped[datetime | None]
