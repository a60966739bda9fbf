"""Every kind of notice: its words, its icon, and the group under which the inbox shows it.

Other features add a row here and call `service.notify` with the figures that the words name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from lms.web.localisation import day, pick
from lms.web.text import gettext

PLACEHOLDER = re.compile(r"%\((\w+)\)s")


def lazy_gettext(message: str) -> str:
    """Mark a text for the catalogues; it is translated when somebody reads the notice."""
    return message


@dataclass(frozen=True)
class Kind:
    """What a notice says: `words` with placeholders for its figures, under `heading` where there are several."""

    heading: str
    words: str
    icon: str

    @property
    def figures(self) -> frozenset[str]:
        """Names that the words need."""
        return frozenset(PLACEHOLDER.findall(self.words))


LEARNING = lazy_gettext("Assigned learning")
WORK = lazy_gettext("Your work")
ACCESS = lazy_gettext("Your access")
MODULES = lazy_gettext("Modules")
PEOPLE = lazy_gettext("People")
QUESTIONS = lazy_gettext("Questions")

KINDS: dict[str, Kind] = {
    "assigned": Kind(
        LEARNING, lazy_gettext("%(by)s asks you to take %(title)s by %(due_on)s."), "calendar-event"
    ),
    "assigned_many": Kind(
        LEARNING, lazy_gettext("%(by)s asks you to take %(n)s modules by %(due_on)s."), "calendar-event"
    ),
    "due_changed": Kind(LEARNING, lazy_gettext("%(title)s is due on %(due_on)s now."), "calendar-event"),
    "assignment_ended": Kind(
        LEARNING, lazy_gettext("%(by)s does not ask you to take %(title)s any more."), "calendar-event"
    ),
    "waived": Kind(LEARNING, lazy_gettext("%(by)s waived %(title)s for you: %(reason)s"), "circle-check"),
    "recognised": Kind(
        LEARNING, lazy_gettext("%(title)s is recognised: you hold it without taking it."), "certificate"
    ),
    "role_set": Kind(WORK, lazy_gettext("%(by)s entered %(title)s as your work."), "stairs-up"),
    "role_removed": Kind(WORK, lazy_gettext("%(by)s removed what was entered as your work."), "stairs-up"),
    "role_proposed": Kind(PEOPLE, lazy_gettext("%(name)s proposes %(title)s as their work."), "users"),
    "role_refused": Kind(WORK, lazy_gettext("%(by)s did not agree to %(title)s: %(reason)s"), "stairs-up"),
    "work_changed": Kind(
        WORK, lazy_gettext("%(by)s changed your department, staff number or line manager."), "users"
    ),
    "name_changed": Kind(WORK, lazy_gettext("%(by)s changed your name to %(name)s."), "users"),
    "employment_begun": Kind(
        WORK, lazy_gettext("%(by)s entered that you work at %(title)s."), "building-community"
    ),
    "employment_ended": Kind(
        WORK, lazy_gettext("Your work at %(title)s ended on %(ended_on)s."), "building-community"
    ),
    "hat_granted_instructor": Kind(
        ACCESS, lazy_gettext("%(by)s made you an instructor for %(title)s."), "lock"
    ),
    "hat_granted_manager": Kind(ACCESS, lazy_gettext("%(by)s made you a manager of %(title)s."), "lock"),
    "hat_granted_supervisor": Kind(
        ACCESS, lazy_gettext("%(by)s made you a supervisor of %(title)s."), "lock"
    ),
    "hat_granted_auditor": Kind(ACCESS, lazy_gettext("%(by)s made you an auditor of %(title)s."), "lock"),
    "hat_ended_instructor": Kind(
        ACCESS, lazy_gettext("You are not an instructor for %(title)s any more."), "lock"
    ),
    "hat_ended_manager": Kind(ACCESS, lazy_gettext("You are not a manager of %(title)s any more."), "lock"),
    "hat_ended_supervisor": Kind(
        ACCESS, lazy_gettext("You are not a supervisor of %(title)s any more."), "lock"
    ),
    "hat_ended_auditor": Kind(ACCESS, lazy_gettext("You are not an auditor of %(title)s any more."), "lock"),
    "account_suspended": Kind(ACCESS, lazy_gettext("Your account was suspended."), "lock"),
    "account_reinstated": Kind(ACCESS, lazy_gettext("%(by)s opened your account again."), "lock"),
    "password_given": Kind(ACCESS, lazy_gettext("You were given another first password."), "lock"),
    "module_ready": Kind(
        MODULES, lazy_gettext("%(title)s can be started now. You asked to be told."), "player-play"
    ),
    "module_published": Kind(
        MODULES, lazy_gettext("%(title)s is published as version %(n)s."), "circle-check"
    ),
    "module_unpublished": Kind(
        MODULES, lazy_gettext("%(title)s is not offered any more: %(reason)s"), "eye-off"
    ),
    "review_asked": Kind(MODULES, lazy_gettext("%(by)s asks you to look %(title)s through."), "eye"),
    "review_agreed": Kind(MODULES, lazy_gettext("%(by)s released %(title)s."), "circle-check"),
    "review_refused": Kind(MODULES, lazy_gettext("%(by)s sent %(title)s back: %(reason)s"), "arrow-left"),
    "review_due": Kind(MODULES, lazy_gettext("%(title)s is due for review on %(due_on)s."), "clock"),
    "upload_finished": Kind(
        MODULES,
        lazy_gettext("Your upload %(title)s is a draft now. Look at it as a learner would."),
        "upload",
    ),
    "upload_failed": Kind(
        MODULES, lazy_gettext("Your upload %(file)s was not taken. The report says why."), "upload"
    ),
    "show_asked": Kind(
        MODULES, lazy_gettext("%(by)s would like to show %(title)s to the whole district."), "world"
    ),
    "show_agreed": Kind(MODULES, lazy_gettext("%(by)s shows %(title)s to the whole district now."), "world"),
    "show_refused": Kind(
        MODULES, lazy_gettext("%(by)s does not show %(title)s to the district: %(reason)s"), "world"
    ),
    "import_done": Kind(
        PEOPLE, lazy_gettext("%(n)s people are entered, %(refused)s rows were refused."), "upload"
    ),
    "question_asked": Kind(QUESTIONS, lazy_gettext("%(name)s asks about %(title)s."), "message-circle"),
    "question_answered": Kind(
        QUESTIONS, lazy_gettext("%(by)s answered your question about %(title)s."), "message-circle"
    ),
}
HATS = {
    "learner": lazy_gettext("Learner"),
    "instructor": lazy_gettext("Instructor"),
    "manager": lazy_gettext("Manager"),
    "supervisor": lazy_gettext("Supervisor"),
    "auditor": lazy_gettext("Auditor"),
}
UNKNOWN = Kind(lazy_gettext("Other"), lazy_gettext("Something was changed that concerns you."), "info-circle")


def check_notice(kind: str, text: Mapping[str, Any]) -> None:
    """Raise unless the words of this kind find their figures.

    :raises ValueError: unknown kind, or a figure is missing
    """
    if kind not in KINDS:
        raise ValueError(f"no such kind of notice: {kind}")
    missing = [name for name in sorted(KINDS[kind].figures) if not _has(text, name)]
    if missing:
        raise ValueError(f"a notice of the kind {kind} needs {', '.join(missing)}")


def _has(text: Mapping[str, Any], name: str) -> bool:
    return name in text or (f"{name}_zh" in text and f"{name}_en" in text)


def words_of(kind: str, text: Mapping[str, Any]) -> str:
    """The notice as one sentence in the reader's language."""
    found = KINDS.get(kind, UNKNOWN)
    return gettext(found.words, **{name: _figure(name, text) for name in found.figures})


def _figure(name: str, text: Mapping[str, Any]) -> str:
    if f"{name}_zh" in text:
        return pick({"zh": text[f"{name}_zh"], "en": text[f"{name}_en"]})
    value = text.get(name, "")
    return day(date.fromisoformat(value)) if name.endswith("_on") and value else str(value)
