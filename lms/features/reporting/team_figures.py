"""The team in numbers: read from the counts of the tree, never by counting people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import CompoundSelect, Row, bindparam, func, literal, select, union_all
from sqlalchemy.orm import Session

from lms.features.organizations.models import Organization
from lms.features.reporting import counts
from lms.features.reporting.models import PersonGap, PersonSummary, TeamCount
from lms.features.reporting.team_filter import Show
from lms.features.reporting.team_queries import MOST_KEPT, NextDue, Team, next_due

DIRECT, NEXT_DUE = "direct", "next-due"


class SkillGapRow(NamedTuple):
    """A skill with how many people lack how much of it, by the level their roles ask for."""

    skill_id: int
    required: int
    people: int
    levels: int
    legal: int


@dataclass(frozen=True)
class Figures:
    """Numbers of people; those of the whole scope without the one who looks."""

    counts: counts.Counts
    today: date

    @property
    def people(self) -> int:
        return self._people(counts.PEOPLE)

    @property
    def direct(self) -> int:
        return self._people(DIRECT)

    @property
    def unfinished(self) -> int:
        return self._people(counts.UNFINISHED)

    @property
    def with_required(self) -> int:
        return self._people(counts.REQUIRED)

    @property
    def legal(self) -> int:
        return self._people(counts.LEGAL)

    @property
    def legal_gaps(self) -> int:
        """Skills, over all people."""
        return self.counts[counts.LEGAL, "", "amount"]

    @property
    def overdue(self) -> int:
        return sum(n for due_on, n in self._late())

    @property
    def oldest_due_on(self) -> date | None:
        """The earliest due date that has passed."""
        return min((due_on for due_on, _ in self._late()), default=None)

    @property
    def next_due(self) -> NextDue | None:
        """The next day on which something open is due."""
        found = self._keys(NEXT_DUE)
        return next((NextDue(date.fromisoformat(key), n) for key, n in found.items()), None)

    @property
    def roles(self) -> dict[int, tuple[int, int]]:
        """Role → people in it, and those of them with a gap."""
        places = self._keys(counts.ROLE)
        return {int(key): (n, self.counts[counts.ROLE, key, "amount"]) for key, n in places.items() if n > 0}

    @property
    def skill_gaps(self) -> list[SkillGapRow]:
        """Gaps by skill and level asked for."""
        rows = []
        for key, people in self._keys(counts.GAP).items():
            skill_id, required = (int(part) for part in key.split(":"))
            levels, legal = self.counts[counts.GAP, key, "amount"], self.counts[counts.LAW, key, "people"]
            rows.append(SkillGapRow(skill_id, required, people, levels, legal))
        return [row for row in rows if row.people > 0]

    def of(self, show: Show) -> int:
        """How many people a quick filter shows."""
        return {
            Show.ALL: self.people,
            Show.DIRECT: self.direct,
            Show.OVERDUE: self.overdue,
            Show.UNFINISHED: self.unfinished,
            Show.LEGAL: self.legal,
        }[show]

    def _people(self, kind: str) -> int:
        return self.counts[kind, "", "people"]

    def _keys(self, kind: str) -> dict[str, int]:
        return {key: n for (k, key, what), n in self.counts.items() if k == kind and what == "people"}

    def _late(self) -> list[tuple[date, int]]:
        days = ((date.fromisoformat(key), n) for key, n in self._keys(counts.DUE).items())
        return [(due_on, n) for due_on, n in days if due_on < self.today and n > 0]


def read_figures(db: Session, team: Team) -> Figures:
    """The team in numbers, in two queries: the counts of its part of the tree, less what the viewer adds."""
    heads = (team.organization_path,) if team.organization_path else team.paths
    found: counts.Counts = Counter()
    rows: Iterable[Row[*tuple[Any, ...]]] = db.execute(_numbers(team, heads))
    for row in rows:
        found[row[0], row[1], "people"] += row[2]
        found[row[0], row[1], "amount"] += row[3]
    found.subtract(_own(db, team, heads))
    return Figures(found, team.today)


@lru_cache(MOST_KEPT)
def _numbers(team: Team, heads: tuple[str, ...]) -> CompoundSelect[Any]:
    kept = (
        select(TeamCount.kind, TeamCount.key, TeamCount.people, TeamCount.amount)
        .join(Organization, Organization.id == TeamCount.organization_id)
        .where(Organization.path.in_(heads))
    )
    direct = select(literal(DIRECT), literal(""), func.count(), literal(0)).where(
        PersonSummary.line_manager_id == team.viewer_id, team.holds(PersonSummary)
    )
    coming = next_due(team).subquery()
    following = select(literal(NEXT_DUE), *coming.c, literal(0))
    return union_all(kept, direct, following)


_SUMMARY, _GAP = PersonSummary.__table__, PersonGap.__table__
_OWN = (
    select(_SUMMARY, _GAP.c.skill_id, _GAP.c.required, _GAP.c.gap, _GAP.c.is_must, Organization.path)
    .join(Organization, Organization.id == _SUMMARY.c.organization_id)
    .outerjoin(_GAP, _GAP.c.user_id == _SUMMARY.c.user_id)
    .where(_SUMMARY.c.user_id == bindparam("viewer_id"))
)


def _own(db: Session, team: Team, heads: Iterable[str]) -> counts.Counts:
    """What the viewer adds, who may work in the part of the tree that is shown."""
    rows = [dict(row) for row in db.execute(_OWN, {"viewer_id": team.viewer_id}).mappings()]
    if not rows or not any(rows[0]["path"].startswith(head) for head in heads):
        return Counter()
    return counts.contributions(rows[0], [row for row in rows if row["skill_id"] is not None])


def list_role_gaps(db: Session, team: Team, role_id: int) -> list[SkillGapRow]:
    """Gaps by skill and level asked for, of the people in one role."""
    gap, people = PersonGap, select(PersonSummary.user_id).where(PersonSummary.role_id == role_id)
    query = (
        select(
            gap.skill_id,
            gap.required,
            func.count(),
            func.coalesce(func.sum(gap.gap), 0),
            func.count().filter(gap.is_must),
        )
        .where(team.holds(gap), gap.user_id.in_(people.where(team.holds(PersonSummary))))
        .group_by(gap.skill_id, gap.required)
    )
    return [SkillGapRow(*row) for row in db.execute(query)]
