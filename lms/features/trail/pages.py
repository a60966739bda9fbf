"""What the pages of the trail show: entries in words, with the names of people who are still known."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from flask import url_for
from sqlalchemy.orm import Session

from lms.domain.errors import RuleError
from lms.domain.permissions import Actor, Hat, Scope
from lms.features.trail.people import people_of
from lms.features.trail.queries import (
    EntryRow,
    TrailFilter,
    count_entries,
    count_looks,
    list_entries,
    list_looks,
)
from lms.features.trail.words import ACTIONS, GROUPS, action_word, facts_text, object_text, page_word
from lms.web.pagination import Page, page_of
from lms.web.text import gettext as _

ON_A_PAGE = 50
MOST_EXPORTED = 50_000
SPANS = {"1": 0, "7": 6, "30": 29, "365": 364, "all": None}  # days back besides today
DEFAULT_SPAN = "30"


class TooManyRows(RuleError):
    """The file would be too large."""


@dataclass(frozen=True)
class Asked:
    """What stands in the address of the auditor's page; unknown values mean the default."""

    words: str
    group: str
    span: str

    @classmethod
    def of(cls, arguments: Mapping[str, str]) -> Asked:
        group, span = arguments.get("group", ""), arguments.get("span", "")
        return cls(
            words=arguments.get("q", "").strip()[:80],
            group=group if group in GROUPS else "",
            span=span if span in SPANS else DEFAULT_SPAN,
        )

    def url(self, endpoint: str, **changes: str) -> str:
        """The address with some of it changed."""
        values = {"q": self.words, "group": self.group, "span": self.span, **changes}
        values["span"] = "" if values["span"] == DEFAULT_SPAN else values["span"]
        return url_for(endpoint, **{name: value for name, value in values.items() if value})  # type: ignore[arg-type]

    def filter(self, db: Session, *, today: date) -> TrailFilter:
        """The same as the queries need it."""
        back = SPANS[self.span]
        return TrailFilter(
            actions=tuple(ACTIONS[self.group]) if self.group else None,
            since_day="" if back is None else (today - timedelta(days=back)).isoformat(),
            person_ids=people_of(db).find(db, self.words) if self.words else None,
        )


@dataclass(frozen=True)
class Entry:
    """One line of the trail."""

    row: EntryRow
    actor_name: str
    subject_name: str

    @property
    def at(self) -> datetime:
        return datetime.fromisoformat(self.row.at)

    @property
    def action(self) -> str:
        return action_word(self.row.action)

    @property
    def page(self) -> str:
        return page_word(self.row.facts)

    @property
    def object(self) -> str:
        """The row concerned: its kind and number."""
        return object_text(self.row.object_kind, self.row.object_id)

    @property
    def facts(self) -> str:
        return facts_text(self.row.facts)

    @property
    def details(self) -> str:
        return " · ".join(part for part in (self.object, self.facts) if part)

    def cells(self) -> tuple[Any, ...]:
        """The entry as a line of the file."""
        row = self.row
        return (row.entry_id, row.at, self.actor_name, self.action, self.subject_name, self.details, row.hash)


def auditor_scopes(actor: Actor) -> list[Scope]:
    """Where the actor may read the trail."""
    return [scope for scope in actor.scopes if scope.hat == Hat.AUDITOR]


def read_trail(db: Session, actor: Actor, asked: Asked, *, number: int, today: date) -> Page:
    """The page with this number of what the auditor asked for."""
    scopes, wanted = auditor_scopes(actor), asked.filter(db, today=today)
    return page_of(
        lambda skip: _entries(db, list_entries(db, scopes, wanted, skip=skip, limit=ON_A_PAGE)),
        number=number,
        size=ON_A_PAGE,
        total=count_entries(db, scopes, wanted),
        url=lambda n: asked.url("trail.show_trail", page=str(n)),
    )


def read_file(db: Session, actor: Actor, asked: Asked, *, today: date) -> list[tuple[Any, ...]]:
    """Everything that the auditor asked for, as lines of a file.

    :raises TooManyRows: more than one file holds
    """
    scopes, wanted = auditor_scopes(actor), asked.filter(db, today=today)
    if count_entries(db, scopes, wanted) > MOST_EXPORTED:
        raise TooManyRows("These are more than %(n)d rows. Ask for a shorter time.", n=MOST_EXPORTED)
    return [entry.cells() for entry in _entries(db, list_entries(db, scopes, wanted, limit=MOST_EXPORTED))]


def file_heads() -> tuple[str, ...]:
    """What stands above the columns of the file."""
    return (_("Row"), _("Time (UTC)"), _("Who"), _("What"), _("About whom"), _("Details"), _("Hash"))


def read_looks(db: Session, user_id: int, *, number: int) -> Page:
    """The page with this number of the looks at a person's record."""
    return page_of(
        lambda skip: _entries(db, list_looks(db, user_id, skip=skip, limit=ON_A_PAGE)),
        number=number,
        size=ON_A_PAGE,
        total=count_looks(db, user_id),
        url=lambda n: url_for("trail.show_looks", page=n),
    )


def group_options(asked: Asked) -> list[dict[str, Any]]:
    """What may be asked for, as a menu."""
    labels = {"": _("Everything"), **{key: _(label) for key, label in GROUPS.items()}}
    return _menu(labels, asked.group, lambda key: asked.url("trail.show_trail", group=key))


def span_options(asked: Asked) -> list[dict[str, Any]]:
    """How far back, as a menu."""
    return _menu(span_words(), asked.span, lambda key: asked.url("trail.show_trail", span=key))


def span_words() -> dict[str, str]:
    """What the spans are called."""
    return {
        "1": _("Today"),
        "7": _("Last 7 days"),
        "30": _("Last 30 days"),
        "365": _("Last 12 months"),
        "all": _("From the beginning"),
    }


def _menu(labels: Mapping[str, str], chosen: str, url: Callable[[str], str]) -> list[dict[str, Any]]:
    return [{"label": label, "url": url(key), "is_current": key == chosen} for key, label in labels.items()]


def _entries(db: Session, rows: Sequence[EntryRow]) -> list[Entry]:
    ids = {user_id for row in rows for user_id in (row.actor_id, row.subject_id) if user_id is not None}
    names = people_of(db).names(db, ids) if ids else {}
    return [
        Entry(
            row,
            actor_name=_name(names, row.actor, row.actor_id) or _("The system"),
            subject_name=_name(names, row.subject, row.subject_id),
        )
        for row in rows
    ]


def _name(names: Mapping[int, str], pseudonym: str | None, user_id: int | None) -> str:
    """The person's name; who was erased keeps the beginning of a pseudonym."""
    if pseudonym is None:
        return ""
    return names.get(user_id or 0) or _("Person %(code)s", code=pseudonym[:8])
