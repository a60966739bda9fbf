"""An adaptive placement test: the next question is chosen until the level is known well enough.

Three-parameter logistic model (Birnbaum 1968), expected-a-posteriori ability on a grid (Bock and Mislevy 1982),
the question with the most information expected under the posterior (van der Linden 1998). Exposure is capped
by eligibility (van der Linden and Veldkamp 2004): each sitting chooses among its own random part of the bank.
NumPy only; no state: the same sitting with the same responses gives the same question.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Response = tuple[int, bool]
"""The position of a question in the bank, and whether it was answered rightly."""

GRID = np.linspace(-4.0, 4.0, 161)
"""Abilities in logits at which the posterior is kept."""

MOST_LOGITS = 30.0
"""Beyond, a chance would be 0 or 1 to the last digit, and an answer against it would leave no level possible."""

LEAST_ITEMS = 3
"""Responses before which no interval ends the test: a prior is no measurement."""


@dataclass(frozen=True)
class Estimate:
    """The level in logits with its 95 % credible interval after `n` responses; without any it is the prior."""

    level: float
    low: float
    high: float
    n: int

    @property
    def width(self) -> float:
        """Of the interval, in logits."""
        return self.high - self.low


class PlacementTest:
    """Chooses questions from a bank until the interval on the level is narrow enough.

    :param difficulty: of each question, in logits
    :param discrimination: slope of each question at its difficulty; 1 where not given
    :param guess: chance of answering rightly without knowing, from 0 to below 1; 0 where not given
    :param width: the test ends when the 95 % interval is no wider, in logits
    :param max_items: it ends after so many questions anyway
    :param exposure: the greatest share of sittings in which a question may appear, over 0 to 1
    :param sitting: the number of this sitting, from 0 (an attempt's id, say). The bank is dealt out anew to each
        1 ÷ exposure sittings that follow one another, so that no question comes up twice among them
    :raises ValueError: for an empty bank, lengths that differ, or values outside their ranges
    """

    def __init__(
        self,
        difficulty: Sequence[float] | Floats,
        discrimination: Sequence[float] | Floats | None = None,
        guess: Sequence[float] | Floats | None = None,
        *,
        width: float = 1.8,
        max_items: int = 20,
        exposure: float = 0.25,
        sitting: int = 0,
    ) -> None:
        b = np.asarray(difficulty, dtype=float)
        a = np.ones(len(b)) if discrimination is None else np.asarray(discrimination, dtype=float)
        c = np.zeros(len(b)) if guess is None else np.asarray(guess, dtype=float)
        if not len(b) == len(a) == len(c) > 0:
            raise ValueError(f"a bank of {len(b)}, {len(a)} and {len(c)} values")
        if not np.isfinite([a, b, c]).all():
            raise ValueError("difficulties, discriminations and guesses are numbers")
        if (a <= 0).any() or (c < 0).any() or (c >= 1).any() or not 0 < exposure <= 1:
            raise ValueError("discriminations are above 0, guesses from 0 to below 1, exposure above 0 to 1")
        if not width > 0 or max_items < 1:
            raise ValueError("width must be above 0, max_items at least 1")
        self.width, self.max_items = width, max_items
        logits = np.clip(a[:, None] * (GRID - b[:, None]), -MOST_LOGITS, MOST_LOGITS)
        self._chance = c[:, None] + (1 - c)[:, None] / (1 + np.exp(-logits))
        known = (self._chance - c[:, None]) / (1 - c)[:, None]
        self._information = a[:, None] ** 2 * (1 - self._chance) / self._chance * known**2
        n_parts = ceil(1 / exposure)
        deal, part = divmod(sitting, n_parts)
        drawn = np.random.default_rng(deal).permutation(len(b))[part::n_parts]
        self._eligible = np.zeros(len(b), dtype=bool)
        self._eligible[drawn] = True
        self.reachable_width = self._reachable_width(n_parts)

    @property
    def is_bank_too_small(self) -> bool:
        """Whether the bank cannot be expected to give `width` to somebody within two logits of 0."""
        return self.reachable_width > self.width

    def next_item(self, responses: Sequence[Response]) -> int | None:
        """The position of the question to ask next; None when the test is over or no question is left.

        :raises ValueError: for a position outside the bank or given twice
        """
        posterior = self._posterior(responses)
        if len(responses) >= self.max_items:
            return None
        if len(responses) >= LEAST_ITEMS and _summary(posterior, len(responses)).width <= self.width:
            return None
        left = self._eligible.copy()
        left[[item for item, _ in responses]] = False
        if not left.any():
            return None
        return int(np.argmax(np.where(left, self._information @ posterior, -1.0)))

    def estimate(self, responses: Sequence[Response]) -> Estimate:
        """The level after `responses`.

        :raises ValueError: for a position outside the bank or given twice
        """
        return _summary(self._posterior(responses), len(responses))

    def _posterior(self, responses: Sequence[Response]) -> Floats:
        items = [item for item, _ in responses]
        if len(set(items)) < len(items) or not all(0 <= item < len(self._chance) for item in items):
            raise ValueError(f"no such questions, or one twice: {items}")
        log = -(GRID**2) / 2
        for item, is_right in responses:
            log = log + np.log(self._chance[item] if is_right else 1 - self._chance[item])
        weights = np.exp(log - log.max())
        posterior: Floats = weights / weights.sum()
        return posterior

    def _reachable_width(self, n_parts: int) -> float:
        """The widest interval expected at levels from −2 to 2 with the best questions a sitting may ask.

        A sitting holds one part of the bank, so that at each level it may ask every n-th of the best ones.
        """
        middle = np.abs(GRID) <= 2
        best = -np.sort(-self._information[:, middle], axis=0)[: self.max_items * n_parts]
        information = 1 + best.sum(axis=0) / n_parts
        return float(2 * 1.96 / np.sqrt(information.min()))


def _summary(posterior: Floats, n: int) -> Estimate:
    """Mean and central 95 % of a posterior on `GRID`."""
    below = np.cumsum(posterior) - posterior / 2
    low, high = np.interp([0.025, 0.975], below, GRID)
    return Estimate(float(posterior @ GRID), float(low), float(high), n)
