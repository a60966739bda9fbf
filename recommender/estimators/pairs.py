"""Pairs of modules in ordered histories, from which the normal equations of next-module models are summed.

For a history i₀ … i_T let x_t = Σ_{s≤t} a^(t−s) e(i_s) be the decayed past at t and
y_t = Σ_{s>t} b^(s−t−1) e(i_s) the decayed future. Both Σ x_t x_tᵀ and Σ x_t y_tᵀ are sums over pairs of
positions whose weights are geometric series of the lag between the two and, for the first, of what
remains after the later one: no x_t is ever built.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from recommender.estimators.linear import add_transposed

MAX_LAG = 60
"""Pairs further apart are left out: with a decay of 0.9 they weigh less than 0.002."""

Weights = NDArray[np.float32]


class Pairs:
    """All pairs (earlier, later) within histories, each history headed by the module `n_modules`: the start.

    :param histories: known modules in time order
    """

    def __init__(self, histories: Sequence[NDArray[np.intp]], n_modules: int) -> None:
        self.n = n_modules + 1
        lengths = np.array([len(history) + 1 for history in histories], dtype=np.intp)
        flat = np.full(int(lengths.sum()), n_modules, dtype=np.intp)
        ends = np.cumsum(lengths)
        is_start = np.zeros(len(flat), dtype=np.bool_)
        is_start[ends - lengths] = True
        flat[~is_start] = np.concatenate([np.asarray(history) for history in histories])
        owner = np.repeat(np.arange(len(lengths)), lengths)
        self.items, self.remaining = flat, ends[owner] - np.arange(len(flat)) - 1
        self.length, self.longest = lengths[owner], int(lengths.max())
        self._collect(owner)

    def _collect(self, owner: NDArray[np.intp]) -> None:
        """Sort all pairs by their cell in the matrix, so that a sum per cell is one pass."""
        cells, lags, later = [], [], []
        for lag in range(1, min(MAX_LAG, self.longest - 1) + 1):
            place = np.flatnonzero(owner[:-lag] == owner[lag:])
            cells.append(self.items[place] * self.n + self.items[place + lag])
            lags.append(np.full(len(place), lag, dtype=np.int16))
            later.append(place + lag)
        cell = np.concatenate(cells) if cells else np.empty(0, dtype=np.intp)
        order = np.argsort(cell, kind="stable")
        cell = cell[order]
        self.starts = np.flatnonzero(np.diff(cell, prepend=-1))
        self.cells = cell[self.starts]
        place = np.concatenate(later)[order] if cells else cell
        self.lag = np.concatenate(lags)[order] if cells else np.empty(0, dtype=np.int16)
        self.left = self.remaining[place].astype(np.int32)
        self.size = self.length[place].astype(np.int32)

    def gram(self, a: float, b: float, evenness: float) -> NDArray[np.float32]:
        """Σ x_t(a) x_t(b)ᵀ over all positions with a future, shape (n_modules + 1, n_modules + 1)."""
        left = _series(a * b, self.longest)[self.left] * _even(evenness, self.longest)[self.size]
        found = self._sum(_powers(a)[self.lag] * left)
        if a == b:
            add_transposed(found, 1.0)
        else:
            found += self._sum(_powers(b)[self.lag] * left).T
        own = _series(a * b, self.longest)[self.remaining] * _even(evenness, self.longest)[self.length]
        found[np.diag_indices(self.n)] += np.bincount(self.items, weights=own, minlength=self.n)
        return found

    def cross(self, a: float, b: float, evenness: float) -> NDArray[np.float32]:
        """Σ x_t(a) y_t(b)ᵀ, shape (n_modules + 1, n_modules + 1); nothing predicts itself."""
        lags = np.arange(MAX_LAG + 1, dtype=np.float64)
        if a == b:
            mixed = lags * np.power(a, np.maximum(lags - 1, 0))
        else:
            mixed = (np.power(a, lags) - np.power(b, lags)) / (a - b)
        found = self._sum(mixed.astype(np.float32)[self.lag] * _even(evenness, self.longest)[self.size])
        np.fill_diagonal(found, 0.0)
        return found

    def _sum(self, weights: Weights) -> NDArray[np.float32]:
        """Weights of pairs summed by (earlier, later)."""
        dense = np.zeros(self.n * self.n, dtype=np.float32)
        if len(self.starts):
            dense[self.cells] = np.add.reduceat(weights, self.starts, dtype=np.float64)
        return dense.reshape(self.n, self.n)


def _powers(base: float) -> Weights:
    """base⁰ … base^MAX_LAG."""
    return np.power(float(base), np.arange(MAX_LAG + 1)).astype(np.float32)


def _series(ratio: float, most: int) -> Weights:
    """1 + ratio + … with 0 … `most` summands."""
    return np.concatenate([[0.0], np.cumsum(np.power(float(ratio), np.arange(most)))]).astype(np.float32)


def _even(evenness: float, most: int) -> Weights:
    """What a history counts by its length, 0 … `most`."""
    return (np.maximum(np.arange(most + 1), 1.0) ** -evenness).astype(np.float32)
