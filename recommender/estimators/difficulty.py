"""How hard items and skills are, learnt from other learners' answers (Rasch 1960, with shrinkage)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recommender.answers import Answers

ROUNDS = 12
"""Newton steps, each for all learners, skills and items at once."""

LEARNER_PRECISION, SKILL_PRECISION, ITEM_PRECISION = 1.0, 0.5, 2.0
"""Inverse variances of abilities, of skills' difficulties and of items' deviations from their skills."""

SLOPE_PRECISION = 20.0
"""Inverse variance of the items' slopes around 1: about twenty answers of others begin to move one."""

IMAGINED = 2.0
"""Answers, half of them right, of an average learner to an average item that stand beside those seen: where all
are right (or wrong), nothing else keeps the intercept from running away."""

KNOWN_COLUMNS = 7

STRENGTH = 10.0
"""Answers that the next coarser rate is worth when a rate is smoothed."""


@dataclass(frozen=True)
class Difficulty:
    """What a fit knows of items and skills.

    :param intercept: logit of a right answer of an average learner to an average item
    :param items: ids, rising
    :param item_offset: logits by which an item is harder than its skills
    :param item_rate: share of right answers, smoothed towards that of its skills
    :param item_count: answers seen
    :param item_slope: by how much more than 1 the item tells abilities apart
    :param skill_offset: logits by which a skill is harder than the average, length n_skills + 1
    :param skill_rate: share of right answers, smoothed towards the overall one
    :param skill_count: answers seen
    """

    intercept: float
    items: NDArray[np.int64]
    item_offset: NDArray[np.float64]
    item_rate: NDArray[np.float64]
    item_count: NDArray[np.float64]
    item_slope: NDArray[np.float64]
    skill_offset: NDArray[np.float64]
    skill_rate: NDArray[np.float64]
    skill_count: NDArray[np.float64]

    def columns(self, answers: Answers) -> NDArray[np.float64]:
        """For each answer: difficulty (logits), item's rate, item's answers, skills' rate (mean, least),
        skills' answers, item's slope.

        An item never seen is as hard as its skills, a skill never seen as hard as the average.
        """
        place = np.searchsorted(self.items, answers.item)
        place = np.minimum(place, len(self.items) - 1)
        is_seen = self.items[place] == answers.item
        rate, least, offset = self._skill_columns(answers)
        seen_answers = np.log1p(_mean(self.skill_count[answers.entry_skill], answers))
        return np.column_stack(
            [
                offset + np.where(is_seen, self.item_offset[place], 0.0) - self.intercept,
                np.where(is_seen, self.item_rate[place], rate),
                np.log1p(np.where(is_seen, self.item_count[place], 0.0)),
                rate,
                least,
                seen_answers,
                np.where(is_seen, self.item_slope[place], 0.0),
            ]
        )

    def _skill_columns(self, answers: Answers) -> tuple[NDArray[np.float64], ...]:
        rates = self.skill_rate[answers.entry_skill]
        return (
            _mean(rates, answers),
            _least(rates, answers),
            _mean(self.skill_offset[answers.entry_skill], answers),
        )


def learn_difficulty(answers: Answers, use: NDArray[np.bool_]) -> Difficulty:
    """Learn from the answers in `use` (a mask of at least one answer)."""
    items, item = np.unique(answers.item[use], return_inverse=True)
    right, learner = answers.correct[use], answers.learner[use]
    number = np.cumsum(use) - 1
    kept = use[answers.entry_answer]
    answer, skill = number[answers.entry_answer[kept]], answers.entry_skill[kept]
    share = 1.0 / np.bincount(answer, minlength=len(right))[answer]
    n_skills, n_items = answers.n_skills + 1, len(items)

    overall = (right.sum() + IMAGINED / 2) / (len(right) + IMAGINED)
    skill_count = np.bincount(skill, minlength=n_skills).astype(float)
    skill_rate = (np.bincount(skill, right[answer], n_skills) + STRENGTH * overall) / (skill_count + STRENGTH)
    own_rate = np.bincount(answer, share * skill_rate[skill], len(right))
    item_count = np.bincount(item, minlength=n_items).astype(float)
    prior = np.bincount(item, own_rate, n_items) / item_count
    item_rate = (np.bincount(item, right, n_items) + STRENGTH * prior) / (item_count + STRENGTH)

    intercept = float(np.log(overall / (1.0 - overall)))
    ability, skill_offset, item_offset = np.zeros(answers.n_learners), np.zeros(n_skills), np.zeros(n_items)
    for _ in range(ROUNDS):
        hardness = item_offset[item] + np.bincount(answer, share * skill_offset[skill], len(right))
        chance = 1.0 / (1.0 + np.exp(hardness - intercept - ability[learner]))
        surprise, weight = right - chance, chance * (1.0 - chance)
        ability += _newton(learner, surprise, weight, ability, LEARNER_PRECISION)
        item_offset += _newton(item, -surprise, weight, item_offset, ITEM_PRECISION)
        moved = share * surprise[answer], share * weight[answer]
        skill_offset += _newton(skill, -moved[0], moved[1], skill_offset, SKILL_PRECISION)
        middle = 1.0 / (1.0 + np.exp(-intercept))
        information = middle * (1.0 - middle)
        slope = surprise.sum() + IMAGINED * (0.5 - middle)
        intercept += 0.5 * float(slope / (weight.sum() + IMAGINED * information))
    item_slope = _slopes(item, surprise, weight, ability[learner], n_items)
    return Difficulty(
        intercept,
        items,
        item_offset,
        item_rate,
        item_count,
        item_slope,
        skill_offset,
        skill_rate,
        skill_count,
    )


def _slopes(
    item: NDArray[np.intp],
    surprise: NDArray[np.float64],
    weight: NDArray[np.float64],
    ability: NDArray[np.float64],
    n_items: int,
) -> NDArray[np.float64]:
    """One Newton step from the slope 1 of the Rasch model towards the two-parameter one."""
    slope = np.bincount(item, surprise * ability, n_items)
    return slope / (np.bincount(item, weight * ability**2, n_items) + SLOPE_PRECISION)


def _newton(
    group: NDArray[np.intp],
    surprise: NDArray[np.float64],
    weight: NDArray[np.float64],
    values: NDArray[np.float64],
    precision: float,
) -> NDArray[np.float64]:
    """Half a Newton step: three kinds of values move at once and would overshoot together."""
    slope = np.bincount(group, surprise, len(values)) - precision * values
    return 0.5 * slope / (np.bincount(group, weight, len(values)) + precision)


def _starts(answers: Answers) -> NDArray[np.intp]:
    return np.searchsorted(answers.entry_answer, np.arange(len(answers)))


def _mean(values: NDArray[np.float64], answers: Answers) -> NDArray[np.float64]:
    n = len(answers)
    return np.bincount(answers.entry_answer, values, n) / np.bincount(answers.entry_answer, minlength=n)


def _least(values: NDArray[np.float64], answers: Answers) -> NDArray[np.float64]:
    least: NDArray[np.float64] = np.minimum.reduceat(values, _starts(answers)) if len(answers) else values
    return least
