"""Reads of the studio; every list is scoped by the parts of the tree that the actor's hat covers."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Select, and_, case, func, literal, or_, select
from sqlalchemy.orm import Session, aliased

from lms.domain.curriculum import Origin, VersionState
from lms.domain.enrollment import EnrollmentStatus
from lms.domain.permissions import Hat
from lms.features.accounts.models import HatGrant, User, UserStatus
from lms.features.catalog.models import Module, ModuleVersion
from lms.features.enrollment.models import Enrollment
from lms.features.organizations.models import Employment, Organization, OrganizationKind
from lms.features.organizations.queries import below, path_ids
from lms.features.studio.models import UploadedModule, UploadState


class UploadRow(NamedTuple):
    """An upload with its owner; `path` tells whose scope it lies in."""

    upload_id: int
    uuid: UUID
    path: str
    owner_zh: str
    owner_en: str
    uploaded_by_id: int
    uploaded_by: str
    file_name: str
    size_bytes: int
    file_count: int
    state: str
    title_zh: str
    title_en: str
    report: dict[str, Any]
    steps_done: int
    steps_total: int
    created_at: datetime
    imported_at: datetime | None
    approval_asked_at: datetime | None
    published_at: datetime | None
    module_id: int | None
    version_id: int | None
    module_slug: str | None
    version_number: int | None
    version_state: str | None
    needs_second_approval: bool

    @property
    def is_draft(self) -> bool:
        """Imported and not yet published."""
        return self.state == UploadState.IMPORTED and self.version_state == VersionState.DRAFT


class ModuleRow(NamedTuple):
    """A module on the desk with what its learners have made of it; `path` is its owner's, empty for everybody's."""

    module_id: int
    slug: str
    origin: str
    layer: str
    path: str
    visible_path: str | None
    title_zh: str
    title_en: str
    version_id: int
    version_number: int
    is_offered: bool
    cadence: str
    reviewed_on: date | None
    published_at: datetime | None
    learners: int
    completed: int

    @property
    def is_upload(self) -> bool:
        return self.origin == Origin.UPLOAD

    @property
    def completed_percent(self) -> int:
        """Completed of those who began, rounded down."""
        return 100 * self.completed // self.learners if self.learners else 0

    @property
    def is_shown_beyond_owner(self) -> bool:
        """Whether more than the owner's own enterprise sees it."""
        return self.visible_path is not None and len(path_ids(self.visible_path)) < len(path_ids(self.path))


def uploads_query() -> Select[Any]:
    """All uploads with their owner, uploader and version."""
    firm = aliased(Organization)  # the enterprise decides whether two are needed
    needs = select(func.max(case((firm.needs_second_approval, 1), else_=0))).where(
        Organization.path.like(firm.path + "%"), firm.kind == OrganizationKind.ENTERPRISE
    )
    columns = (
        UploadedModule.id,
        UploadedModule.uuid,
        Organization.path,
        Organization.name_zh,
        Organization.name_en,
        UploadedModule.uploaded_by_id,
        User.display_name,
        UploadedModule.file_name,
        UploadedModule.size_bytes,
        UploadedModule.file_count,
        UploadedModule.state,
        UploadedModule.title_zh,
        UploadedModule.title_en,
        UploadedModule.report,
        UploadedModule.steps_done,
        UploadedModule.steps_total,
        UploadedModule.created_at,
        UploadedModule.imported_at,
        UploadedModule.approval_asked_at,
        UploadedModule.published_at,
        UploadedModule.module_id,
        UploadedModule.version_id,
        Module.slug,
        ModuleVersion.number,
        ModuleVersion.state,
        needs.correlate(Organization).scalar_subquery(),
    )
    return (
        select(*columns)
        .join(Organization, Organization.id == UploadedModule.organization_id)
        .join(User, User.id == UploadedModule.uploaded_by_id)
        .outerjoin(Module, Module.id == UploadedModule.module_id)
        .outerjoin(ModuleVersion, ModuleVersion.id == UploadedModule.version_id)
    )


def find_upload(db: Session, uuid: UUID) -> UploadRow | None:
    """An upload by the uuid of its address."""
    row = db.execute(uploads_query().where(UploadedModule.uuid == uuid)).first()
    return _upload(row) if row else None


def list_open_uploads(db: Session, paths: Iterable[str], *, limit: int = 50) -> list[UploadRow]:
    """Uploads with something left to do: not published yet, the newest first."""
    query = (
        uploads_query()
        .where(below(Organization.path, paths), UploadedModule.published_at.is_(None))
        .order_by(UploadedModule.created_at.desc(), UploadedModule.id.desc())
        .limit(limit)
    )
    return [_upload(row) for row in db.execute(query)]


def _upload(row: Sequence[Any]) -> UploadRow:
    *values, needs_second = row
    return UploadRow._make([*values, bool(needs_second)])


def modules_query(learner_paths: Iterable[str]) -> Select[Any]:
    """Modules with their newest published version, and how many learners in these parts of the tree have them."""
    owner, visible = aliased(Organization), aliased(Organization)
    counts = _learner_counts(learner_paths)
    newest = (
        select(func.max(ModuleVersion.number))
        .where(ModuleVersion.module_id == Module.id, ModuleVersion.published_at.is_not(None))
        .correlate(Module)
        .scalar_subquery()
    )
    columns = (
        Module.id,
        Module.slug,
        Module.origin,
        Module.layer,
        func.coalesce(owner.path, ""),
        visible.path,
        ModuleVersion.title_zh,
        ModuleVersion.title_en,
        ModuleVersion.id,
        ModuleVersion.number,
        ModuleVersion.is_current,
        ModuleVersion.details["review_cadence"].as_string(),
        ModuleVersion.reviewed_on,
        ModuleVersion.published_at,
        func.coalesce(counts.c.learners, 0).label("learners"),
        func.coalesce(counts.c.completed, 0),
    )
    return (
        select(*columns)
        .join(ModuleVersion, and_(ModuleVersion.module_id == Module.id, ModuleVersion.number == newest))
        .outerjoin(owner, owner.id == Module.owner_organization_id)
        .outerjoin(visible, visible.id == Module.visible_organization_id)
        .outerjoin(counts, counts.c.module_id == Module.id)
    )


def _learner_counts(paths: Iterable[str]) -> Any:
    """Per module: learners who work in these parts of the tree, and how many of them have completed it."""
    work = aliased(Organization)
    done = case((Enrollment.status == EnrollmentStatus.COMPLETED, 1), else_=0)
    return (
        select(
            Enrollment.module_id,
            func.count(Enrollment.id).label("learners"),
            func.sum(done).label("completed"),
        )
        .join(Employment, and_(Employment.user_id == Enrollment.learner_id, Employment.ended_on.is_(None)))
        .join(work, work.id == Employment.organization_id)
        .where(below(work.path, paths), Enrollment.status != EnrollmentStatus.WITHDRAWN)
        .group_by(Enrollment.module_id)
        .subquery()
    )


def list_desk_modules(db: Session, paths: Collection[str]) -> list[ModuleRow]:
    """The own modules first, then those of the curriculum that people here take, by learners."""
    owner = aliased(Organization)
    own = select(owner.id).where(owner.id == Module.owner_organization_id, below(owner.path, paths)).exists()
    query = modules_query(paths)
    learners = query.selected_columns["learners"]
    query = query.where(or_(own, and_(Module.origin == Origin.CURRICULUM, learners > 0)))
    rows = [ModuleRow(*row) for row in db.execute(query.order_by(learners.desc(), Module.slug))]
    return sorted(rows, key=lambda row: not row.is_upload)


def list_reviewed_modules(db: Session, paths: Collection[str]) -> list[ModuleRow]:
    """What has to be reviewed from time to time and is offered: the own modules and the curriculum's."""
    owner = aliased(Organization)
    own = select(owner.id).where(owner.id == Module.owner_organization_id, below(owner.path, paths)).exists()
    query = modules_query(()).where(
        ModuleVersion.is_current,
        ModuleVersion.is_complete,
        or_(own, Module.origin == Origin.CURRICULUM),
    )
    return [ModuleRow(*row) for row in db.execute(query.order_by(Module.slug))]


def find_desk_module(db: Session, slug: str, paths: Collection[str]) -> ModuleRow | None:
    """A module as the desk shows it: counted are learners in these parts of the tree."""
    row = db.execute(modules_query(paths).where(Module.slug == slug)).first()
    return ModuleRow(*row) if row else None


def is_second_approval_needed(db: Session, organization_id: int) -> bool:
    """Whether an enterprise wants its uploads to be published by a second person."""
    query = select(Organization.needs_second_approval).where(Organization.id == organization_id)
    return bool(db.scalar(query))


def list_covering(db: Session, path: str, hats: Collection[Hat], *, now: datetime) -> list[int]:
    """Active people whose hat covers an organisation."""
    query = (
        select(HatGrant.user_id)
        .join(User, User.id == HatGrant.user_id)
        .where(
            HatGrant.hat.in_([hat.value for hat in hats]),
            literal(path).like(HatGrant.scope_path + "%"),
            HatGrant.ended_at.is_(None),
            or_(HatGrant.ends_at.is_(None), HatGrant.ends_at > now),
            User.status == UserStatus.ACTIVE,
        )
        .distinct()
    )
    return list(db.scalars(query))
