"""Learners whose order of modules means something: two curricula, prerequisites, drifting interests."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

NONE = -1


@dataclass(frozen=True)
class World:
    """How many modules and topics there are, and how learners choose.

    :param p_curriculum: chance that a step follows the learner's curriculum and not an interest
    :param p_skip: chance that a module of the curriculum is left out
    :param p_drift: chance that the interest moves to a neighbouring topic before a free choice
    """

    n_modules: int = 300
    n_topics: int = 20
    curriculum_length: int = 40
    mean_length: int = 14
    p_curriculum: float = 0.5
    p_skip: float = 0.25
    p_drift: float = 0.15


@dataclass
class _Catalogue:
    """What all learners of a world share."""

    world: World
    rng: np.random.Generator
    topic: NDArray[np.intp] = field(init=False)
    appeal: NDArray[np.float64] = field(init=False)
    before: NDArray[np.intp] = field(init=False)
    near: NDArray[np.intp] = field(init=False)
    curricula: list[list[int]] = field(init=False)

    def __post_init__(self) -> None:
        world, rng = self.world, self.rng
        self.topic = rng.integers(world.n_topics, size=world.n_modules)
        self.appeal = rng.pareto(1.5, world.n_modules) + 0.2
        self.before = self._draw_prerequisites()
        self.near = np.argsort(rng.random((world.n_topics, world.n_topics)), axis=1)[:, :3]
        self.curricula = [self._draw_curriculum() for _ in range(2)]

    def _draw_prerequisites(self) -> NDArray[np.intp]:
        """Of each module the one to be done before it, of its topic and never in a circle."""
        before = np.full(self.world.n_modules, NONE)
        for topic in range(self.world.n_topics):
            members = self.rng.permutation(np.flatnonzero(self.topic == topic))
            for place in range(1, len(members)):
                if self.rng.random() < 0.7:
                    before[members[place]] = members[self.rng.integers(max(0, place - 3), place)]
        return before

    def _draw_curriculum(self) -> list[int]:
        order: list[int] = []
        for goal in self.rng.permutation(self.world.n_modules):
            chain: list[int] = []
            module = goal
            while module != NONE and module not in order:
                chain.append(int(module))
                module = self.before[module]
            order += chain[::-1]
        return order[: self.world.curriculum_length]

    def study(self) -> NDArray[np.intp]:
        """The history of one more learner."""
        rng, world = self.rng, self.world
        curriculum = self.curricula[rng.integers(2)]
        steps = iter(curriculum[rng.integers(len(curriculum) // 2) :])
        interest = rng.integers(world.n_topics)
        done: list[int] = []
        for _ in range(2 + rng.poisson(rng.gamma(2.0, (world.mean_length - 2) / 2))):
            module = NONE
            if rng.random() < world.p_curriculum:
                module = next((m for m in steps if m not in done and rng.random() > world.p_skip), NONE)
            if module == NONE:
                if rng.random() < world.p_drift:
                    interest = rng.choice(self.near[interest])
                module = self._choose(interest, done)
            if module != NONE:
                done.append(module)
        return np.array(done, dtype=np.intp)

    def _choose(self, interest: int, done: list[int]) -> int:
        """A module of the topic whose prerequisite is done, the more appealing the likelier."""
        free = (self.topic == interest) & ((self.before == NONE) | np.isin(self.before, done))
        free[done] = False
        if not free.any():
            return NONE
        weight = np.where(free, self.appeal, 0.0)
        return int(self.rng.choice(len(weight), p=weight / weight.sum()))


def simulate(world: World, n_learners: int, *, seed: int) -> list[NDArray[np.intp]]:
    """So many histories in time order, no module twice in one."""
    catalogue = _Catalogue(world, np.random.default_rng(seed))
    return [catalogue.study() for _ in range(n_learners)]
