"""From a sentence in either language to the skills and roles it speaks of (REQ-020).

The labels are taken in once per revision of the catalogue and kept by the process."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import sqrt
from typing import TYPE_CHECKING, NamedTuple

from lms.features.catalog.snapshot import Snapshot
from lms.features.taxonomy.queries import RequirementRow, RoleRow, SkillName

if TYPE_CHECKING:
    from lms.features.skills.phrases import Match, Phrases

MOST_TEXT = 500
LEAST = 0.15
"""Below this strength a match is chance."""

NAMED = 0.6
"""What the name of a skill weighs where it stands in a lesson: less than an outcome that speaks of it."""

LEAST_PROPOSED = 0.3
"""Below this a module mentions a skill and does not teach it."""

BESIDE_BEST = 0.5
"""What is less than half as strong as the best match is not shown beside it."""


class SkillMatch(NamedTuple):
    """A skill that the text speaks of, how strongly (0–1), and by which of its words."""

    skill: SkillName
    strength: float
    words: tuple[str, ...]

    @property
    def percent(self) -> int:
        return round(100 * self.strength)


class RoleMatch(NamedTuple):
    """A role that the text speaks of: by words of its name, by skills that it asks for.

    `strength` only puts roles in order: it reaches √2 where the name and the skills say the same."""

    role: RoleRow
    strength: float
    words: tuple[str, ...]
    asks: tuple[RequirementRow, ...]


@dataclass(frozen=True)
class Matcher:
    """The labels of one revision."""

    skills: Mapping[int, SkillName]
    roles: Mapping[int, RoleRow]
    requirements: Mapping[int, tuple[RequirementRow, ...]]

    @cached_property
    def _of_skills(self) -> Phrases[int]:
        # at the first sentence, not at the start: it loads NumPy and SciPy
        from lms.features.skills.phrases import Phrases

        return Phrases(
            {
                key: (row.name_zh, row.name_en, row.description_zh, row.description_en)
                for key, row in self.skills.items()
            }
        )

    @cached_property
    def _of_roles(self) -> Phrases[int]:
        from lms.features.skills.phrases import Phrases

        return Phrases({key: (row.name_zh, row.name_en) for key, row in self.roles.items()})

    def match_skills(self, text: str, *, n: int = 5) -> list[SkillMatch]:
        """At most `n` skills, the strongest first; none when the text speaks of none."""
        found = _strongest(self._of_skills.match(text), n)
        return [SkillMatch(self.skills[key], *match) for key, match in found]

    def propose(
        self,
        headings: Iterable[tuple[str, float]],
        texts: Iterable[str],
        *,
        known: Collection[str],
        n: int = 8,
    ) -> list[SkillMatch]:
        """At most `n` skills that a module seems to teach, without those in `known` (slugs).

        :param headings: titles, outcomes and the like with the weight (0–1) of each
        :param texts: longer texts: what counts there is that a skill is named word for word
        """
        found = self._with_names(self._of_skills.match_all(headings), texts)
        new = {key: match for key, match in found.items() if self.skills[key].slug not in known}
        order = sorted(new, key=lambda key: (-new[key].strength, key))
        kept = [key for key in order if new[key].strength >= LEAST_PROPOSED]
        return [SkillMatch(self.skills[key], *new[key]) for key in kept[:n]]

    def _with_names(self, found: dict[int, Match], texts: Iterable[str]) -> dict[int, Match]:
        """Each text that names a skill is one more witness."""
        from lms.features.skills.phrases import Match

        for text in texts:
            folded = text.casefold()
            for key, row in self.skills.items():
                names = tuple(name for name in (row.name_zh, row.name_en) if name.casefold() in folded)
                if names:
                    seen = found.get(key) or Match(0.0, names)
                    found[key] = seen._replace(strength=1 - (1 - seen.strength) * (1 - NAMED**2))
        return found

    def match_roles(self, text: str, skills: Sequence[SkillMatch], *, n: int = 3) -> list[RoleMatch]:
        """At most `n` roles, the strongest first: what their names say, and which of `skills` they ask for."""
        named = self._of_roles.match(text)
        whole = sqrt(sum(match.strength**2 for match in skills)) or 1.0
        strengths: dict[int, float] = {}
        for key in self.roles:
            asked = sum(match.strength**2 for match in skills if match.skill.skill_id in self._asked[key])
            by_skills = skills[0].strength * sqrt(asked) / whole if asked else 0.0
            by_name = named[key].strength if key in named else 0.0
            strengths[key] = sqrt(by_name**2 + by_skills**2)
        return [self._role(key, strengths[key], named, skills) for key in _leading(strengths, n)]

    def _role(
        self, key: int, strength: float, named: Mapping[int, Match], skills: Sequence[SkillMatch]
    ) -> RoleMatch:
        asks = tuple(
            self._asked[key][match.skill.skill_id]
            for match in skills
            if match.skill.skill_id in self._asked[key]
        )
        is_named = key in named and named[key].strength >= LEAST
        return RoleMatch(self.roles[key], strength, named[key].words if is_named else (), asks)

    @cached_property
    def _asked(self) -> dict[int, dict[int, RequirementRow]]:
        return {key: {row.skill_id: row for row in self.requirements.get(key, ())} for key in self.roles}


_KEPT: list[Matcher] = []


def matcher_of(snapshot: Snapshot) -> Matcher:
    """The matcher of this revision, made at the first sentence after a sync.

    All snapshots of a revision share their skills, whoever reads them."""
    for kept in _KEPT:
        if kept.skills is snapshot.skills:
            return kept
    made = Matcher(snapshot.skills, snapshot.roles, snapshot.requirements)
    _KEPT[:] = [made]
    return made


def _strongest(found: Mapping[int, Match], n: int) -> list[tuple[int, Match]]:
    strengths = {key: match.strength for key, match in found.items()}
    return [(key, found[key]) for key in _leading(strengths, n)]


def _leading(strengths: Mapping[int, float], n: int) -> list[int]:
    """The `n` strongest that are no chance and not far behind the first."""
    least = max(LEAST, BESIDE_BEST * max(strengths.values(), default=0.0))
    order = sorted(strengths, key=lambda key: (-strengths[key], key))
    return [key for key in order if strengths[key] >= least][:n]
