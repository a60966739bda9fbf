"""The rows behind each figure of the district: every figure opens exactly what it has counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import CTE, Select, Subquery, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from lms.domain.review import ReviewState
from lms.features.accounts.models import User
from lms.features.catalog.models import Module, ModuleVersion
from lms.features.organizations.models import Organization, OrganizationKind
from lms.features.organizations.queries import below
from lms.features.reporting.district_modules import ModuleReview, list_module_reviews
from lms.features.reporting.district_sets import Scope, people_set, places_set, tries_set

Query = Select[*tuple[Any, ...]]


class Number(StrEnum):
    """The figures that open rows; the values stand in addresses."""

    PEOPLE = "people"
    LEARNERS = "learners"
    ENTERPRISES = "enterprises"
    REACHED = "enterprises-reached"
    PLACES = "places"
    COMPLETIONS = "completions"
    PERIODS_OFFERED = "periods-offered"
    PERIODS_PLANNED = "periods-planned"
    PERIODS_ATTENDED = "periods-attended"
    SAT = "sat"
    PASSED = "passed"
    PASSED_FIRST = "passed-first"
    REVIEW_CURRENT = "review-current"
    REVIEW_DUE = "review-due"
    REVIEW_OVERDUE = "review-overdue"
    REVIEW_STALE = "review-stale"
    REVIEW_NONE = "review-none"


class RowKind(StrEnum):
    PEOPLE = "people"
    ENTERPRISES = "enterprises"
    PLACES = "places"
    MODULES = "modules"


KINDS = {
    **dict.fromkeys((Number.PEOPLE, Number.LEARNERS, Number.PERIODS_ATTENDED), RowKind.PEOPLE),
    **dict.fromkeys((Number.ENTERPRISES, Number.REACHED), RowKind.ENTERPRISES),
    **dict.fromkeys(
        (Number.PLACES, Number.COMPLETIONS, Number.SAT, Number.PASSED, Number.PASSED_FIRST), RowKind.PLACES
    ),
}
REVIEW_STATES = {
    Number.REVIEW_CURRENT: ReviewState.CURRENT,
    Number.REVIEW_DUE: ReviewState.DUE,
    Number.REVIEW_OVERDUE: ReviewState.OVERDUE,
    Number.REVIEW_STALE: ReviewState.STALE,
    Number.REVIEW_NONE: ReviewState.IN_PREPARATION,
}
COUNTED_IN_PERIODS = (Number.PERIODS_OFFERED, Number.PERIODS_PLANNED, Number.PERIODS_ATTENDED)


class PersonFigures(NamedTuple):
    """A person with what they have learned in the window."""

    learner_id: int
    display_name: str
    organization_zh: str
    organization_en: str
    enterprise_zh: str | None
    enterprise_en: str | None
    places: int
    completed: int
    periods: int


class EnterpriseFigures(NamedTuple):
    """An enterprise with what its people have learned in the window."""

    organization_id: int
    name_zh: str
    name_en: str
    area_zh: str | None
    area_en: str | None
    people: int
    learners: int
    completed: int


class PlaceFigures(NamedTuple):
    """One person's place in one module, and what came of it in the window."""

    enrollment_id: int
    display_name: str
    enterprise_zh: str | None
    enterprise_en: str | None
    title_zh: str
    title_en: str
    layer: str
    enrolled_at: datetime
    completed_at: datetime | None
    periods: int
    is_completed: int
    tries: int | None
    is_first_passed: int | None
    is_best_passed: int | None


@dataclass(frozen=True)
class Wanted:
    """Which rows: behind which figure, of which layer, with which words."""

    number: Number
    layer: str = ""
    words: str = ""

    @property
    def kind(self) -> RowKind:
        return KINDS.get(self.number, RowKind.MODULES)


class Sum(NamedTuple):
    """How many rows there are in all, and what they add up to: the figure that opened them."""

    total: int
    figure: int


def count_rows(db: Session, scope: Scope, wanted: Wanted, *, today: date) -> Sum:
    """How many rows stand behind a figure, and their sum."""
    if wanted.kind is RowKind.MODULES:
        modules = _modules(db, wanted, today=today)
        periods = sum(module.periods for module in modules)
        return Sum(len(modules), periods if wanted.number in COUNTED_IN_PERIODS else len(modules))
    whole = QUERIES[wanted.kind](scope, wanted)[0].order_by(None).subquery()
    in_periods = wanted.number in COUNTED_IN_PERIODS
    figure = func.coalesce(func.sum(whole.c.periods), 0) if in_periods else func.count()
    return Sum(*db.execute(select(func.count(), figure).select_from(whole)).one())


def list_rows(
    db: Session, scope: Scope, wanted: Wanted, *, today: date, limit: int | None = None, offset: int = 0
) -> Sequence[Any]:
    """The rows behind a figure, by name; all of them without a limit."""
    if wanted.kind is RowKind.MODULES:
        modules = _modules(db, wanted, today=today)
        return modules if limit is None else modules[offset : offset + limit]
    query, shape = QUERIES[wanted.kind](scope, wanted)
    if limit is not None:
        query = query.limit(limit).offset(offset)
    return [shape(*row) for row in db.execute(query)]


def _modules(db: Session, wanted: Wanted, *, today: date) -> list[ModuleReview]:
    state = REVIEW_STATES.get(wanted.number)
    return [
        module
        for module in list_module_reviews(db, today=today)
        if (wanted.number is not Number.PERIODS_OFFERED or module.is_complete)
        and (state is None or module.state is state)
        and wanted.layer in ("", module.layer)
        and _has_words(module, wanted.words)
    ]


def _has_words(module: ModuleReview, words: str) -> bool:
    return words.casefold() in f"{module.title_zh} {module.title_en}".casefold()


def _people_query(scope: Scope, wanted: Wanted) -> tuple[Query, type[PersonFigures]]:
    people = people_set(scope)
    sums = _sums(places_set(scope, people), "learner_id", wanted.layer)
    firm = aliased(Organization)
    query = (
        select(
            User.id,
            User.display_name,
            Organization.name_zh,
            Organization.name_en,
            firm.name_zh.label("firm_zh"),
            firm.name_en.label("firm_en"),
            func.coalesce(sums.c.places, 0),
            func.coalesce(sums.c.completed, 0),
            func.coalesce(sums.c.periods, 0).label("periods"),
        )
        .join(people, people.c.user_id == User.id)
        .join(Organization, Organization.id == people.c.organization_id)
        .outerjoin(firm, firm.id == people.c.enterprise_id)
        .outerjoin(sums, sums.c.learner_id == User.id)
        .order_by(User.display_name, User.id)
    )
    if wanted.number is Number.LEARNERS:
        query = query.where(sums.c.active > 0)
    if wanted.number is Number.PERIODS_ATTENDED:
        query = query.where(sums.c.periods > 0)
    return _with_words(query, wanted.words, User.display_name, firm.name_zh, firm.name_en), PersonFigures


def _enterprise_query(scope: Scope, wanted: Wanted) -> tuple[Query, type[EnterpriseFigures]]:
    people = people_set(scope)
    sums = _sums(places_set(scope, people), "enterprise_id", wanted.layer)
    staff = (
        select(people.c.enterprise_id, func.count(people.c.user_id).label("people"))
        .group_by(people.c.enterprise_id)
        .subquery()
    )
    area = aliased(Organization)
    query = (
        select(
            Organization.id,
            Organization.name_zh,
            Organization.name_en,
            area.name_zh.label("area_zh"),
            area.name_en.label("area_en"),
            func.coalesce(staff.c.people, 0),
            func.coalesce(sums.c.learners, 0),
            func.coalesce(sums.c.completed, 0),
        )
        .outerjoin(area, area.id == Organization.parent_id)
        .outerjoin(staff, staff.c.enterprise_id == Organization.id)
        .outerjoin(sums, sums.c.enterprise_id == Organization.id)
        .where(Organization.kind == OrganizationKind.ENTERPRISE, below(Organization.path, scope.paths))
        .order_by(Organization.name_zh, Organization.id)
    )
    if wanted.number is Number.REACHED:
        query = query.where(sums.c.completed > 0)
    return _with_words(query, wanted.words, Organization.name_zh, Organization.name_en), EnterpriseFigures


def _place_query(scope: Scope, wanted: Wanted) -> tuple[Query, type[PlaceFigures]]:
    places, tries = places_set(scope, people_set(scope)), tries_set(scope)
    firm = aliased(Organization)
    query = (
        select(
            places.c.id,
            User.display_name,
            firm.name_zh.label("firm_zh"),
            firm.name_en.label("firm_en"),
            ModuleVersion.title_zh,
            ModuleVersion.title_en,
            places.c.layer,
            places.c.enrolled_at,
            places.c.completed_at,
            ModuleVersion.periods,
            places.c.is_completed,
            tries.c.tries,
            tries.c.is_first_passed,
            tries.c.is_best_passed,
        )
        .join(User, User.id == places.c.learner_id)
        .join(ModuleVersion, ModuleVersion.id == places.c.version_id)
        .join(Module, Module.id == places.c.module_id)
        .outerjoin(firm, firm.id == places.c.enterprise_id)
        .outerjoin(tries, tries.c.enrollment_id == places.c.id)
        .order_by(User.display_name, User.id, Module.slug, places.c.id)
    )
    conditions = {
        Number.COMPLETIONS: places.c.is_completed == 1,
        Number.SAT: tries.c.enrollment_id.is_not(None),
        Number.PASSED: tries.c.is_best_passed == 1,
        Number.PASSED_FIRST: tries.c.is_first_passed == 1,
    }
    if wanted.number in conditions:
        query = query.where(conditions[wanted.number])
    if wanted.layer:
        query = query.where(places.c.layer == wanted.layer)
    titles = (ModuleVersion.title_zh, ModuleVersion.title_en)
    named = _with_words(query, wanted.words, User.display_name, firm.name_zh, firm.name_en, *titles)
    return named, PlaceFigures


def _sums(places: CTE, by: str, layer: str) -> Subquery:
    """What places add up to, per person or per enterprise."""
    key = places.c[by]
    query = select(
        key,
        func.count(places.c.id).label("places"),
        func.count(places.c.learner_id.distinct()).label("learners"),
        func.sum(places.c.is_active).label("active"),
        func.sum(places.c.is_completed).label("completed"),
        func.sum(places.c.periods).label("periods"),
    ).group_by(key)
    if layer:
        query = query.where(places.c.layer == layer)
    return query.subquery()


def _with_words(query: Query, words: str, *columns: InstrumentedAttribute[str]) -> Query:
    if not words:
        return query
    return query.where(or_(*(column.icontains(words, autoescape=True) for column in columns)))


QUERIES = {
    RowKind.PEOPLE: _people_query,
    RowKind.ENTERPRISES: _enterprise_query,
    RowKind.PLACES: _place_query,
}
