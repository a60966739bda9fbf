"""Storing a prepared module version: the rows that sync and the import of an upload have in common."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.domain.curriculum import VersionState
from lms.features.catalog.models import (
    CatalogRevision,
    Lesson,
    MediaFile,
    ModulePrerequisite,
    ModuleSkill,
    ModuleVersion,
    Question,
)
from lms.features.catalog.prepared import PreparedFigure, PreparedLesson, PreparedModule


def renew_revision(db: Session) -> None:
    """Let every process read the catalogue anew."""
    row = db.get(CatalogRevision, 1) or CatalogRevision(id=1)
    row.token = secrets.token_hex(8)
    db.add(row)


def store_version(
    db: Session,
    prepared: PreparedModule,
    *,
    module_id: int,
    module_ids: Mapping[str, int],
    skill_ids: Mapping[str, int],
    published_at: datetime | None,
) -> ModuleVersion:
    """The version with its links and figures' rows, without lessons and questions; unpublished, a draft."""
    newest = select(func.coalesce(func.max(ModuleVersion.number), 0)).where(
        ModuleVersion.module_id == module_id
    )
    version = ModuleVersion(
        module_id=module_id,
        number=(db.scalar(newest) or 0) + 1,
        state=VersionState.PUBLISHED if published_at else VersionState.DRAFT,
        is_current=published_at is not None,
        content_hash=prepared.fingerprint,
        reviewed_on=None,
        published_at=published_at,
        **prepared.facts,
    )
    db.add(version)
    db.flush()  # everything else refers to the id
    for slug in prepared.prerequisites:
        db.add(ModulePrerequisite(version_id=version.id, prerequisite_id=module_ids[slug]))
    for skill, level in prepared.teaches:
        db.add(ModuleSkill(version_id=version.id, skill_id=skill_ids[skill], level=level))
    return version


def store_figures(
    db: Session, version_id: int, figures: list[PreparedFigure], *, source: Path | None, media_dir: Path
) -> None:
    """Keep each figure under the hash of its bytes; the same bytes are kept once.

    `source`: the folder that holds them under their hashes; without one each lies at its own path."""
    media_dir.mkdir(parents=True, exist_ok=True)
    for figure in figures:
        target = media_dir / figure.sha256
        if not target.exists():
            part = target.with_name(f"{figure.sha256}.part")  # a killed copy must not pass for the figure
            shutil.copyfile(source / figure.sha256 if source else figure.path, part)
            part.replace(target)
        row = MediaFile(version_id=version_id, name=figure.name, sha256=figure.sha256)
        row.content_type = figure.content_type
        db.add(row)


def store_lesson(db: Session, version_id: int, position: int, lesson: PreparedLesson) -> None:
    """A lesson at its place (from 1)."""
    db.add(Lesson(version_id=version_id, position=position, **vars(lesson)))


def store_questions(
    db: Session, version_id: int, prepared: PreparedModule, *, skill_ids: Mapping[str, int]
) -> None:
    """The bank of a version."""
    for question in prepared.questions:
        values = {name: value for name, value in vars(question).items() if name != "skill"}
        db.add(Question(version_id=version_id, skill_id=skill_ids[question.skill], **values))
