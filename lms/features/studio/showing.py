"""Showing an enterprise's module to the whole district: the enterprise asks, a supervisor decides."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from lms.domain.errors import Conflict, RuleError
from lms.domain.permissions import Actor, Hat
from lms.domain.studio_events import ShowAsked, ShowRefused
from lms.features.accounts.models import User
from lms.features.catalog.models import Module, ModuleVersion
from lms.features.catalog.publishing import show_module_to
from lms.features.organizations.models import Organization, OrganizationKind
from lms.features.organizations.queries import below, list_organizations, path_ids
from lms.features.studio import notices
from lms.features.studio.models import ShowRequest
from lms.features.studio.queries import ModuleRow, list_covering
from lms.jobs.outbox import publish


class NotOffered(RuleError):
    """Only a published module that stands below a district can be shown there."""


class ShowRow(NamedTuple):
    """A wish with its module; `path` is the district's, whose supervisors decide."""

    request_id: int
    path: str
    module_id: int
    slug: str
    title_zh: str
    title_en: str
    version_id: int
    owner_zh: str
    owner_en: str
    owner_path: str
    asked_by_id: int
    asked_by: str
    asked_at: datetime
    decided_at: datetime | None
    is_granted: bool | None


def _rows() -> Any:
    owner = aliased(Organization)
    return (
        select(
            ShowRequest.id,
            Organization.path,
            Module.id,
            Module.slug,
            ModuleVersion.title_zh,
            ModuleVersion.title_en,
            ModuleVersion.id,
            owner.name_zh,
            owner.name_en,
            owner.path,
            ShowRequest.asked_by_id,
            User.display_name,
            ShowRequest.asked_at,
            ShowRequest.decided_at,
            ShowRequest.is_granted,
        )
        .join(Organization, Organization.id == ShowRequest.organization_id)
        .join(Module, Module.id == ShowRequest.module_id)
        .join(ModuleVersion, (ModuleVersion.module_id == Module.id) & ModuleVersion.is_current)
        .join(owner, owner.id == Module.owner_organization_id)
        .join(User, User.id == ShowRequest.asked_by_id)
    )


def get_show_request(db: Session, request_id: int) -> ShowRow | None:
    """A wish by its id."""
    row = db.execute(_rows().where(ShowRequest.id == request_id)).first()
    return ShowRow(*row) if row else None


def list_show_requests(db: Session, paths: Collection[str]) -> list[ShowRow]:
    """Open wishes that supervisors of these parts of the tree decide, the oldest first."""
    query = _rows().where(below(Organization.path, paths), ShowRequest.decided_at.is_(None))
    return [ShowRow(*row) for row in db.execute(query.order_by(ShowRequest.asked_at))]


def find_open_wish(db: Session, module_id: int) -> ShowRequest | None:
    """The wish of a module that waits for its answer."""
    query = select(ShowRequest).where(ShowRequest.module_id == module_id, ShowRequest.decided_at.is_(None))
    return db.scalars(query).first()


def ask_to_show(db: Session, module: ModuleRow, *, actor: Actor, now: datetime) -> None:
    """Ask the district's supervisors; asking twice changes nothing.

    :raises NotOffered: the module is not published, or there is no district above its owner
    """
    db.get_one(Module, module.module_id, with_for_update=True)  # a double click must not ask twice
    if find_open_wish(db, module.module_id) is not None:
        return
    above = list_organizations(db, path_ids(module.path))
    district = next((row for row in above if row.kind == OrganizationKind.DISTRICT), None)
    if not module.is_offered or district is None:
        raise NotOffered("Only a published module can be shown to the district.")
    db.add(
        ShowRequest(
            module_id=module.module_id,
            organization_id=district.organization_id,
            asked_by_id=actor.user_id,
            asked_at=now,
        )
    )
    supervisors = list_covering(db, district.path, (Hat.SUPERVISOR,), now=now)
    notices.tell_show_wish(db, supervisors, module, by=actor.display_name, now=now)
    publish(db, ShowAsked(module_id=module.module_id, path=module.path))


def decide_show_request(
    db: Session, wish: ShowRow, *, actor: Actor, is_granted: bool, reason: str, now: datetime
) -> None:
    """The supervisor's yes or no; the first one counts.

    :raises Conflict: it was decided already
    """
    row = db.get_one(ShowRequest, wish.request_id, with_for_update=True)
    if row.decided_at is not None:
        raise Conflict("This was decided already.")
    row.decided_by_id, row.decided_at, row.is_granted, row.reason = actor.user_id, now, is_granted, reason
    if is_granted:
        show_module_to(db, wish.module_id, organization_id=row.organization_id)
    else:
        publish(db, ShowRefused(module_id=wish.module_id, path=wish.owner_path))
    notices.tell_show_answer(
        db, wish.asked_by_id, wish, by=actor.display_name, is_granted=is_granted, reason=reason, now=now
    )
