"""The exact minimum path to a role, and the order without personalisation (REQ-020)."""

from __future__ import annotations

from datetime import date
from itertools import combinations
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender import (
    EvidenceItem,
    ModuleFacts,
    Requirement,
    UnreachableLevel,
    catalogue_order,
    held_levels,
    role_path,
)
from tests.recommender.factories import draw_modules, draw_requirements, make_module, must, need, unhurried


def test_one_module_that_covers_two_needs_beats_two_cheap_ones() -> None:
    modules = [
        make_module("a", 6, fire=3),
        make_module("b", 6, law=3),
        make_module("both", 11, fire=3, law=3),
    ]
    assert role_path([need("fire", 3), must("law", 3)], modules) == ("both",)


def test_what_is_cheap_by_itself_may_be_dear_with_its_prerequisites() -> None:
    modules = [
        make_module("base", 9),
        make_module("top", 2, after=("base",), fire=3),
        make_module("plain", 10, fire=3),
    ]
    assert role_path([need("fire", 3)], modules) == ("plain",)
    assert role_path([need("fire", 3)], modules, {"base"}) == ("top",)


def test_of_equal_periods_fewer_modules_then_slugs() -> None:
    modules = [make_module("a", 5), make_module("b", 5, after=("a",), fire=3), make_module("z", 10, fire=3)]
    assert role_path([need("fire", 3)], modules) == ("z",)
    assert role_path([need("fire", 3)], [*modules, make_module("y", 10, fire=3)]) == ("y",)


def test_done_modules_give_their_levels_and_recognised_levels_stand_for_no_module() -> None:
    modules = [make_module("base", 10, law=2), make_module("top", 10, after=("base",), fire=3)]
    needs = [need("law", 2), need("fire", 3)]
    assert role_path(needs, modules) == ("base", "top")
    assert role_path(needs, modules, {"base"}) == ("top",)
    assert role_path(needs, modules, held={"law": 2}) == ("base", "top")
    recognised = held_levels([EvidenceItem("fire", 3, date(2026, 1, 1))], today=date(2026, 2, 1))
    assert role_path(needs, modules, held={**recognised, "law": 2}) == ()


def test_the_study_order_is_prerequisites_then_layer_then_periods_then_slug() -> None:
    modules = [
        make_module("a-top", 1, after=("c",), layer="specialism", fire=1),
        make_module("b", 8, gas=1),
        make_module("c", 8, law=1),
        make_module("d", 4, layer="frontier", maths=1),
        make_module("e", 12, digging=1),
    ]
    needs = [need(skill, 1) for skill in ("fire", "gas", "law", "maths", "digging")]
    assert role_path(needs, modules) == ("b", "c", "e", "a-top", "d")


def test_modules_in_preparation_are_part_of_the_plan() -> None:
    assert role_path([need("fire", 3)], [make_module("soon", fire=3, is_startable=False)]) == ("soon",)


def test_a_level_nobody_teaches_is_named() -> None:
    with pytest.raises(
        UnreachableLevel, match="fire: level 5 is required, the best module teaches 4"
    ) as caught:
        role_path([need("fire", 5)], [make_module("a", fire=4)])
    assert (caught.value.skill, caught.value.required, caught.value.best) == ("fire", 5, 4)


def test_a_role_without_requirements_needs_nothing() -> None:
    assert role_path([], [make_module("a", fire=4)]) == ()


def cheapest_by_trial(
    needs: tuple[Requirement, ...], modules: tuple[ModuleFacts, ...], done: set[str]
) -> object:
    """(periods, modules, slugs) of the best subset, by trying all; None when there is none."""
    found = []
    for size in range(len(modules) + 1):
        for subset in combinations([module for module in modules if module.id not in done], size):
            has = [*subset, *(module for module in modules if module.id in done)]
            ids = {module.id for module in has}
            is_complete = all(ids.issuperset(module.prerequisites) for module in subset)
            if is_complete and all(any(m.teaches.get(n.skill, 0) >= n.level for m in has) for n in needs):
                found.append((sum(m.periods for m in subset), size, sorted(m.id for m in subset)))
    return min(found, default=None)


@unhurried
@given(
    draw_requirements,
    draw_modules(),
    st.sets(st.sampled_from(["m0", "m1", "m2"])),
    st.randoms(use_true_random=False),
)
def test_the_path_is_the_best_of_all_subsets(
    needs: tuple[Requirement, ...], modules: tuple[ModuleFacts, ...], done: set[str], random: Random
) -> None:
    best = cheapest_by_trial(needs, modules, done)
    shuffled = random.sample(modules, len(modules))
    try:
        path = role_path(needs, shuffled, done)
    except UnreachableLevel:
        assert best is None
        return
    periods = {module.id: module.periods for module in modules}
    assert best == (sum(periods[id] for id in path), len(path), sorted(path))
    for module in modules:
        if module.id in path:
            assert set(module.prerequisites) <= {*path[: path.index(module.id)], *done}


def test_switched_off_the_role_path_comes_first_then_layer_and_slug() -> None:
    modules = [
        make_module("new", layer="frontier"),
        make_module("b"),
        make_module("deep", layer="specialism"),
        make_module("a"),
    ]
    assert catalogue_order(modules, ("deep", "b")) == ("deep", "b", "a", "new")
    assert catalogue_order(modules[::-1], ("deep", "b")) == ("deep", "b", "a", "new")


def test_without_a_role_the_catalogue_goes_by_layer() -> None:
    modules = [make_module("x", layer="frontier"), make_module("z"), make_module("y", layer="specialism")]
    assert catalogue_order(modules) == ("z", "y", "x")


def test_the_catalogue_leaves_out_what_it_does_not_have_and_refuses_doubles() -> None:
    assert catalogue_order([make_module("a"), make_module("b")], ("gone", "b", "b")) == ("b", "a")
    with pytest.raises(ValueError, match="given twice: a"):
        catalogue_order([make_module("a"), make_module("a")])
