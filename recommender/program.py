"""The mixed-integer program behind the cheapest cover, solved by HiGHS through SciPy (Huangfu and Hall 2018).

x_j = 1 when module j is chosen; for each need Σ x_j over its providers ≥ 1; x_j ≤ x_p for each missing
prerequisite p; minimise periods, then modules, then the slugs.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from math import ceil
from typing import Any

EXACT_LIMIT = 400
"""Undecided modules up to which all of them enter the program; beyond, only its core does."""

SECONDS = 0.3
"""What HiGHS may take for one answer; afterwards the best one found stands, with its bound."""

SLUGS_LIMIT = 100
"""Undecided modules up to which equal covers are told apart by slugs; beyond, the solver's stands."""

SLUGS_AT_ONCE = 12
"""That takes weights 2^12 … 2 for so many slugs at a time, well above the solver's tolerances."""


@dataclass(frozen=True)
class Program:
    """Undecided modules as positions 0 … n−1 in the order of their slugs.

    :param periods: of each module
    :param needs: the positions that meet each need; none is empty
    :param edges: (module, its prerequisite); there is no cycle
    """

    periods: Sequence[int]
    needs: Sequence[Collection[int]]
    edges: Sequence[tuple[int, int]]
    before: dict[int, list[int]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        for module, prerequisite in self.edges:
            self.before.setdefault(module, []).append(prerequisite)

    def solve(self) -> tuple[set[int], int]:
        """The positions chosen and a lower bound of the periods of any choice."""
        return self._solve_whole() if len(self.periods) <= EXACT_LIMIT else self._solve_core()

    def periods_of(self, picked: Iterable[int]) -> int:
        """Periods of the positions `picked`."""
        return sum(self.periods[position] for position in picked)

    def _solve_whole(self) -> tuple[set[int], int]:
        size = len(self.periods)
        answer = self._run([periods * (size + 1) + 1 for periods in self.periods])
        if answer.status == 0:
            picked = _picked(answer)
            if size <= SLUGS_LIMIT:
                picked = self._first_by_slugs(picked)
            return picked, self.periods_of(picked)
        from recommender.repair import CoverSearch

        searched = CoverSearch(self.periods, self.needs, [self._bundle(one) for one in range(size)]).run()
        picked = searched if answer.x is None else min(searched, _picked(answer), key=self.periods_of)
        # the objective is periods · (size + 1) + modules, so its bound is one of the periods as well
        bound = ceil(((answer.mip_dual_bound or 0) - size) / (size + 1) - 1e-6)
        return picked, max(bound, 0)

    def _solve_core(self) -> tuple[set[int], int]:
        """The same with the modules only that the linear relaxation uses, or comes nearest to using."""
        relaxed = self._relax()
        reduced = relaxed.lower.marginals
        ranked = sorted(range(len(self.periods)), key=lambda j: (-relaxed.x[j], reduced[j], j))
        core = self._pick_one_each(ranked)
        for position in ranked:
            if len(core) >= EXACT_LIMIT:
                break
            core |= self._bundle(position)
        kept = sorted(core)
        place = {position: number for number, position in enumerate(kept)}
        inner = Program(
            [self.periods[position] for position in kept],
            [[place[position] for position in need if position in place] for need in self.needs],
            [(place[module], place[before]) for module, before in self.edges if module in place],
        )
        picked, _ = inner._solve_whole()
        return {kept[number] for number in picked}, ceil(relaxed.fun - 1e-6)

    def _first_by_slugs(self, picked: set[int]) -> set[int]:
        """Of all choices with as many periods and modules as `picked`, the first by slugs.

        Of two sets of one size the first is the one with the smallest slug that the other lacks.
        """
        size = len(self.periods)
        same = [(self.periods, self.periods_of(picked), self.periods_of(picked))]
        same.append(([1] * size, len(picked), len(picked)))
        another = [int(position in picked) for position in range(size)], 0, len(picked) - 1
        if self._run([0] * size, [*same, another]).status != 0:
            return picked
        fixed: dict[int, int] = {}
        for start in range(0, size, SLUGS_AT_ONCE):
            chunk = range(start, min(start + SLUGS_AT_ONCE, size))
            weights = [0] * size
            for position in chunk:
                weights[position] = -(2 ** (chunk.stop - position))
            answer = self._run(weights, same, fixed)
            if answer.status != 0:
                return picked
            picked = _picked(answer)
            fixed |= {position: int(position in picked) for position in chunk}
        return picked

    def _pick_one_each(self, ranked: Iterable[int]) -> set[int]:
        """For each need that is still open its first provider in `ranked`, with its prerequisites."""
        rank = {position: number for number, position in enumerate(ranked)}
        picked: set[int] = set()
        for need in sorted(self.needs, key=len):
            if picked.isdisjoint(need):
                picked |= self._bundle(min(need, key=rank.__getitem__))
        return picked

    def _bundle(self, position: int) -> set[int]:
        found, todo = {position}, [position]
        while todo:
            new = set(self.before.get(todo.pop(), ())) - found
            found |= new
            todo.extend(new)
        return found

    @cached_property
    def _rows(self) -> Any:
        """The needs (Σ x ≥ 1) and then the edges (x_p − x_j ≥ 0) as a sparse matrix."""
        from scipy.sparse import csr_array

        entries = [(row, position, 1) for row, need in enumerate(self.needs) for position in need]
        for row, (module, prerequisite) in enumerate(self.edges, start=len(self.needs)):
            entries += [(row, prerequisite, 1), (row, module, -1)]
        rows, columns, values = zip(*entries, strict=True)
        shape = len(self.needs) + len(self.edges), len(self.periods)
        return csr_array((values, (rows, columns)), shape=shape)

    @property
    def _least(self) -> list[int]:
        return [1] * len(self.needs) + [0] * len(self.edges)

    def _run(
        self,
        weights: Sequence[int],
        extra: Sequence[tuple[Sequence[int], int, int]] = (),
        fixed: dict[int, int] | None = None,
    ) -> Any:
        """HiGHS on the program with `extra` rows (values, least, most) and `fixed` positions."""
        from scipy.optimize import Bounds, LinearConstraint, milp

        rules = [LinearConstraint(self._rows, self._least)]
        rules += [LinearConstraint([list(values)], least, most) for values, least, most in extra]
        size = len(weights)
        low, high = [0] * size, [1] * size
        for position, value in (fixed or {}).items():
            low[position] = high[position] = value
        return milp(
            weights,
            integrality=[1] * size,
            bounds=Bounds(low, high),
            constraints=rules,
            options={"time_limit": SECONDS, "mip_rel_gap": 0.0},
        )

    def _relax(self) -> Any:
        from scipy.optimize import linprog

        return linprog(
            self.periods,
            A_ub=-self._rows,
            b_ub=[-least for least in self._least],
            bounds=(0, 1),
            method="highs",
        )


def _picked(answer: Any) -> set[int]:
    return {position for position, value in enumerate(answer.x) if value > 0.5}
