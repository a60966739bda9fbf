"""Changes of the catalogue: loading the curriculum's files as module versions."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from content.reader.loader import Curriculum, LessonSource
from content.reader.loader import Module as ModuleSource
from content.reader.schema import Language
from lms.domain.curriculum import Origin, VersionState
from lms.domain.events import CurriculumSynced
from lms.features.catalog.models import (
    CatalogRevision,
    Lesson,
    MediaFile,
    Module,
    ModulePrerequisite,
    ModuleSkill,
    ModuleVersion,
    Question,
)
from lms.features.catalog.questions import body_and_key
from lms.features.catalog.rendering import Figure, render_lesson
from lms.features.search.service import index_document
from lms.features.taxonomy.service import (
    RoleFacts,
    SkillFacts,
    store_industries,
    store_roles,
    store_skills,
)
from lms.jobs.outbox import publish

MEDIA_TYPES = {".svg": "image/svg+xml", ".png": "image/png", ".jpg": "image/jpeg", ".webp": "image/webp"}
VIEW_BOX = re.compile(rb'viewBox="[\d.]+ [\d.]+ ([\d.]+) ([\d.]+)"')
RENDERING = "1"  # part of a version's hash: a change of the renderer makes new versions


class ContentHasErrors(Exception):
    """The files cannot be loaded; `errors` says why, one line each."""

    def __init__(self, errors: Sequence[object]) -> None:
        super().__init__("; ".join(map(str, errors)))
        self.errors = tuple(errors)


@dataclass
class SyncReport:
    """What a sync did, by slug."""

    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)


def sync_curriculum(db: Session, curriculum: Curriculum, *, now: datetime, media_dir: Path) -> SyncReport:
    """Load skills, roles and modules; a changed module becomes a new version, learners under way keep theirs.

    Modules of another origin are not touched.

    :raises ContentHasErrors: a file cannot be read; nothing is changed then
    """
    if curriculum.errors:
        raise ContentHasErrors(curriculum.errors)
    skill_ids = _store_taxonomy(db, curriculum)
    modules = {source.slug: _store_module(db, source) for source in curriculum.modules}
    db.flush()  # prerequisites refer to the ids
    report = SyncReport()
    for source in curriculum.modules:
        _sync_module(db, source, modules, skill_ids, curriculum, now=now, media_dir=media_dir, report=report)
    publish(db, CurriculumSynced())
    _renew_revision(db)  # after the listeners: a snapshot of this revision holds what they stored
    return report


def _renew_revision(db: Session) -> None:
    row = db.get(CatalogRevision, 1) or CatalogRevision(id=1)
    row.token = secrets.token_hex(8)
    db.add(row)


def _store_taxonomy(db: Session, curriculum: Curriculum) -> dict[str, int]:
    store_industries(db, [(row.slug, row.zh, row.en) for row in curriculum.industries])
    groups = {group.slug: (group.zh, group.en) for group in curriculum.groups}
    skills = [
        SkillFacts(s.slug, s.group, groups[s.group], (s.zh, s.en), (s.desc.zh, s.desc.en))
        for s in curriculum.skills
    ]
    skill_ids = store_skills(db, skills)
    roles = [
        RoleFacts(
            role.slug,
            (role.zh, role.en),
            role.industry,
            role.key_industry,
            tuple((need.skill, need.level, need.must) for need in role.requires),
        )
        for role in curriculum.roles
    ]
    store_roles(db, roles, skill_ids)
    return skill_ids


def _store_module(db: Session, source: ModuleSource) -> Module:
    row = db.scalar(select(Module).where(Module.uuid == source.meta.uuid))
    if row is None:
        row = Module(uuid=source.meta.uuid, slug=source.slug, origin=Origin.CURRICULUM)
        db.add(row)
    row.layer = source.meta.layer
    row.place_row, row.place_column = source.meta.place.row, source.meta.place.column
    return row


def _sync_module(
    db: Session,
    source: ModuleSource,
    modules: dict[str, Module],
    skill_ids: dict[str, int],
    curriculum: Curriculum,
    *,
    now: datetime,
    media_dir: Path,
    report: SyncReport,
) -> None:
    module = modules[source.slug]
    current = db.scalar(
        select(ModuleVersion).where(ModuleVersion.module_id == module.id, ModuleVersion.is_current)
    )
    fingerprint = f"{RENDERING}:{source.content_hash}"
    if current is not None and current.content_hash == fingerprint:
        report.unchanged.append(source.slug)
        return
    if current is not None:
        current.is_current = False
        current.state = VersionState.RETIRED
        db.flush()  # one current version at a time
    version = _make_version(db, module, source, curriculum, fingerprint=fingerprint, now=now)
    _store_links(db, version, source, modules, skill_ids)
    figures = _store_media(db, version, source, curriculum.root, media_dir)
    _store_lessons(db, version, source, figures)
    _store_questions(db, version, source, skill_ids)
    index_document(db, kind="module", ref_id=module.id, texts=_search_texts(source))
    (report.added if current is None else report.changed).append(source.slug)


def _make_version(
    db: Session,
    module: Module,
    source: ModuleSource,
    curriculum: Curriculum,
    *,
    fingerprint: str,
    now: datetime,
) -> ModuleVersion:
    meta = source.meta
    number = db.scalar(
        select(func.coalesce(func.max(ModuleVersion.number), 0)).where(ModuleVersion.module_id == module.id)
    )
    version = ModuleVersion(
        module_id=module.id,
        number=(number or 0) + 1,
        state=VersionState.PUBLISHED,
        is_current=True,
        is_complete=source.is_complete,
        content_hash=fingerprint,
        title_zh=meta.title.zh,
        title_en=meta.title.en,
        short_title_zh=meta.short_title.zh,
        short_title_en=meta.short_title.en,
        summary_zh=meta.summary.zh,
        summary_en=meta.summary.en,
        periods=meta.periods.total,
        credit_halves=round(meta.credit * 2),
        delivery=meta.delivery,
        industries=list(meta.industries),
        period_split=meta.periods.model_dump(by_alias=True),
        details=_details(source, curriculum),
        lesson_count=len(source.lessons),
        reviewed_on=None,
        published_at=now,
    )
    db.add(version)
    db.flush()  # lessons and questions refer to the id
    return version


def _details(source: ModuleSource, curriculum: Curriculum) -> dict[str, Any]:
    """What the module page shows and nothing queries."""
    meta = source.meta
    owner = next(row for row in curriculum.owners if row.slug == meta.owner)
    return {
        "outcomes": [{"zh": row.zh, "en": row.en} for row in meta.outcomes],
        "basis": [
            {"name": {"zh": row.name.zh, "en": row.name.en}, "status": row.status} for row in meta.basis
        ],
        "lessons": [{"zh": row.zh, "en": row.en} for row in meta.lessons],
        "owner": {"zh": owner.zh, "en": owner.en},
        "review_cadence": meta.review.cadence,
        "scenario_number": meta.scenario_number,
        "practice_clock_hours": meta.practice_clock_hours,
        "question_count": len(source.questions),
    }


def _store_links(
    db: Session,
    version: ModuleVersion,
    source: ModuleSource,
    modules: dict[str, Module],
    skill_ids: dict[str, int],
) -> None:
    for slug in source.meta.prerequisites:
        db.add(ModulePrerequisite(version_id=version.id, prerequisite_id=modules[slug].id))
    for taught in source.meta.teaches:
        db.add(ModuleSkill(version_id=version.id, skill_id=skill_ids[taught.skill], level=taught.level))


def _store_media(
    db: Session, version: ModuleVersion, source: ModuleSource, root: Path, media_dir: Path
) -> dict[str, Figure]:
    """Keep each figure under the hash of its bytes; the same bytes are kept once."""
    media_dir.mkdir(parents=True, exist_ok=True)
    figures: dict[str, Figure] = {}
    for name, path in source.media.items():
        data = (root / path).read_bytes()
        digest = hashlib.sha256(data).hexdigest()
        target = media_dir / digest
        if not target.exists():
            target.write_bytes(data)
        db.add(
            MediaFile(
                version_id=version.id,
                name=Path(name).name,
                sha256=digest,
                content_type=MEDIA_TYPES[path.suffix.lower()],
            )
        )
        width, height = _size(data)
        figures[Path(name).name] = Figure(f"/media/{digest}/{Path(name).name}", width, height)
    return figures


def _size(data: bytes) -> tuple[int, int]:
    """Width and height of an SVG by its viewBox, so that the page does not jump when it arrives."""
    found = VIEW_BOX.search(data)
    return (round(float(found[1])), round(float(found[2]))) if found else (640, 360)


def _store_lessons(
    db: Session, version: ModuleVersion, source: ModuleSource, figures: dict[str, Figure]
) -> None:
    if not source.is_complete:
        return
    for position, lesson in enumerate(source.lessons, start=1):
        row = Lesson(version_id=version.id, position=position, slug=lesson.slug)
        row.title_zh, row.title_en = lesson.title.zh, lesson.title.en
        zh, en = (_render(lesson, language, figures) for language in ("zh", "en"))
        row.html_zh, row.sections_zh = zh.html, list(zh.sections)
        row.html_en, row.sections_en = en.html, list(en.sections)
        row.minutes_zh, row.minutes_en = lesson.reading_minutes("zh"), lesson.reading_minutes("en")
        db.add(row)


def _render(lesson: LessonSource, language: Language, figures: dict[str, Figure]) -> Any:
    return render_lesson(lesson.text(language) or "", language=language, media=figures)


def _store_questions(
    db: Session, version: ModuleVersion, source: ModuleSource, skill_ids: dict[str, int]
) -> None:
    for question in source.questions:
        body, key = body_and_key(question)
        db.add(
            Question(
                version_id=version.id,
                slug=question.id,
                kind=question.type,
                skill_id=skill_ids[question.skill],
                body=body,
                key=key,
                reason_zh=question.reason.zh,
                reason_en=question.reason.en,
                rule_zh=question.rule.zh,
                rule_en=question.rule.en,
                basis_status=question.status,
            )
        )


def _search_texts(source: ModuleSource) -> dict[str, str]:
    meta = source.meta
    texts: dict[str, str] = {}
    languages: tuple[Language, ...] = ("zh", "en")
    for language in languages:
        parts = [meta.title.of(language), meta.summary.of(language)]
        parts += [row.of(language) for row in meta.outcomes]
        parts += [row.name.of(language) for row in meta.basis]
        for lesson in source.lessons:
            parts += [lesson.title.of(language), lesson.text(language) or ""]
        texts[language] = "\n".join(parts)
    return texts
