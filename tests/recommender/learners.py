"""A simulator of learners who answer questions: several skills per item, learning, forgetting, guessing, slips.

The true chance of every answer is known, so that a test can say how far a model is from the best possible.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from recommender import AnswerLog

Floats = NDArray[np.float64]

FORGETTING = 60.0
"""Answers after which a gain that is not practised has shrunk to 1/e."""


@dataclass(frozen=True)
class Simulated:
    """A log and the true chance of each of its rows."""

    log: AnswerLog
    chance: Floats

    def part(self, rows: NDArray[np.bool_]) -> Simulated:
        return Simulated(part_of(self.log, rows), self.chance[rows])

    def split(self) -> tuple[Simulated, Simulated]:
        """Four fifths of the learners, and the other fifth."""
        is_test = np.unique(self.log.learner, return_inverse=True)[1] % 5 == 0
        return self.part(~is_test), self.part(is_test)


def part_of(log: AnswerLog, rows: NDArray[np.bool_]) -> AnswerLog:
    """The log of the rows in the mask `rows`."""
    skills = log.skills[np.flatnonzero(rows)]
    return AnswerLog(log.learner[rows], log.item[rows], log.correct[rows], skills, log.at[rows])


def simulate(
    *, learners: int, items: int = 300, skills: int = 20, answers: int = 80, seed: int = 0
) -> Simulated:
    """`answers` is the mean length of a history; ids have gaps and rows of learners are mixed."""
    rng = np.random.default_rng(seed)
    hardness, skill_hardness = rng.normal(0, 0.8, items), rng.normal(0, 0.7, skills)
    guess, slip = rng.uniform(0.05, 0.3, items), rng.uniform(0.02, 0.1, items)
    of_item = [
        rng.choice(skills, size, replace=False) for size in rng.choice([1, 2, 3], items, p=[0.6, 0.3, 0.1])
    ]
    with_skill = [np.array([i for i in range(items) if k in of_item[i]] or [0]) for k in range(skills)]
    rows: list[tuple[int, int, bool, float, float]] = []
    for learner in range(learners):
        general, own, pace = rng.normal(), rng.normal(0, 0.6, skills), rng.gamma(2, 0.06)
        gained, last = np.zeros(skills), np.zeros(skills)
        topic = rng.integers(skills)
        for place in range(max(5, int(rng.exponential(answers)))):
            topic = rng.integers(skills) if rng.random() < 0.08 else topic
            item = with_skill[topic][rng.integers(len(with_skill[topic]))]
            taken = of_item[item]
            kept = gained[taken] * np.exp(-(place - last[taken]) / FORGETTING)
            logit = general + (own[taken] + kept - skill_hardness[taken]).mean() - hardness[item]
            chance = guess[item] + (1 - guess[item] - slip[item]) / (1 + np.exp(-1.5 * logit))
            is_right = rng.random() < chance
            gained[taken], last[taken] = kept + pace * (1.2 if is_right else 1.0), place
            rows.append((learner * 7 + 3, item * 11 + 5, is_right, place + learner % 13, chance))
    columns = [np.array(column) for column in zip(*rows, strict=True)]
    order = np.argsort(columns[3], kind="stable")
    learner_ids, item_ids, right, at, chances = (column[order] for column in columns)
    counts = [len(of_item[(item - 5) // 11]) for item in item_ids]
    taken_skills = np.concatenate([of_item[(item - 5) // 11] for item in item_ids])
    starts = np.concatenate([[0], np.cumsum(counts)])
    matrix = csr_array((np.ones(len(taken_skills)), taken_skills, starts), shape=(len(order), skills))
    log = AnswerLog(learner_ids, item_ids, right.astype(np.int64), matrix, at.astype(np.float64))
    return Simulated(log, chances)


def repeat_per_skill(simulated: Simulated) -> Simulated:
    """The same log as some publish it: an answer that takes several skills stands in a row for each."""
    log = simulated.log
    rows = np.repeat(np.arange(len(log)), np.diff(log.skills.indptr))
    one = csr_array(
        (np.ones(len(rows)), log.skills.indices, np.arange(len(rows) + 1)),
        shape=(len(rows), log.skills.shape[1]),
    )
    again = AnswerLog(log.learner[rows], log.item[rows], log.correct[rows], one, log.at[rows])
    return Simulated(again, simulated.chance[rows])


def calibration_error(chance: Floats, correct: NDArray[np.int64], bins: int = 10) -> float:
    """Expected calibration error: mean distance of foretold and observed shares over bins of equal width."""
    place = np.minimum((chance * bins).astype(int), bins - 1)
    gaps = np.bincount(place, chance - correct, bins)
    return float(np.abs(gaps).sum() / len(chance))
