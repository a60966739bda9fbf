"""What another weighting would have done, from what was shown under the one in force; NumPy only.

Self-normalised inverse propensity scoring (Swaminathan and Joachims 2015): each card that was drawn with a known
chance counts by (chance under the new policy) ÷ (chance under the old one).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from recommender.mixture import signed_weight
from recommender.slate import RATE


@dataclass(frozen=True)
class Logged:
    """A card that was drawn: what it could have been, what it was, and what came of it.

    :param pool: by feature the values of all cards that could have been drawn, each of length n_pool
    :param shown: the position in the pool that was shown
    :param propensity: its chance, above 0
    :param reward: 1 where the card was chosen, else 0; any number will do
    :param learner: whose it was: one learner's cards are no independent ones
    """

    pool: Mapping[str, NDArray[np.float64]]
    shown: int
    propensity: float
    reward: float
    learner: int = 0


Policy = Callable[[Logged], float]
"""The chance with which a policy would have shown what was shown."""


@dataclass(frozen=True)
class Worth:
    """The mean reward under a policy with its 95 % interval; NaN where the log says nothing of it.

    :param n: cards in the log; `effective`: how many equally weighted ones would be as telling (Kish)
    """

    value: float
    low: float
    high: float
    n: int
    effective: float


def greedy(weights: Mapping[str, float], rate: Fraction = RATE) -> Policy:
    """The policy that shows the best of the pool by these weights, and any of it with the chance `rate`."""

    def chance(card: Logged) -> float:
        scores = sum(signed_weight(weights, name) * values for name, values in card.pool.items())
        best = int(np.argmax(scores))
        return float(rate) / len(np.atleast_1d(scores)) + (1.0 - float(rate)) * (best == card.shown)

    return chance


def estimate(log: Sequence[Logged], policy: Policy, *, resamples: int = 1000, seed: int = 0) -> Worth:
    """The mean reward that `policy` would have had on the cards of `log`.

    The interval is that of the bootstrap over learners.

    :raises ValueError: when a propensity is not above 0
    """
    return _worth(log, (policy,), resamples, seed)


def compare(
    log: Sequence[Logged], policy: Policy, base: Policy, *, resamples: int = 1000, seed: int = 0
) -> Worth:
    """By how much the mean reward under `policy` would have been above that under `base`; `effective` is of `policy`.

    Both are judged on the same learners of each resample: what moves both alike does not widen the interval.

    :raises ValueError: when a propensity is not above 0
    """
    return _worth(log, (policy, base), resamples, seed)


def _worth(log: Sequence[Logged], policies: Sequence[Policy], resamples: int, seed: int) -> Worth:
    """The mean reward under the first policy, less that under the second where there is one."""
    if any(card.propensity <= 0 for card in log):
        raise ValueError("what was shown must have had a chance")
    ratios = np.array([[policy(card) / card.propensity for card in log] for policy in policies])
    rewards = np.array([card.reward for card in log], dtype=np.float64)
    _, of = np.unique([card.learner for card in log], return_inverse=True)
    if not len(log) or not ratios.sum(axis=1).all():
        return Worth(np.nan, np.nan, np.nan, len(log), 0.0)
    sums = np.array([np.bincount(of, row) for row in (*ratios, *(ratios * rewards))])
    rng, even = np.random.default_rng(seed), np.full(sums.shape[1], 1 / sums.shape[1])
    # one resample at a time: all at once would take gigabytes with 100,000 learners
    drawn = np.array([sums @ rng.multinomial(len(even), even) for _ in range(resamples)])
    values = _difference(drawn[(drawn[:, : len(policies)] > 0).all(axis=1)])
    low, high = np.percentile(values, [2.5, 97.5])
    effective = float(ratios[0].sum() ** 2 / (ratios[0] ** 2).sum())
    value = _difference(sums.sum(axis=1)[np.newaxis])[0]
    return Worth(float(value), float(low), float(high), len(log), effective)


def _difference(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    """Of rows (weights by policy, rewards by policy): the first policy's mean, less the second's."""
    weights, gained = np.hsplit(sums, 2)
    means: NDArray[np.float64] = gained / weights
    difference: NDArray[np.float64] = means[:, 0] - means[:, 1:].sum(axis=1)
    return difference
