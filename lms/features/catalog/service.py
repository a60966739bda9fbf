"""Changes of the catalogue: loading the curriculum's files as module versions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from content.reader.loader import Curriculum
from content.reader.loader import Module as ModuleSource
from lms.domain.curriculum import Origin, VersionState
from lms.domain.events import CurriculumSynced
from lms.features.catalog.models import Module, ModuleVersion
from lms.features.catalog.prepared import PreparedModule, fingerprint_of, prepare_module
from lms.features.catalog.storing import (
    renew_revision,
    store_figures,
    store_lesson,
    store_questions,
    store_version,
)
from lms.features.search.service import index_document
from lms.features.taxonomy.service import (
    RoleFacts,
    SkillFacts,
    store_industries,
    store_roles,
    store_skills,
)
from lms.jobs.outbox import publish


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
    renew_revision(db)  # after the listeners: a snapshot of this revision holds what they stored
    return report


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
    row = db.scalar(select(Module).where(Module.uuid == source.meta.uuid, Module.origin == Origin.CURRICULUM))
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
    if current is not None and current.content_hash == fingerprint_of(source, curriculum):
        report.unchanged.append(source.slug)
        return
    if current is not None:
        current.is_current = False
        current.state = VersionState.RETIRED
        db.flush()  # one current version at a time
    _store(db, prepare_module(source, curriculum), modules, skill_ids, now=now, media_dir=media_dir)
    (report.added if current is None else report.changed).append(source.slug)


def _store(
    db: Session,
    prepared: PreparedModule,
    modules: dict[str, Module],
    skill_ids: dict[str, int],
    *,
    now: datetime,
    media_dir: Path,
) -> None:
    module_id = modules[prepared.slug].id
    version = store_version(
        db,
        prepared,
        module_id=module_id,
        module_ids={slug: module.id for slug, module in modules.items()},
        skill_ids=skill_ids,
        published_at=now,
    )
    store_figures(db, version.id, prepared.figures, source=None, media_dir=media_dir)
    for position, lesson in enumerate(prepared.lessons, start=1):
        store_lesson(db, version.id, position, lesson)
    store_questions(db, version.id, prepared, skill_ids=skill_ids)
    index_document(db, kind="module", ref_id=module_id, texts=prepared.search_texts)
