"""Random catalogues to plan in, seeded, and the obvious way to plan that `plan_path` must beat."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random

from recommender import ModuleSpec, Plan
from recommender.prerequisites import Prerequisites


def draw_catalogue(
    modules: int, *, skills: int, needs: int, seed: int
) -> tuple[dict[str, int], list[ModuleSpec]]:
    """What a role requires and a catalogue that teaches it; every prerequisite is an earlier module."""
    random = Random(seed)  # noqa: S311 - chance that repeats, nothing secret
    names = [f"skill-{n}" for n in range(skills)]
    specs: list[ModuleSpec] = []
    best: dict[str, int] = {}
    for n in range(modules):
        earlier = random.sample(range(n), min(n, random.choice([0, 0, 1, 2])))
        taught = {skill: random.randint(1, 4) for skill in random.sample(names, random.randint(1, 4))}
        best = {skill: max(taught.get(skill, 0), best.get(skill, 0)) for skill in best | taught}
        specs.append(
            ModuleSpec(f"m{n:05}", random.randint(4, 40), tuple(f"m{one:05}" for one in earlier), taught)
        )
    required = {skill: random.randint(1, best[skill]) for skill in random.sample(sorted(best), needs)}
    return required, specs


def draw_hard_catalogue(
    modules: int, *, skills: int, taught: int, seed: int
) -> tuple[dict[str, int], list[ModuleSpec]]:
    """Every skill is asked for and each module teaches many: a set cover with a wide gap to its relaxation."""
    random = Random(seed)  # noqa: S311 - chance that repeats, nothing secret
    specs: list[ModuleSpec] = []
    for n in range(modules):
        periods = random.randint(4, 8)
        before = tuple(f"m{one}" for one in random.sample(range(n), 1)) if n and random.random() < 0.3 else ()
        levels = {f"s{skill}": 1 for skill in random.sample(range(skills), taught)}
        specs.append(ModuleSpec(f"m{n}", periods, before, levels))
    return dict.fromkeys(sorted({skill for spec in specs for skill in spec.teaches}), 1), specs


def greedy_periods(required: Mapping[str, int], modules: Sequence[ModuleSpec]) -> int:
    """Periods of the usual heuristic: again and again the bundle that closes most levels per period."""
    graph = Prerequisites(modules)
    has: dict[str, int] = {}
    chosen: set[str] = set()

    def gain(id: str) -> float:
        bundle = graph.bundle(id, chosen)
        closed = sum(
            max(
                0,
                max(min(graph.modules[one].teaches.get(skill, 0), level) for one in bundle)
                - has.get(skill, 0),
            )
            for skill, level in required.items()
        )
        return closed / sum(graph.modules[one].periods for one in bundle)

    while any(has.get(skill, 0) < level for skill, level in required.items()):
        best = max((id for id in graph.modules if id not in chosen), key=gain)
        chosen |= graph.bundle(best, chosen)
        for id in chosen:
            has |= {
                skill: max(level, has.get(skill, 0)) for skill, level in graph.modules[id].teaches.items()
            }
    return sum(graph.modules[id].periods for id in chosen)


def check_lawful(plan: Plan, required: Mapping[str, int], modules: Sequence[ModuleSpec]) -> None:
    """Every prerequisite comes first, every gap is closed, and the levels and periods add up."""
    specs = {module.id: module for module in modules}
    order = [step.module for step in plan.steps]
    assert len(set(order)) == len(order)
    for place, id in enumerate(order):
        assert set(specs[id].prerequisites) <= set(order[:place])
    assert plan.periods == sum(specs[id].periods for id in order)
    closed: dict[str, int] = {}
    for step in plan.steps:
        closed |= {skill: levels + closed.get(skill, 0) for skill, levels in step.closes.items()}
    assert closed == {skill: level for skill, level in required.items() if level}
