"""The heat map people × skills: how many levels each person lacks in each skill; every cell prints its figure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from lms.features.catalog.snapshot import Snapshot
from lms.features.reporting.team_queries import HeatCell
from lms.features.taxonomy.queries import SkillName

DEEPEST = 3  # shades; the figure tells more


@dataclass(frozen=True)
class HeatPoint:
    """One person in one skill: levels that are missing, 0 when met, None when the role does not ask for it."""

    gap: int | None
    is_must: bool = False

    @property
    def shade(self) -> int:
        return min(self.gap or 0, DEEPEST)


@dataclass(frozen=True)
class HeatLine:
    """One person's row."""

    user_id: int
    display_name: str
    role_id: int | None
    points: list[HeatPoint]
    levels: int  # over all skills, also those without a column


@dataclass(frozen=True)
class Heat:
    """The map; skills stand in the order of what is missing."""

    skills: list[SkillName]
    lines: list[HeatLine]


def draw_heat(cells: Sequence[HeatCell], snapshot: Snapshot, *, columns: int, role_id: int = 0) -> Heat:
    """The map of the people in `cells`; of one role all its skills, else those that most is missing of."""
    lacking: Counter[int] = Counter()
    for cell in cells:
        lacking[cell.skill_id] += cell.gap
    if role_id:
        chosen = [need.skill_id for need in snapshot.requirements.get(role_id, ())]
    else:
        chosen = sorted(lacking, key=lambda skill_id: (-lacking[skill_id], skill_id))[:columns]
    people: dict[int, list[HeatCell]] = {}
    for cell in cells:
        people.setdefault(cell.user_id, []).append(cell)
    lines = [_line(rows, chosen, snapshot) for rows in people.values()]
    return Heat([snapshot.skills[skill_id] for skill_id in chosen], lines)


def _line(rows: list[HeatCell], chosen: list[int], snapshot: Snapshot) -> HeatLine:
    gaps = {row.skill_id: row for row in rows}
    first = rows[0]
    asked = {need.skill_id for need in snapshot.requirements.get(first.role_id or 0, ())}
    points = [
        HeatPoint(gaps[i].gap, gaps[i].is_must) if i in gaps else HeatPoint(0 if i in asked else None)
        for i in chosen
    ]
    return HeatLine(first.user_id, first.display_name, first.role_id, points, sum(row.gap for row in rows))
