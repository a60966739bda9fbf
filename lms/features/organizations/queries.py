"""Reads of the organisation tree."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from lms.features.organizations.models import Employment, Organization, OrganizationKind


class EnterpriseRow(NamedTuple):
    """The firm that a person works for."""

    organization_id: int
    name_zh: str
    name_en: str
    industry: str | None


def enterprise_of(db: Session, user_id: int) -> EnterpriseRow | None:
    """The enterprise above the person's newest present employment, in one query; None for who has none."""
    start = (
        select(Organization.id, Organization.parent_id, Organization.kind, Employment.started_on)
        .join(Employment, Employment.organization_id == Organization.id)
        .where(Employment.user_id == user_id, Employment.ended_on.is_(None))
        .cte("above", recursive=True)
    )
    node = aliased(Organization)
    above = start.union_all(
        select(node.id, node.parent_id, node.kind, start.c.started_on).join(
            start, node.id == start.c.parent_id
        )
    )
    query = (
        select(Organization.id, Organization.name_zh, Organization.name_en, Organization.industry)
        .join(above, above.c.id == Organization.id)
        .where(Organization.kind == OrganizationKind.ENTERPRISE)
        .order_by(above.c.started_on.desc(), Organization.id)
        .limit(1)
    )
    row = db.execute(query).first()
    return EnterpriseRow(*row) if row else None


def name_words(db: Session, user_id: int) -> tuple[str, ...]:
    """Names that a person's password must not be made of (safety.md A3)."""
    enterprise = enterprise_of(db, user_id)
    return (enterprise.name_zh, enterprise.name_en) if enterprise else ()


def find_employment(db: Session, *, user_id: int, organization_id: int) -> Employment | None:
    """The person's present work at an organisation."""
    query = select(Employment).where(
        Employment.user_id == user_id,
        Employment.organization_id == organization_id,
        Employment.ended_on.is_(None),
    )
    return db.scalars(query).first()


def list_employee_ids(db: Session, organization_id: int, *, on: date) -> list[int]:
    """Ids of those who work at an organisation or anywhere below it on a day."""
    tree = select(Organization.id).where(Organization.id == organization_id).cte("tree", recursive=True)
    tree = tree.union_all(select(Organization.id).join(tree, Organization.parent_id == tree.c.id))
    query = (
        select(Employment.user_id)
        .join(tree, tree.c.id == Employment.organization_id)
        .where(Employment.started_on <= on, (Employment.ended_on.is_(None)) | (Employment.ended_on >= on))
        .distinct()
        .order_by(Employment.user_id)
    )
    return list(db.scalars(query))
