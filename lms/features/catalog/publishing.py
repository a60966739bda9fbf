"""Modules that enterprises bring: drafts, publishing, taking back, and to whom they are shown.

The only writer of modules of the origin `upload`. Their slugs and uuids are made from the owner's, so that two
enterprises can never meet, and no sync of the curriculum can ever touch one (REQ-041)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID, uuid5

import nh3
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from lms.domain.curriculum import Origin, VersionState
from lms.domain.errors import Conflict
from lms.domain.events import ModulePublished, ModuleShown, ModuleUnpublished, OrganizationMoved
from lms.features.catalog.models import Lesson, Module, ModuleSkill, ModuleVersion
from lms.features.catalog.prepared import PreparedModule
from lms.features.catalog.storing import renew_revision, store_version
from lms.features.search.service import index_document
from lms.features.taxonomy.queries import skill_names
from lms.jobs.outbox import publish


def owned_slug(slug: str, organization_id: int) -> str:
    """The slug of an uploaded module: its own, then `~` (in no slug of the curriculum) and the owner."""
    return f"{slug}~{organization_id}"


def find_owned(db: Session, slug: str, *, organization_id: int) -> Module | None:
    """The owner's module that was uploaded under this slug."""
    return db.scalar(select(Module).where(Module.slug == owned_slug(slug, organization_id)))


def owned_uuid(uuid: str, organization: UUID) -> UUID:
    """The uuid of an uploaded module: the same archive of two owners makes two modules."""
    return uuid5(organization, uuid)


def store_draft(
    db: Session, prepared: PreparedModule, *, organization_id: int, organization: UUID, visible_id: int
) -> ModuleVersion:
    """A draft of a new module, or of the next version of one that the owner has; nobody else sees it."""
    module = find_owned(db, prepared.slug, organization_id=organization_id)
    if module is None:
        module = Module(
            uuid=owned_uuid(prepared.uuid, organization),
            slug=owned_slug(prepared.slug, organization_id),
            origin=Origin.UPLOAD,
            layer=prepared.layer,
            place_row=0,
            place_column=0,
            owner_organization_id=organization_id,
            visible_organization_id=visible_id,
        )
        db.add(module)
        db.flush()  # the version refers to the id
    return store_version(
        db,
        prepared,
        module_id=module.id,
        module_ids=_curriculum_ids(db, prepared.prerequisites),
        skill_ids=skill_ids(db),
        published_at=None,
    )


def skill_ids(db: Session) -> dict[str, int]:
    """Skills by slug."""
    return {row.slug: key for key, row in skill_names(db).items()}


def add_taught_skills(db: Session, version_id: int, levels: Mapping[str, int]) -> None:
    """Let a draft teach these skills too (slug → level); what it teaches already stays as it is.

    :raises Conflict: it is no draft any more
    """
    version = db.get_one(ModuleVersion, version_id, with_for_update=True)
    if version.state != VersionState.DRAFT:
        raise Conflict("This version has been published already.")
    ids = skill_ids(db)
    known = set(db.scalars(select(ModuleSkill.skill_id).where(ModuleSkill.version_id == version_id)))
    for slug, level in levels.items():
        if ids[slug] not in known:
            db.add(ModuleSkill(version_id=version_id, skill_id=ids[slug], level=level))
    db.flush()  # the page reads the rows


def publish_version(db: Session, version_id: int, *, now: datetime) -> None:
    """Offer a draft to new learners in place of what was offered; learners under way keep theirs.

    :raises Conflict: it is no draft any more
    """
    version = db.get_one(ModuleVersion, version_id)
    module = db.get_one(Module, version.module_id, with_for_update=True)  # two publishers at once
    db.refresh(version)
    if version.state != VersionState.DRAFT:
        raise Conflict("This version has been published already.")
    _retire(db, module.id)
    version.state, version.is_current, version.published_at = VersionState.PUBLISHED, True, now
    db.flush()  # the index and the listeners read the rows
    index_document(db, kind="module", ref_id=module.id, texts=_search_texts(db, version))
    publish(db, ModulePublished(module_id=module.id, version_id=version.id))
    renew_revision(db)


def unpublish_module(db: Session, module_id: int) -> bool:
    """Offer the module to nobody any more; False when it was not offered. Curriculum modules stay."""
    module = db.get_one(Module, module_id, with_for_update=True)
    if module.origin != Origin.UPLOAD or not _retire(db, module_id):
        return False
    index_document(db, kind="module", ref_id=module_id, texts={})
    publish(db, ModuleUnpublished(module_id=module_id))
    renew_revision(db)
    return True


def show_module_to(db: Session, module_id: int, *, organization_id: int) -> None:
    """Show an uploaded module to the people of this organisation and below."""
    module = db.get_one(Module, module_id, with_for_update=True)
    module.visible_organization_id = organization_id
    db.flush()  # listeners read the row
    publish(db, ModuleShown(module_id=module_id, organization_id=organization_id))
    renew_revision(db)


def note_move(db: Session, event: OrganizationMoved) -> None:
    """What is kept of the catalogue says where modules are shown by places of the tree, and one of them moved."""
    renew_revision(db)


def _retire(db: Session, module_id: int) -> bool:
    done = db.execute(
        update(ModuleVersion)
        .where(ModuleVersion.module_id == module_id, ModuleVersion.is_current)
        .values(is_current=False, state=VersionState.RETIRED)
    )
    return bool(done.rowcount)  # type: ignore[attr-defined]


def _curriculum_ids(db: Session, slugs: list[str]) -> dict[str, int]:
    query = select(Module.slug, Module.id).where(Module.slug.in_(slugs), Module.origin == Origin.CURRICULUM)
    return {row.slug: row.id for row in db.execute(query)}


def _search_texts(db: Session, version: ModuleVersion) -> dict[str, str]:
    """What the search finds the version by, from its rows."""
    lessons = db.scalars(
        select(Lesson).where(Lesson.version_id == version.id).order_by(Lesson.position)
    ).all()
    texts = {}
    for language in ("zh", "en"):
        parts = [getattr(version, f"{name}_{language}") for name in ("title", "summary")]
        parts += [row[language] for row in version.details["outcomes"]]
        parts += [row["name"][language] for row in version.details["basis"]]
        for lesson in lessons:
            html = getattr(lesson, f"html_{language}")
            parts += [getattr(lesson, f"title_{language}"), nh3.clean(html, tags=set())]
        texts[language] = "\n".join(parts)
    return texts
