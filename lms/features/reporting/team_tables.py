"""The team's tables as files: exactly what is shown, all pages of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from sqlalchemy.orm import Session

from lms.features.reporting.team_figures import read_figures
from lms.features.reporting.team_gaps import closable_gaps
from lms.features.reporting.team_matrix import MatrixPage, part_name
from lms.features.reporting.team_pages import Ground, column_words
from lms.features.reporting.team_queries import HeatCell, PersonLine, list_heat, list_lines
from lms.ports.clock import local_date
from lms.web.localisation import pick
from lms.web.spreadsheets import Cell
from lms.web.text import gettext as _

Table = tuple[list[str], list[list[Cell]]]
EVERYBODY = 1_000_000


def team_table(db: Session, ground: Ground) -> Table:
    """The people that the filters leave, in their order, with the columns that are shown."""
    words = column_words()
    heads = [_("Name")]
    for name in ground.wanted.columns:
        heads += _required_heads() if name == "required" else [words[name]]
    if "state" in ground.wanted.columns:
        heads.append(_("Days overdue"))
    lines = list_lines(db, ground.team, ground.wanted, roles=ground.roles_named())
    return heads, [_team_row(ground, line) for line in lines]


def _required_heads() -> list[str]:
    return [_("Required modules"), _("Completed"), _("Required periods"), _("Periods done")]


def _team_row(ground: Ground, line: PersonLine) -> list[Cell]:
    role = ground.snapshot.roles.get(line.role_id or 0)
    cells: dict[str, list[Cell]] = {
        "role": [pick(role, "name") if role else ""],
        "department": [pick(line, "organization")],
        "required": [
            line.required_count, line.completed_count, line.required_periods, line.periods_done,
        ],
        "gap": [line.gap_levels],
        "active": [local_date(line.last_active_at) if line.last_active_at else None],
        "state": [line.next_due_on, line.days_late(ground.today)],
    }  # fmt: skip
    return [line.display_name, *(cell for name in ground.wanted.columns for cell in cells[name])]


def gaps_table(db: Session, ground: Ground) -> Table:
    """One row for each person and skill with a gap, the largest gaps first."""
    cells = list_heat(db, ground.team, ground.wanted, roles=(), limit=EVERYBODY)
    heads = [_("Name"), _("Role"), _("Skill"), _("Levels missing"), _("By law")]
    return heads, [_gap_row(ground, cell) for cell in cells]


def _gap_row(ground: Ground, cell: HeatCell) -> list[Cell]:
    role = ground.snapshot.roles.get(cell.role_id or 0)
    return [
        cell.display_name,
        pick(role, "name") if role else "",
        pick(ground.snapshot.skills[cell.skill_id], "name"),
        cell.gap,
        _("yes") if cell.is_must else "",
    ]


def closers_table(db: Session, ground: Ground) -> Table:
    """The gaps of the team, each with the modules that close it."""
    heads = [
        _("Skill"), _("People"), _("Levels missing"), _("By law"), _("Module"), _("Level"), _("Closes it for"),
        _("Periods"),
    ]  # fmt: skip
    rows: list[list[Cell]] = []
    figures = read_figures(db, ground.team)
    for row in closable_gaps(db, ground, figures, limit=len(ground.snapshot.skills)):
        first: list[Cell] = [pick(row.gap.skill, "name"), row.gap.people, row.gap.levels, row.gap.legal]
        for closer in row.closers:
            rows.append(
                [*first, pick(closer.card, "title"), closer.level, closer.closes, closer.card.periods]
            )
        if not row.closers:
            rows.append([*first, None, None, None, None])
    return heads, rows


def matrix_table(page: MatrixPage) -> Table:
    """One row for each module and department that has people who must take it."""
    heads = [_("Module"), _("Department"), _("Required"), _("Completed"), _("Begun"), _("Overdue")]
    return heads, list(_matrix_rows(page))


def _matrix_rows(page: MatrixPage) -> Iterator[list[Cell]]:
    for line in page.lines.rows:
        for part, tally in zip(page.parts.rows, line.tallies, strict=True):
            if tally.required:
                yield [pick(line.card, "title"), part_name(part), *tally]


def file_name(what: str, today: date) -> str:
    """What the file is called, without its ending."""
    return f"{what}-{today.isoformat()}"
