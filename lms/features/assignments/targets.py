"""Whom learning is assigned to: the people of an organisation and below, all of them or those in one role."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, func, select, true, union
from sqlalchemy.orm import Session

from lms.domain.enrollment import EnrollmentStatus
from lms.features.accounts.models import User
from lms.features.enrollment.models import Enrollment, Recognition
from lms.features.organizations.models import Employment, Organization
from lms.features.organizations.queries import below

AT_ONCE = 5000  # ids in one query


class PlaceRow(NamedTuple):
    """An organisation that learning can be assigned to, with the people in it and below."""

    organization_id: int
    path: str
    name_zh: str
    name_en: str
    people: int


def list_members(db: Session, path: str, role_id: int | None = None) -> list[int]:
    """Ids of those who work at `path` of the tree or below it now."""
    return list(db.scalars(_members(User.id, path, role_id).order_by(User.id)))


def count_members(db: Session, path: str, role_id: int | None = None) -> int:
    """How many work at `path` of the tree or below it now."""
    return db.scalar(_members(func.count(), path, role_id)) or 0


def count_by_role(db: Session, path: str) -> dict[int, int]:
    """How many of those who work there are in each job role."""
    query = _members(User.role_id, path, None).add_columns(func.count()).where(User.role_id.is_not(None))
    return {row[0]: row[1] for row in db.execute(query.group_by(User.role_id))}


def list_places(db: Session, paths: Iterable[str], *, limit: int) -> list[PlaceRow]:
    """Organisations in these parts of the tree, from the top down, each with the size of its subtree."""
    works = (Employment.organization_id == Organization.id) & Employment.ended_on.is_(None)
    names = (Organization.id, Organization.path, Organization.name_zh, Organization.name_en)
    query = (
        select(*names, func.count(Employment.id))
        .outerjoin(Employment, works)
        .where(below(Organization.path, paths))
        .group_by(*names)
        .order_by(func.length(Organization.path), Organization.path)
    )
    rows = [PlaceRow(*row) for row in db.execute(query)]
    people: Counter[str] = Counter()
    for row in rows:
        parts = row.path.strip("/").split("/")
        for n in range(1, len(parts) + 1):
            people["/" + "/".join(parts[:n]) + "/"] += row.people
    return [row._replace(people=people[row.path]) for row in rows[:limit]]


def held_modules(
    db: Session, learner_ids: Collection[int], module_ids: Collection[int]
) -> set[tuple[int, int]]:
    """(learner, module) of the modules that are completed or recognised already: nobody is asked to take those."""
    found: set[tuple[int, int]] = set()
    for some in chunks(learner_ids):
        completed = select(Enrollment.learner_id, Enrollment.module_id).where(
            Enrollment.status == EnrollmentStatus.COMPLETED, *_of(Enrollment, some, module_ids)
        )
        recognised = select(Recognition.learner_id, Recognition.module_id).where(
            *_of(Recognition, some, module_ids)
        )
        found |= {(row[0], row[1]) for row in db.execute(union(completed, recognised))}
    return found


def chunks(ids: Collection[int]) -> Iterable[list[int]]:
    """The ids in order, as many at once as a query takes."""
    ordered = sorted(ids)
    return (ordered[start : start + AT_ONCE] for start in range(0, len(ordered), AT_ONCE))


def _of(model: Any, learner_ids: list[int], module_ids: Collection[int]) -> tuple[ColumnElement[bool], ...]:
    return model.learner_id.in_(learner_ids), model.module_id.in_(module_ids)


def _members(column: Any, path: str, role_id: int | None) -> Select[Any]:
    return (
        select(column)
        .select_from(Employment)
        .join(User, User.id == Employment.user_id)
        .join(Organization, Organization.id == Employment.organization_id)
        .where(
            below(Organization.path, (path,)),
            Employment.ended_on.is_(None),
            User.role_id == role_id if role_id is not None else true(),
        )
    )
