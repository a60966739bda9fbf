"""Modules like what somebody describes: the skills are the bridge between the two languages (REQ-020)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from sqlalchemy.orm import Session

from lms.domain.permissions import Actor
from lms.features.catalog.snapshot import Snapshot
from lms.features.learning.queries import LearnerModule, learner_map
from lms.features.skills.matching import MOST_TEXT, SkillMatch, matcher_of

MOST_MODULES = 8
HIGHEST = 4
"""The highest level that a module teaches: what reaches it counts in full."""


class Teaching(NamedTuple):
    """Why a module fits: it teaches a skill that the text speaks of, to this level."""

    match: SkillMatch
    level: int


@dataclass(frozen=True)
class FoundModule:
    """A module with its reasons, the strongest first."""

    module: LearnerModule
    reasons: tuple[Teaching, ...]

    @property
    def score(self) -> float:
        """Strong matches count more than their number: the squares add up, by the level reached."""
        return sum(row.match.strength**2 * row.level / HIGHEST for row in self.reasons)


@dataclass(frozen=True)
class Finding:
    """The page: what was asked, which skills that means, which modules teach them."""

    text: str
    skills: list[SkillMatch]
    modules: list[FoundModule]

    @property
    def is_asked(self) -> bool:
        return bool(self.text)

    @property
    def is_too_long(self) -> bool:
        return len(self.text) > MOST_TEXT


def find_modules(db: Session, actor: Actor, text: str, *, today: date) -> Finding:
    """The modules that this person may see and that teach what the text speaks of, best first.

    Nothing is looked for in an empty text or in one of more than `MOST_TEXT` characters."""
    asked = Finding(text.strip(), [], [])
    if not asked.is_asked or asked.is_too_long:
        return asked
    whole = learner_map(db, actor, today=today)
    skills = matcher_of(whole.snapshot).match_skills(asked.text)
    found = [_found(whole.snapshot, row, skills) for row in whole.modules.values()]
    fitting = sorted(
        (row for row in found if row.reasons), key=lambda row: (-row.score, row.module.card.slug)
    )
    return Finding(asked.text, skills, fitting[:MOST_MODULES])


def _found(snapshot: Snapshot, module: LearnerModule, skills: Sequence[SkillMatch]) -> FoundModule:
    levels = {row.skill_id: row.level for row in snapshot.taught.get(module.card.version_id, ())}
    taught = [match for match in skills if match.skill.skill_id in levels]
    return FoundModule(module, tuple(Teaching(match, levels[match.skill.skill_id]) for match in taught))
