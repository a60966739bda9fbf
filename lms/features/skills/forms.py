"""What learners send to the pages of skills."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lms.features.skills.goal_plan import PACES, USUAL_PACE
from lms.features.skills.matching import MOST_TEXT
from lms.web.text import gettext as _


@dataclass(frozen=True)
class GoalForm:
    """A goal in words, or the slug of a role or a skill; and the periods a week."""

    text: str
    role: str
    skill: str
    pace: int
    is_sent: bool

    @classmethod
    def of(cls, values: Mapping[str, str]) -> GoalForm:
        """The form's values; an unknown pace is the usual one."""
        pace = values.get("pace", "")
        return cls(
            text=values.get("text", "").strip(),
            role=values.get("role", ""),
            skill=values.get("skill", ""),
            pace=int(pace) if pace in map(str, PACES) else USUAL_PACE,
            is_sent=bool({"text", "role", "skill"} & values.keys()),
        )

    @property
    def error(self) -> str:
        """What keeps the text from being read."""
        if self.is_sent and not (self.text or self.role or self.skill):
            return _("Say where you want to go, or choose a role.")
        return too_long(self.text)


def too_long(text: str) -> str:
    """What to do about a text that is longer than what is read; empty when it is not."""
    if len(text) <= MOST_TEXT:
        return ""
    return _("That is %(n)s characters; at most %(most)s are read. Shorten it.", n=len(text), most=MOST_TEXT)
