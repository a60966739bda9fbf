"""Tables of modules and everything a module version consists of."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from lms.db.base import Base


class Module(Base):
    """What is taught, in one layer. What is shown comes from its current version.

    An uploaded module has an owner and is shown only to people who work in `visible_organization_id` or below:
    the owner's own, the district's after a supervisor's yes. The curriculum has neither and is everybody's."""

    __tablename__ = "modules"

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[UUID] = mapped_column(unique=True)
    slug: Mapped[str] = mapped_column(unique=True)
    origin: Mapped[str]
    layer: Mapped[str]
    place_row: Mapped[int]  # 0: no stored place, the next empty cell of the reader's map
    place_column: Mapped[int]
    owner_organization_id: Mapped[int | None] = mapped_column(ForeignKey("organizations.id"), index=True)
    visible_organization_id: Mapped[int | None] = mapped_column(ForeignKey("organizations.id"))


class ModuleVersion(Base):
    """One version of a module: what a learner begins and finishes."""

    __tablename__ = "module_versions"
    __table_args__ = (
        UniqueConstraint("module_id", "number"),
        Index(
            "uq_module_versions_current",
            "module_id",
            unique=True,
            sqlite_where=text("is_current"),
            postgresql_where=text("is_current"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    module_id: Mapped[int] = mapped_column(ForeignKey("modules.id"), index=True)
    number: Mapped[int]
    state: Mapped[str]
    is_current: Mapped[bool]  # the one that new learners begin
    is_complete: Mapped[bool]  # False: in preparation, shown but not startable
    content_hash: Mapped[str]
    title_zh: Mapped[str]
    title_en: Mapped[str]
    short_title_zh: Mapped[str]
    short_title_en: Mapped[str]
    summary_zh: Mapped[str]
    summary_en: Mapped[str]
    periods: Mapped[int]
    credit_halves: Mapped[int]  # credit in halves: 3 = 1.5
    delivery: Mapped[str]
    industries: Mapped[list[Any]]
    period_split: Mapped[dict[str, Any]]
    details: Mapped[
        dict[str, Any]
    ]  # outcomes, basis, owner, review cadence, scenario number, drill: shown, never queried
    lesson_count: Mapped[int]
    reviewed_on: Mapped[date | None]
    published_at: Mapped[datetime | None]


class ModulePrerequisite(Base):
    """A module that must be completed or recognised before a version is begun (REQ-013)."""

    __tablename__ = "module_prerequisites"
    __table_args__ = (UniqueConstraint("version_id", "prerequisite_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("module_versions.id"), index=True)
    prerequisite_id: Mapped[int] = mapped_column(ForeignKey("modules.id"), index=True)


class ModuleSkill(Base):
    """A skill that a version teaches, and the level reached."""

    __tablename__ = "module_skills"
    __table_args__ = (UniqueConstraint("version_id", "skill_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("module_versions.id"), index=True)
    skill_id: Mapped[int] = mapped_column(ForeignKey("skills.id"), index=True)
    level: Mapped[int]


class Lesson(Base):
    """A lesson of a version, rendered and cleaned when it was loaded."""

    __tablename__ = "lessons"
    __table_args__ = (UniqueConstraint("version_id", "slug"), UniqueConstraint("version_id", "position"))

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("module_versions.id"), index=True)
    position: Mapped[int]  # from 1
    slug: Mapped[str]
    title_zh: Mapped[str]
    title_en: Mapped[str]
    html_zh: Mapped[str]
    html_en: Mapped[str]
    sections_zh: Mapped[list[Any]]  # [{"id": …, "title": …}] in order
    sections_en: Mapped[list[Any]]
    minutes_zh: Mapped[int]
    minutes_en: Mapped[int]


class Question(Base):
    """A question of a version's bank. `body` is what a learner may see, `key` never leaves before submission."""

    __tablename__ = "questions"
    __table_args__ = (UniqueConstraint("version_id", "slug"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("module_versions.id"), index=True)
    slug: Mapped[str]
    kind: Mapped[str]
    skill_id: Mapped[int] = mapped_column(ForeignKey("skills.id"))
    body: Mapped[dict[str, Any]]
    key: Mapped[dict[str, Any]]
    reason_zh: Mapped[str]
    reason_en: Mapped[str]
    rule_zh: Mapped[str]
    rule_en: Mapped[str]
    basis_status: Mapped[str]
    difficulty: Mapped[int | None]  # the author's mark 1–5; None: stored before marks were kept


class MediaFile(Base):
    """A figure of a version; the bytes lie in the media folder under their SHA-256."""

    __tablename__ = "media_files"
    __table_args__ = (UniqueConstraint("version_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("module_versions.id"), index=True)
    name: Mapped[str]
    sha256: Mapped[str] = mapped_column(index=True)
    content_type: Mapped[str]


class CatalogRevision(Base):
    """One row that changes with every sync, so that a process knows when its snapshot is out of date."""

    __tablename__ = "catalog_revisions"

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str]
