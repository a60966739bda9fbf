"""Exposure and gap closure by group: one aggregating query over the people of a scope (REQ-020)."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import (
    CTE,
    ColumnElement,
    Select,
    String,
    Subquery,
    case,
    cast,
    func,
    literal,
    select,
    union_all,
)
from sqlalchemy.orm import Session, aliased

from lms.domain.fairness import BANDS, Share
from lms.features.accounts.models import User
from lms.features.organizations.models import Employment, Organization
from lms.features.recommendations.models import Recommendation
from lms.features.reporting.district_sets import MATERIALIZED, Scope, people_set
from lms.features.skills.models import Evidence
from lms.features.taxonomy.models import JobRole, RoleRequirement


class Dimension(StrEnum):
    """By what people are grouped; sex and age are not held for this."""

    EVERYBODY = "everybody"
    ROLE = "role"
    INDUSTRY = "industry"
    LANGUAGE = "language"
    SIZE = "size"


class GroupFigures(NamedTuple):
    """One group: people with an open gap and their recommendations; people with levels missing, and those closed."""

    dimension: str
    key: str
    exposed: int
    cards: int
    learners: int
    closed: int
    missing: int

    @property
    def exposure(self) -> Share:
        """Recommendations per person with an open gap."""
        return Share(self.cards, self.exposed)

    @property
    def closure(self) -> Share:
        """Levels closed within the window of those missing at its start."""
        return Share(self.closed, self.missing)


def read_groups(db: Session, scope: Scope) -> list[GroupFigures]:
    """The figures of every group in the scope, everybody first.

    Counts who has a job role and has not switched recommendations off: others are recommended nothing by rule.
    Levels are those of the evidence; that it ages is left out, so that nobody seems to lose what they closed."""
    people = _standings(scope)
    keys: dict[Dimension, ColumnElement[Any]] = {
        Dimension.EVERYBODY: literal(""),
        Dimension.ROLE: cast(people.c.role_id, String),
        Dimension.INDUSTRY: people.c.industry,
        Dimension.LANGUAGE: people.c.language,
        Dimension.SIZE: cast(people.c.size, String),
    }
    parts = [_group(people, dimension, key) for dimension, key in keys.items()]
    rows = [GroupFigures(row[0], row[1], *map(int, row[2:])) for row in db.execute(union_all(*parts))]
    order = {str(dimension): n for n, dimension in enumerate(Dimension)}
    return sorted(rows, key=lambda row: (order[row.dimension], row.key.zfill(9)))


def _group(people: CTE, dimension: Dimension, key: ColumnElement[Any]) -> Select[Any]:
    has_gap, had_gap = people.c.open > 0, people.c.missing > 0
    label = key.label("key")
    query = select(
        literal(str(dimension)).label("dimension"),
        label,
        func.coalesce(func.sum(case((has_gap, 1), else_=0)), 0),
        func.coalesce(func.sum(case((has_gap, people.c.cards), else_=0)), 0),
        func.coalesce(func.sum(case((had_gap, 1), else_=0)), 0),
        func.coalesce(func.sum(people.c.missing - people.c.open), 0),
        func.coalesce(func.sum(people.c.missing), 0),
    )
    return query if dimension is Dimension.EVERYBODY else query.where(key.is_not(None)).group_by(label)


def _standings(scope: Scope) -> CTE:
    """A row per person: the groups, the cards now, levels missing at the window's start and still open at its end."""
    people = people_set(scope)
    levels, cards, sizes = _levels(scope, people), _cards(), _sizes()
    firm = aliased(Organization)
    before, after = (func.coalesce(level, 0) for level in (levels.c.before, levels.c.after))
    asked = RoleRequirement.level
    return (
        select(
            User.id.label("user_id"),
            User.role_id,
            func.coalesce(firm.industry, JobRole.industry).label("industry"),
            User.language,
            _band(sizes.c.people).label("size"),
            func.coalesce(cards.c.cards, 0).label("cards"),
            func.sum(case((asked > before, asked - before), else_=0)).label("missing"),
            func.sum(case((asked > after, asked - after), else_=0)).label("open"),
        )
        .join(people, people.c.user_id == User.id)
        .join(JobRole, JobRole.id == User.role_id)
        .join(RoleRequirement, RoleRequirement.role_id == User.role_id)
        .outerjoin(levels, (levels.c.learner_id == User.id) & (levels.c.skill_id == RoleRequirement.skill_id))
        .outerjoin(cards, cards.c.learner_id == User.id)
        .outerjoin(firm, firm.id == people.c.enterprise_id)
        .outerjoin(sizes, sizes.c.enterprise_id == people.c.enterprise_id)
        .where(User.is_personalised)
        .group_by(
            User.id,
            User.role_id,
            firm.industry,
            JobRole.industry,
            User.language,
            sizes.c.people,
            cards.c.cards,
        )
        .cte("standings")
        .prefix_with(MATERIALIZED)
    )


def _levels(scope: Scope, people: CTE) -> Subquery:
    """The highest level of each person's evidence before the window began and before it ended."""
    is_before, is_after = Evidence.obtained_at < scope.start, Evidence.obtained_at < scope.after
    return (
        select(
            Evidence.learner_id,
            Evidence.skill_id,
            func.max(case((is_before, Evidence.level), else_=0)).label("before"),
            func.max(case((is_after, Evidence.level), else_=0)).label("after"),
        )
        .join(people, people.c.user_id == Evidence.learner_id)
        .group_by(Evidence.learner_id, Evidence.skill_id)
        .subquery("levels")
    )


def _cards() -> Subquery:
    return (
        select(Recommendation.learner_id, func.count(Recommendation.module_id).label("cards"))
        .group_by(Recommendation.learner_id)
        .subquery("cards")
    )


def _sizes() -> Subquery:
    """How many people work at each enterprise now."""
    return (
        select(Employment.enterprise_id, func.count(Employment.id).label("people"))
        .where(Employment.ended_on.is_(None), Employment.enterprise_id.is_not(None))
        .group_by(Employment.enterprise_id)
        .subquery("sizes")
    )


def _band(people: ColumnElement[int]) -> ColumnElement[int]:
    """The number of the band of size, NULL for who works at no enterprise; `lms.domain.fairness.size_band` in SQL."""
    steps = [(people < least, literal(n)) for n, least in enumerate(BANDS)]
    return case(*steps, (people >= BANDS[-1], literal(len(BANDS))))
