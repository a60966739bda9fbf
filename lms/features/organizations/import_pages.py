"""What the pages of lists of people show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import url_for
from sqlalchemy.orm import Session

from lms.domain.people_list import COLUMNS, ListRow, Outcome
from lms.domain.permissions import Actor
from lms.features.organizations import imports, pages
from lms.features.organizations.forms import column_words, ways
from lms.features.organizations.imports import CheckedRow, Counts, ImportRow
from lms.features.organizations.models import ImportState
from lms.features.organizations.queries import (
    OrganizationRow,
    count_below,
    enterprise_above,
    get_organization,
    list_subtree,
)
from lms.features.organizations.sheet import ReadList
from lms.features.policies.queries import get_policy
from lms.features.taxonomy.queries import RoleRow, list_roles
from lms.web.context import language
from lms.web.pagination import Page, page_number, page_of
from lms.web.spreadsheets import Cell
from lms.web.text import gettext as _

PAGE_SIZE = 50
SHOWN = {
    "refused": (Outcome.REFUSED,),
    "new": (Outcome.NEW,),
    "changed": (Outcome.CHANGED,),
    "same": (Outcome.SAME,),
}


@dataclass(frozen=True)
class AddPage:
    """What the form for one person and the one for a file offer."""

    organization: OrganizationRow
    trail: list[dict[str, str]]
    departments: list[tuple[str, str]]
    roles: list[RoleRow]
    most_rows: int
    below_count: int
    today: date


@dataclass(frozen=True)
class ListPage:
    """A checked list: counts, the rows of the chosen outcome, what may be done."""

    row: ImportRow
    trail: list[dict[str, str]]
    counts: Counts
    chosen: str
    rows: Page

    @property
    def is_waiting(self) -> bool:
        return self.row.state == ImportState.CHECKED


def read_add_page(db: Session, actor: Actor, organization: OrganizationRow, *, today: date) -> AddPage:
    """Departments from the organisation down, all job roles, how long a list may be."""
    return AddPage(
        organization=organization,
        trail=pages.trail_of(db, actor, organization, _("Add people")),
        departments=_departments(db, organization),
        roles=list_roles(db),
        most_rows=get_policy(db, on=today).import_rows,
        below_count=count_below(db, organization.path),
        today=today,
    )


def _departments(db: Session, organization: OrganizationRow) -> list[tuple[str, str]]:
    """The organisation and its departments: what a list calls them, and the whole way."""
    firm = enterprise_above(db, organization.path)
    nodes = list_subtree(db, firm.path) if firm else []
    below = {node.organization_id for node in nodes if node.path.startswith(organization.path)}
    return [(way.partition(" / ")[2], way) for i, way in ways(nodes, language()) if i in below]


def add_one(
    db: Session, actor: Actor, organization: OrganizationRow, row: ListRow, *, now: datetime
) -> dict[str, str]:
    """Enter one person as a list of one row would; returns errors by column, empty when it is done."""
    read = ReadList([row], [])
    uuid = imports.check_list(db, actor=actor, organization=organization, read=read, file_name="", now=now)
    found = imports.find_import(db, uuid)
    if found is None:
        return {}
    [checked] = imports.list_rows(db, found.import_id, list(Outcome))
    if checked.problems:
        imports.discard_list(db, found)
        return {column: message_of(problem) for column, problem in _first(checked.problems).items()}
    imports.apply_list(db, found, actor=actor, now=now)
    return {}


def read_list_page(db: Session, actor: Actor, row: ImportRow, arguments: Mapping[str, str]) -> ListPage:
    """The list with the rows of one outcome: the refused ones unless another is asked for."""
    counts = imports.count_outcomes(db, row.import_id)
    asked = arguments.get("show", "")
    chosen = asked if asked in SHOWN else next((n for n in SHOWN if getattr(counts, n)), "new")
    place = get_organization(db, row.organization_id)
    return ListPage(
        row=row,
        trail=pages.trail_of(db, actor, place, _("List of people")) if place else [],
        counts=counts,
        chosen=chosen,
        rows=page_of(
            lambda skip: imports.list_rows(db, row.import_id, SHOWN[chosen], limit=PAGE_SIZE, offset=skip),
            number=page_number(arguments.get("page")),
            size=PAGE_SIZE,
            total=getattr(counts, chosen),
            url=lambda n: url_for("people_lists.show_list", uuid=row.uuid, show=chosen, page=n),
        ),
    )


def message_of(problem: Sequence[Any]) -> str:
    """What is wrong in a cell, in the reader's language."""
    return _(str(problem[1]), **problem[2])


def refused_table(rows: Sequence[CheckedRow]) -> tuple[list[str], list[list[Cell]]]:
    """Refused rows as they stood in the file, with their number and reasons."""
    words = column_words()
    lines: list[list[Cell]] = [
        [
            *(row.cells.get(column, "") for column in COLUMNS),
            "; ".join(f"{words[problem[0]]}: {message_of(problem)}" for problem in row.problems),
        ]
        for row in rows
    ]
    return [*words.values(), _("Reason")], lines


def _first(problems: Sequence[Sequence[Any]]) -> dict[str, Sequence[Any]]:
    """The first problem of each column."""
    return {problem[0]: problem for problem in reversed(problems)}
