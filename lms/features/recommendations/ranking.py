"""From what is known of a learner to the ranking and the slots of the next steps (REQ-020)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any

from lms.domain.policy import Policy
from lms.features.catalog.queries import ModuleCard, TaughtSkill
from lms.features.catalog.snapshot import Snapshot
from lms.features.recommendations.inputs import LearnerRow, LearnerState
from lms.features.recommendations.reasons import Names, slot_data
from lms.features.skills.queries import LevelFact, levels_from
from lms.features.taxonomy.queries import SkillName
from recommender import GapRanking, ModuleFacts, Requirement, rank_modules, recommend


@dataclass(frozen=True)
class Frame:
    """What is the same for every learner: the curriculum and the parameters of the day."""

    snapshot: Snapshot
    policy: Policy
    today: date

    @cached_property
    def modules(self) -> list[ModuleFacts]:
        shot = self.snapshot
        return module_facts(shot.cards.values(), shot.prerequisites, shot.taught, shot.skills)

    @cached_property
    def slugs(self) -> dict[int, str]:
        return {module_id: card.slug for module_id, card in self.snapshot.cards.items()}

    @cached_property
    def module_ids(self) -> dict[str, int]:
        return {slug: module_id for module_id, slug in self.slugs.items()}

    @cached_property
    def names(self) -> Names:
        return Names(
            skills={skill.slug: (skill.name_zh, skill.name_en) for skill in self.snapshot.skills.values()},
            modules={card.slug: (card.title_zh, card.title_en) for card in self.snapshot.cards.values()},
        )


@dataclass(frozen=True)
class FilledSlot:
    """A slot as it is stored: the module's slug, None for an empty one, and the reasons as data."""

    slug: str | None
    reasons: list[dict[str, Any]]


def module_facts(
    cards: Iterable[ModuleCard],
    prerequisites: Mapping[int, Sequence[int]],
    taught: Mapping[int, Sequence[TaughtSkill]],
    skills: Mapping[int, SkillName],
) -> list[ModuleFacts]:
    """Modules as the ranking knows them: by slug, startable when their version is complete."""
    by_id = {card.module_id: card for card in cards}
    return [
        ModuleFacts(
            id=card.slug,
            layer=card.layer,
            periods=card.periods,
            prerequisites=tuple(by_id[i].slug for i in prerequisites.get(card.module_id, ())),
            teaches={skills[row.skill_id].slug: row.level for row in taught.get(card.version_id, ())},
            industries=frozenset(card.industries),
            is_startable=card.is_complete,
        )
        for card in by_id.values()
    ]


def rank(frame: Frame, learner: LearnerRow, state: LearnerState, evidence: Sequence[LevelFact]) -> GapRanking:
    """All modules in the order in which they close the learner's skill gaps."""
    needs = frame.snapshot.requirements.get(learner.role_id or 0, ())
    must = {need.skill_id for need in needs if need.is_must}
    held = levels_from(evidence, today=frame.today, policy=frame.policy, must_skill_ids=must)
    return rank_modules(
        [Requirement(need.skill_slug, need.level, need.is_must) for need in needs],
        frame.modules,
        {need.skill_slug: held[need.skill_id] for need in needs if need.skill_id in held},
        {frame.slugs[module_id] for module_id in state.done if module_id in frame.slugs},
        industry=learner.industry,
    )


def fill_slots(frame: Frame, ranking: GapRanking, state: LearnerState) -> list[FilledSlot]:
    """The slots of the day's policy; what the learner has put off or called not relevant stands in none.

    Nor does what has been begun: that is what *Continue* is for, and a slot is for something new."""
    set_aside = {frame.slugs[module_id] for module_id in state.answers if module_id in frame.slugs}
    begun = {frame.slugs[module_id] for module_id in state.begun if module_id in frame.slugs}
    entries = tuple(entry for entry in ranking.entries if entry.module not in set_aside | begun)
    useful = [entry.module for entry in ranking.entries if entry.module in begun and entry.contributes]
    slots = recommend(replace(ranking, entries=entries), frame.policy.recommendation_count)
    return [
        FilledSlot(
            slot.card.module if slot.card else None,
            slot_data(slot, frame.names, set_aside=len(set_aside), begun=useful),
        )
        for slot in slots
    ]
