"""The district's figures: two aggregating queries, kept until the trail says that something has happened.

The trail gets an entry with every change of state, in the order of the commits: while its last entry that is no
look, export, refusal or sign-in is the same, no figure can be another one. Whatever was kept is read anew after ten
minutes all the same."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, case, func, select
from sqlalchemy.orm import Session

from lms.domain.curriculum import Layer
from lms.domain.rates import PassRates
from lms.domain.window import next_month
from lms.features.organizations.models import Organization, OrganizationKind
from lms.features.organizations.queries import below
from lms.features.reporting.district_modules import ModuleReview, list_module_reviews
from lms.features.reporting.district_sets import (
    Scope,
    enterprises_query,
    people_set,
    places_set,
    tries_set,
)
from lms.features.trail.models import TrailEntry
from lms.ports.clock import SHANGHAI, local_date

NO_CHANGE = ("looked", "exported", "refused", "signed_in", "signed_out", "sign_in_refused")
KEPT_FOR = timedelta(minutes=10)
MOST_KEPT = 64


class Area(NamedTuple):
    """A subdistrict, by which figures can be filtered."""

    organization_id: int
    path: str
    name_zh: str
    name_en: str


@dataclass(frozen=True)
class LayerFigures:
    """The places of one layer that ran in the window."""

    places: int = 0
    completed: int = 0
    periods: int = 0  # of completed places: what was attended
    people: int = 0  # who completed at least one of them


@dataclass(frozen=True)
class Figures:
    """Everything that the first screen says, of one scope."""

    scope: Scope
    areas: tuple[Area, ...]  # the subdistricts that the whole scope covers
    area: Area | None
    people: int
    learners: int
    enterprises: int
    reached: int
    layers: dict[str, LayerFigures]
    rates: PassRates
    completers: int
    sat_people: int
    months: tuple[date, ...]
    by_layer: dict[str, tuple[int, ...]]  # completions per month
    by_area: dict[int, tuple[int, ...]]
    modules: tuple[ModuleReview, ...]

    @property
    def places(self) -> int:
        return sum(layer.places for layer in self.layers.values())

    @property
    def completed(self) -> int:
        return sum(layer.completed for layer in self.layers.values())

    @property
    def periods(self) -> int:
        """Person-periods attended."""
        return sum(layer.periods for layer in self.layers.values())

    @property
    def periods_offered(self) -> int:
        """Periods of the modules that can be begun."""
        return sum(module.periods for module in self.modules if module.is_complete)

    @property
    def periods_planned(self) -> int:
        """Periods of all modules, those in preparation included."""
        return sum(module.periods for module in self.modules)


class _Counts(NamedTuple):
    people: int
    learners: int
    enterprises: int
    reached: int
    completers: int
    sat_people: int


@dataclass(frozen=True)
class _Kept:
    token: int
    read_at: datetime
    figures: Figures


_KEPT: WeakKeyDictionary[Engine | Connection, dict[tuple[Scope, int], _Kept]] = WeakKeyDictionary()


def read_figures(db: Session, scope: Scope, *, area_id: int, now: datetime) -> Figures:
    """The figures of a scope, or of one subdistrict in it (0, or one that lies elsewhere: of all of it)."""
    kept = _KEPT.setdefault(db.get_bind(), {})
    token = read_token(db)
    known = kept.get((scope, area_id))
    if known is None or known.token != token or now - known.read_at > KEPT_FOR:
        if len(kept) >= MOST_KEPT:
            kept.clear()
        known = _Kept(token, now, _read(db, scope, area_id, today=local_date(now)))
        kept[scope, area_id] = known
    return known.figures


def read_token(db: Session) -> int:
    """The number of the trail's last entry that may have changed a figure."""
    query = select(TrailEntry.id).where(TrailEntry.action.not_in(NO_CHANGE))
    return db.scalar(query.order_by(TrailEntry.id.desc()).limit(1)) or 0


def list_areas(db: Session, paths: tuple[str, ...]) -> tuple[Area, ...]:
    """The subdistricts in these parts of the tree, by their number."""
    query = (
        select(Organization.id, Organization.path, Organization.name_zh, Organization.name_en)
        .where(Organization.kind == OrganizationKind.SUBDISTRICT, below(Organization.path, paths))
        .order_by(Organization.id)
    )
    return tuple(Area(*row) for row in db.execute(query))


def narrow(scope: Scope, areas: tuple[Area, ...], area_id: int) -> tuple[Scope, Area | None]:
    """The scope cut down to one of its subdistricts; one that lies elsewhere cuts nothing."""
    area = next((area for area in areas if area.organization_id == area_id), None)
    return (Scope((area.path,), scope.window), area) if area else (scope, None)


def _read(db: Session, whole: Scope, area_id: int, *, today: date) -> Figures:
    areas = list_areas(db, whole.paths)
    scope, area = narrow(whole, areas, area_id)
    counts = _counts(db, scope)
    layers, rates = _places(db, scope)
    months = tuple(scope.window.months())
    by_layer, by_area = _months(db, scope, months)
    return Figures(
        scope=scope,
        areas=areas,
        area=area,
        people=counts.people,
        learners=counts.learners,
        enterprises=counts.enterprises,
        reached=counts.reached,
        layers=layers,
        rates=rates,
        completers=counts.completers,
        sat_people=counts.sat_people,
        months=months,
        by_layer=by_layer,
        by_area=by_area,
        modules=tuple(list_module_reviews(db, today=today)),
    )


def _counts(db: Session, scope: Scope) -> _Counts:
    people = people_set(scope)
    places, tries = places_set(scope, people), tries_set(scope)
    active = func.count(case((places.c.is_active == 1, places.c.learner_id)).distinct())
    reached = func.count(case((places.c.is_completed == 1, places.c.enterprise_id)).distinct())
    completers = func.count(case((places.c.is_completed == 1, places.c.learner_id)).distinct())
    sat = func.count(case((tries.c.enrollment_id.is_not(None), places.c.learner_id)).distinct())
    row = db.execute(
        select(
            select(func.count(people.c.user_id)).scalar_subquery(),
            active,
            select(func.count()).select_from(enterprises_query(scope).subquery()).scalar_subquery(),
            reached,
            completers,
            sat,
        )
        .select_from(places)
        .outerjoin(tries, tries.c.enrollment_id == places.c.id)
    ).one()
    return _Counts(*row)


def _places(db: Session, scope: Scope) -> tuple[dict[str, LayerFigures], PassRates]:
    places, tries = places_set(scope, people_set(scope)), tries_set(scope)
    completers = func.count(case((places.c.is_completed == 1, places.c.learner_id)).distinct())
    query = (
        select(
            places.c.layer,
            func.count(places.c.id),
            func.sum(places.c.is_completed),
            func.sum(places.c.periods),
            completers,
            func.count(tries.c.enrollment_id),
            func.coalesce(func.sum(tries.c.is_first_passed), 0),
            func.coalesce(func.sum(tries.c.is_best_passed), 0),
        )
        .select_from(places)
        .outerjoin(tries, tries.c.enrollment_id == places.c.id)
        .group_by(places.c.layer)
    )
    rows = [tuple(row) for row in db.execute(query)]
    layers = {str(layer): LayerFigures() for layer in Layer}
    layers |= {row[0]: LayerFigures(*row[1:5]) for row in rows}
    enrolled, sat, first, best = (sum(row[n] for row in rows) for n in (1, 5, 6, 7))
    return layers, PassRates(enrolled=enrolled, sat=sat, first=first, best=best)


def _months(
    db: Session, scope: Scope, months: tuple[date, ...]
) -> tuple[dict[str, tuple[int, ...]], dict[int, tuple[int, ...]]]:
    """Completions per calendar month in Shanghai, by layer and by subdistrict."""
    places = places_set(scope, people_set(scope))
    ends = [datetime(*next_month(month).timetuple()[:3], tzinfo=SHANGHAI) for month in months]
    number = case(
        *((places.c.completed_at < end, n) for n, end in enumerate(ends)), else_=len(ends) - 1
    ).label("number")
    query = (
        select(number, places.c.layer, places.c.subdistrict_id, func.count(places.c.id))
        .where(places.c.is_completed == 1)
        .group_by(number, places.c.layer, places.c.subdistrict_id)
    )
    layers = {str(layer): [0] * len(months) for layer in Layer}
    areas: dict[int, list[int]] = {}
    for n, layer, area_id, count in db.execute(query):
        layers[layer][n] += count
        areas.setdefault(area_id or 0, [0] * len(months))[n] += count
    return (
        {layer: tuple(row) for layer, row in layers.items()},
        {area: tuple(row) for area, row in areas.items()},
    )
