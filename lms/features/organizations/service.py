"""Changes of the organisation tree: the only writer of its tables."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

from sqlalchemy.orm import Session

from lms.domain.errors import RuleError
from lms.features.organizations.models import Employment, Organization, OrganizationKind
from lms.features.organizations.queries import find_employment

PARENTS = {
    OrganizationKind.DISTRICT: frozenset[OrganizationKind](),
    OrganizationKind.SUBDISTRICT: frozenset({OrganizationKind.DISTRICT}),
    OrganizationKind.ENTERPRISE: frozenset({OrganizationKind.DISTRICT, OrganizationKind.SUBDISTRICT}),
    OrganizationKind.DEPARTMENT: frozenset({OrganizationKind.ENTERPRISE, OrganizationKind.DEPARTMENT}),
}


class WrongPlaceInTree(RuleError):
    """An organisation of this kind does not stand below that one."""


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
    parent = db.get_one(Organization, parent_id) if parent_id is not None else None
    allowed = PARENTS[kind]
    if (parent is None and allowed) or (parent is not None and parent.kind not in allowed):
        raise WrongPlaceInTree("An organisation of this kind does not stand there.")
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
    db.flush()  # callers need the id
    return organization


def employ(db: Session, *, user_id: int, organization_id: int, started_on: date) -> Employment:
    """Note that a person works at an organisation; who does already keeps the row."""
    present = find_employment(db, user_id=user_id, organization_id=organization_id)
    if present is not None:
        return present
    employment = Employment(user_id=user_id, organization_id=organization_id, started_on=started_on)
    db.add(employment)
    db.flush()  # callers need the id
    return employment
