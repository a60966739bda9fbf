"""The shortest way to a role and the order without personalisation (REQ-020)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from recommender.cover import find_cover
from recommender.facts import LAYERS, Held, ModuleFacts, Requirement, level_of
from recommender.plan import levels_with, providers_of
from recommender.prerequisites import Prerequisites


def role_path(
    requirements: Iterable[Requirement],
    modules: Iterable[ModuleFacts],
    done: Collection[str] = (),
    *,
    held: Mapping[str, int | Held] | None = None,
) -> tuple[str, ...]:
    """The modules still to be done for a role, in study order: the exact minimum of REQ-020.

    What `plan_path` plans, in the order of the layers. A level in `held` (recognised otherwise) closes
    its gap but stands for no module. Modules in preparation count like others: the path is the plan, not
    what can be started today.

    :raises UnreachableLevel: when no module teaches a required level
    :raises ValueError: for a module given twice, an unknown prerequisite or a cycle
    """
    graph = Prerequisites(modules)
    teaches = {id: module.teaches for id, module in graph.modules.items()}
    has = levels_with(done, teaches, {skill: level_of(held or {}, skill) for skill in held or ()})
    required = {need.skill: need.level for need in requirements}
    return graph.study_order(find_cover(graph, providers_of(required, teaches, has), done).chosen)


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
