"""From what is known of a learner to the ranking and the slots of the next steps (REQ-020)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any

from lms.domain.policy import Policy
from lms.features.catalog.queries import ModuleCard, TaughtSkill
from lms.features.catalog.snapshot import Snapshot
from lms.features.recommendations.blending import Blended, Known, blend, chance_of
from lms.features.recommendations.inputs import LearnerRow, LearnerState
from lms.features.recommendations.model_store import Model
from lms.features.recommendations.reasons import Names, blend_data, slot_data
from lms.features.skills.queries import LevelFact, levels_from
from lms.features.taxonomy.queries import SkillName
from recommender import GapRanking, Held, ModuleFacts, Requirement, Slate, rank_modules, recommend

DRAWN_PLACE = 2


@dataclass(frozen=True)
class Frame:
    """What is the same for every learner: the curriculum and the parameters of the day."""

    snapshot: Snapshot
    policy: Policy
    today: date
    model: Model | None = None  # what the nights have learned

    @cached_property
    def layers(self) -> dict[str, str]:
        return {card.slug: card.layer for card in self.snapshot.cards.values()}

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


@dataclass(frozen=True)
class Filling:
    """The slots, and how the cards among them were picked."""

    slots: list[FilledSlot]
    blended: Blended | None
    slate: Slate | None


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
    held = _levels(frame, learner, evidence)
    return rank_modules(
        [Requirement(need.skill_slug, need.level, need.is_must) for need in needs],
        frame.modules,
        {need.skill_slug: held[need.skill_id] for need in needs if need.skill_id in held},
        {frame.slugs[module_id] for module_id in state.done if module_id in frame.slugs},
        industry=learner.industry,
    )


def blend_in(
    frame: Frame,
    learner: LearnerRow,
    state: LearnerState,
    evidence: Sequence[LevelFact],
    ranking: GapRanking,
    *,
    hidden: Collection[str] = (),
) -> Blended | None:
    """The ranking with what the nights have learned; None where nothing has been."""
    if frame.model is None:
        return None
    skills = frame.snapshot.skills
    levels = {
        skills[skill_id].slug: held.level
        for skill_id, held in _levels(frame, learner, evidence).items()
        if skill_id in skills
    }
    known = Known(learner.role_id, state.in_order, levels)
    return blend(frame.model, ranking, known, frame.module_ids, hidden=hidden)


def fill_slots(
    frame: Frame, learner: LearnerRow, state: LearnerState, evidence: Sequence[LevelFact]
) -> Filling:
    """The slots of the day's policy; what the learner has put off or called not relevant stands in none.

    Nor does what has been begun: that is what *Continue* is for, and a slot is for something new."""
    ranking = rank(frame, learner, state, evidence)
    set_aside = {frame.slugs[module_id] for module_id in state.answers if module_id in frame.slugs}
    begun = {frame.slugs[module_id] for module_id in state.begun if module_id in frame.slugs}
    useful = [entry.module for entry in ranking.entries if entry.module in begun and entry.contributes]
    blended = blend_in(frame, learner, state, evidence, ranking, hidden=set_aside | begun)
    slate = None
    if blended is None:
        entries = tuple(entry for entry in ranking.entries if entry.module not in set_aside | begun)
        ranking = replace(ranking, entries=entries)
    else:
        chance = chance_of(blended.version, learner.learner_id, frame.today)
        slate = blended.pick(frame.layers, frame.policy.recommendation_count, chance=chance)
        ranking = blended.put_first([blended.order[place] for place in slate.picked])
    slots = [
        FilledSlot(
            slot.card.module if slot.card else None,
            slot_data(slot, frame.names, set_aside=len(set_aside), begun=useful)
            + (
                added_lines(frame, blended, slate, slot.card.module)
                if slot.card and blended and slate
                else []
            ),
        )
        for slot in recommend(ranking, frame.policy.recommendation_count)
    ]
    return Filling(slots, blended, slate)


def added_lines(frame: Frame, blended: Blended, slate: Slate | None, slug: str) -> list[dict[str, Any]]:
    """What was learned of a card, as further lines of its sum."""
    if slug not in blended.weighed:
        return []
    one, names = blended.weighed[slug], frame.names
    causes = {
        name: [frame.slugs[module_id] for module_id in ids if module_id in frame.slugs]
        for name, ids in one.causes.items()
    }
    place = blended.order.index(slug)
    drawn = slate.propensities[DRAWN_PLACE] if slate and slate.explored == place else None
    is_guarded = bool(slate and place in slate.guarded)
    return blend_data(one.worth, one.parts, causes, names, is_guarded=is_guarded, drawn=drawn)


def _levels(frame: Frame, learner: LearnerRow, evidence: Sequence[LevelFact]) -> dict[int, Held]:
    needs = frame.snapshot.requirements.get(learner.role_id or 0, ())
    must = {need.skill_id for need in needs if need.is_must}
    return levels_from(evidence, today=frame.today, policy=frame.policy, must_skill_ids=must)
