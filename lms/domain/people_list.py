"""Lists of people as employers keep them: which columns they have, what may stand in a cell, who is meant.

A person is found again by staff number within the enterprise, or by sign-in name. An empty cell changes nothing,
a missing row removes nobody, and the same list taken over twice changes nothing the second time."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from lms.domain.errors import RuleError
from lms.domain.sign_in import folded_name

COLUMNS = ("name", "sign_in_name", "staff_number", "department", "role", "line_manager", "started_on")
HEADS = {
    "name": ("姓名", "name", "full name"),
    "sign_in_name": ("登录名", "账号", "sign-in name", "sign_in_name", "account"),
    "staff_number": ("工号", "员工编号", "staff number", "staff_number", "employee id"),
    "department": ("部门", "department"),
    "role": ("岗位", "job role", "role"),
    "line_manager": ("直接上级", "上级", "line manager", "line_manager"),
    "started_on": ("入职日期", "入职时间", "start date", "started_on"),
    "reason": ("原因", "reason"),  # what a returned file says about its rows
}
COLUMN_OF = {head: column for column, heads in HEADS.items() for head in heads}
SIGN_IN_NAME = re.compile(r"[^\W_][\w.@-]{1,63}")
STAFF_NUMBER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,31}")
DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?|(\d{4})(\d\d)(\d\d)")
FORMULA_STARTS = ("=", "+", "-", "@")
MOST_NAME = 80
EARLIEST = date(1950, 1, 1)


class ListRefused(RuleError):
    """The file as a whole cannot be read as a list of people."""


class CellRefused(RuleError):
    """What stands in one cell cannot be taken over."""


class Outcome(StrEnum):
    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    REFUSED = "refused"


class Problem(NamedTuple):
    """A column of a row and what is wrong there."""

    column: str
    error: RuleError


@dataclass(frozen=True)
class ListRow:
    """A row of the file; `number` counts from the heads, which are row 1."""

    number: int
    cells: Mapping[str, str]

    def get(self, column: str) -> str:
        return self.cells.get(column, "")


@dataclass(frozen=True)
class KnownPerson:
    """Somebody who works in the enterprise, or did so last."""

    user_id: int
    sign_in_name: str
    name: str
    role_id: int | None
    employment_id: int
    staff_number: str | None
    organization_id: int
    manager_id: int | None
    is_present: bool
    is_in_reach: bool  # works where the reader of the list may change something


@dataclass(frozen=True)
class Known:
    """What a list is checked against."""

    people: Mapping[str, KnownPerson]  # by sign-in name
    numbers: Mapping[str, KnownPerson]  # present people by staff number
    taken: frozenset[str]  # sign-in names of everybody else
    departments: Mapping[str, tuple[int, ...]]  # folded names and paths of names → ids in reach
    roles: Mapping[str, int]
    organization_id: int  # where new people work unless a department is named
    today: date


@dataclass
class PlannedRow:
    """What becomes of a row."""

    row: ListRow
    outcome: Outcome = Outcome.REFUSED
    problems: list[Problem] = field(default_factory=list)
    changes: list[str] = field(default_factory=list)
    person: KnownPerson | None = None
    name: str = ""
    sign_in_name: str = ""
    staff_number: str | None = None
    organization_id: int | None = None
    role_id: int | None = None
    manager: str | None = None  # sign-in name
    started_on: date | None = None

    def refuse(self, column: str, error: RuleError) -> None:
        self.problems.append(Problem(column, error))
        self.outcome = Outcome.REFUSED


def folded(text: str) -> str:
    """A name without differences of width, case and blanks."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def check_staff_number(number: str) -> None:
    """Raise unless an employer may number somebody so; nobody needs a number.

    :raises CellRefused: other characters, or too many
    """
    if number and not STAFF_NUMBER.fullmatch(number):
        raise CellRefused("A staff number has at most 32 letters, digits, dots or hyphens.")


def read_heads(heads: Sequence[str]) -> tuple[dict[int, str], list[str]]:
    """Which column of the file is which, and the heads that mean nothing here.

    :raises ListRefused: a head twice, or no column for the name or for finding a person again
    """
    known = {folded(head): column for head, column in COLUMN_OF.items()}
    places: dict[int, str] = {}
    ignored = []
    for number, head in enumerate(heads):
        column = known.get(folded(head))
        if column is None:
            ignored += [head.strip()] if head.strip() else []
        elif column in places.values():
            raise ListRefused("Two columns are headed “%(head)s” or mean the same.", head=head.strip()[:40])
        else:
            places[number] = column
    if "name" not in places.values():
        raise ListRefused("The first row has no column for the name. Take the template's heads.")
    if not {"sign_in_name", "staff_number"} & set(places.values()):
        raise ListRefused("The first row has neither sign-in name nor staff number.")
    return {place: column for place, column in places.items() if column != "reason"}, ignored


def plan_rows(rows: Sequence[ListRow], known: Known) -> list[PlannedRow]:
    """What each row would do."""
    planned = [_plan_row(row, known) for row in rows]
    _refuse_repetitions(planned)
    _find_managers(planned, known)
    for plan in planned:
        if not plan.problems:
            _decide(plan, known)
    return planned


def _plan_row(row: ListRow, known: Known) -> PlannedRow:
    plan = PlannedRow(row)
    checks = (_read_name, _read_person, _read_department, _read_role, _read_start)
    for column in COLUMNS:
        if row.get(column).startswith("="):
            plan.refuse(column, CellRefused("This is a formula. Enter what it yields."))
    if not plan.problems:
        for check in checks:
            check(plan, known)
    return plan


def _read_name(plan: PlannedRow, known: Known) -> None:
    name = " ".join(unicodedata.normalize("NFC", plan.row.get("name")).split())
    if not name:
        plan.refuse("name", CellRefused("The name is missing."))
    elif len(name) > MOST_NAME:
        plan.refuse("name", CellRefused("The name is longer than %(n)d characters.", n=MOST_NAME))
    elif name.startswith(FORMULA_STARTS) or not name.isprintable():
        plan.refuse("name", CellRefused("A name does not begin with a sign of arithmetic."))
    plan.name = name


def _read_person(plan: PlannedRow, known: Known) -> None:
    """Who is meant, by number or name; both have to mean the same person."""
    sign_in, number = folded_name(plan.row.get("sign_in_name")), plan.row.get("staff_number").strip()
    if sign_in and not SIGN_IN_NAME.fullmatch(sign_in):
        plan.refuse(
            "sign_in_name",
            CellRefused(
                "A sign-in name has 2 to 64 letters, digits, dots or hyphens and begins with a letter."
            ),
        )
        return
    try:
        check_staff_number(number)
    except CellRefused as error:
        plan.refuse("staff_number", error)
        return
    by_name, by_number = known.people.get(sign_in), known.numbers.get(number)
    if by_number is not None and sign_in and by_name != by_number:
        plan.refuse("staff_number", CellRefused("Somebody else in the enterprise has this staff number."))
    elif sign_in in known.taken:
        plan.refuse("sign_in_name", CellRefused("This sign-in name is taken. Choose another one."))
    elif not sign_in and by_number is None:
        plan.refuse("sign_in_name", CellRefused("A new person needs a sign-in name."))
    plan.person = by_name or by_number
    if plan.person and not plan.person.is_in_reach:
        plan.refuse("sign_in_name", CellRefused("This person works where you do not manage people."))
    plan.sign_in_name = plan.person.sign_in_name if plan.person else sign_in
    plan.staff_number = number or (plan.person.staff_number if plan.person else None)


def _read_department(plan: PlannedRow, known: Known) -> None:
    text = plan.row.get("department")
    if not text:
        return
    found = known.departments.get(folded(re.sub(r"\s*[>＞／]\s*", "/", text)), ())
    if len(found) == 1:
        plan.organization_id = found[0]
    elif found:
        plan.refuse(
            "department", CellRefused("Several departments have this name. Write the way: department/team.")
        )
    else:
        plan.refuse("department", CellRefused("There is no department of this name here. Create it first."))


def _read_role(plan: PlannedRow, known: Known) -> None:
    text = plan.row.get("role")
    plan.role_id = known.roles.get(folded(text)) if text else None
    if text and plan.role_id is None:
        plan.refuse("role", CellRefused("The programme has no job role of this name."))


def _read_start(plan: PlannedRow, known: Known) -> None:
    text = plan.row.get("started_on")
    if not text:
        return
    plan.started_on = read_day(text)
    if plan.started_on is None:
        plan.refuse("started_on", CellRefused("This is no date. Write it as 2026-11-24."))
    elif not EARLIEST <= plan.started_on <= known.today + timedelta(days=366):
        plan.refuse("started_on", CellRefused("This date is too far away."))


def read_day(text: str) -> date | None:
    """A calendar day as people write it, None for anything else."""
    match = DAY.fullmatch(unicodedata.normalize("NFKC", text).strip())
    if match is None:
        return None
    year, month, day = (int(part) for part in match.groups() if part)
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _refuse_repetitions(planned: Sequence[PlannedRow]) -> None:
    seen: dict[tuple[str, str], int] = {}
    for plan in planned:
        keys = {"sign_in_name": plan.sign_in_name, "staff_number": plan.staff_number or ""}
        for column, key in keys.items():
            if key and (column, key) in seen:
                first = seen[column, key]
                plan.refuse(column, CellRefused("The same as in row %(n)d.", n=first))
            elif key:
                seen[column, key] = plan.row.number


def _find_managers(planned: Sequence[PlannedRow], known: Known) -> None:
    """Line managers are known people or other rows; who hangs on a refused row is refused as well."""
    present = {p.sign_in_name for p in known.people.values() if p.is_present}
    by_number = {number: person.sign_in_name for number, person in known.numbers.items()}
    rows = {plan.sign_in_name: plan for plan in reversed(planned) if plan.sign_in_name}
    by_number |= {p.staff_number: p.sign_in_name for p in planned if p.staff_number and p.sign_in_name}
    for plan in planned:
        text = plan.row.get("line_manager").strip()
        name = folded_name(text)
        plan.manager = name if name in present or name in rows else by_number.get(text)
        if text and plan.manager is None:
            plan.refuse(
                "line_manager", CellRefused("Nobody in the enterprise has this sign-in name or staff number.")
            )
        elif text and plan.manager == plan.sign_in_name:
            plan.refuse("line_manager", CellRefused("Nobody is their own line manager."))
    waiting = [plan for plan in planned if plan.manager and plan.manager not in present and not plan.problems]
    while hanging := [plan for plan in waiting if rows[plan.manager or ""].problems and not plan.problems]:
        for plan in hanging:
            plan.refuse("line_manager", CellRefused("The row of this line manager cannot be taken over."))


def _decide(plan: PlannedRow, known: Known) -> None:
    """New, changed or the same."""
    person = plan.person
    if person is None or not person.is_present:
        plan.organization_id = plan.organization_id or known.organization_id
        plan.started_on = plan.started_on or known.today
        plan.outcome = Outcome.NEW
        return
    manager = next((p.user_id for p in (known.people.get(plan.manager or ""),) if p), None)
    pairs: dict[str, tuple[Any, Any]] = {
        "name": (plan.name, person.name),
        "staff_number": (plan.staff_number, person.staff_number),
        "department": (plan.organization_id or person.organization_id, person.organization_id),
        "role": (plan.role_id or person.role_id, person.role_id),
        "line_manager": (manager if plan.manager else person.manager_id, person.manager_id),
    }
    plan.changes = [column for column, (new, old) in pairs.items() if new != old]
    plan.outcome = Outcome.CHANGED if plan.changes else Outcome.SAME
