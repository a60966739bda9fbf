"""The team page: the finding, four figures that lead to their rows, the heat map, the people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from lms.domain.permissions import Actor, Hat
from lms.features.catalog.snapshot import Snapshot, read_snapshot
from lms.features.reporting.team_figures import Figures, SkillGapRow, read_figures
from lms.features.reporting.team_filter import Show, State, TeamFilter, team_paths
from lms.features.reporting.team_heat import Heat, draw_heat
from lms.features.reporting.team_person import PersonFacts, read_person
from lms.features.reporting.team_queries import (
    HeadRow,
    PersonLine,
    Team,
    count_lines,
    list_heads,
    list_heat,
    list_lines,
)
from lms.features.taxonomy.queries import SkillName
from lms.web.localisation import day, pick
from lms.web.pagination import Page, page_number, page_of
from lms.web.text import gettext as _
from lms.web.text import ngettext

PAGE_SIZE = 25
HEAT_PEOPLE, HEAT_SKILLS = 6, 8
PAGE = "team.show_team"
PHONE = {"name": "title", "state": "aside", "role": "sub", "required": "sub"}
SOON_DAYS = 7


@dataclass(frozen=True)
class TopGap:
    """A skill, how many people lack it, how many levels they lack together, for how many a rule asks it."""

    skill: SkillName
    people: int
    levels: int
    legal: int


@dataclass(frozen=True)
class Ground:
    """What every page of a team rests on."""

    team: Team
    actor: Actor
    wanted: TeamFilter
    heads: list[HeadRow]
    snapshot: Snapshot
    policy: Any
    today: date

    @property
    def organization(self) -> HeadRow | None:
        """The part of the team that was asked for."""
        asked = self.wanted.number("organization")
        return next((head for head in self.heads if head.organization_id == asked), None)

    @property
    def tops(self) -> list[HeadRow]:
        """The heads of the team's parts of the tree."""
        return [head for head in self.heads if head.path in self.team.paths]

    @property
    def name(self) -> str:
        """What the team is called: its organisation, or how many there are."""
        if self.organization:
            return pick(self.organization, "name")
        if len(self.tops) == 1:
            return pick(self.tops[0], "name")
        return ngettext("%(num)d organisation", "%(num)d organisations", len(self.tops))

    @property
    def below_count(self) -> int:
        """Organisations below the heads."""
        shown = [self.organization] if self.organization else self.tops
        return sum(head.below_count for head in shown)

    @property
    def can_assign(self) -> bool:
        """Whether the viewer manages all that is shown."""
        shown = [self.organization] if self.organization else self.tops
        return bool(shown) and all(self.actor.covers(head.path, Hat.MANAGER) for head in shown)

    def roles_named(self) -> list[int]:
        """Roles whose name holds every word of the search."""
        words = [word.casefold() for word in self.wanted.words]
        if not words:
            return []
        names = {r.role_id: f"{r.name_zh} {r.name_en}".casefold() for r in self.snapshot.roles.values()}
        return [role_id for role_id, name in names.items() if all(word in name for word in words)]


@dataclass(frozen=True)
class TeamPage:
    """Everything the team page shows."""

    ground: Ground
    figures: Figures
    lines: Page
    heat: Heat
    heat_role_id: int  # of which role the map is; 0: of all
    opened: PersonFacts | None

    @property
    def wanted(self) -> TeamFilter:
        return self.ground.wanted

    @property
    def top_gap(self) -> TopGap | None:
        """The skill that most levels are missing of."""
        found = top_gaps(self.figures.skill_gaps, self.ground.snapshot)
        return found[0] if found else None

    def role_name(self, role_id: int | None) -> str:
        role = self.ground.snapshot.roles.get(role_id or 0)
        return pick(role, "name") if role else _("no role yet")

    def chips(self) -> list[dict[str, Any]]:
        """The quick filters with how many people each shows."""
        words = {
            Show.DIRECT: _("Direct reports %(n)s", n=self.figures.direct),
            Show.ALL: _("Everyone below me %(n)s", n=self.figures.people),
            Show.OVERDUE: _("Overdue %(n)s", n=self.figures.overdue),
        }
        return [
            {
                "label": label,
                "url": self.wanted.url(PAGE, show="" if show is Show.ALL else str(show)),
                "is_active": self.wanted.show is show,
            }
            for show, label in words.items()
        ]

    def extra_chips(self) -> list[dict[str, str]]:
        """What else narrows the list, each with the address without it."""
        return [
            {"label": label, "url": self.wanted.url(PAGE, **dict.fromkeys(names, ""))}
            for label, names in _narrowings(self.ground)
        ]

    def columns(self) -> list[dict[str, Any]]:
        """The heads of the table, each with the address that sorts by it; a second click turns the order round."""
        words = {"name": _("Name"), **column_words()}
        return [self._column(name, words[name]) for name in ("name", *self.wanted.columns)]

    def _column(self, name: str, label: str) -> dict[str, Any]:
        wanted, numeric = self.wanted, name in ("gap", "active")
        is_sorted = wanted.sort == name
        goes_down = not wanted.is_descending if is_sorted else name in ("gap", "required")
        url = wanted.url(PAGE, sort=name, order="desc" if goes_down else "")
        found = {"key": name, "label": label, "numeric": numeric, "phone": PHONE.get(name, "hide")}
        if name != "department":
            found["sort_url"] = url
        if is_sorted:
            found["sort"] = "descending" if wanted.is_descending else "ascending"
        return found

    def sentence(self) -> str:
        """What to look at first."""
        figures, today = self.figures, self.ground.today
        if figures.overdue and figures.oldest_due_on:
            return ngettext(
                "%(num)d person is overdue, for %(days)d days. Look there first.",
                "%(num)d people are overdue, the longest for %(days)d days. Look there first.",
                figures.overdue,
                days=(today - figures.oldest_due_on).days,
            )
        if figures.next_due:
            return ngettext(
                "Nobody is overdue. Next due: %(day)s, %(num)d person.",
                "Nobody is overdue. Next due: %(day)s, %(num)d people.",
                figures.next_due.people,
                day=day(figures.next_due.due_on),
            )
        return _("Nobody is overdue, and nothing is due.")


def read_ground(db: Session, actor: Actor, wanted: TeamFilter, *, today: date) -> Ground | None:
    """Team, scope and curriculum, in two queries; None for a part of the tree that is not the actor's."""
    paths = team_paths(actor)
    asked = wanted.number("organization")
    team = Team(paths, actor.user_id, today)
    heads = list_heads(db, team, asked)
    chosen = next((head for head in heads if head.organization_id == asked), None)
    if asked and chosen is None:
        return None
    if chosen:
        team = Team(paths, actor.user_id, today, chosen.path)
    snapshot, policy = read_snapshot(db, today=today)
    within = [c for c in snapshot.private if any((c.visible_path or "-").startswith(p) for p in paths)]
    above = [c for c in snapshot.private if any(p.startswith(c.visible_path or "-") for p in paths)]
    return Ground(team, actor, wanted, heads, snapshot.with_cards([*within, *above]), policy, today)


def read_team_page(db: Session, ground: Ground) -> TeamPage:
    """The page's facts: five queries, six with a search, four more with a row open."""
    wanted, roles = ground.wanted, ground.roles_named()
    figures = read_figures(db, ground.team)
    role_id = _heat_role(wanted, figures)
    heat = list_heat(db, ground.team, wanted.of_role(role_id), roles=roles, limit=HEAT_PEOPLE)
    lines = page_of(
        lambda skip: list_lines(db, ground.team, wanted, roles=roles, limit=PAGE_SIZE, offset=skip),
        number=page_number(wanted.get("page")),
        size=PAGE_SIZE,
        total=figures.of(wanted.show)
        if wanted.is_plain
        else count_lines(db, ground.team, wanted, roles=roles),
        url=lambda n: wanted.url(PAGE, page=str(n)),
    )
    return TeamPage(
        ground=ground,
        figures=figures,
        lines=lines,
        heat=draw_heat(heat, ground.snapshot, columns=HEAT_SKILLS),
        heat_role_id=role_id,
        opened=_opened(db, ground, lines.rows),
    )


def _heat_role(wanted: TeamFilter, figures: Figures) -> int:
    """The role of which the map is: the one asked for; of the whole team the one with most people with gaps,
    because people in one role lack the same skills."""
    if wanted.number("role") or not wanted.is_plain or wanted.show is not Show.ALL:
        return wanted.number("role")
    with_gap = {role_id: n for role_id, (_people, n) in figures.roles.items() if n > 1}
    return min(with_gap, key=lambda role_id: (-with_gap[role_id], role_id), default=0)


def top_gaps(rows: list[SkillGapRow], snapshot: Snapshot) -> list[TopGap]:
    """Skills by missing levels, the most first; several levels asked for are one skill."""
    found: dict[int, TopGap] = {}
    for row in rows:
        known = found.get(row.skill_id)
        people, levels, legal = (known.people, known.levels, known.legal) if known else (0, 0, 0)
        found[row.skill_id] = TopGap(
            snapshot.skills[row.skill_id], people + row.people, levels + row.levels, legal + row.legal
        )
    return sorted(found.values(), key=lambda gap: (-gap.levels, gap.skill.skill_id))


def _opened(db: Session, ground: Ground, rows: Any) -> PersonFacts | None:
    line: PersonLine | None = next((row for row in rows if row.user_id == ground.wanted.number("open")), None)
    return read_person(db, line, ground.snapshot, ground.policy, today=ground.today) if line else None


def _narrowings(ground: Ground) -> list[tuple[str, tuple[str, ...]]]:
    wanted, snapshot = ground.wanted, ground.snapshot
    found: list[tuple[str, tuple[str, ...]]] = []
    if wanted.show in (Show.UNFINISHED, Show.LEGAL):
        words = {Show.UNFINISHED: _("Required learning open"), Show.LEGAL: _("Legal gap")}
        found.append((words[wanted.show], ("show",)))
    if ground.organization:
        found.append((pick(ground.organization, "name"), ("organization",)))
    card = snapshot.cards.get(wanted.number("module"))
    if card:
        found.append((f"{pick(card, 'title')} · {state_word(wanted.state)}", ("module", "state")))
    skill = snapshot.skills.get(wanted.number("skill"))
    if skill:
        found.append((_("Gap in %(skill)s", skill=pick(skill, "name")), ("skill",)))
    role = snapshot.roles.get(wanted.number("role"))
    if role:
        found.append((pick(role, "name"), ("role",)))
    if wanted.due_on:
        found.append((_("Due on %(day)s", day=day(wanted.due_on)), ("due",)))
    return found


def state_word(state: State) -> str:
    """How far people are in a module."""
    return {
        State.REQUIRED: _("required"),
        State.COMPLETED: _("completed"),
        State.BEGUN: _("begun"),
        State.OPEN: _("not begun"),
        State.OVERDUE: _("overdue"),
    }[state]


def column_words() -> dict[str, str]:
    """Names of the columns that may be shown."""
    return {
        "role": _("Role"),
        "department": _("Department"),
        "required": _("Required"),
        "gap": _("Gap"),
        "active": _("Last active"),
        "state": _("Situation"),
    }


def is_soon(due_on: date, today: date) -> bool:
    """Whether a day lies within the next seven."""
    return 0 <= (due_on - today).days <= SOON_DAYS
