"""A page of rows behind one of the district's figures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from lms.domain.curriculum import Layer
from lms.domain.permissions import Actor
from lms.features.reporting.district_filter import DistrictFilter
from lms.features.reporting.district_numbers import Area, list_areas, narrow
from lms.features.reporting.district_pages import PAGE, ROWS, layer_word
from lms.features.reporting.district_rows import Number, RowKind, Sum, Wanted, count_rows, list_rows
from lms.features.reporting.district_sets import Scope
from lms.features.reporting.district_tables import Column, columns_of
from lms.web.localisation import pick
from lms.web.pagination import Page, page_of
from lms.web.spreadsheets import Cell

PAGE_SIZE = 25
EXPORT = "district.export_rows"


@dataclass(frozen=True)
class Listing:
    """Rows behind a figure, as filtered; what they add up to is what the figure says."""

    number: Number
    filter: DistrictFilter
    scope: Scope
    areas: tuple[Area, ...]
    area: Area | None
    sum: Sum
    columns: list[Column]
    today: date

    @property
    def wanted(self) -> Wanted:
        return wanted_rows(self.number, self.filter)

    @property
    def is_of_people(self) -> bool:
        """Whether area and days mean anything here: modules are the programme's, as of today."""
        return self.wanted.kind is not RowKind.MODULES

    @property
    def back_url(self) -> str:
        return self.filter.url(PAGE, without=("q", "layer"))

    def url(self, *, without: tuple[str, ...] = (), **changes: str) -> str:
        """This list with other filters."""
        return self.filter.url(ROWS, without=without, number=str(self.number), **changes)

    def export_url(self, kind: str) -> str:
        """This list as a file."""
        return self.filter.url(EXPORT, number=str(self.number), kind=kind)

    def page(self, db: Session, number: int) -> Page:
        """One page of the rows."""
        return page_of(
            lambda skip: list_rows(
                db, self.scope, self.wanted, today=self.today, limit=PAGE_SIZE, offset=skip
            ),
            number=number,
            size=PAGE_SIZE,
            total=self.sum.total,
            url=lambda n: self.url(page=str(n)),
        )

    def cells(self, db: Session) -> list[list[Cell]]:
        """All rows as an export writes them."""
        rows = list_rows(db, self.scope, self.wanted, today=self.today)
        return [[column.value(row) for column in self.columns] for row in rows]

    def area_options(self) -> list[dict[str, Any]]:
        """The subdistricts as a menu."""
        return [
            {
                "label": pick(area, "name"),
                "url": self.url(area=str(area.organization_id)),
                "is_current": area == self.area,
            }
            for area in self.areas
        ]

    def layer_options(self) -> list[dict[str, Any]]:
        """The layers as a menu."""
        chosen = self.filter.get("layer")
        return [
            {"label": layer_word(layer), "url": self.url(layer=str(layer)), "is_current": chosen == layer}
            for layer in Layer
        ]


def wanted_rows(number: Number, chosen: DistrictFilter) -> Wanted:
    """What the queries need of an address."""
    return Wanted(number, chosen.get("layer"), chosen.get("q"))


def read_listing(
    db: Session, actor: Actor, number: Number, chosen: DistrictFilter, *, today: date
) -> Listing:
    """The list behind a figure, in the actor's part of the tree."""
    whole = chosen.scope(actor)
    areas = list_areas(db, whole.paths)
    scope, area = narrow(whole, areas, chosen.area_id)
    wanted = wanted_rows(number, chosen)
    total = count_rows(db, scope, wanted, today=today)
    return Listing(number, chosen, scope, areas, area, total, columns_of(wanted.kind), today)
