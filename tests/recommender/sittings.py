"""Sittings of a placement test by simulated learners whose level is known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recommender import Estimate, PlacementTest

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Bank:
    """Questions of the three-parameter logistic model."""

    difficulty: Floats
    discrimination: Floats
    guess: Floats

    @classmethod
    def draw(cls, size: int, seed: int) -> Bank:
        rng = np.random.default_rng(seed)
        return cls(rng.normal(0, 1.2, size), rng.lognormal(0.2, 0.3, size), rng.uniform(0.05, 0.25, size))

    def chance(self, item: int, level: float) -> float:
        rise = 1 / (1 + np.exp(-self.discrimination[item] * (level - self.difficulty[item])))
        return float(self.guess[item] + (1 - self.guess[item]) * rise)


@dataclass(frozen=True)
class Sittings:
    """What many sittings came to.

    :param exposure: share of the sittings in which each question was asked
    """

    levels: Floats
    estimates: list[Estimate]
    exposure: Floats

    @property
    def errors(self) -> Floats:
        return np.array([one.level for one in self.estimates]) - self.levels

    @property
    def rmse(self) -> float:
        return float(np.sqrt(np.mean(self.errors**2)))

    @property
    def bias(self) -> float:
        return float(self.errors.mean())

    @property
    def questions(self) -> float:
        return float(np.median([one.n for one in self.estimates]))

    @property
    def coverage(self) -> float:
        """Share of the intervals that hold the true level."""
        pairs = zip(self.estimates, self.levels, strict=True)
        return float(np.mean([one.low <= level <= one.high for one, level in pairs]))


def sit_adaptively(bank: Bank, levels: Floats, *, seed: int, **settings: float) -> Sittings:
    """One sitting per level, each with its own number."""
    rng = np.random.default_rng(seed)
    asked, estimates = np.zeros(len(bank.difficulty)), []
    for sitting, level in enumerate(levels):
        test = PlacementTest(bank.difficulty, bank.discrimination, bank.guess, sitting=sitting, **settings)
        responses: list[tuple[int, bool]] = []
        while (item := test.next_item(responses)) is not None:
            responses.append((item, bool(rng.random() < bank.chance(item, level))))
            asked[item] += 1
        estimates.append(test.estimate(responses))
    return Sittings(levels, estimates, asked / len(levels))


def sit_fixed(bank: Bank, levels: Floats, *, seed: int, questions: int = 20) -> Sittings:
    """The same questions for everybody, spread evenly over the difficulties of the bank."""
    rng = np.random.default_rng(seed)
    spread = np.linspace(0, len(bank.difficulty) - 1, questions).round().astype(int)
    items = np.argsort(bank.difficulty)[spread]
    scorer = PlacementTest(bank.difficulty, bank.discrimination, bank.guess)
    estimates = [
        scorer.estimate([(int(item), bool(rng.random() < bank.chance(int(item), level))) for item in items])
        for level in levels
    ]
    return Sittings(levels, estimates, np.isin(np.arange(len(bank.difficulty)), items).astype(float))
