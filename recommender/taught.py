"""What modules teach against what is held: the penalties for what is known already and for what lies too far."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

NEAR_STEP = 2
"""A module that teaches at most so many levels above what is held is no stretch."""

FARTHEST = 3.0
"""So many levels beyond that count as far as can be."""


class Taught:
    """The levels that modules teach, as entries: most modules teach few of the skills.

    :param levels: shape (n_modules, n_skills), 0 where a skill is not taught
    """

    def __init__(self, levels: NDArray[np.float64]) -> None:
        self.n_modules = len(levels)
        self._ranks = list(_by_rank(levels))
        totals = levels.clip(min=0).sum(axis=1)
        self._totals: Floats = np.where(totals > 0, totals, 1).astype(np.float32)

    def redundancy(self, held: NDArray[np.float64]) -> Floats:
        """The share of what each module teaches that is held already, 0 … 1.

        :param held: the level held of each skill, shape (…, n_skills)
        :returns: shape (…, n_modules)
        """
        known, has = self._nothing(held), held.astype(np.float32)
        for modules, skills, levels in self._ranks:
            known[..., modules] += np.minimum(levels, has[..., skills])
        known /= self._totals
        return known

    def stretch(self, held: NDArray[np.float64]) -> Floats:
        """How far each module's skills lie more than two levels above what is held, 0 … 1 (the farthest skill)."""
        far, has = self._nothing(held), held.astype(np.float32)
        for modules, skills, levels in self._ranks:
            beyond = (levels - np.float32(NEAR_STEP)) - has[..., skills]
            far[..., modules] = np.maximum(far[..., modules], beyond)
        far /= np.float32(FARTHEST)
        return np.minimum(far, np.float32(1), out=far)

    def _nothing(self, held: NDArray[np.float64]) -> Floats:
        return np.zeros((*held.shape[:-1], self.n_modules), dtype=np.float32)


def _by_rank(
    levels: NDArray[np.float64],
) -> Iterator[tuple[slice | NDArray[np.intp], NDArray[np.intp], Floats]]:
    """Modules, one skill of each and its level: first one skill of every module, then of those with two, and so on."""
    modules, skills = np.nonzero(levels > 0)
    rank = np.arange(len(modules)) - np.searchsorted(modules, modules)
    for number in range(rank.max(initial=-1) + 1):
        some = rank == number
        which = slice(None) if some.sum() == len(levels) else modules[some]
        yield which, skills[some], levels[modules[some], skills[some]].astype(np.float32)
