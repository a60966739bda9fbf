"""What modules teach against what is held: the penalties for what is known already and for what lies too far."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

NEAR_STEP = 2
"""A module that teaches at most so many levels above what is held is no stretch."""


class Taught:
    """The levels that modules teach, as entries: most modules teach few of the skills.

    :param levels: shape (n_modules, n_skills), 0 where a skill is not taught
    """

    def __init__(self, levels: NDArray[np.float64]) -> None:
        self.n_modules, self.n_skills = levels.shape
        modules, self._skills = np.nonzero(levels > 0)
        self._levels: Floats = levels[modules, self._skills].astype(np.float32)
        self._teaching, self._starts = np.unique(modules, return_index=True)
        totals = self._by_module(np.add, self._levels)
        self._totals: Floats = np.where(totals > 0, totals, 1).astype(np.float32)

    def redundancy(self, held: NDArray[np.float64]) -> Floats:
        """The share of what each module teaches that is held already, 0 … 1.

        :param held: the level held of each skill, shape (…, n_skills)
        :returns: shape (…, n_modules)
        """
        known = np.minimum(self._levels, self._held(held))
        share: Floats = self._by_module(np.add, known) / self._totals
        return share

    def stretch(self, held: NDArray[np.float64]) -> Floats:
        """How far each module's skills lie more than two levels above what is held, 0 … 1 (the farthest skill)."""
        beyond = self._levels - self._held(held)
        farthest = self._by_module(np.maximum, beyond) - np.float32(NEAR_STEP)
        far: Floats = np.clip(farthest / np.float32(3), 0, 1, dtype=np.float32)
        return far

    def _held(self, held: NDArray[np.float64]) -> Floats:
        return held.astype(np.float32)[..., self._skills]

    def _by_module(self, sum_up: np.ufunc, entries: Floats) -> Floats:
        found = np.zeros((*entries.shape[:-1], self.n_modules), dtype=np.float32)
        if len(self._starts):
            found[..., self._teaching] = sum_up.reduceat(entries, self._starts, axis=-1)
        return found
