"""Good covers of programs that are too hard to prove: greedy, then large neighbourhood search (Shaw 1998)."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np
from numpy.typing import NDArray

EFFORT = 80_000
"""Positions times rounds: a round drops a part of the best cover and puts it together anew."""

DROPPED = 0.35
"""Share of the chosen modules that a round drops."""

Mask = NDArray[np.bool_]


class CoverSearch:
    """Searches covers by choosing modules with their bundles; the seed is fixed, the same answer comes again.

    :param periods: of each position
    :param needs: the positions that meet each need
    :param bundles: of each position, itself and all its prerequisites
    """

    def __init__(
        self,
        periods: Sequence[int],
        needs: Sequence[Collection[int]],
        bundles: Sequence[Collection[int]],
    ) -> None:
        size = len(periods)
        self.periods = np.array(periods, dtype=np.float32)
        meets = np.zeros((size, len(needs)), dtype=np.float32)
        for need, positions in enumerate(needs):
            meets[list(positions), need] = 1
        self.bundle = np.zeros((size, size), dtype=np.float32)
        for position, members in enumerate(bundles):
            self.bundle[position, list(members)] = 1
        self.meets = np.minimum(self.bundle @ meets, 1)
        self.rng = np.random.default_rng(0)

    def run(self) -> set[int]:
        """The best cover found."""
        best = self._complete([], noise=0.0)
        cost = self._cost(best)
        for _ in range(EFFORT // max(len(self.periods), 100)):
            kept = [position for position in best if self.rng.random() > DROPPED]
            trial = self._complete(kept, noise=0.3)
            if (found := self._cost(trial)) <= cost:
                best, cost = trial, found
        return set(np.flatnonzero(self._members(best)).tolist())

    def _complete(self, chosen: list[int], *, noise: float) -> list[int]:
        """`chosen` and what closes most open needs per new period, without what is then not needed."""
        chosen = list(chosen)
        members, is_met = self._members(chosen), self._met(chosen)
        while not is_met.all():
            gain = self.meets @ (~is_met).astype(np.float32)
            price = self.bundle @ np.where(members, 0, self.periods)
            worth = gain / np.maximum(price, 0.5)
            if noise:
                worth *= self.rng.uniform(1 - noise, 1 + noise, len(worth))
            position = int(np.argmax(worth))
            chosen.append(position)
            members |= self.bundle[position] > 0
            is_met |= self.meets[position] > 0
        for position in sorted(chosen, key=lambda one: -self.periods[one]):
            rest = [other for other in chosen if other != position]
            if self._met(rest).all():
                chosen = rest
        return chosen

    def _members(self, chosen: list[int]) -> Mask:
        members: Mask = np.logical_or.reduce(self.bundle[chosen] > 0, axis=0)
        return members

    def _met(self, chosen: list[int]) -> Mask:
        is_met: Mask = np.logical_or.reduce(self.meets[chosen] > 0, axis=0)
        return is_met

    def _cost(self, chosen: list[int]) -> tuple[float, int]:
        members = self._members(chosen)
        return float(self.periods[members].sum()), int(members.sum())
