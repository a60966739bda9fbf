"""What stands in a learner's earlier answers, followed for all learners at once.

Step t takes the t-th answer of every learner, so that the loop is as long as the longest history and each of
its lines works on arrays. States are read before they are updated: a row knows earlier answers only.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recommender.ability import DRIFT, PRIOR_VARIANCE, kalman_gain
from recommender.answers import Answers

Floats = NDArray[np.float64]

LEARNER_DECAYS = (0.4, 0.12, 0.03)
"""Share of a learner's decayed success that the newest answer makes."""

SKILL_DECAYS = (0.35, 0.1)
"""The same for each of a learner's skills."""


@dataclass(frozen=True)
class Pace:
    """How fast abilities move.

    :param skill_variance: of the deviation of an ability in one skill from the learner's in general, logits²
    :param learner_drift: what each answer adds to the variance of the general ability
    :param skill_drift: and to that of the deviation in each of its skills
    """

    skill_variance: float = 0.5
    learner_drift: float = DRIFT
    skill_drift: float = DRIFT


NEVER = -1.0
"""The position of the last answer where there is none yet."""


@dataclass(frozen=True)
class Tracks:
    """States before each answer, one row per answer and per (answer, skill) entry.

    :param learner: `LEARNER_COLUMNS` by answer
    :param skill: `SKILL_COLUMNS` by entry
    :param item: `ITEM_COLUMNS` by answer: this learner's earlier answers to the same item
    """

    learner: Floats
    skill: Floats
    item: Floats


LEARNER_COLUMNS = (
    "count",
    "right",
    "ability",
    "variance",
    "streak",
    "decay_0",
    "decay_1",
    "decay_2",
    "surprise",
    "last",
)
SKILL_COLUMNS = ("count", "right", "ability", "variance", "streak", "decay_0", "decay_1", "surprise", "place")
ITEM_COLUMNS = ("count", "right", "place", "last")


def follow(answers: Answers, difficulty: Floats, chance: Floats, pace: Pace) -> Tracks:
    """Walk through all histories.

    :param difficulty: of each answer's item in logits, on the scale of abilities
    :param chance: of a right answer by an average learner: what decayed success starts from
    """
    walk = _Walk.of(answers)
    learner = np.zeros((answers.n_learners, len(LEARNER_COLUMNS)))
    learner[:, 3] = PRIOR_VARIANCE
    skill = np.zeros((walk.n_pairs, len(SKILL_COLUMNS)))
    skill[:, 3], skill[:, 8] = pace.skill_variance, NEVER
    item = np.zeros((walk.n_repeats, len(ITEM_COLUMNS)))
    item[:, 2] = NEVER
    seen = Tracks(
        np.empty((len(answers), len(LEARNER_COLUMNS))),
        np.empty((len(walk.pair), len(SKILL_COLUMNS))),
        np.empty((len(answers), len(ITEM_COLUMNS))),
    )
    right, hardness, usual = (column[walk.order] for column in (answers.correct, difficulty, chance))
    for place, rows, entries, first in walk.steps():
        who, which, again = walk.learner[rows], walk.pair[entries], walk.repeat[rows]
        now, skills = learner[who], skill[which]
        seen.learner[rows], seen.skill[entries], seen.item[rows] = now, skills, item[again]
        y, counts = right[rows], np.diff(np.append(first, len(which)))
        of_entry = np.repeat(np.arange(len(who)), counts)
        share = 1.0 / counts
        ability = now[:, 2] + share * np.add.reduceat(skills[:, 2], first)
        total = now[:, 3] + share * np.add.reduceat(skills[:, 3], first)
        p = 1.0 / (1.0 + np.exp(hardness[rows] - ability))
        learner[who] = _move(now, y, p, total=total, usual=usual[rows], decays=LEARNER_DECAYS)
        learner[who, 3] += pace.learner_drift
        learner[who, 9] = 2.0 * y - 1.0
        spread = {"total": total[of_entry], "usual": usual[rows][of_entry]}
        skills = _move(skills, y[of_entry], p[of_entry], **spread, decays=SKILL_DECAYS)
        skills[:, 8] = place
        skills[:, 3] += pace.skill_drift
        skill[which] = skills
        item[again, 0] += 1.0
        item[again, 1] += y
        item[again, 2], item[again, 3] = place, 2.0 * y - 1.0
    return walk.in_order_of_answers(seen)


def _move(
    state: Floats, y: Floats, p: Floats, *, total: Floats, usual: Floats, decays: tuple[float, ...]
) -> Floats:
    """The first columns of a learner's or a skill's state after the answers `y`, foretold as `p`."""
    new = state.copy()
    surprise = y - p
    information = p * (1.0 - p)
    gain = kalman_gain(state[:, 3], information, total)
    new[:, 0] += 1.0
    new[:, 1] += y
    new[:, 2] += gain * surprise
    new[:, 3] = state[:, 3] * (1.0 - information * gain)
    toward = 2.0 * y - 1.0
    new[:, 4] = np.where(state[:, 4] * toward > 0, state[:, 4], 0.0) + toward
    for number, decay in enumerate(decays, start=5):
        # decayed success is kept as its distance from what was usual: 0 says "as an average learner"
        new[:, number] += decay * (y - usual - state[:, number])
    after = 5 + len(decays)
    new[:, after] += 0.15 * (surprise - state[:, after])
    return new


@dataclass(frozen=True)
class _Walk:
    """Answers and entries in the order of the walk: by place in their history, then by learner."""

    order: NDArray[np.intp]
    entry_order: NDArray[np.intp]
    starts: NDArray[np.intp]
    entry_first: NDArray[np.intp]
    learner: NDArray[np.intp]
    pair: NDArray[np.intp]
    repeat: NDArray[np.intp]

    @classmethod
    def of(cls, answers: Answers) -> _Walk:
        n = len(answers)
        begin = np.searchsorted(answers.learner, np.arange(answers.n_learners))
        place = np.arange(n) - begin[answers.learner]
        order = np.argsort(place, kind="stable")
        rank = np.empty(n, dtype=np.intp)
        rank[order] = np.arange(n)
        entry_order = np.argsort(rank[answers.entry_answer], kind="stable")
        starts = np.append(np.flatnonzero(np.diff(place[order], prepend=-1)), n)
        entry_first = np.searchsorted(rank[answers.entry_answer[entry_order]], np.arange(n + 1))
        pairs = answers.learner[answers.entry_answer] * (answers.n_skills + 1) + answers.entry_skill
        items = np.unique(answers.item, return_inverse=True)[1]
        repeats = answers.learner * (items.max(initial=0) + 1) + items
        return cls(
            order,
            entry_order,
            starts,
            entry_first,
            answers.learner[order],
            np.unique(pairs, return_inverse=True)[1][entry_order],
            np.unique(repeats, return_inverse=True)[1][order],
        )

    @property
    def n_pairs(self) -> int:
        return int(self.pair.max(initial=-1)) + 1

    @property
    def n_repeats(self) -> int:
        return int(self.repeat.max(initial=-1)) + 1

    def steps(self) -> Iterator[tuple[int, slice, slice, NDArray[np.intp]]]:
        """Place, rows, entries, and where the entries of each row begin among them."""
        for place, (begin, end) in enumerate(zip(self.starts[:-1], self.starts[1:], strict=True)):
            low, high = self.entry_first[begin], self.entry_first[end]
            yield place, slice(begin, end), slice(low, high), self.entry_first[begin:end] - low

    def in_order_of_answers(self, seen: Tracks) -> Tracks:
        parts = []
        for values, order in (
            (seen.learner, self.order),
            (seen.skill, self.entry_order),
            (seen.item, self.order),
        ):
            back = np.empty_like(values)
            back[order] = values
            parts.append(back)
        return Tracks(*parts)
