"""From what is known of a learner to the ranking and the slots of the next steps (REQ-020)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from lms.domain.policy import Policy
from lms.features.recommendations.inputs import LearnerRow, LearnerState, RankableModule
from lms.features.recommendations.reasons import Names, slot_data
from lms.features.skills.queries import LevelFact, levels_from
from lms.features.taxonomy.queries import RequirementRow
from recommender import GapRanking, Requirement, rank_modules, recommend


@dataclass(frozen=True)
class Frame:
    """What is the same for every learner: the modules, what the roles ask, the parameters of the day."""

    modules: Sequence[RankableModule]
    requirements: Mapping[int, Sequence[RequirementRow]]
    policy: Policy
    today: date

    def slugs(self) -> dict[int, str]:
        return {module.module_id: module.facts.id for module in self.modules}

    def module_ids(self) -> dict[str, int]:
        return {module.facts.id: module.module_id for module in self.modules}

    def names(self) -> Names:
        """Names of all modules, and of the skills that the roles ask for: no reason names another one."""
        return Names(
            skills={
                need.skill_slug: (need.name_zh, need.name_en)
                for needs in self.requirements.values()
                for need in needs
            },
            modules={module.facts.id: (module.title_zh, module.title_en) for module in self.modules},
        )


@dataclass(frozen=True)
class StoredSlot:
    """A slot as it is stored: the module's slug, None for an empty one, and the reasons as data."""

    slug: str | None
    reasons: list[dict[str, Any]]


def rank(frame: Frame, learner: LearnerRow, state: LearnerState, evidence: Sequence[LevelFact]) -> GapRanking:
    """All modules in the order in which they close the learner's skill gaps."""
    needs = frame.requirements.get(learner.role_id or 0, ())
    must = {need.skill_id for need in needs if need.is_must}
    held = levels_from(evidence, today=frame.today, policy=frame.policy, must_skill_ids=must)
    slugs = frame.slugs()
    return rank_modules(
        [Requirement(need.skill_slug, need.level, need.is_must) for need in needs],
        [module.facts for module in frame.modules],
        {need.skill_slug: held[need.skill_id] for need in needs if need.skill_id in held},
        {slugs[module_id] for module_id in state.done if module_id in slugs},
        industry=learner.industry,
    )


def fill_slots(frame: Frame, ranking: GapRanking, state: LearnerState) -> list[StoredSlot]:
    """The slots of the day's policy; what the learner has put off or called not relevant stands in none."""
    slugs, names = frame.slugs(), frame.names()
    set_aside = {slugs[module_id] for module_id in state.answers if module_id in slugs}
    entries = tuple(entry for entry in ranking.entries if entry.module not in set_aside)
    slots = recommend(replace(ranking, entries=entries), frame.policy.recommendation_count)
    return [
        StoredSlot(slot.card.module if slot.card else None, slot_data(slot, names, set_aside=len(set_aside)))
        for slot in slots
    ]
