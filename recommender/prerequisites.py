"""The prerequisites between modules: what is missing, and in which order to study."""

from __future__ import annotations

import heapq
from collections.abc import Collection, Iterable
from typing import Generic, Protocol, TypeVar


class Studied(Protocol):
    """What the graph needs to know of a module."""

    @property
    def id(self) -> str: ...
    @property
    def periods(self) -> int: ...
    @property
    def prerequisites(self) -> tuple[str, ...]: ...
    @property
    def place(self) -> tuple[int, int, str]:
        """Where it stands among modules that may be studied at once; the slug comes last."""


M = TypeVar("M", bound=Studied)


class Prerequisites(Generic[M]):
    """The modules by id with their prerequisites, checked once.

    :raises ValueError: for an id given twice, an unknown prerequisite or a cycle
    """

    def __init__(self, modules: Iterable[M]) -> None:
        self.modules: dict[str, M] = {}
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
        """`chosen` with prerequisites first; among what may be studied at once by `place`.

        :raises ValueError: when prerequisites form a cycle
        """
        members = set(chosen)
        open_steps = {id: members.intersection(self.modules[id].prerequisites) for id in chosen}
        followers: dict[str, list[str]] = {id: [] for id in chosen}
        for id, before in open_steps.items():
            for prerequisite in before:
                followers[prerequisite].append(id)
        ready = [self.modules[id].place for id, before in open_steps.items() if not before]
        heapq.heapify(ready)
        order: list[str] = []
        while ready:
            order.append(heapq.heappop(ready)[-1])
            for id in followers[order[-1]]:
                open_steps[id].remove(order[-1])
                if not open_steps[id]:
                    heapq.heappush(ready, self.modules[id].place)
        if len(order) < len(open_steps):
            raise ValueError(f"prerequisites form a cycle among {sorted(set(open_steps) - set(order))}")
        return tuple(order)
