"""The fairness report in words: each group's figure beside everybody's, and how to read it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from sqlalchemy.orm import Session

from lms.domain.fairness import BANDS, Finding, Limits, Share, judge, ratio
from lms.domain.permissions import Actor
from lms.domain.rates import decimals
from lms.features.policies.queries import get_policy
from lms.features.recommendations.judging import Judgement, read_judgement
from lms.features.reporting.district_filter import DistrictFilter
from lms.features.reporting.district_numbers import Area, list_areas, narrow
from lms.features.reporting.fairness_numbers import Dimension, GroupFigures, read_groups
from lms.features.taxonomy.queries import industry_names, list_roles
from lms.web.localisation import pick
from lms.web.spreadsheets import Cell
from lms.web.text import gettext as _

FAIRNESS = "district.show_fairness"


@dataclass(frozen=True)
class Line:
    """A group beside everybody; figures of too few people are withheld."""

    dimension: str
    group: str
    people: int
    share: Share
    ratio: Fraction | None
    finding: Finding

    @property
    def is_shown(self) -> bool:
        return self.finding is not Finding.TOO_FEW

    @property
    def is_flagged(self) -> bool:
        return self.finding in (Finding.LOW, Finding.HIGH)


@dataclass(frozen=True)
class Measure:
    """One of the two figures: what it is, everybody's, and the groups'."""

    name: str
    meaning: str
    whole: Share
    people: int
    lines: list[Line]
    show: Callable[[Fraction], str]

    def value(self, share: Share) -> str:
        """The figure as it is printed."""
        return "–" if share.value is None else self.show(share.value)

    @property
    def flagged(self) -> int:
        return sum(line.is_flagged for line in self.lines)

    @property
    def in_order(self) -> list[Line]:
        """What is marked first, what is not judged last."""
        return sorted(self.lines, key=lambda line: (not line.is_flagged, not line.is_shown))


@dataclass(frozen=True)
class FairnessReport:
    """The page of one scope and window."""

    wanted: DistrictFilter
    areas: tuple[Area, ...]
    area: Area | None
    limits: Limits
    measures: list[Measure]
    judgement: Judgement | None  # of the learned weights, over the whole installation
    least_cards: int  # below which it says nothing

    @property
    def flagged(self) -> int:
        return sum(measure.flagged for measure in self.measures)

    @property
    def cards(self) -> int:
        """Third recommendations of which it is known with which chance they were shown."""
        return self.judgement.cards if self.judgement else 0

    @property
    def missing_cards(self) -> int:
        return max(0, self.least_cards - self.cards)

    @property
    def low(self) -> str:
        return two(Fraction(self.limits.low_percent, 100))

    @property
    def high(self) -> str:
        return two(Fraction(self.limits.high_percent, 100))

    def area_options(self) -> list[dict[str, Any]]:
        """The subdistricts as a menu."""
        return [
            {
                "label": pick(area, "name"),
                "url": self.wanted.url(FAIRNESS, area=str(area.organization_id)),
                "is_current": area == self.area,
            }
            for area in self.areas
        ]

    def rows(self) -> Iterator[Sequence[Cell]]:
        """All lines as an export writes them."""
        for measure in self.measures:
            for line in measure.in_order:
                shown = [measure.value(line.share), two(line.ratio)] if line.is_shown else ["", ""]
                yield [
                    measure.name,
                    line.dimension,
                    line.group,
                    line.people,
                    *shown,
                    finding_word(line, self),
                ]


def read_report(db: Session, actor: Actor, wanted: DistrictFilter, *, today: date) -> FairnessReport:
    """The figures in the actor's part of the tree, in four queries besides the policy."""
    whole = wanted.scope(actor)
    areas = list_areas(db, whole.paths)
    scope, area = narrow(whole, areas, wanted.area_id)
    groups = read_groups(db, scope)
    policy = get_policy(db, on=today)
    limits = Limits(policy.fairness_low_percent, policy.fairness_high_percent, policy.fairness_group_size)
    common: dict[str, Any] = {"limits": limits, "names": _group_names(db)}
    everybody = next(row for row in groups if row.dimension == Dimension.EVERYBODY)
    others = [row for row in groups if row.dimension != Dimension.EVERYBODY]
    exposure = Measure(
        name=_("Recommendations per person"),
        meaning=_(
            "Cards shown now to people with an open gap, per person: at equal need, groups are shown alike."
        ),
        whole=everybody.exposure,
        people=everybody.exposed,
        lines=[_line(row, row.exposed, row.exposure, everybody.exposure, **common) for row in others],
        show=two,
    )
    closure = Measure(
        name=_("Levels closed of those missing"),
        meaning=_("Levels that evidence of these days has closed, of those missing before them."),
        whole=everybody.closure,
        people=everybody.learners,
        lines=[_line(row, row.learners, row.closure, everybody.closure, **common) for row in others],
        show=lambda value: f"{two(100 * value)} %",
    )
    least = policy.weighting_least_cards
    return FairnessReport(wanted, areas, area, limits, [exposure, closure], read_judgement(db), least)


def _line(
    row: GroupFigures,
    people: int,
    share: Share,
    everybody: Share,
    *,
    limits: Limits,
    names: dict[tuple[str, str], str],
) -> Line:
    name = names.get((row.dimension, row.key), row.key)
    found = judge(share, everybody, people=people, limits=limits)
    return Line(dimension_word(row.dimension), name, people, share, ratio(share, everybody), found)


def _group_names(db: Session) -> dict[tuple[str, str], str]:
    """What each group is called, by dimension and key."""
    names = {(Dimension.ROLE, str(role.role_id)): pick(role, "name") for role in list_roles(db)}
    names |= {
        (Dimension.INDUSTRY, slug): pick({"zh": zh, "en": en})
        for slug, (zh, en) in industry_names(db).items()
    }
    names |= {(Dimension.LANGUAGE, "zh"): _("Chinese"), (Dimension.LANGUAGE, "en"): _("English")}
    starts = (1, *BANDS)
    for number, (first, after) in enumerate(zip(starts, (*BANDS, 0), strict=True)):
        span = _("%(first)s to %(last)s people", first=first, last=after - 1)
        names[Dimension.SIZE, str(number)] = span if after else _("%(first)s people and more", first=first)
    return {(str(dimension), key): name for (dimension, key), name in names.items()}


def dimension_word(dimension: str) -> str:
    """What people are grouped by."""
    return {
        Dimension.ROLE: _("Job role"),
        Dimension.INDUSTRY: _("Industry"),
        Dimension.LANGUAGE: _("Language"),
        Dimension.SIZE: _("Size of the enterprise"),
    }[Dimension(dimension)]


def finding_word(line: Line, report: FairnessReport) -> str:
    """How a line is to be read."""
    return {
        Finding.EVEN: _("In line with everybody"),
        Finding.LOW: _("Below %(limit)s of everybody’s figure", limit=report.low),
        Finding.HIGH: _("Above %(limit)s of everybody’s figure", limit=report.high),
        Finding.TOO_FEW: _("Too few people, fewer than %(n)s", n=report.limits.group_size),
        Finding.UNKNOWN: _("Nothing to compare"),
    }[line.finding]


def report_heads() -> list[str]:
    """The heads of the export."""
    return [
        _("Figure"),
        _("Grouped by"),
        _("Group"),
        _("Number of people"),
        _("Value"),
        _("Ratio to everybody"),
        _("Reading"),
    ]


def two(value: Fraction | None) -> str:
    """Two decimals, half up; a dash where nothing can be computed."""
    return "–" if value is None else decimals(value, 2)


def points(value: float) -> str:
    """A difference of two parts in percentage points, one decimal, with its sign unless that rounds to zero."""
    size = decimals(abs(Fraction(value)) * 100, 1)
    if size == "0.0":
        return size
    return f"{'−' if value < 0 else '+'}{size}"
