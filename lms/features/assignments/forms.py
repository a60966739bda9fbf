"""What managers send to the pages of assignments, as typed values with errors by field."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from lms.web.text import gettext as _

USUAL_DAYS = 30
TODAY_ONLY, JOINERS_TOO = "today", "joiners"


@dataclass
class AssignForm:
    """Which modules, by when, and of an organisation: whom."""

    slugs: tuple[str, ...]
    path_role_id: int
    due_text: str
    role_id: int
    whom: str
    errors: dict[str, str] = field(default_factory=dict)

    @classmethod
    def empty(cls, arguments: Mapping[str, str], slugs: Iterable[str], *, today: date) -> AssignForm:
        """What the page starts with: what its address chose already, and a date in a month."""
        due_on = today + timedelta(days=USUAL_DAYS)
        path, role = _number(arguments.get("path", "")), _number(arguments.get("role", ""))
        return cls(tuple(slugs), path, due_on.isoformat(), role, "")

    @classmethod
    def read(cls, form: Mapping[str, str], slugs: Iterable[str], *, asks_whom: bool) -> AssignForm:
        """What was sent, with what is missing."""
        found = cls(
            tuple(slugs),
            _number(form.get("path", "")),
            form.get("due_on", "").strip()[:10],
            _number(form.get("role", "")),
            form.get("whom", ""),
        )
        if not found.slugs and not found.path_role_id:
            found.errors["modules"] = _("Choose at least one module, or the whole path of a role.")
        if found.due_on is None:
            found.errors["due_on"] = _("Enter a day, as 2026-12-31.")
        if asks_whom and found.whom not in (TODAY_ONLY, JOINERS_TOO):
            found.errors["whom"] = _("Say whether it also holds for people who join later.")
        return found

    @property
    def due_on(self) -> date | None:
        return read_day(self.due_text)

    @property
    def asks_joiners(self) -> bool:
        return self.whom == JOINERS_TOO


def read_day(text: str) -> date | None:
    """A day as date fields send it."""
    try:
        return date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 10 else 0
