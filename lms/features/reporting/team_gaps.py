"""The page of gaps: who lacks what, and which modules close the most with how many periods."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from lms.features.catalog.queries import ModuleCard
from lms.features.catalog.snapshot import Snapshot
from lms.features.reporting.team_figures import Figures, SkillGapRow, list_role_gaps, read_figures
from lms.features.reporting.team_heat import Heat, draw_heat
from lms.features.reporting.team_pages import Ground, TopGap, top_gaps
from lms.features.reporting.team_queries import list_heat
from lms.web.localisation import pick
from lms.web.pagination import Page, page_number, page_of
from lms.web.text import gettext as _

PAGE = "team.show_gaps"
PAGE_SIZE = 25
COLUMNS = 12
SHOWN_GAPS = 10
SHOWN_MODULES = 2


@dataclass(frozen=True)
class Closer:
    """A module that teaches the skill up to `level`: for how many of those who lack it that is enough."""

    card: ModuleCard
    level: int
    closes: int


@dataclass(frozen=True)
class ClosableGap:
    """A gap of the team with the modules that close it for most people, the shortest first among equals."""

    gap: TopGap
    closers: list[Closer]


@dataclass(frozen=True)
class GapsPage:
    """Everything the page shows."""

    ground: Ground
    figures: Figures
    gaps: list[ClosableGap]
    heat: Heat
    lines: Page

    def role_options(self) -> list[dict[str, Any]]:
        """The roles in the team with how many people in each have a gap."""
        wanted, roles = self.ground.wanted, self.ground.snapshot.roles
        everybody = {
            "label": _("All roles"),
            "url": wanted.url(PAGE, role=""),
            "is_current": not wanted.get("role"),
        }
        return [
            everybody,
            *(
                {
                    "label": pick(roles[role_id], "name"),
                    "url": wanted.url(PAGE, role=str(role_id)),
                    "is_current": wanted.number("role") == role_id,
                    "count": with_gap,
                }
                for role_id, (_people, with_gap) in sorted(self.figures.roles.items(), key=lambda r: -r[1][1])
                if role_id in roles
            ),
        ]

    @property
    def role_name(self) -> str:
        role = self.ground.snapshot.roles.get(self.ground.wanted.number("role"))
        return pick(role, "name") if role else ""


def read_gaps_page(db: Session, ground: Ground) -> GapsPage:
    """The page's facts, in four queries."""
    figures = read_figures(db, ground.team)
    role_id = ground.wanted.number("role")
    total = sum(with_gap for _people, with_gap in figures.roles.values())
    if role_id:
        total = figures.roles.get(role_id, (0, 0))[1]
    lines = page_of(
        lambda skip: list_heat(db, ground.team, ground.wanted, roles=(), limit=PAGE_SIZE, offset=skip),
        number=page_number(ground.wanted.get("page")),
        size=PAGE_SIZE,
        total=total,
        url=lambda n: ground.wanted.url(PAGE, page=str(n)),
    )
    heat = draw_heat(lines.rows, ground.snapshot, columns=COLUMNS, role_id=role_id)
    return GapsPage(ground, figures, closable_gaps(db, ground, figures), heat, _counted(lines, heat))


def closable_gaps(
    db: Session, ground: Ground, figures: Figures, *, limit: int = SHOWN_GAPS
) -> list[ClosableGap]:
    """The largest gaps of the team, or of one role in it, with the modules that close them."""
    role_id = ground.wanted.number("role")
    rows = list_role_gaps(db, ground.team, role_id) if role_id else figures.skill_gaps
    by_skill: dict[int, list[SkillGapRow]] = defaultdict(list)
    for row in rows:
        by_skill[row.skill_id].append(row)
    gaps = top_gaps(rows, ground.snapshot)[:limit]
    return [ClosableGap(gap, _closers(by_skill[gap.skill.skill_id], ground.snapshot)) for gap in gaps]


def _closers(rows: Sequence[SkillGapRow], snapshot: Snapshot) -> list[Closer]:
    skill_id = rows[0].skill_id
    found = []
    for card in snapshot.cards.values():
        levels = [t.level for t in snapshot.taught.get(card.version_id, ()) if t.skill_id == skill_id]
        closes = sum(row.people for row in rows if levels and row.required <= max(levels))
        if closes:
            found.append(Closer(card, max(levels), closes))
    found.sort(key=lambda c: (not c.card.is_complete, -c.closes, c.card.periods, c.card.slug))
    return found[:SHOWN_MODULES]


def _counted(page: Page, heat: Heat) -> Page:
    """The page in people: its rows are cells, several of one person."""
    last = page.first + len(heat.lines) - 1 if heat.lines else 0
    return Page(heat.lines, page.first, last, page.total, page.previous_url, page.next_url, page.links)
