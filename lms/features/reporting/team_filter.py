"""What a manager asked to see, as it stands in an address: which people, in which order, which columns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any
from urllib.parse import urlencode

from flask import url_for

from lms.domain.permissions import Actor, Hat

HATS = (Hat.MANAGER, Hat.SUPERVISOR)
MOST_WORDS = 80


class Show(StrEnum):
    """The quick filters, and those that the figures of the page lead to."""

    ALL = "all"
    DIRECT = "direct"
    OVERDUE = "overdue"
    UNFINISHED = "unfinished"  # required learning not all completed
    LEGAL = "legal"  # a gap in a skill that a rule makes compulsory


class State(StrEnum):
    """How far people are in one module: what a number of the matrix counts."""

    REQUIRED = "required"
    COMPLETED = "completed"
    BEGUN = "begun"
    OPEN = "open"
    OVERDUE = "overdue"


SORTS = ("state", "name", "role", "required", "gap", "active")
COLUMNS = ("role", "department", "required", "gap", "active", "state")
USUAL_COLUMNS = ("role", "required", "gap", "active", "state")
NUMBERS = ("organization", "module", "skill", "role", "itself", "open")
NAMES = (
    "q", "show", "sort", "order", "organization", "itself", "module", "state", "skill", "role", "due", "page", "parts",
    "open",
)  # fmt: skip


@dataclass(frozen=True)
class TeamFilter:
    """The filters of a team page. Values that mean nothing are ignored."""

    values: Mapping[str, str]
    columns: tuple[str, ...] = USUAL_COLUMNS

    @classmethod
    def of(cls, arguments: Mapping[str, str], columns: Iterable[str] = ()) -> TeamFilter:
        """From an address; `columns`: every value of that parameter, which a form repeats and an address joins."""
        values = {
            name: arguments[name].strip()[:MOST_WORDS] for name in NAMES if arguments.get(name, "").strip()
        }
        for name in NUMBERS:
            if not _is_number(values.get(name, "0")):
                del values[name]
        if values.get("show", Show.ALL) not in set(Show):
            del values["show"]
        if values.get("state", State.REQUIRED) not in set(State) or "module" not in values:
            values.pop("state", None)
        named = {name for value in columns for name in value.split(",")}
        wanted = tuple(name for name in COLUMNS if name in named)
        return cls(values, wanted or USUAL_COLUMNS)

    def __hash__(self) -> int:
        return hash((tuple(self.values.items()), self.columns))

    def get(self, name: str) -> str:
        return self.values.get(name, "")

    def number(self, name: str) -> int:
        """A filter that is an id; 0: not asked for."""
        return int(self.get(name) or 0)

    @property
    def words(self) -> list[str]:
        """What the name or the role must contain, each word."""
        return self.get("q").split()[:5]

    @property
    def show(self) -> Show:
        return Show(self.values.get("show", Show.ALL))

    @property
    def state(self) -> State:
        return State(self.values.get("state", State.REQUIRED))

    @property
    def sort(self) -> str:
        return self.get("sort") if self.get("sort") in SORTS else "state"

    @property
    def is_descending(self) -> bool:
        return self.get("order") == "desc"

    @property
    def due_on(self) -> date | None:
        """Only people who have something open that is due on this day."""
        try:
            return date.fromisoformat(self.get("due")) if len(self.get("due")) == 10 else None
        except ValueError:
            return None

    @property
    def is_plain(self) -> bool:
        """Whether nothing but a quick filter narrows the list: its count is a figure of the page already."""
        narrow = ("q", "itself", "module", "skill", "role")
        return not any(self.get(name) for name in narrow) and self.due_on is None

    def url(self, endpoint: str, **changes: str) -> str:
        """The address of a page with some values changed; an empty one takes the filter away.

        Another filter leads to the first page, with every row shut."""
        kind: dict[str, Any] = {"kind": changes.pop("kind")} if "kind" in changes else {}
        kept = {k: v for k, v in self.values.items() if k not in ("page", "open")}
        merged = {name: value for name, value in {**kept, **changes}.items() if value}
        query = urlencode(merged | self._columns())
        return url_for(endpoint, **kind) + (f"?{query}" if query else "")

    def of_role(self, role_id: int) -> TeamFilter:
        """The same for people in one role only; 0: in any."""
        return TeamFilter({**self.values, "role": str(role_id)}, self.columns) if role_id else self

    def hidden(self, *without: str) -> dict[str, str]:
        """What a form of the page carries along, without what it asks for itself."""
        kept = {k: v for k, v in self.values.items() if k not in ("page", "open", *without)}
        return kept | ({} if "columns" in without else self._columns())

    def _columns(self) -> dict[str, str]:
        return {} if self.columns == USUAL_COLUMNS else {"columns": ",".join(self.columns)}

    def here(self, endpoint: str, **changes: str) -> str:
        """As `url`, staying on the page of the list that is shown."""
        kept = {"page": self.get("page"), **changes}
        return self.url(endpoint, **kept)

    def facts(self) -> dict[str, Any]:
        """The filters as the trail keeps them with an export: ids and codes, never the words."""
        return {name: self.number(name) for name in NUMBERS[:4] if self.get(name)} | {"scope": str(self.show)}


def team_paths(actor: Actor) -> tuple[str, ...]:
    """What the actor's team is: where they hold the hat they wear, else either of the two."""
    hats = (actor.hat,) if actor.hat in HATS and actor.paths(actor.hat) else HATS
    return actor.paths(*hats)


def _is_number(text: str) -> bool:
    return text.isdecimal() and len(text) < 10
