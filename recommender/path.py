"""The shortest way to a role and the order without personalisation (REQ-020)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from recommender.facts import LAYERS, ModuleFacts, Requirement
from recommender.prerequisites import Prerequisites

Cost = tuple[int, int, tuple[str, ...]]
"""Periods, modules, then the slugs so that equal ones have an order."""


class UnreachableLevel(ValueError):
    """No module teaches a required level (level 5, say, takes a portfolio review)."""

    def __init__(self, skill: str, required: int, best: int) -> None:
        super().__init__(f"{skill}: level {required} is required, the best module teaches {best}")
        self.skill = skill
        self.required = required
        self.best = best


def role_path(
    requirements: Iterable[Requirement],
    modules: Iterable[ModuleFacts],
    done: Collection[str] = (),
    *,
    held: Mapping[str, int] | None = None,
) -> tuple[str, ...]:
    """The modules still to be done for a role, in study order: the exact minimum of REQ-020.

    Fewest periods that reach every required level with all prerequisites, and the fewest modules among
    those; then the first by slugs. A module done costs nothing, gives its levels and satisfies
    prerequisites; a level in `held` (recognised otherwise) closes its gap but stands for no module.
    Modules in preparation count like others: the path is the plan, not what can be started today.

    :raises UnreachableLevel: when no module teaches a required level
    :raises ValueError: for a module given twice, an unknown prerequisite or a cycle
    """
    graph = Prerequisites(modules)
    has = dict(held or {})
    for id in graph.modules.keys() & set(done):
        for skill, level in graph.modules[id].teaches.items():
            has[skill] = max(level, has.get(skill, 0))
    needs = [need for need in requirements if has.get(need.skill, 0) < need.level]
    for need in needs:
        best = max((module.teaches.get(need.skill, 0) for module in graph.modules.values()), default=0)
        if best < need.level:
            raise UnreachableLevel(need.skill, need.level, best)
    return graph.study_order(_Search(graph, needs, done).run())


class _Search:
    """Branch and bound: take the need with the fewest providers, try each provider with its bundle."""

    def __init__(self, graph: Prerequisites, needs: Iterable[Requirement], done: Collection[str]) -> None:
        self.periods = {id: module.periods for id, module in graph.modules.items()}
        self.providers = [
            [
                graph.bundle(id, done)
                for id, module in graph.modules.items()
                if id not in done and module.teaches.get(need.skill, 0) >= need.level
            ]
            for need in needs
        ]
        self.best: tuple[Cost, frozenset[str]] | None = None
        self.seen: set[frozenset[str]] = set()

    def run(self) -> frozenset[str]:
        self._extend(frozenset())
        assert self.best is not None, "every need has a provider"
        return self.best[1]

    def _extend(self, chosen: frozenset[str]) -> None:
        """Complete `chosen` in every way that may still be the best."""
        if chosen in self.seen:
            return
        self.seen.add(chosen)
        open_needs = [bundles for bundles in self.providers if not any(bundle <= chosen for bundle in bundles)]
        cost = self._cost(chosen)
        if not open_needs:
            if self.best is None or cost < self.best[0]:
                self.best = cost, chosen
            return
        # every open need costs at least its cheapest bundle, so the dearest of those is a lower bound
        least = max(min(self._cost(bundle | chosen)[:2] for bundle in bundles) for bundles in open_needs)
        if self.best is not None and least > self.best[0][:2]:
            return
        narrow = min(open_needs, key=len)
        for bundle in sorted(narrow, key=lambda bundle: self._cost(bundle | chosen)):
            self._extend(chosen | bundle)

    def _cost(self, chosen: frozenset[str]) -> Cost:
        return sum(self.periods[id] for id in chosen), len(chosen), tuple(sorted(chosen))


def catalogue_order(modules: Iterable[ModuleFacts], role_path: Sequence[str] = ()) -> tuple[str, ...]:
    """The order without personalisation: the role's path first, the other modules by layer, then slug.

    It depends on nothing but the role and the modules, so two learners of one role see the same; without
    a role (an empty path) it is by layer, then slug. Ids on the path that are not in `modules` are left out.

    :raises ValueError: when a module is given twice
    """
    places = {}
    for module in modules:
        if module.id in places:
            raise ValueError(f"module given twice: {module.id}")
        places[module.id] = (LAYERS.index(module.layer), module.id)
    path = [id for id in dict.fromkeys(role_path) if id in places]
    return (*path, *sorted(places.keys() - set(path), key=places.__getitem__))
