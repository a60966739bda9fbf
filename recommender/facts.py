"""What goes in: modules, requirements of a role, evidence and held levels (REQ-020).

Nothing here knows a database or a file; whoever calls fills these from its own rows.
Levels are proficiency levels 0–5, periods (课时) are 45 minutes of teaching.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

LAYERS = ("foundation", "specialism", "frontier")
"""The three layers (基础能力, 专业领域, 前沿技术), lowest first."""

ALL_INDUSTRIES = "all"
"""The industry that every industry belongs to."""

MAX_LEVEL = 5
"""The highest proficiency level; no module teaches it, only a portfolio review grants it."""


@dataclass(frozen=True)
class Requirement:
    """A skill a role asks for.

    `level` is the least level needed (1–5); `is_must` says that a rule makes the training compulsory.

    :raises ValueError: when the level is outside 1–5
    """

    skill: str
    level: int
    is_must: bool = False

    def __post_init__(self) -> None:
        if not 1 <= self.level <= MAX_LEVEL:
            raise ValueError(f"requirement {self.skill}: level {self.level} is not from 1 to {MAX_LEVEL}")


@dataclass(frozen=True)
class ModuleFacts:
    """What the ranking needs to know of a module.

    `id` is the slug, `teaches` maps skill to the level reached, `is_startable` is False while the
    module is in preparation (no published version a learner could begin).

    :raises ValueError: for an unknown layer, periods below 1 or a level outside 1–5
    """

    id: str
    layer: str
    periods: int
    prerequisites: tuple[str, ...]
    teaches: Mapping[str, int] = field(hash=False)
    industries: frozenset[str]
    is_startable: bool

    def __post_init__(self) -> None:
        if self.layer not in LAYERS:
            raise ValueError(f"module {self.id}: unknown layer {self.layer}")
        if self.periods < 1:
            raise ValueError(f"module {self.id}: periods {self.periods} below 1")
        for skill, level in self.teaches.items():
            if not 1 <= level <= MAX_LEVEL:
                raise ValueError(f"module {self.id}: {skill} level {level} is not from 1 to {MAX_LEVEL}")

    @property
    def place(self) -> tuple[int, int, str]:
        """Where it stands among modules that may be studied at once: layer, periods, slug."""
        return LAYERS.index(self.layer), self.periods, self.id


@dataclass(frozen=True)
class EvidenceItem:
    """One reason to believe in a level: the skill, the level (0–5) and the day it was obtained on."""

    skill: str
    level: int
    obtained_on: date

    def __post_init__(self) -> None:
        if not 0 <= self.level <= MAX_LEVEL:
            raise ValueError(f"evidence of {self.skill}: level {self.level} is not from 0 to {MAX_LEVEL}")


@dataclass(frozen=True)
class Held:
    """The level held of a skill today and the evidence it rests on.

    `stated` is what the evidence said when obtained; `level` is one lower when `is_aged`.
    `valid_until` is the last day (until 24:00) on which the evidence counted, or counts, in full.
    """

    level: int
    stated: int
    obtained_on: date
    valid_until: date
    is_aged: bool


def level_of(held: Mapping[str, int | Held], skill: str) -> int:
    """The level held of `skill`, whether given as a number or with its evidence; absent = 0."""
    item = held.get(skill, 0)
    return item.level if isinstance(item, Held) else item


@dataclass(frozen=True)
class SkillGap:
    """Required level − held level, where positive, else 0 (`gap`)."""

    skill: str
    required: int
    held: int
    gap: int
    is_must: bool
