"""What people send to the pages of organisations, as typed values with errors by field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from urllib.parse import urlencode

from flask import url_for

from lms.domain.people_list import COLUMNS, ListRow
from lms.domain.permissions import Hat
from lms.features.organizations.models import OrganizationKind
from lms.features.organizations.people_queries import PeopleFilter
from lms.features.organizations.queries import OrganizationRow
from lms.web.text import gettext as _

MOST_NAME = 80


@dataclass(frozen=True)
class PeopleWish:
    """Which people the reader wants to see; unknown values of the address are ignored."""

    words: str
    chosen: PeopleFilter

    @classmethod
    def of(cls, arguments: Mapping[str, str]) -> PeopleWish:
        chosen = arguments.get("show", "")
        known = PeopleFilter(chosen) if chosen in set(PeopleFilter) else PeopleFilter.ALL
        return cls(arguments.get("q", "").strip()[:80], known)

    @property
    def is_narrow(self) -> bool:
        return bool(self.words) or self.chosen is not PeopleFilter.ALL

    def url(self, endpoint: str, organization_id: int, *, kind: str = "", **changes: str) -> str:
        """The address of this list with some values changed; empty ones are left out. `kind`: of a file."""
        show = "" if self.chosen is PeopleFilter.ALL else str(self.chosen)
        values = {"q": self.words, "show": show, **changes}
        query = urlencode({name: value for name, value in values.items() if value})
        head = url_for(endpoint, organization_id=organization_id, kind=kind or None)
        return f"{head}?{query}" if query else head


@dataclass
class NamesForm:
    """The two names of an organisation, and its kind where one is made."""

    name_zh: str
    name_en: str
    kind: OrganizationKind | None
    errors: dict[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, form: Mapping[str, str], kinds: tuple[OrganizationKind, ...] = ()) -> NamesForm:
        """The names; one language may be left empty and then says what the other says."""
        zh, en = (" ".join(form.get(name, "").split()) for name in ("name_zh", "name_en"))
        errors = {}
        if not zh and not en:
            errors["name_zh"] = _("Enter a name in at least one language.")
        if len(zh) > MOST_NAME or len(en) > MOST_NAME or not f"{zh}{en}".isprintable():
            errors["name_zh"] = _("A name has at most %(n)d characters.", n=MOST_NAME)
        kind = next((k for k in kinds if k == form.get("kind")), None)
        if kinds and kind is None:
            errors["kind"] = _("Choose one of the kinds in the list.")
        return cls(zh or en, en or zh, kind, errors)


@dataclass
class WorkForm:
    """Where somebody works, with which number and below whom."""

    organization_id: int
    staff_number: str | None
    line_manager: str

    @classmethod
    def read(cls, form: Mapping[str, str]) -> WorkForm:
        number = form.get("staff_number", "").strip()[:100]
        return cls(
            whole_number(form.get("organization_id")), number or None, form.get("line_manager", "").strip()
        )


@dataclass
class HatForm:
    """A hat to grant."""

    hat: Hat | None
    organization_id: int
    ends_on: date | None

    @classmethod
    def read(cls, form: Mapping[str, str]) -> HatForm:
        hat = form.get("hat", "")
        return cls(
            Hat(hat) if hat in set(Hat) else None,
            whole_number(form.get("place_id")),
            day_of(form.get("ends_on", "")),
        )


@dataclass
class AnswerForm:
    """What a manager answers to a proposed job role, and which role their page showed."""

    is_accepted: bool
    reason: str
    shown_role_id: int | None

    @classmethod
    def read(cls, form: Mapping[str, str]) -> AnswerForm:
        role = form.get("role_id")
        return cls(
            form.get("answer") == "accept",
            form.get("reason", "").strip()[:300],
            None if role is None else whole_number(role),
        )


def whole_number(text: str | None) -> int:
    """An id that a form sends; anything that is none becomes 0, which no row has."""
    return int(text) if text and text.isdecimal() and len(text) < 10 else 0


def day_of(text: str) -> date | None:
    """A day as date fields send it."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def one_person(form: Mapping[str, str]) -> ListRow:
    """The form for one person as a list of one row, so that the same checks hold."""
    return ListRow(1, {column: form.get(column, "").strip()[:500] for column in COLUMNS})


def kinds_below(kind: str, *, is_supervisor: bool) -> tuple[OrganizationKind, ...]:
    """What may be made below an organisation of this kind; subdistricts and enterprises by supervisors only."""
    below = {
        OrganizationKind.DISTRICT: (OrganizationKind.SUBDISTRICT, OrganizationKind.ENTERPRISE),
        OrganizationKind.SUBDISTRICT: (OrganizationKind.ENTERPRISE,),
    }
    if kind in below:
        return below[OrganizationKind(kind)] if is_supervisor else ()
    return (OrganizationKind.DEPARTMENT,)


def kind_words() -> dict[str, str]:
    """The kinds of organisations in the reader's language."""
    return {
        OrganizationKind.DISTRICT: _("district"),
        OrganizationKind.SUBDISTRICT: _("subdistrict"),
        OrganizationKind.ENTERPRISE: _("enterprise"),
        OrganizationKind.DEPARTMENT: _("department"),
    }


def column_words() -> dict[str, str]:
    """The columns of a list of people in the reader's language, as the template heads them."""
    return {
        "name": _("Name"),
        "sign_in_name": _("Sign-in name"),
        "staff_number": _("Staff number"),
        "department": _("Department"),
        "role": _("Job role"),
        "line_manager": _("Line manager"),
        "started_on": _("Start date"),
    }


def ways(nodes: list[OrganizationRow], language: str) -> list[tuple[int, str]]:
    """Organisations with their way from the first of them, for a list to choose from."""
    names: dict[int, str] = {}
    for node in nodes:
        own = node.name_zh if language == "zh" else node.name_en
        above = names.get(node.parent_id or 0)
        names[node.organization_id] = f"{above} / {own}" if above else own
    return sorted(names.items(), key=lambda pair: pair[1])
