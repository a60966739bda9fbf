"""How able somebody is in one skill, followed answer by answer: a few lines, usable in a request.

The Rasch model with an extended Kalman filter: each answer moves the mean by the surprise times what is still
uncertain, as Glicko does for ratings (Glickman 1999). The scale is in logits: at ability = difficulty one
answers rightly every second time, one logit above it in 73 % of cases.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from math import e, sqrt
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from numpy import float64
    from numpy.typing import NDArray

Value = TypeVar("Value", float, "NDArray[float64]")

PRIOR_VARIANCE = 1.0
"""Of the ability of somebody of whom nothing is known, around 0."""

DRIFT = 0.01
"""What learning and forgetting add to the variance with each answer, so that new answers keep counting."""

MIN_ANSWERS = 5
"""Below so many answers in a skill the product says "not yet known"."""


@dataclass(frozen=True)
class Ability:
    """Mean and variance of the ability in logits after `n` answers."""

    mean: float = 0.0
    variance: float = PRIOR_VARIANCE
    n: int = 0

    @property
    def deviation(self) -> float:
        """One standard deviation in logits."""
        return sqrt(self.variance)


def update_ability(ability: Ability, *, is_correct: bool, difficulty: float) -> Ability:
    """The ability after one more answer to a question of `difficulty` (logits)."""
    chance = 1.0 / (1.0 + e ** (difficulty - ability.mean))
    information = chance * (1.0 - chance)
    gain = kalman_gain(ability.variance, information, ability.variance)
    mean = ability.mean + gain * (is_correct - chance)
    return Ability(mean, ability.variance * (1.0 - information * gain) + DRIFT, ability.n + 1)


def kalman_gain(variance: Value, information: Value, total: Value) -> Value:
    """Logits moved per unit of surprise, for one summand of an ability whose summands have `total` variance.

    Works for arrays as well; that is how `MasteryModel` follows thousands of learners at once.
    """
    return variance / (1.0 + information * total)


def known_level(ability: Ability, thresholds: Sequence[float]) -> int | None:
    """The level whose threshold (rising, in logits, of level 1, 2 …) the mean has reached; 0 below the first.

    None ("not yet known") below `MIN_ANSWERS` answers.
    """
    return bisect_right(thresholds, ability.mean) if ability.n >= MIN_ANSWERS else None
