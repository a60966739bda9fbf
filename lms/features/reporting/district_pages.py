"""What the district's pages say: figures in words, with their denominators and the addresses of their rows."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from flask import get_template_attribute

from lms.domain.curriculum import Layer
from lms.domain.rates import Rate, ratio_of
from lms.domain.review import ReviewState
from lms.features.reporting.district_charts import Chart, draw_chart
from lms.features.reporting.district_filter import CHOSEN, PAGE_NAMES, DistrictFilter
from lms.features.reporting.district_numbers import Figures
from lms.features.reporting.district_rows import REVIEW_STATES, Number
from lms.web.context import language
from lms.web.localisation import pick
from lms.web.text import format_date
from lms.web.text import gettext as _

ROWS = "district.list_rows"
PAGE = "district.show_district"
MOST_DRAWN = 16


@dataclass(frozen=True)
class Line:
    """A figure of the page: what it says, of how many, and where its rows are."""

    label: str
    value: int
    url: str
    of: int | None = None
    of_url: str = ""
    rate: Rate | None = None
    layer: str = ""


@dataclass(frozen=True)
class DistrictPage:
    """The district's figures as its page and its export show them."""

    figures: Figures
    wanted: DistrictFilter

    def rows_url(self, number: Number, layer: str = "") -> str:
        """Where the rows of a figure are, with the filters of this page."""
        return self.wanted.url(ROWS, without=("q",), number=str(number), layer=layer)

    def line(self, number: Number, value: int, of: Number | None = None, of_value: int | None = None) -> Line:
        """A figure with its denominator."""
        of_url = self.rows_url(of) if of else ""
        return Line(number_word(number), value, self.rows_url(number), of_value, of_url)

    @property
    def learners(self) -> Line:
        return self.line(Number.LEARNERS, self.figures.learners, Number.PEOPLE, self.figures.people)

    @property
    def reached(self) -> Line:
        return self.line(Number.REACHED, self.figures.reached, Number.ENTERPRISES, self.figures.enterprises)

    @property
    def completions(self) -> Line:
        return self.line(Number.COMPLETIONS, self.figures.completed, Number.PLACES, self.figures.places)

    @property
    def periods_attended(self) -> Line:
        figures = self.figures
        return self.line(Number.PERIODS_ATTENDED, figures.periods, Number.LEARNERS, figures.learners)

    @property
    def periods_offered(self) -> Line:
        figures = self.figures
        return self.line(
            Number.PERIODS_OFFERED, figures.periods_offered, Number.PERIODS_PLANNED, figures.periods_planned
        )

    @property
    def periods_each(self) -> Decimal | None:
        """Periods attended per learner, one decimal."""
        return ratio_of(self.figures.periods, self.figures.learners)

    @property
    def layers(self) -> list[Line]:
        """Completions of each layer, of the places in it."""
        return [
            Line(
                layer_word(layer),
                self.figures.layers[layer].completed,
                self.rows_url(Number.COMPLETIONS, layer),
                self.figures.layers[layer].places,
                self.rows_url(Number.PLACES, layer),
                layer=str(layer),
            )
            for layer in Layer
        ]

    @property
    def rates(self) -> list[Line]:
        """The three pass rates of REQ-014, the headline first."""
        rates = self.figures.rates
        parts = (
            (_("Of those who sat, best attempt"), rates.headline, Number.PASSED, Number.SAT),
            (_("Of those who sat, first attempt"), rates.first_attempt, Number.PASSED_FIRST, Number.SAT),
            (_("Of all enrolled"), rates.of_enrolled, Number.PASSED, Number.PLACES),
        )
        return [
            Line(label, rate.numerator, self.rows_url(top), rate.denominator, self.rows_url(bottom), rate)
            for label, rate, top, bottom in parts
        ]

    @property
    def reviews(self) -> list[Line]:
        """Modules by where their review stands."""
        counts = Counter(module.state for module in self.figures.modules)
        return [
            Line(review_word(state), counts[state], self.rows_url(number))
            for number, state in REVIEW_STATES.items()
        ]

    @property
    def layer_chart(self) -> Chart:
        """Completions per month by layer."""
        names = {layer_word(layer): self.figures.by_layer[layer] for layer in Layer}
        urls = {layer_word(layer): self.rows_url(Number.COMPLETIONS, layer) for layer in Layer}
        return draw_chart(self.figures.months, names, urls=urls)

    @property
    def area_chart(self) -> Chart | None:
        """Completions per month by subdistrict, when there are several on the page."""
        figures = self.figures
        if figures.area is not None or len(figures.areas) < 2:
            return None
        nothing = (0,) * len(figures.months)
        series = {pick(a, "name"): figures.by_area.get(a.organization_id, nothing) for a in figures.areas}
        urls = {pick(a, "name"): self.wanted.url(PAGE, area=str(a.organization_id)) for a in figures.areas}
        if 0 in figures.by_area:
            series[_("Outside any subdistrict")] = figures.by_area[0]
            urls[_("Outside any subdistrict")] = self.rows_url(Number.COMPLETIONS)
        return draw_chart(figures.months, series, urls=urls)

    def periods(self) -> list[dict[str, Any]]:
        """The usual windows as chips."""
        words = {
            "year": _("The year so far"),
            "quarter": _("The quarter so far"),
            "months": _("Last 12 months"),
        }
        return [
            {
                "label": label,
                "url": self.wanted.url(PAGE, without=("from", "to"), period=kind),
                "is_active": self.wanted.period == kind,
            }
            for kind, label in words.items()
        ]

    def area_options(self) -> list[dict[str, Any]]:
        """The subdistricts as a menu."""
        return [
            {
                "label": pick(area, "name"),
                "url": self.wanted.url(PAGE, area=str(area.organization_id)),
                "is_current": self.figures.area == area,
            }
            for area in self.figures.areas
        ]

    @property
    def has_chosen_days(self) -> bool:
        return self.wanted.period == CHOSEN


def draw(page: DistrictPage) -> str:
    """The page between its bars, as markup; drawn once for the same figures, filters and language."""
    key = (language(), *(page.wanted.get(name) for name in PAGE_NAMES))
    drawn = page.figures.drawn
    if key not in drawn:
        if len(drawn) >= MOST_DRAWN:  # days that make no window may be written in any way
            drawn.clear()
        body = get_template_attribute("reporting/district_body.html", "body")
        drawn[key] = body(page, month_name)
    return drawn[key]


def layer_word(layer: str) -> str:
    """The name of a layer."""
    return {
        Layer.FOUNDATION: _("Foundations"),
        Layer.SPECIALISM: _("Specialisms"),
        Layer.FRONTIER: _("Frontier"),
    }[Layer(layer)]


def review_word(state: ReviewState) -> str:
    """Where a module's review stands."""
    return {
        ReviewState.CURRENT: _("Reviewed in time"),
        ReviewState.DUE: _("Review due soon"),
        ReviewState.OVERDUE: _("Review overdue"),
        ReviewState.STALE: _("Stale"),
        ReviewState.IN_PREPARATION: _("In preparation"),
    }[state]


def number_word(number: Number) -> str:
    """What a figure is called."""
    if number in REVIEW_STATES:
        return review_word(REVIEW_STATES[number])
    return {
        Number.PEOPLE: _("People employed"),
        Number.LEARNERS: _("Learners"),
        Number.ENTERPRISES: _("Enterprises"),
        Number.REACHED: _("Enterprises reached"),
        Number.PLACES: _("Enrollments"),
        Number.COMPLETIONS: _("Completions"),
        Number.PERIODS_OFFERED: _("Periods offered"),
        Number.PERIODS_PLANNED: _("Periods planned"),
        Number.PERIODS_ATTENDED: _("Periods attended"),
        Number.SAT: _("Sat the quiz"),
        Number.PASSED: _("Passed, best attempt"),
        Number.PASSED_FIRST: _("Passed at the first attempt"),
    }[number]


def number_meaning(number: Number) -> str:
    """How a figure is counted."""
    if number in REVIEW_STATES:
        return _(
            "Due 3, 6 or 12 months after the last review or publication; stale when the grace is over, too."
        )
    return {
        Number.PEOPLE: _("Everybody who works in your area, or left it within these days."),
        Number.LEARNERS: _("People with an enrollment that was worked on within these days."),
        Number.ENTERPRISES: _("Every enterprise in your area."),
        Number.REACHED: _("Enterprises with at least one completion within these days."),
        Number.PLACES: _("One person in one module: open, begun or ended within these days."),
        Number.COMPLETIONS: _("Every lesson read and the graded quiz passed within these days."),
        Number.PERIODS_OFFERED: _("The programme's modules that can be begun today; 1 period is 45 minutes."),
        Number.PERIODS_PLANNED: _("All modules of the programme, also those in preparation."),
        Number.PERIODS_ATTENDED: _("The periods of every module that a person completed within these days."),
        Number.SAT: _("Enrollments whose graded quiz was submitted at least once within these days."),
        Number.PASSED: _("Of those who sat: an attempt within these days was passed."),
        Number.PASSED_FIRST: _("Of those who sat: the very first attempt was passed."),
    }[number]


def parameter_word(name: str) -> str:
    """What a parameter of the rules is called."""
    return {
        "quiz_pass_percent": _("Quiz: percent to pass"),
        "quiz_drawn_questions": _("Quiz: questions drawn"),
        "quiz_retry_minutes": _("Quiz: minutes until the next try"),
        "recognition_pass_percent": _("Prior learning: percent to pass"),
        "recognition_retry_days": _("Prior learning: days until the next test"),
        "evidence_validity_months": _("Evidence of a skill: months it is valid"),
        "must_evidence_validity_months": _("Evidence required by law: months it is valid"),
        "review_notice_days": _("Module review: days of notice"),
        "review_grace_days": _("Module review: days of grace"),
        "publication_group_size": _("Smallest group in published figures"),
    }[name]


def month_name(month: date) -> str:
    """A month below a chart: 11月, Nov; January with its year."""
    if month.month == 1:
        return format_date(month, "yyyy年" if language() == "zh" else "yyyy")
    return format_date(month, "M月" if language() == "zh" else "MMM")
