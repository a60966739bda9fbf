"""Reads of the organisation tree. People have a file of their own, `people_queries.py`."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, false, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from lms.features.organizations.models import Employment, Organization, OrganizationKind


class EnterpriseRow(NamedTuple):
    """The firm that a person works for."""

    organization_id: int
    name_zh: str
    name_en: str
    industry: str | None


class OrganizationRow(NamedTuple):
    """A node of the tree; `path` tells whose scope it lies in."""

    organization_id: int
    kind: str
    parent_id: int | None
    path: str
    name_zh: str
    name_en: str
    industry: str | None


class ChildRow(NamedTuple):
    """A node directly below another one, with how many organisations and people its subtree has."""

    organization_id: int
    kind: str
    path: str
    name_zh: str
    name_en: str
    below_count: int
    people_count: int


_NODE = (
    Organization.id,
    Organization.kind,
    Organization.parent_id,
    Organization.path,
    Organization.name_zh,
    Organization.name_en,
    Organization.industry,
)


def below(path: InstrumentedAttribute[str], paths: Iterable[str]) -> ColumnElement[bool]:
    """Condition: the path lies in one of these parts of the tree, their heads included; without any, never."""
    parts = [path.like(f"{part}%") for part in paths]  # paths are digits and slashes, nothing to escape
    return or_(*parts) if parts else false()


def get_organization(db: Session, organization_id: int) -> OrganizationRow | None:
    """A node by its id."""
    row = db.execute(select(*_NODE).where(Organization.id == organization_id)).first()
    return OrganizationRow(*row) if row else None


def list_organizations(db: Session, ids: Sequence[int]) -> list[OrganizationRow]:
    """Nodes by their ids, from the top of the tree down."""
    query = select(*_NODE).where(Organization.id.in_(ids)).order_by(func.length(Organization.path))
    return [OrganizationRow(*row) for row in db.execute(query.order_by(Organization.id))]


def find_organizations(db: Session, name: str) -> list[OrganizationRow]:
    """Nodes of exactly this name in either language, or with this number as id."""
    number = int(name) if name.isdecimal() and len(name) < 10 else 0
    wanted = or_(Organization.name_zh == name, Organization.name_en == name, Organization.id == number)
    query = select(*_NODE).where(wanted).order_by(Organization.id)
    return [OrganizationRow(*row) for row in db.execute(query)]


def list_subtree(db: Session, path: str) -> list[OrganizationRow]:
    """An organisation and everything below it, parents before children."""
    query = select(*_NODE).where(below(Organization.path, (path,)))
    query = query.order_by(func.length(Organization.path), Organization.id)
    return [OrganizationRow(*row) for row in db.execute(query)]


def list_ancestors(db: Session, path: str) -> list[OrganizationRow]:
    """The organisations above the one at `path`, the top one first."""
    return list_organizations(db, path_ids(path)[:-1])


def path_ids(path: str) -> list[int]:
    """The ids that a path consists of."""
    return [int(part) for part in path.split("/") if part]


def list_children(db: Session, organization_id: int, *, limit: int, offset: int = 0) -> list[ChildRow]:
    """What stands directly below, by kind and name, each with the size of its subtree."""
    return [ChildRow(*row) for row in db.execute(_children(organization_id).limit(limit).offset(offset))]


def _children(organization_id: int) -> Select[Any]:
    node, work = aliased(Organization), aliased(Employment)
    inside = node.path.like(Organization.path + "%")
    nodes = select(func.count(node.id)).where(inside, node.id != Organization.id).scalar_subquery()
    people = (
        select(func.count(work.id))
        .join(node, node.id == work.organization_id)
        .where(inside, work.ended_on.is_(None))
        .scalar_subquery()
    )
    columns = (Organization.id, Organization.kind, Organization.path)
    names = (Organization.name_zh, Organization.name_en)
    return (
        select(*columns, *names, nodes, people)
        .where(Organization.parent_id == organization_id)
        .order_by(Organization.kind.desc(), Organization.name_zh, Organization.id)
    )


def count_children(db: Session, organization_id: int) -> int:
    """How many organisations stand directly below."""
    query = select(func.count(Organization.id)).where(Organization.parent_id == organization_id)
    return db.scalar(query) or 0


def count_below(db: Session, path: str) -> int:
    """How many organisations the subtree has, its head not counted."""
    query = select(func.count(Organization.id)).where(below(Organization.path, (path,)))
    return (db.scalar(query) or 1) - 1


def enterprise_of(db: Session, user_id: int) -> EnterpriseRow | None:
    """The enterprise above the person's present employment, in one query; None for who has none."""
    query = (
        select(Organization.id, Organization.name_zh, Organization.name_en, Organization.industry)
        .join(Employment, Employment.enterprise_id == Organization.id)
        .where(Employment.user_id == user_id, Employment.ended_on.is_(None))
    )
    row = db.execute(query).first()
    return EnterpriseRow(*row) if row else None


def enterprise_above(db: Session, path: str) -> OrganizationRow | None:
    """The enterprise at or above the organisation with this path; None for a district or subdistrict."""
    rows = list_organizations(db, path_ids(path))
    return next((row for row in rows if row.kind == OrganizationKind.ENTERPRISE), None)


def employment_path(db: Session, user_id: int) -> str | None:
    """The path of the organisation where a person works now; None for who works nowhere."""
    query = (
        select(Organization.path)
        .join(Employment, Employment.organization_id == Organization.id)
        .where(Employment.user_id == user_id, Employment.ended_on.is_(None))
    )
    return db.scalar(query)


def employment_paths(db: Session, user_ids: Collection[int]) -> dict[int, str]:
    """Where people work now, as paths; who works nowhere is left out."""
    query = (
        select(Employment.user_id, Organization.path)
        .join(Organization, Organization.id == Employment.organization_id)
        .where(Employment.user_id.in_(user_ids), Employment.ended_on.is_(None))
    )
    return {row.user_id: row.path for row in db.execute(query)}


def name_words(db: Session, user_id: int) -> tuple[str, ...]:
    """Names that a person's password must not be made of (safety.md A3)."""
    enterprise = enterprise_of(db, user_id)
    return (enterprise.name_zh, enterprise.name_en) if enterprise else ()


def find_employment(db: Session, *, user_id: int, organization_id: int | None = None) -> Employment | None:
    """The person's present work, anywhere or at one organisation."""
    query = select(Employment).where(Employment.user_id == user_id, Employment.ended_on.is_(None))
    if organization_id is not None:
        query = query.where(Employment.organization_id == organization_id)
    return db.scalars(query).first()


def list_employee_ids(db: Session, organization_id: int, *, on: date) -> list[int]:
    """Ids of those who work at an organisation or anywhere below it on a day."""
    head = select(Organization.path).where(Organization.id == organization_id).scalar_subquery()
    query = (
        select(Employment.user_id)
        .join(Organization, Organization.id == Employment.organization_id)
        .where(
            Organization.path.like(head + "%"),
            Employment.started_on <= on,
            (Employment.ended_on.is_(None)) | (Employment.ended_on >= on),
        )
        .distinct()
        .order_by(Employment.user_id)
    )
    return list(db.scalars(query))
