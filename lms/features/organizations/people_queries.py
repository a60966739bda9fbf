"""Reads of people: who works where in a part of the tree."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from lms.domain.permissions import Hat, Scope
from lms.domain.sign_in import folded_name
from lms.features.accounts.models import HatGrant, User, UserStatus
from lms.features.organizations.models import Employment, Organization
from lms.features.organizations.queries import below
from lms.features.taxonomy.models import JobRole


@dataclass(frozen=True, slots=True)
class PersonRow:
    """Somebody who works somewhere; `path` tells whose scope they lie in."""

    user_id: int
    display_name: str
    sign_in_name: str
    status: str
    is_waiting: bool  # has not signed in with a password of their own yet
    has_code: bool  # was given a first password
    code_made_at: datetime
    employment_id: int
    staff_number: str | None
    started_on: date
    organization_id: int
    enterprise_id: int | None
    organization_zh: str
    organization_en: str
    path: str
    role_id: int | None
    role_zh: str | None
    role_en: str | None
    line_manager_id: int | None
    line_manager_name: str | None
    line_manager_sign_in: str | None

    @property
    def learner_id(self) -> int:
        """What rules about own rows ask for."""
        return self.user_id

    @property
    def is_suspended(self) -> bool:
        return self.status == UserStatus.SUSPENDED


class PeopleFilter(StrEnum):
    """The quick filters above a list of people."""

    ALL = "all"
    DIRECT = "direct"
    WAITING = "waiting"
    SUSPENDED = "suspended"
    WITHOUT_ROLE = "without-role"


class PeopleCounts(NamedTuple):
    """How many people each quick filter shows."""

    all: int
    direct: int
    waiting: int
    suspended: int
    without_role: int

    def of(self, chosen: PeopleFilter) -> int:
        return self[list(PeopleFilter).index(chosen)]


class GrantRow(NamedTuple):
    """A hat in force, where it holds and who gave it; `path` is its scope."""

    grant_id: int
    user_id: int
    hat: str
    organization_id: int
    organization_zh: str
    organization_en: str
    path: str
    granted_at: datetime
    ends_at: datetime | None
    granted_by: str | None


_MANAGER = aliased(User)
_COLUMNS = (
    User.id,
    User.display_name,
    User.sign_in_name,
    User.status,
    User.must_change_password,
    User.password_hash != "",
    User.password_changed_at,
    Employment.id,
    Employment.staff_number,
    Employment.started_on,
    Organization.id,
    Employment.enterprise_id,
    Organization.name_zh,
    Organization.name_en,
    Organization.path,
    User.role_id,
    JobRole.name_zh,
    JobRole.name_en,
    Employment.line_manager_id,
    _MANAGER.display_name,
    _MANAGER.sign_in_name,
)


def list_people(
    db: Session,
    paths: Iterable[str],
    *,
    words: str = "",
    chosen: PeopleFilter = PeopleFilter.ALL,
    manager_id: int = 0,
    limit: int | None = None,
    offset: int = 0,
) -> list[PersonRow]:
    """Who works in these parts of the tree now, by name; `manager_id` is whose direct reports count."""
    query = (
        _present(*_COLUMNS)
        .outerjoin(JobRole, JobRole.id == User.role_id)
        .outerjoin(_MANAGER, _MANAGER.id == Employment.line_manager_id)
        .where(below(Organization.path, paths), _matches(words), _is_chosen(chosen, manager_id))
        .order_by(User.display_name, User.id)
        .limit(limit)
        .offset(offset)
    )
    return [PersonRow(*row) for row in db.execute(query)]


def count_people(db: Session, paths: Iterable[str], *, words: str = "", manager_id: int = 0) -> PeopleCounts:
    """How many people each quick filter shows, in one query."""
    counts = [
        func.count().filter(_is_chosen(chosen, manager_id))
        if chosen is not PeopleFilter.ALL
        else func.count()
        for chosen in PeopleFilter
    ]
    query = _present(*counts).where(below(Organization.path, paths), _matches(words))
    return PeopleCounts(*db.execute(query).one())


def list_codeless(
    db: Session, path: str, *, valid_since: datetime, now: datetime, limit: int
) -> list[PersonRow]:
    """Who has never signed in and holds no first password made since then, nor any hat; by name."""
    query = (
        _present(*_COLUMNS)
        .outerjoin(JobRole, JobRole.id == User.role_id)
        .outerjoin(_MANAGER, _MANAGER.id == Employment.line_manager_id)
        .where(_is_codeless(path, valid_since, now))
        .order_by(User.display_name, User.id)
        .limit(limit)
    )
    return [PersonRow(*row) for row in db.execute(query)]


def count_codeless(db: Session, path: str, *, valid_since: datetime, now: datetime) -> int:
    """How many people `list_codeless` would name without its limit."""
    return db.scalar(_present(func.count()).where(_is_codeless(path, valid_since, now))) or 0


def _is_codeless(path: str, valid_since: datetime, now: datetime) -> ColumnElement[bool]:
    return and_(
        below(Organization.path, (path,)),
        User.must_change_password,
        User.status == UserStatus.ACTIVE,
        or_(User.password_hash == "", User.password_changed_at < valid_since),
        ~exists().where(HatGrant.user_id == User.id, _is_in_force(now)),
    )


def find_person(db: Session, user_id: int) -> PersonRow | None:
    """Somebody who works somewhere now; None for who does not."""
    query = (
        _present(*_COLUMNS)
        .outerjoin(JobRole, JobRole.id == User.role_id)
        .outerjoin(_MANAGER, _MANAGER.id == Employment.line_manager_id)
        .where(User.id == user_id)
    )
    row = db.execute(query).first()
    return PersonRow(*row) if row else None


def find_colleague(db: Session, person: PersonRow, named: str) -> int | None:
    """The id of somebody of the person's enterprise (without one, organisation) by sign-in name or staff number."""
    inside = (
        Employment.enterprise_id == person.enterprise_id
        if person.enterprise_id
        else Organization.id == person.organization_id
    )
    wanted = or_(User.sign_in_name == folded_name(named), Employment.staff_number == named.strip())
    query = _present(User.id).where(inside, wanted, User.id != person.user_id).order_by(User.id)
    return db.scalars(query).first()


def list_grants(db: Session, user_id: int, *, now: datetime) -> list[GrantRow]:
    """The hats that a person wears, the newest last."""
    return [GrantRow(*row) for row in db.execute(_grants(now).where(HatGrant.user_id == user_id))]


def get_grant(db: Session, grant_id: int, *, now: datetime) -> GrantRow | None:
    """A hat in force."""
    row = db.execute(_grants(now).where(HatGrant.id == grant_id)).first()
    return GrantRow(*row) if row else None


def list_scopes(db: Session, user_ids: Sequence[int], *, now: datetime) -> dict[int, tuple[Scope, ...]]:
    """What the hats of these people cover, by person; who has none is left out."""
    query = select(HatGrant.user_id, HatGrant.hat, HatGrant.organization_id, HatGrant.scope_path)
    found: dict[int, tuple[Scope, ...]] = {}
    for user_id, hat, organization_id, path in db.execute(
        query.where(HatGrant.user_id.in_(user_ids), _is_in_force(now))
    ):
        found[user_id] = (*found.get(user_id, ()), Scope(Hat(hat), organization_id, path))
    return found


def _present(*columns: Any) -> Select[Any]:
    return (
        select(*columns)
        .select_from(Employment)
        .join(User, User.id == Employment.user_id)
        .join(Organization, Organization.id == Employment.organization_id)
        .where(Employment.ended_on.is_(None))
    )


def _matches(words: str) -> ColumnElement[bool]:
    """Every word stands in the name, the sign-in name or the staff number."""
    return and_(
        True,
        *(
            or_(
                User.display_name.icontains(word, autoescape=True),
                User.sign_in_name.contains(folded_name(word), autoescape=True),
                Employment.staff_number.icontains(word, autoescape=True),
            )
            for word in words.split()[:5]
        ),
    )


def _is_chosen(chosen: PeopleFilter, manager_id: int) -> ColumnElement[bool]:
    conditions: dict[PeopleFilter, ColumnElement[bool]] = {
        PeopleFilter.DIRECT: Employment.line_manager_id == manager_id,
        PeopleFilter.WAITING: User.must_change_password.is_(True),
        PeopleFilter.SUSPENDED: User.status == UserStatus.SUSPENDED,
        PeopleFilter.WITHOUT_ROLE: User.role_id.is_(None),
    }
    return conditions.get(chosen, and_(True))


def _grants(now: datetime) -> Select[Any]:
    giver = aliased(User)
    columns: tuple[Any, ...] = (
        HatGrant.id,
        HatGrant.user_id,
        HatGrant.hat,
        HatGrant.organization_id,
        Organization.name_zh,
        Organization.name_en,
        HatGrant.scope_path,
        HatGrant.granted_at,
        HatGrant.ends_at,
        giver.display_name,
    )
    return (
        select(*columns)
        .join(Organization, Organization.id == HatGrant.organization_id)
        .outerjoin(giver, giver.id == HatGrant.granted_by_id)
        .where(_is_in_force(now))
        .order_by(HatGrant.granted_at, HatGrant.id)
    )


def _is_in_force(now: datetime) -> ColumnElement[bool]:
    return and_(HatGrant.ended_at.is_(None), or_(HatGrant.ends_at.is_(None), HatGrant.ends_at > now))
