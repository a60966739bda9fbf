"""Reads of a team: figures, people and gaps of everybody in the scope, from the summaries.

Every read is one statement whatever the number of people. Who looks is not part of the team: everybody below.
Building a statement costs more than running it, so those of the first screen are kept for who asks again."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Row, Select, String, and_, cast, false, func, or_, select, true
from sqlalchemy.orm import Session, aliased

from lms.domain.assignment import Progress
from lms.features.accounts.models import User
from lms.features.organizations.models import Organization
from lms.features.organizations.queries import below
from lms.features.reporting.models import PersonGap, PersonRequirement, PersonSummary
from lms.features.reporting.team_filter import Show, State, TeamFilter

Summary, Gap, Need = PersonSummary, PersonGap, PersonRequirement
MOST_KEPT = 1024  # statements of each kind
Model = type[PersonSummary] | type[PersonGap] | type[PersonRequirement]


@dataclass(frozen=True)
class Team:
    """Whom a page is about: everybody who works in these parts of the tree but the one who looks."""

    paths: tuple[str, ...]
    viewer_id: int
    today: date
    organization_path: str = ""  # a part of it only

    def holds(self, model: Model) -> ColumnElement[bool]:
        """Condition: a row of the summaries belongs to the team."""
        inside = select(Organization.id).where(below(Organization.path, self.paths))
        if self.organization_path:
            inside = inside.where(below(Organization.path, (self.organization_path,)))
        return and_(model.organization_id.in_(inside), model.user_id != self.viewer_id)


class HeadRow(NamedTuple):
    """An organisation with how many others stand below it."""

    organization_id: int
    path: str
    name_zh: str
    name_en: str
    below_count: int


class NextDue(NamedTuple):
    """The next day on which something open is due, and for how many people."""

    due_on: date
    people: int


class PersonLine(NamedTuple):
    """A person as a row of the team."""

    user_id: int
    display_name: str
    status: str
    role_id: int | None
    organization_id: int
    organization_zh: str
    organization_en: str
    path: str
    required_count: int
    completed_count: int
    required_periods: int
    periods_done: int
    next_due_on: date | None
    gap_count: int
    gap_levels: int
    legal_gap_count: int
    last_active_at: datetime | None

    @property
    def initial(self) -> str:
        return self.display_name[:1]

    @property
    def percent(self) -> int:
        """Required periods done, rounded down."""
        return self.periods_done * 100 // self.required_periods if self.required_periods else 100

    def days_late(self, today: date) -> int:
        """Since when the oldest open due date has passed; 0: nothing is late."""
        return max(0, (today - self.next_due_on).days) if self.next_due_on else 0


class HeatCell(NamedTuple):
    """A gap of one person in one skill."""

    user_id: int
    display_name: str
    role_id: int | None
    skill_id: int
    gap: int
    is_must: bool


_LINE = (
    Summary.user_id,
    User.display_name,
    User.status,
    Summary.role_id,
    Summary.organization_id,
    Organization.name_zh,
    Organization.name_en,
    Organization.path,
    Summary.required_count,
    Summary.completed_count,
    Summary.required_periods,
    Summary.periods_done,
    Summary.next_due_on,
    Summary.gap_count,
    Summary.gap_levels,
    Summary.legal_gap_count,
    Summary.last_active_at,
)


def next_due(team: Team) -> Select[str, int]:
    """The nearest due date from today on of something not completed, as text, and for how many people."""
    return (
        select(cast(Need.due_on, String), func.count(func.distinct(Need.user_id)))
        .where(Need.due_on >= team.today, Need.progress != Progress.COMPLETED, team.holds(Need))
        .group_by(Need.due_on)
        .order_by(Need.due_on)
        .limit(1)
    )


def list_heads(db: Session, team: Team, organization_id: int = 0) -> list[HeadRow]:
    """The organisations at the head of the team's parts of the tree, and the one asked for if it lies in them."""
    return [HeadRow(*row) for row in db.execute(_heads(team.paths, organization_id))]


@lru_cache(MOST_KEPT)
def _heads(paths: tuple[str, ...], organization_id: int) -> Select[Any]:
    node = aliased(Organization)
    under = select(func.count(node.id)).where(node.path.like(Organization.path + "%")).scalar_subquery()
    asked = and_(Organization.id == organization_id, below(Organization.path, paths))
    return (
        select(Organization.id, Organization.path, Organization.name_zh, Organization.name_en, under - 1)
        .where(or_(Organization.path.in_(paths), asked))
        .order_by(func.length(Organization.path), Organization.id)
    )


def list_lines(
    db: Session,
    team: Team,
    wanted: TeamFilter,
    *,
    roles: Collection[int] = (),
    limit: int | None = None,
    offset: int = 0,
) -> list[PersonLine]:
    """The people asked for, in the order asked for; `roles`: those whose name holds a word of the search."""
    return [_line(row) for row in db.execute(_lines(team, wanted, tuple(roles), limit, offset))]


@lru_cache(MOST_KEPT)
def _lines(
    team: Team, wanted: TeamFilter, roles: tuple[int, ...], limit: int | None, offset: int
) -> Select[*tuple[Any, ...]]:
    page = _chosen(Summary.user_id, team, wanted, roles).order_by(*_order(wanted)).limit(limit).offset(offset)
    if wanted.sort in ("name", "role"):
        page = page.join(User, User.id == Summary.user_id)
    ids = page.subquery()
    return (
        select(*_LINE)
        .join(ids, ids.c.user_id == Summary.user_id)
        .join(User, User.id == Summary.user_id)
        .join(Organization, Organization.id == Summary.organization_id)
        .order_by(*_order(wanted))
    )


def find_line(db: Session, user_id: int) -> PersonLine | None:
    """One person's row, without asking in whose team they are."""
    query = (
        select(*_LINE)
        .join(User, User.id == Summary.user_id)
        .join(Organization, Organization.id == Summary.organization_id)
        .where(Summary.user_id == user_id)
    )
    row = db.execute(query).first()
    return _line(row) if row else None


def _line(row: Row[*tuple[Any, ...]]) -> PersonLine:
    return PersonLine(*row)


def count_lines(db: Session, team: Team, wanted: TeamFilter, *, roles: Collection[int] = ()) -> int:
    """How many people that are."""
    return db.scalar(_chosen(func.count(), team, wanted, roles)) or 0


def list_heat(
    db: Session, team: Team, wanted: TeamFilter, *, roles: Collection[int], limit: int, offset: int = 0
) -> list[HeatCell]:
    """The gaps of the people who lack most, among those asked for, in one query."""
    return [HeatCell(*row) for row in db.execute(_heat(team, wanted, tuple(roles), limit, offset))]


@lru_cache(MOST_KEPT)
def _heat(team: Team, wanted: TeamFilter, roles: tuple[int, ...], limit: int, offset: int) -> Select[Any]:
    worst = (
        _chosen(Summary.user_id, team, wanted, roles)
        .add_columns(Summary.gap_levels, Summary.role_id)
        .where(Summary.gap_levels > 0)
        .order_by(Summary.gap_levels.desc(), Summary.user_id)
        .limit(limit)
        .offset(offset)
        .subquery()
    )
    return (
        select(worst.c.user_id, User.display_name, worst.c.role_id, Gap.skill_id, Gap.gap, Gap.is_must)
        .join(User, User.id == worst.c.user_id)
        .join(Gap, Gap.user_id == worst.c.user_id)
        .order_by(worst.c.gap_levels.desc(), worst.c.user_id, Gap.skill_id)
    )


def _chosen(column: Any, team: Team, wanted: TeamFilter, roles: Collection[int]) -> Select[Any]:
    """One column of the people whom the filters leave."""
    return (
        select(column)
        .select_from(Summary)
        .where(
            team.holds(Summary),
            _shown(team, wanted.show),
            _has_words(wanted.words, roles),
            Summary.role_id == wanted.number("role") if wanted.get("role") else true(),
            _lacks(wanted.number("skill")),
            _is_at(team, wanted),
            _is_due(wanted.due_on),
            Summary.organization_id == wanted.number("organization") if wanted.get("itself") else true(),
        )
    )


def _shown(team: Team, show: Show) -> ColumnElement[bool]:
    conditions: dict[Show, ColumnElement[bool]] = {
        Show.DIRECT: Summary.line_manager_id == team.viewer_id,
        Show.OVERDUE: Summary.next_due_on < team.today,
        Show.UNFINISHED: Summary.completed_count < Summary.required_count,
        Show.LEGAL: Summary.legal_gap_count > 0,
    }
    return conditions.get(show, true())


def _has_words(words: Iterable[str], roles: Collection[int]) -> ColumnElement[bool]:
    """Every word stands in the name; or all of them name one of these roles."""
    words = list(words)
    if not words:
        return true()
    named = select(User.id).where(*(User.display_name.icontains(word, autoescape=True) for word in words))
    return or_(Summary.user_id.in_(named), Summary.role_id.in_(roles) if roles else false())


def _lacks(skill_id: int) -> ColumnElement[bool]:
    if not skill_id:
        return true()
    return Summary.user_id.in_(select(Gap.user_id).where(Gap.skill_id == skill_id))


def _is_at(team: Team, wanted: TeamFilter) -> ColumnElement[bool]:
    """The people whom a number of the matrix counts."""
    if not wanted.number("module"):
        return true()
    query = select(Need.user_id).where(Need.module_id == wanted.number("module"), is_in(team, wanted.state))
    return Summary.user_id.in_(query)


def is_in(team: Team, state: State) -> ColumnElement[bool]:
    """Condition on a requirement: it is in this state today."""
    conditions: dict[State, ColumnElement[bool]] = {
        State.COMPLETED: Need.progress == Progress.COMPLETED,
        State.BEGUN: Need.progress == Progress.BEGUN,
        State.OPEN: Need.progress == Progress.OPEN,
        State.OVERDUE: and_(Need.progress != Progress.COMPLETED, Need.due_on < team.today),
    }
    return conditions.get(state, true())


def _is_due(due_on: date | None) -> ColumnElement[bool]:
    if due_on is None:
        return true()
    query = select(Need.user_id).where(Need.due_on == due_on, Need.progress != Progress.COMPLETED)
    return Summary.user_id.in_(query)


def _order(wanted: TeamFilter) -> list[Any]:
    """What to sort by; equal ones by number, so that no row shows on two pages."""
    keys: dict[str, list[Any]] = {
        "state": [Summary.next_due_on.is_(None), Summary.next_due_on],
        "name": [User.display_name],
        "role": [Summary.role_id.is_(None), Summary.role_id],
        "required": [Summary.required_periods - Summary.periods_done],
        "gap": [Summary.gap_levels],
        "active": [Summary.last_active_at.is_(None), Summary.last_active_at],
    }
    found = keys[wanted.sort]
    if wanted.is_descending:
        found = [*found[:-1], found[-1].desc()]
    return [*found, Summary.user_id]
