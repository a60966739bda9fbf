"""The shortest plan to a role or any other set of levels, week by week (REQ-020).

A plan is the exact minimum of REQ-020: SciPy is loaded only where a choice is left, scikit-learn never.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from recommender.cover import Providers, find_cover
from recommender.prerequisites import Prerequisites


class UnreachableLevel(ValueError):
    """No module teaches a required level (level 5, say, takes a portfolio review)."""

    def __init__(self, skill: str, required: int, best: int) -> None:
        super().__init__(f"{skill}: level {required} is required, the best module teaches {best}")
        self.skill = skill
        self.required = required
        self.best = best


@dataclass(frozen=True)
class ModuleSpec:
    """What planning needs to know of a module.

    `teaches` maps skill to the level reached; periods (课时) are 45 minutes of teaching.

    :raises ValueError: for periods below 1
    """

    id: str
    periods: int
    prerequisites: tuple[str, ...]
    teaches: Mapping[str, int] = field(hash=False)

    def __post_init__(self) -> None:
        if self.periods < 1:
            raise ValueError(f"module {self.id}: periods {self.periods} below 1")

    @property
    def place(self) -> tuple[int, int, str]:
        """Among modules that may be studied at once the shorter comes first, then by slug."""
        return 0, self.periods, self.id


@dataclass(frozen=True)
class Step:
    """A module of the plan.

    `closes` maps skill to the levels of its gap that this step closes (over all steps they add up to the
    gap; empty for a mere prerequisite); `week` is the week, from 1, in which it is finished, or None
    where no weekly periods are given.
    """

    module: str
    closes: Mapping[str, int] = field(hash=False)
    week: int | None


@dataclass(frozen=True)
class Plan:
    """Steps in a lawful order and their periods together.

    No plan has fewer periods than `lower_bound`; `is_optimal` says that this one has no more.
    """

    steps: tuple[Step, ...]
    periods: int
    is_optimal: bool
    lower_bound: int


def plan_path(
    required: Mapping[str, int],
    modules: Sequence[ModuleSpec],
    *,
    held: Mapping[str, int],
    done: Collection[str] = (),
    weekly_periods: int | None = None,
) -> Plan:
    """The plan with the fewest periods, then the fewest modules, then the first by slugs.

    :param required: level by skill; 0 asks for nothing
    :param held: level by skill; it closes a gap but stands for no module
    :param done: ids of modules done: they cost nothing, give their levels and satisfy prerequisites; ids
        that are not among `modules` are left aside
    :param weekly_periods: what the learner studies in a week
    :raises UnreachableLevel: when no module teaches a required level
    :raises ValueError: for weekly periods below 1, a module given twice, an unknown prerequisite or a cycle
    """
    if weekly_periods is not None and weekly_periods < 1:
        raise ValueError(f"weekly periods must be at least 1: {weekly_periods}")
    graph = Prerequisites(modules)
    teaches = {id: module.teaches for id, module in graph.modules.items()}
    has = levels_with(done, teaches, held)
    cover = find_cover(graph, providers_of(required, teaches, has), done)
    order = graph.study_order(cover.chosen)
    steps = _lay_out([graph.modules[id] for id in order], required, has, weekly_periods)
    return Plan(steps, cover.periods, cover.periods == cover.lower_bound, cover.lower_bound)


def levels_with(
    done: Collection[str], teaches: Mapping[str, Mapping[str, int]], held: Mapping[str, int]
) -> dict[str, int]:
    """`held` and what the modules `done` teach, whichever is higher."""
    has = dict(held)
    for id in teaches.keys() & set(done):
        for skill, level in teaches[id].items():
            has[skill] = max(level, has.get(skill, 0))
    return has


def providers_of(
    required: Mapping[str, int], teaches: Mapping[str, Mapping[str, int]], has: Mapping[str, int]
) -> Providers:
    """By skill with a gap, the modules that teach the required level.

    :raises UnreachableLevel: when there is none
    """
    providers = {}
    for skill, level in required.items():
        if has.get(skill, 0) >= level:
            continue
        providers[skill] = [id for id, taught in teaches.items() if taught.get(skill, 0) >= level]
        if not providers[skill]:
            raise UnreachableLevel(
                skill, level, max(taught.get(skill, 0) for taught in [{}, *teaches.values()])
            )
    return providers


def _lay_out(
    modules: Iterable[ModuleSpec],
    required: Mapping[str, int],
    has: Mapping[str, int],
    weekly_periods: int | None,
) -> tuple[Step, ...]:
    reached, periods, steps = dict(has), 0, []
    for module in modules:
        closes = {}
        for skill, level in module.teaches.items():
            gain = min(level, required.get(skill, 0)) - reached.get(skill, 0)
            if gain > 0:
                closes[skill] = gain
                reached[skill] = reached.get(skill, 0) + gain
        periods += module.periods
        steps.append(Step(module.id, closes, weekly_periods and -(-periods // weekly_periods)))
    return tuple(steps)
