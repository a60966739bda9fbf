"""The shortest way to a role and the order without personalisation (REQ-020)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from recommender.facts import LAYERS, Held, ModuleFacts, Requirement, level_of
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
    held: Mapping[str, int | Held] | None = None,
) -> tuple[str, ...]:
    """The modules still to be done for a role, in study order: the exact minimum of REQ-020.

    Fewest periods that reach every required level with all prerequisites, and the fewest modules among
    those; then the first by slugs. A module done, however long ago, costs nothing, gives its levels and
    satisfies prerequisites; a level in `held` (recognised otherwise) closes its gap but stands for no module.
    Modules in preparation count like others: the path is the plan, not what can be started today.

    :raises UnreachableLevel: when no module teaches a required level
    :raises ValueError: for a module given twice, an unknown prerequisite or a cycle
    """
    graph = Prerequisites(modules)
    has = {skill: level_of(held, skill) for skill in held} if held else {}
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
        everything = frozenset[str]().union(*(bundle for need in self.providers for bundle in need))
        self.best = self._cost(everything), everything
        self.seen: set[frozenset[str]] = set()

    def run(self) -> frozenset[str]:
        self._extend(frozenset())
        return self.best[1]

    def _extend(self, chosen: frozenset[str]) -> None:
        """Complete `chosen` in every way that may still be the best."""
        if chosen in self.seen:
            return
        self.seen.add(chosen)
        open_needs = [need for need in self.providers if not any(bundle <= chosen for bundle in need)]
        cost = self._cost(chosen)
        if not open_needs:
            self.best = min(self.best, (cost, chosen), key=lambda found: found[0])
            return
        # every open need costs at least its cheapest bundle, so the dearest of those is a lower bound
        least = max(min(self._cost(bundle | chosen)[:2] for bundle in need) for need in open_needs)
        if least > self.best[0][:2]:
            return
        narrow = min(open_needs, key=len)
        for bundle in sorted(narrow, key=lambda bundle: self._cost(bundle | chosen)):
            self._extend(chosen | bundle)

    def _cost(self, chosen: frozenset[str]) -> Cost:
        return sum(self.periods[id] for id in chosen), len(chosen), tuple(sorted(chosen))


def catalogue_order(modules: Iterable[ModuleFacts], role_path: Sequence[str] = ()) -> tuple[str, ...]:
    """The order without personalisation: the role's path first, the other modules by layer, then slug.

    Two learners of one role see the same if `role_path` is the role's own, reckoned with nothing done or
    held; without a role (an empty path) it is by layer, then slug. Ids on the path that are not in `modules`
    are left out.

    :param modules: in any order; `is_startable` and everything but id and layer is left aside
    :raises ValueError: when a module is given twice
    """
    places = {}
    for module in modules:
        if module.id in places:
            raise ValueError(f"module given twice: {module.id}")
        places[module.id] = (LAYERS.index(module.layer), module.id)
    path = [id for id in dict.fromkeys(role_path) if id in places]
    return (*path, *sorted(places.keys() - set(path), key=places.__getitem__))
