"""Changes of uploads: taken in, imported as a draft piece by piece, published by a second person where asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from lms.db.transaction import after_commit
from lms.domain.errors import Conflict, RuleError
from lms.domain.permissions import Actor, Hat
from lms.domain.policy import Policy
from lms.domain.studio_events import ApprovalAsked, DraftBegun, DraftSentBack, ModuleUploaded, UploadRemoved
from lms.features.catalog.models import ModuleVersion
from lms.features.catalog.prepared import PreparedLesson, PreparedModule
from lms.features.catalog.publishing import (
    find_owned,
    owned_uuid,
    publish_version,
    skill_ids,
    store_draft,
    unpublish_module,
)
from lms.features.catalog.rendering import clean_html
from lms.features.catalog.scenarios import clean_scenario
from lms.features.catalog.storing import store_figures, store_lesson, store_questions
from lms.features.files.limits import MIB
from lms.features.files.store import UploadStore
from lms.features.organizations.models import Organization
from lms.features.organizations.queries import enterprise_above
from lms.features.studio import notices
from lms.features.studio.models import UploadedModule, UploadState
from lms.features.studio.queries import ModuleRow, UploadRow, list_covering
from lms.features.studio.reception import FIGURES, Inspected, read_prepared
from lms.features.studio.taught import propose_skills
from lms.jobs.outbox import go_on, publish
from lms.ports.clock import local_date

IMPORT_TASK = "import_upload"


class QuotaUsedUp(RuleError):
    """The person or the enterprise keeps as many uploads as the policy allows (safety.md U5)."""


class SecondPersonNeeded(RuleError):
    """Here a module is published by somebody else than the one who uploaded it (REQ-046)."""


def check_quota(db: Session, *, user_id: int, organization_id: int, policy: Policy) -> None:
    """Raise when nothing more may be uploaded.

    :raises QuotaUsedUp: remove old uploads first
    """
    files = select(func.coalesce(func.sum(UploadedModule.file_count), 0))
    if (db.scalar(files.where(UploadedModule.uploaded_by_id == user_id)) or 0) >= policy.upload_person_files:
        raise QuotaUsedUp("You keep as many uploaded files as allowed. Remove uploads that you do not need.")
    size = select(func.coalesce(func.sum(UploadedModule.size_bytes), 0))
    used = db.scalar(size.where(UploadedModule.organization_id == organization_id)) or 0
    if used >= policy.upload_enterprise_mib * MIB:
        raise QuotaUsedUp("Your enterprise's uploads take up all the space. Remove some that are not needed.")


def record_upload(
    db: Session, inspected: Inspected, *, actor_id: int, organization_id: int, now: datetime
) -> UploadedModule:
    """Keep the report; the archive is sound (checked) or it is not (refused)."""
    report = dict(inspected.report)
    report["findings"] = [*report["findings"], *_own_findings(db, report["summary"], organization_id)]
    summary = report["summary"] or {"title": {"zh": "", "en": ""}}
    is_sound = not report["refusal"] and not any(row["is_error"] for row in report["findings"])
    upload = UploadedModule(
        uuid=inspected.uuid,
        organization_id=organization_id,
        uploaded_by_id=actor_id,
        file_name=inspected.file_name,
        size_bytes=inspected.received.size,
        sha256=inspected.received.sha256,
        file_count=inspected.file_count,
        state=UploadState.CHECKED if is_sound else UploadState.REFUSED,
        report=report,
        title_zh=summary["title"]["zh"],
        title_en=summary["title"]["en"],
        created_at=now,
    )
    db.add(upload)
    db.flush()  # the event names the id
    publish(db, ModuleUploaded(upload_id=upload.id, state=upload.state))
    return upload


def _own_findings(
    db: Session, summary: Mapping[str, Any] | None, organization_id: int
) -> list[dict[str, Any]]:
    """U008: the owner has a module of this slug with another uuid, so it is not its next version."""
    module = find_owned(db, summary["slug"], organization_id=organization_id) if summary else None
    organization = db.get_one(Organization, organization_id)
    if summary is None or module is None or module.uuid == owned_uuid(summary["uuid"], organization.uuid):
        return []
    zh = f"本单位已有另一个名为 {summary['slug']} 的模块，uuid 不同。"
    en = f"Your enterprise has another module named {summary['slug']}, with another uuid."
    row = {"path": "module.yaml", "line": 1, "rule": "U008", "zh": zh, "en": en, "is_error": True}
    return [{**row, "excerpt": []}]


def begin_import(db: Session, upload: UploadRow, *, store: UploadStore, media_dir: Path) -> None:
    """Let the worker make a draft of a sound upload; a second click changes nothing.

    :raises Conflict: it is not sound, or has been imported
    """
    begun = db.execute(
        update(UploadedModule)
        .where(UploadedModule.id == upload.upload_id, UploadedModule.state == UploadState.CHECKED)
        .values(state=UploadState.IMPORTING, steps_done=0, steps_total=_steps(upload.report))
        .returning(UploadedModule.id)
    )
    if begun.first() is None:
        if upload.state == UploadState.IMPORTING:
            return
        raise Conflict("This upload cannot be imported any more.")
    places = {"store": str(store.root), "media_dir": str(media_dir)}
    go_on(db, IMPORT_TASK, {"upload_id": upload.upload_id, **places})
    publish(db, DraftBegun(upload_id=upload.upload_id, path=upload.path))


def _steps(report: Mapping[str, Any]) -> int:
    """The frame with its figures, each lesson, the questions; nothing of an archive that was refused."""
    summary = report["summary"]
    if summary is None:
        return 0
    return 2 + (len(summary["lessons"]) if summary["is_complete"] else 0)


def import_step(db: Session, upload_id: int, *, store: UploadStore, media_dir: Path, now: datetime) -> bool:
    """Make the next piece of the draft; True while more is to come.

    A piece and the count of pieces are committed together, so that an interrupted import goes on where it was."""
    upload = db.get(UploadedModule, upload_id, with_for_update=True)
    if upload is None or upload.state != UploadState.IMPORTING:
        return False
    try:
        prepared = read_prepared(store, upload.uuid)
    except (OSError, ValueError, KeyError, TypeError):
        _give_up(db, upload, now=now)
        return False
    step = upload.steps_done
    if step == 0:
        version = _store_frame(db, upload, prepared)
        store_figures(
            db, version.id, prepared.figures, source=store.kept(upload.uuid) / FIGURES, media_dir=media_dir
        )
    elif step <= len(prepared.lessons):
        store_lesson(db, upload.version_id or 0, step, _cleaned(prepared.lessons[step - 1]))
    else:
        store_questions(db, upload.version_id or 0, prepared, skill_ids=skill_ids(db))
        proposals = propose_skills(db, prepared, today=local_date(now))
        upload.report = {**upload.report, "proposals": proposals}
        upload.state, upload.imported_at = UploadState.IMPORTED, now
        notices.tell_imported(db, upload, now=now)
    upload.steps_done = step + 1
    return upload.state == UploadState.IMPORTING


def _store_frame(db: Session, upload: UploadedModule, prepared: PreparedModule) -> ModuleVersion:
    organization = db.get_one(Organization, upload.organization_id)
    details = prepared.facts["details"]
    details["scenario"] = details["scenario"] and clean_scenario(details["scenario"])
    above = enterprise_above(db, organization.path)
    version = store_draft(
        db,
        prepared,
        organization_id=organization.id,
        organization=organization.uuid,
        visible_id=above.organization_id if above else organization.id,
    )
    upload.module_id, upload.version_id = version.module_id, version.id
    return version


def _cleaned(lesson: PreparedLesson) -> PreparedLesson:
    """The child's HTML once more through the cleaner: a parser that was overcome there gains nothing here."""
    return replace(lesson, html_zh=clean_html(lesson.html_zh), html_en=clean_html(lesson.html_en))


def _give_up(db: Session, upload: UploadedModule, *, now: datetime) -> None:
    """What the child had made is gone: the upload has to come again."""
    upload.state = UploadState.REFUSED
    upload.report = {**upload.report, "refusal": {"code": "lost", "name": "", "figures": {}}}
    notices.tell_failed(db, upload, now=now)


def ask_approval(db: Session, upload: UploadRow, *, actor: Actor, now: datetime) -> None:
    """Ask the others who may publish here to look at the draft."""
    row = db.get_one(UploadedModule, upload.upload_id, with_for_update=True)
    if row.state != UploadState.IMPORTED or row.published_at is not None:
        raise Conflict("There is no draft to look at.")
    row.approval_asked_at = now
    others = set(list_covering(db, upload.path, (Hat.INSTRUCTOR, Hat.MANAGER), now=now)) - {actor.user_id}
    notices.tell_asked(db, others, upload, by=actor.display_name, now=now)
    publish(db, ApprovalAsked(upload_id=upload.upload_id, path=upload.path))


def publish_upload(db: Session, upload: UploadRow, *, actor: Actor, now: datetime) -> None:
    """Offer the draft to new learners.

    :raises SecondPersonNeeded: the uploader alone may not, where the enterprise wants two
    :raises Conflict: there is no draft, or it has been published
    """
    row = db.get_one(UploadedModule, upload.upload_id, with_for_update=True)
    if upload.needs_second_approval and row.uploaded_by_id == actor.user_id:
        raise SecondPersonNeeded(
            "Here somebody else publishes what you have uploaded. Ask for their approval."
        )
    if row.state != UploadState.IMPORTED or row.version_id is None:
        raise Conflict("There is no draft to publish.")
    publish_version(db, row.version_id, now=now)
    row.published_at, row.published_by_id, row.approval_asked_at = now, actor.user_id, None
    if row.uploaded_by_id != actor.user_id:
        notices.tell_published(db, upload, by=actor.display_name, now=now)


def send_back(db: Session, upload: UploadRow, *, actor: Actor, reason: str, now: datetime) -> None:
    """The second person does not agree; the uploader is told why."""
    row = db.get_one(UploadedModule, upload.upload_id, with_for_update=True)
    if row.approval_asked_at is None:
        raise Conflict("Nobody asked for an approval.")
    row.approval_asked_at = None
    notices.tell_sent_back(db, upload, by=actor.display_name, reason=reason, now=now)
    publish(db, DraftSentBack(upload_id=upload.upload_id, path=upload.path))


def unpublish(db: Session, module: ModuleRow, *, actor: Actor, reason: str, now: datetime) -> bool:
    """Offer the module to nobody new; who has begun it goes on. False when it was not offered."""
    if not unpublish_module(db, module.module_id):
        return False
    others = set(list_covering(db, module.path, (Hat.INSTRUCTOR, Hat.MANAGER), now=now)) - {actor.user_id}
    notices.tell_unpublished(db, others, module, reason=reason, now=now)
    return True


def remove_upload(db: Session, upload: UploadRow, *, store: UploadStore) -> None:
    """Forget an upload of which nothing was made, its files too.

    :raises Conflict: a draft was made of it
    """
    row = db.get_one(UploadedModule, upload.upload_id, with_for_update=True)
    if row.state not in (UploadState.CHECKED, UploadState.REFUSED):
        raise Conflict("A draft was made of this upload; its archive is kept with it.")
    db.delete(row)
    publish(db, UploadRemoved(upload_id=upload.upload_id, path=upload.path))
    after_commit(db, lambda: store.remove(upload.uuid))  # a rolled back removal keeps its files
