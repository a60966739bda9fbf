"""Changes of the organisation tree: the only writer of its table."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

from sqlalchemy import String, func, literal, select, update
from sqlalchemy.orm import Session

from lms.domain.errors import RuleError
from lms.domain.events import (
    EmploymentBegun,
    OrganizationCreated,
    OrganizationMoved,
    OrganizationRenamed,
)
from lms.domain.studio_events import SecondApprovalSwitched
from lms.features.accounts.hats import move_scopes
from lms.features.organizations.models import Employment, Organization, OrganizationKind
from lms.features.organizations.queries import below, enterprise_above, find_employment
from lms.jobs.outbox import publish

PARENTS = {
    OrganizationKind.DISTRICT: frozenset[OrganizationKind](),
    OrganizationKind.SUBDISTRICT: frozenset({OrganizationKind.DISTRICT}),
    OrganizationKind.ENTERPRISE: frozenset({OrganizationKind.DISTRICT, OrganizationKind.SUBDISTRICT}),
    OrganizationKind.DEPARTMENT: frozenset({OrganizationKind.ENTERPRISE, OrganizationKind.DEPARTMENT}),
}


class WrongPlaceInTree(RuleError):
    """An organisation of this kind does not stand below that one."""


class WorksElsewhere(RuleError):
    """Somebody has one employment at a time."""


def lock_tree(db: Session) -> None:
    """Hold the tree until the commit: paths read from now on stay right, and no two lists of people race."""
    top = select(Organization.id).where(Organization.parent_id.is_(None)).order_by(Organization.id)
    db.execute(top.with_for_update(key_share=True)).all()


def create_organization(
    db: Session,
    *,
    kind: OrganizationKind,
    name_zh: str,
    name_en: str,
    parent_id: int | None = None,
    industry: str | None = None,
    is_demo: bool = False,
) -> Organization:
    """Add a node to the tree district → subdistrict → enterprise → department.

    :raises WrongPlaceInTree: the parent is of another kind than this one stands below
    """
    lock_tree(db)
    parent = db.get_one(Organization, parent_id, populate_existing=True) if parent_id is not None else None
    _check_place(kind, parent)
    organization = Organization(
        uuid=uuid4(),
        kind=kind,
        parent_id=parent_id,
        name_zh=name_zh,
        name_en=name_en,
        industry=industry,
        is_demo=is_demo,
    )
    db.add(organization)
    db.flush()  # the path ends with the id
    organization.path = f"{parent.path if parent else '/'}{organization.id}/"
    db.flush()  # others look for it by its path
    publish(db, OrganizationCreated(organization_id=organization.id, path=organization.path))
    return organization


def rename_organization(db: Session, organization_id: int, *, name_zh: str, name_en: str) -> None:
    """Give a node other names."""
    organization = db.get_one(Organization, organization_id)
    if (organization.name_zh, organization.name_en) == (name_zh, name_en):
        return
    organization.name_zh, organization.name_en = name_zh, name_en
    publish(db, OrganizationRenamed(organization_id=organization_id, path=organization.path))


def set_second_approval(db: Session, organization_id: int, *, is_needed: bool) -> None:
    """Whether an enterprise's uploaded modules are published by somebody else than their uploader."""
    organization = db.get_one(Organization, organization_id, with_for_update=True)
    if organization.needs_second_approval == is_needed:
        return
    organization.needs_second_approval = is_needed
    switched = SecondApprovalSwitched(
        organization_id=organization_id, path=organization.path, is_needed=is_needed
    )
    publish(db, switched)


def move_organization(db: Session, organization_id: int, *, parent_id: int) -> None:
    """Put a node with everything below it below another one; hats granted in it go along.

    :raises WrongPlaceInTree: below itself, below a kind where it does not stand, or out of its enterprise
    """
    lock_tree(db)
    node = db.get_one(Organization, organization_id, populate_existing=True)
    parent = db.get_one(Organization, parent_id, populate_existing=True)
    if node.parent_id == parent_id:
        return
    if parent.path.startswith(node.path):
        raise WrongPlaceInTree("An organisation cannot stand below itself.")
    _check_place(OrganizationKind(node.kind), parent)
    if node.kind == OrganizationKind.DEPARTMENT and _firm(db, node.path) != _firm(db, parent.path):
        raise WrongPlaceInTree("A department stays within its enterprise.")
    old, new = node.path, f"{parent.path}{node.id}/"
    node.parent_id = parent_id
    db.flush()  # the paths below are altered in the database
    rest = func.substr(Organization.path, len(old) + 1, type_=String)
    db.execute(update(Organization).where(below(Organization.path, (old,))).values(path=literal(new) + rest))
    db.expire_all()
    move_scopes(db, old=old, new=new)
    publish(db, OrganizationMoved(organization_id=organization_id, path=new))


def employ(
    db: Session,
    *,
    user_id: int,
    organization_id: int,
    started_on: date,
    staff_number: str | None = None,
    line_manager_id: int | None = None,
) -> Employment:
    """Note that a person works at an organisation; who does already keeps the row.

    :raises WorksElsewhere: the person works somewhere else
    """
    lock_tree(db)
    present = find_employment(db, user_id=user_id)
    if present is not None:
        if present.organization_id != organization_id:
            raise WorksElsewhere("This person works somewhere else. Their work there has to end first.")
        return present
    organization = db.get_one(Organization, organization_id)
    firm = enterprise_above(db, organization.path)
    employment = Employment(
        user_id=user_id,
        organization_id=organization_id,
        enterprise_id=firm.organization_id if firm else None,
        staff_number=staff_number,
        line_manager_id=line_manager_id,
        started_on=started_on,
    )
    db.add(employment)
    db.flush()  # callers need the id
    publish(db, EmploymentBegun(learner_id=user_id, organization_id=organization_id))
    return employment


def _check_place(kind: OrganizationKind, parent: Organization | None) -> None:
    allowed = PARENTS[kind]
    if (parent is None and allowed) or (parent is not None and parent.kind not in allowed):
        raise WrongPlaceInTree("An organisation of this kind does not stand there.")


def _firm(db: Session, path: str) -> int | None:
    firm = enterprise_above(db, path)
    return firm.organization_id if firm else None
