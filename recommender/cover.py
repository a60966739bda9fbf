"""The cheapest set of modules that meets every need: a weighted set cover with prerequisites (REQ-020).

What every cover holds is taken first and few choices are tried one by one, in plain Python: for the roles of the
curriculum SciPy is not even loaded. Only what stays undecided goes to the solver.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from itertools import product
from math import prod

from recommender.prerequisites import M, Prerequisites

TRIALS = 256
"""Choices of one provider for each open need up to which all of them are tried, without a solver."""

Providers = Mapping[str, Collection[str]]
"""The modules that meet each need."""


@dataclass(frozen=True)
class Cover:
    """`chosen` modules, their periods, and the fewest periods that any cover can have."""

    chosen: frozenset[str]
    periods: int
    lower_bound: int


def find_cover(graph: Prerequisites[M], providers: Providers, done: Collection[str]) -> Cover:
    """The cheapest modules, prerequisites included, with a provider of every need; `done` ones cost nothing.

    Fewest periods, then fewest modules, then (up to `program.SLUGS_LIMIT` undecided modules) the first by
    slugs. With more than `program.EXACT_LIMIT` undecided modules, or when `program.SECONDS` run out, the best
    found; `lower_bound` says how far it may be from the cheapest.

    :param providers: by need; none without a provider, none met by a module in `done`
    """
    forced, left = _take_forced(graph, providers, done)
    base = sum(graph.modules[id].periods for id in forced)
    if not left:
        return Cover(forced, base, base)
    chosen, bound = _decide(graph, left, {*forced, *done})
    periods = base + sum(graph.modules[id].periods for id in chosen)
    return Cover(forced | chosen, periods, min(base + bound, periods))


def _take_forced(
    graph: Prerequisites[M], providers: Providers, done: Collection[str]
) -> tuple[frozenset[str], Providers]:
    """What every cover holds, and the needs that stay open with it, each with its nearest providers.

    A provider that has another one of the same need among its prerequisites brings that one along, so it
    may be left out of this need without losing a cover.
    """
    bundles = {id: graph.bundle(id, done) for ids in providers.values() for id in ids}
    left = {
        need: [id for id in ids if bundles[id].isdisjoint(set(ids) - {id})] for need, ids in providers.items()
    }
    taken: frozenset[str] = frozenset()
    while single := next((ids for ids in left.values() if len(ids) == 1), None):
        taken |= bundles[single[0]]
        left = {need: ids for need, ids in left.items() if taken.isdisjoint(ids)}
    return taken, left


def _decide(
    graph: Prerequisites[M], providers: Providers, have: Collection[str]
) -> tuple[frozenset[str], int]:
    """The modules that meet `providers` beyond those in `have`, and a lower bound of their periods."""
    bundles = {id: graph.bundle(id, have) for ids in providers.values() for id in ids}
    if prod(len(ids) for ids in providers.values()) <= TRIALS:
        trials = (
            frozenset[str]().union(*map(bundles.__getitem__, ids)) for ids in product(*providers.values())
        )
        cost, chosen = min(((_cost(graph, trial), trial) for trial in trials), key=lambda found: found[0])
        return chosen, cost[0]
    from recommender.program import Program

    slugs = sorted(frozenset[str]().union(*bundles.values()))
    place = {id: position for position, id in enumerate(slugs)}
    program = Program(
        [graph.modules[id].periods for id in slugs],
        [sorted(place[id] for id in ids) for ids in providers.values()],
        [(place[id], place[p]) for id in slugs for p in graph.modules[id].prerequisites if p in place],
    )
    picked, bound = program.solve()
    return frozenset(slugs[position] for position in picked), bound


def _cost(graph: Prerequisites[M], chosen: Collection[str]) -> tuple[int, int, list[str]]:
    """Periods, modules, then the slugs so that equal ones have an order."""
    return sum(graph.modules[id].periods for id in chosen), len(chosen), sorted(chosen)
