"""The district's rows and figures as tables: heads and cells, the same on the page and in an export."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from lms.features.reporting.district_modules import ModuleReview
from lms.features.reporting.district_pages import DistrictPage, layer_word, review_word
from lms.features.reporting.district_rows import EnterpriseFigures, PersonFigures, PlaceFigures, RowKind
from lms.ports.clock import local_date
from lms.web.localisation import pick
from lms.web.spreadsheets import Cell
from lms.web.text import gettext as _


@dataclass(frozen=True)
class Column:
    """A column of a list of rows, as the table component and a spreadsheet need it."""

    label: str
    value: Callable[[Any], Cell]
    phone: str = "sub"
    numeric: bool = False


def columns_of(kind: RowKind) -> list[Column]:
    """The columns of a kind of rows."""
    return {
        RowKind.PEOPLE: _people,
        RowKind.ENTERPRISES: _enterprises,
        RowKind.PLACES: _places,
        RowKind.MODULES: _modules,
    }[kind]()


def _people() -> list[Column]:
    def enterprise(row: PersonFigures) -> str:
        return pick(row, "enterprise") if row.enterprise_zh else ""

    return [
        Column(_("Person"), lambda row: row.display_name, phone="title"),
        Column(_("Enterprise"), enterprise),
        Column(_("Department"), lambda row: pick(row, "organization"), phone="hide"),
        Column(_("Enrollments"), lambda row: row.places, phone="hide", numeric=True),
        Column(_("Completions"), lambda row: row.completed, phone="hide", numeric=True),
        Column(_("Periods attended"), lambda row: row.periods, phone="aside", numeric=True),
    ]


def _enterprises() -> list[Column]:
    def area(row: EnterpriseFigures) -> str:
        return pick(row, "area") if row.area_zh else ""

    return [
        Column(_("Enterprise"), lambda row: pick(row, "name"), phone="title"),
        Column(_("Subdistrict"), area),
        Column(_("People employed"), lambda row: row.people, phone="hide", numeric=True),
        Column(_("Learners"), lambda row: row.learners, phone="hide", numeric=True),
        Column(_("Completions"), lambda row: row.completed, phone="aside", numeric=True),
    ]


def _places() -> list[Column]:
    def enterprise(row: PlaceFigures) -> str:
        return pick(row, "enterprise") if row.enterprise_zh else ""

    return [
        Column(_("Person"), lambda row: row.display_name, phone="title"),
        Column(_("Enterprise"), enterprise, phone="hide"),
        Column(_("Module"), lambda row: pick(row, "title")),
        Column(_("Layer"), lambda row: layer_word(row.layer), phone="hide"),
        Column(_("Periods"), lambda row: row.periods, phone="hide", numeric=True),
        Column(_("Begun on"), lambda row: local_date(row.enrolled_at), phone="hide"),
        Column(_("Completed on"), lambda row: _date(row.completed_at), phone="aside"),
        Column(_("Quiz"), quiz_word),
    ]


def _modules() -> list[Column]:
    def titled(row: ModuleReview) -> str:
        return pick(row, "title")

    return [
        Column(_("Module"), titled, phone="title"),
        Column(_("Layer"), lambda row: layer_word(row.layer)),
        Column(_("Periods"), lambda row: row.periods, phone="aside", numeric=True),
        Column(_("Version"), lambda row: row.number, phone="hide", numeric=True),
        Column(_("Last review or publication"), lambda row: row.last_on, phone="hide"),
        Column(_("Review due on"), lambda row: row.due_on, phone="hide"),
        Column(_("State"), lambda row: review_word(row.state)),
    ]


def quiz_word(row: PlaceFigures) -> str:
    """What came of the graded quiz within the window."""
    if row.tries is None:
        return _("Not sat")
    if row.is_first_passed:
        return _("Passed at the first attempt")
    return _("Passed") if row.is_best_passed else _("Not passed yet")


def _date(instant: datetime | None) -> Cell:
    return local_date(instant) if instant else None


def figure_heads() -> list[str]:
    """The heads of the figures' export."""
    return [_("Figure"), _("Value"), _("Of"), _("Percent"), _("95 % from"), _("95 % to")]


def figure_rows(page: DistrictPage) -> Iterator[Sequence[Cell]]:
    """The figures of the page, then completions per month."""
    head = (page.learners, page.reached, page.completions)
    for line in head:
        yield [line.label, line.value, line.of]
    for line in page.layers:
        yield [_("Completions: %(name)s", name=line.label), line.value, line.of]
    yield [page.periods_offered.label, page.periods_offered.value, page.periods_offered.of]
    yield [page.periods_attended.label, page.periods_attended.value]
    yield [_("Periods attended per learner"), _number(page.periods_each)]
    interval = page.figures.rates.interval
    for n, line in enumerate(page.rates):
        percent = _number(line.rate.percent) if line.rate else None
        limits = [_number(limit) for limit in interval] if interval and n == 0 else []
        yield [_("Pass rate: %(name)s", name=line.label), line.value, line.of, percent, *limits]
    for line in page.reviews:
        yield [_("Modules: %(name)s", name=line.label), line.value, len(page.figures.modules)]
    yield from _month_rows(page)


def _month_rows(page: DistrictPage) -> Iterator[Sequence[Cell]]:
    for chart in (page.layer_chart, page.area_chart):
        for series in chart.series if chart else ():
            for month, value in zip(page.figures.months, series.values, strict=True):
                name = _("Completions in %(month)s: %(name)s", month=f"{month:%Y-%m}", name=series.name)
                yield [name, value]


def _number(value: Decimal | None) -> float | None:
    return None if value is None else float(value)
