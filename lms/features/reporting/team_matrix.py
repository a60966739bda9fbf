"""The matrix department × module: of the people who must take it, how many have completed it, begun it, are late.

A department stands for itself and everything below it; people who work directly at the head have a row of their
own. Every number leads to its people."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import Row, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from lms.domain.assignment import Progress
from lms.features.catalog.queries import ModuleCard
from lms.features.organizations.models import Organization
from lms.features.organizations.queries import below
from lms.features.reporting.models import PersonRequirement
from lms.features.reporting.team_filter import State
from lms.features.reporting.team_pages import Ground
from lms.features.reporting.team_queries import Team, is_in
from lms.web.localisation import pick
from lms.web.pagination import Page, page_number, paginate
from lms.web.text import gettext as _

PAGE, ROWS = "team.show_modules", "team.show_team"
PAGE_SIZE = 25
PARTS = 6  # departments side by side
Need = PersonRequirement


class Tally(NamedTuple):
    """People who must take a module, and how far they are."""

    required: int = 0
    completed: int = 0
    begun: int = 0
    overdue: int = 0

    def plus(self, other: Tally) -> Tally:
        return Tally(*(a + b for a, b in zip(self, other, strict=True)))

    @property
    def percent(self) -> int:
        return self.completed * 100 // self.required if self.required else 0


class PartRow(NamedTuple):
    """A row of the matrix: a department with all below it, or the head itself."""

    organization_id: int
    name_zh: str
    name_en: str
    is_head: bool


@dataclass(frozen=True)
class MatrixLine:
    """One module with its tallies by department, in the order of the departments."""

    card: ModuleCard
    whole: Tally
    tallies: list[Tally]


@dataclass(frozen=True)
class MatrixPage:
    """Everything the page shows; a line is a module, a column a department."""

    ground: Ground
    parts: Page
    lines: Page

    def rows_url(self, state: State, card: ModuleCard, part: PartRow | None = None) -> str:
        """Where the people of a number are."""
        own = self.ground.organization
        organization_id = part.organization_id if part else own.organization_id if own else 0
        return self.ground.wanted.url(
            ROWS,
            module=str(card.module_id),
            state="" if state is State.REQUIRED else str(state),
            organization=str(organization_id or ""),
            itself="1" if part and part.is_head else "",
            parts="",
        )

    def part_url(self, part: PartRow) -> str:
        """The matrix of the department."""
        return self.ground.wanted.url(PAGE, organization=str(part.organization_id), parts="")


def part_name(part: PartRow) -> str:
    """A department's name; the head's people are those who work in none of its departments."""
    return _("%(name)s itself", name=pick(part, "name")) if part.is_head else pick(part, "name")


def read_matrix(db: Session, ground: Ground, *, is_whole: bool = False) -> MatrixPage:
    """The matrix, in two queries; `is_whole`: everything on one page, for a file."""
    tallies = _tallies(db, ground)
    seen = {part for by_part in tallies.values() for part in by_part}
    parts = [part for part in _parts(db, ground) if not part.is_head or part.organization_id in seen]
    columns = paginate(
        parts,
        number=page_number(ground.wanted.get("parts")),
        size=max(len(parts), 1) if is_whole else PARTS,
        url=lambda n: ground.wanted.here(PAGE, parts=str(n)),
    )
    known = [(ground.snapshot.cards[i], row) for i, row in tallies.items() if i in ground.snapshot.cards]
    lines = [_line(card, by_part, columns.rows) for card, by_part in known]
    lines.sort(key=lambda line: (-line.whole.required, line.card.slug))
    page = paginate(
        lines,
        number=page_number(ground.wanted.get("page")),
        size=max(len(lines), 1) if is_whole else PAGE_SIZE,
        url=lambda n: ground.wanted.url(PAGE, page=str(n)),
    )
    return MatrixPage(ground, columns, page)


def _line(card: ModuleCard, by_part: dict[int, Tally], parts: Sequence[PartRow]) -> MatrixLine:
    whole = Tally()
    for tally in by_part.values():
        whole = whole.plus(tally)
    return MatrixLine(card, whole, [by_part.get(part.organization_id, Tally()) for part in parts])


def _heads(ground: Ground) -> list[int]:
    shown = [ground.organization] if ground.organization else ground.tops
    return [head.organization_id for head in shown]


def _parts(db: Session, ground: Ground) -> list[PartRow]:
    """The heads and what stands directly below them."""
    heads = _heads(ground)
    is_head = Organization.id.in_(heads)
    query = (
        select(Organization.id, Organization.name_zh, Organization.name_en, is_head)
        .where(or_(is_head, Organization.parent_id.in_(heads)))
        .order_by(is_head, Organization.name_zh, Organization.id)
    )
    return [PartRow(row[0], row[1], row[2], bool(row[3])) for row in db.execute(query)]


def _tallies(db: Session, ground: Ground) -> dict[int, dict[int, Tally]]:
    """Module → head or department directly below → tally: grouped by the database, however many people."""
    team, heads, place = ground.team, _heads(ground), _places(ground)
    query = (
        select(
            Need.module_id,
            place.c.part_id,
            func.count(),
            func.count().filter(Need.progress == Progress.COMPLETED),
            func.count().filter(Need.progress == Progress.BEGUN),
            func.count().filter(is_in(team, State.OVERDUE)),
        )
        .join(place, place.c.organization_id == Need.organization_id)
        .where(_is_team(team))
        .group_by(Need.module_id, place.c.part_id)
    )
    found: dict[int, dict[int, Tally]] = {}
    rows: Iterable[Row[*tuple[Any, ...]]] = db.execute(query) if heads else ()
    for row in rows:
        found.setdefault(row[0], {})[row[1]] = Tally(*row[2:])
    return found


def _places(ground: Ground) -> Any:
    """Organisation → the head it is, or the department directly below a head in which it stands."""
    node, part = aliased(Organization), aliased(Organization)
    heads = _heads(ground)
    below_part = and_(part.parent_id.in_(heads), node.path.like(part.path + "%"))
    is_part = or_(and_(part.id.in_(heads), node.id == part.id), below_part)
    return (
        select(node.id.label("organization_id"), func.max(part.id).label("part_id"))
        .join(part, is_part)
        .where(below(node.path, ground.team.paths))
        .group_by(node.id)
        .subquery()
    )


def _is_team(team: Team) -> Any:
    return Need.user_id != team.viewer_id
