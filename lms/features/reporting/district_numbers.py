"""The district's figures: two aggregating queries, kept until the trail says that something has happened.

The trail gets an entry with every change of state, in the order of the commits: while its last entry that is no
look, export, refusal or sign-in is the same, no figure can be another one. Whatever was kept is read anew after ten
minutes all the same."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
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
    drawn: dict[tuple[str, ...], str] = field(default_factory=dict, compare=False)  # the page, once drawn

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
    layers: dict[str, int]  # who completed something of the layer


class _Cell(NamedTuple):
    month: int
    layer: str
    area_id: int | None
    places: int
    periods: int
    sat: int
    first: int
    best: int


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


def forget_figures() -> None:
    """Read every figure anew at the next page."""
    _KEPT.clear()


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
    months = tuple(scope.window.months())
    cells = _cells(db, scope, months)
    of_layer = {str(layer): [cell for cell in cells if cell.layer == layer] for layer in Layer}
    area_ids = sorted({cell.area_id or 0 for cell in cells if cell.month >= 0})
    of_area = {id_: [cell for cell in cells if (cell.area_id or 0) == id_] for id_ in area_ids}
    return Figures(
        scope=scope,
        areas=areas,
        area=area,
        people=counts.people,
        learners=counts.learners,
        enterprises=counts.enterprises,
        reached=counts.reached,
        layers={name: _layer(rows, counts.layers[name]) for name, rows in of_layer.items()},
        rates=PassRates(
            enrolled=sum(cell.places for cell in cells),
            sat=sum(cell.sat for cell in cells),
            first=sum(cell.first for cell in cells),
            best=sum(cell.best for cell in cells),
        ),
        completers=counts.completers,
        sat_people=counts.sat_people,
        months=months,
        by_layer={name: _by_month(rows, len(months)) for name, rows in of_layer.items()},
        by_area={id_: _by_month(rows, len(months)) for id_, rows in of_area.items()},
        modules=tuple(list_module_reviews(db, today=today)),
    )


def _counts(db: Session, scope: Scope) -> _Counts:
    """What cannot be added up, because people and enterprises count once however often they learn."""
    people = people_set(scope)
    places, tries = places_set(scope, people), tries_set(scope)
    done, learner = places.c.is_completed == 1, places.c.learner_id
    row = db.execute(
        select(
            select(func.count(people.c.user_id)).scalar_subquery(),
            func.count(case((places.c.is_active == 1, learner)).distinct()),
            select(func.count()).select_from(enterprises_query(scope).subquery()).scalar_subquery(),
            func.count(case((done, places.c.enterprise_id)).distinct()),
            func.count(case((done, learner)).distinct()),
            func.count(case((tries.c.enrollment_id.is_not(None), learner)).distinct()),
            *(func.count(case((done & (places.c.layer == layer), learner)).distinct()) for layer in Layer),
        )
        .select_from(places)
        .outerjoin(tries, tries.c.enrollment_id == places.c.id)
    ).one()
    of_layer = dict(zip(map(str, Layer), row[6:], strict=True))
    return _Counts(row[0], row[1], row[2], row[3], row[4], row[5], of_layer)


def _cells(db: Session, scope: Scope, months: tuple[date, ...]) -> list[_Cell]:
    """What can be added up: places by the month of their completion (-1: none), layer and subdistrict."""
    places, tries = places_set(scope, people_set(scope)), tries_set(scope)
    ends = [datetime(*next_month(month).timetuple()[:3], tzinfo=SHANGHAI) for month in months]
    number = case(
        (places.c.is_completed == 0, -1),
        *((places.c.completed_at < end, n) for n, end in enumerate(ends)),
        else_=len(ends) - 1,
    ).label("number")
    keys = (number, places.c.layer, places.c.subdistrict_id)
    query = (
        select(
            *keys,
            func.count(places.c.id),
            func.sum(places.c.periods),
            func.count(tries.c.enrollment_id),
            func.coalesce(func.sum(tries.c.is_first_passed), 0),
            func.coalesce(func.sum(tries.c.is_best_passed), 0),
        )
        .select_from(places)
        .outerjoin(tries, tries.c.enrollment_id == places.c.id)
        .group_by(*keys)
    )
    return [_Cell(*row) for row in db.execute(query)]


def _layer(cells: Iterable[_Cell], people: int) -> LayerFigures:
    rows = list(cells)
    return LayerFigures(
        places=sum(cell.places for cell in rows),
        completed=sum(cell.places for cell in rows if cell.month >= 0),
        periods=sum(cell.periods for cell in rows),
        people=people,
    )


def _by_month(cells: Iterable[_Cell], count: int) -> tuple[int, ...]:
    """Completions per month."""
    found = [0] * count
    for cell in cells:
        if cell.month >= 0:
            found[cell.month] += cell.places
    return tuple(found)
