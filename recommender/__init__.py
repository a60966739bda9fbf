"""Rankings with reasons for Terrace: frozen dataclasses in, rankings out.

The public face is loaded lazily (PEP 562): `import recommender` loads none of its modules.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from recommender.ability import Ability as Ability
    from recommender.ability import known_level as known_level
    from recommender.ability import update_ability as update_ability
    from recommender.answers import AnswerLog as AnswerLog
    from recommender.estimators.blend import Blend as Blend
    from recommender.estimators.choices import Choice as Choice
    from recommender.estimators.co_learning import CoLearning as CoLearning
    from recommender.estimators.cold_start import ColdStart as ColdStart
    from recommender.estimators.mastery import MasteryModel as MasteryModel
    from recommender.estimators.next_module import NextModule as NextModule
    from recommender.evidence import held_levels as held_levels
    from recommender.facts import EvidenceItem as EvidenceItem
    from recommender.facts import Held as Held
    from recommender.facts import ModuleFacts as ModuleFacts
    from recommender.facts import Requirement as Requirement
    from recommender.facts import SkillGap as SkillGap
    from recommender.gap import rank_modules as rank_modules
    from recommender.gap import skill_gaps as skill_gaps
    from recommender.item_figures import ItemFigures as ItemFigures
    from recommender.matching import SkillMatcher as SkillMatcher
    from recommender.mixture import Mixture as Mixture
    from recommender.mixture import Situation as Situation
    from recommender.off_policy import Logged as Logged
    from recommender.off_policy import Worth as Worth
    from recommender.path import catalogue_order as catalogue_order
    from recommender.path import role_path as role_path
    from recommender.placement import Estimate as Estimate
    from recommender.placement import PlacementTest as PlacementTest
    from recommender.plan import ModuleSpec as ModuleSpec
    from recommender.plan import Plan as Plan
    from recommender.plan import Step as Step
    from recommender.plan import UnreachableLevel as UnreachableLevel
    from recommender.plan import plan_path as plan_path
    from recommender.ranking import Ranking as Ranking
    from recommender.reasons import Closed as Closed
    from recommender.reasons import EmptyReason as EmptyReason
    from recommender.reasons import GapRanking as GapRanking
    from recommender.reasons import NextStep as NextStep
    from recommender.reasons import RankedModule as RankedModule
    from recommender.reasons import Reason as Reason
    from recommender.reasons import ReasonKind as ReasonKind
    from recommender.reasons import Slot as Slot
    from recommender.slate import Slate as Slate
    from recommender.slate import pick_slate as pick_slate
    from recommender.slots import recommend as recommend
    from recommender.training import TrainingData as TrainingData

_HOMES = {
    "ability": ("Ability", "known_level", "update_ability"),
    "answers": ("AnswerLog",),
    "estimators.blend": ("Blend",),
    "estimators.choices": ("Choice",),
    "estimators.co_learning": ("CoLearning",),
    "estimators.cold_start": ("ColdStart",),
    "estimators.mastery": ("MasteryModel",),
    "estimators.next_module": ("NextModule",),
    "evidence": ("held_levels",),
    "facts": ("EvidenceItem", "Held", "ModuleFacts", "Requirement", "SkillGap"),
    "gap": ("rank_modules", "skill_gaps"),
    "item_figures": ("ItemFigures",),
    "matching": ("SkillMatcher",),
    "mixture": ("Mixture", "Situation"),
    "off_policy": ("Logged", "Worth"),
    "path": ("catalogue_order", "role_path"),
    "placement": ("Estimate", "PlacementTest"),
    "plan": ("ModuleSpec", "Plan", "Step", "UnreachableLevel", "plan_path"),
    "ranking": ("Ranking",),
    "reasons": (
        "Closed", "EmptyReason", "GapRanking", "NextStep", "RankedModule", "Reason", "ReasonKind", "Slot",
    ),
    "slate": ("Slate", "pick_slate"),
    "slots": ("recommend",),
    "training": ("TrainingData",),
}  # fmt: skip
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [*_HOME_OF]  # noqa: PLE0604 - derived, so that the two lists cannot drift apart


def __getattr__(name: str) -> object:
    """Load the module that holds `name` at its first use."""
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(import_module(f"{__name__}.{_HOME_OF[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
