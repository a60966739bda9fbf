"""The prerequisites between modules: what is missing, and in which order to study."""

from __future__ import annotations

import heapq
from collections.abc import Collection, Iterable

from recommender.facts import ModuleFacts


class Prerequisites:
    """The modules by id with their prerequisites, checked once.

    :raises ValueError: for an id given twice, an unknown prerequisite or a cycle
    """

    def __init__(self, modules: Iterable[ModuleFacts]) -> None:
        self.modules: dict[str, ModuleFacts] = {}
        for module in sorted(modules, key=lambda module: module.id):
            if module.id in self.modules:
                raise ValueError(f"module given twice: {module.id}")
            self.modules[module.id] = module
        for module in self.modules.values():
            for prerequisite in module.prerequisites:
                if prerequisite not in self.modules:
                    raise ValueError(f"module {module.id}: unknown prerequisite {prerequisite}")
        self.study_order(self.modules)

    def missing(self, module: str, done: Collection[str]) -> tuple[str, ...]:
        """What must be done before `module`, in study order; a done module needs no prerequisites."""
        return self.study_order(self.bundle(module, done) - {module})

    def bundle(self, module: str, done: Collection[str]) -> frozenset[str]:
        """`module` and, transitively, its prerequisites that are not in `done`."""
        found, todo = {module}, [module]
        while todo:
            new = set(self.modules[todo.pop()].prerequisites) - found - set(done)
            found |= new
            todo.extend(new)
        return frozenset(found)

    def study_order(self, chosen: Collection[str]) -> tuple[str, ...]:
        """`chosen` with prerequisites first; among what may be studied at once by layer, periods, slug.

        :raises ValueError: when prerequisites form a cycle
        """
        open_steps = {id: set(self.modules[id].prerequisites) & set(chosen) for id in chosen}
        ready = [self.modules[id].place for id, before in open_steps.items() if not before]
        heapq.heapify(ready)
        order: list[str] = []
        while ready:
            order.append(heapq.heappop(ready)[-1])
            for id, before in open_steps.items():
                if order[-1] in before:
                    before.remove(order[-1])
                    if not before:
                        heapq.heappush(ready, self.modules[id].place)
        if len(order) < len(open_steps):
            raise ValueError(f"prerequisites form a cycle among {sorted(set(open_steps) - set(order))}")
        return tuple(order)
