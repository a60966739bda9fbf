"""`plan_path`: the fewest periods, proven; a lawful order; weeks; and what happens beyond the exact size."""

from __future__ import annotations

from itertools import combinations
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender import ModuleFacts, ModuleSpec, Requirement, Step, UnreachableLevel, cover, plan_path
from recommender.program import EXACT_LIMIT, Program
from tests.recommender.factories import draw_modules, draw_requirements, unhurried
from tests.recommender.plans import check_lawful, draw_catalogue, draw_hard_catalogue, greedy_periods
from tests.recommender.test_path import cheapest_by_trial


def spec(id: str, periods: int, *after: str, **teaches: int) -> ModuleSpec:
    return ModuleSpec(id, periods, after, teaches)


def test_the_steps_say_what_they_close_and_in_which_week_they_end() -> None:
    modules = [
        spec("base", 6, law=1),
        spec("deep", 4, "base", law=3, fire=2),
        spec("dear", 30, law=3, fire=3),
    ]
    plan = plan_path({"law": 2, "fire": 2}, modules, held={"law": 0}, weekly_periods=3)
    assert plan.steps == (Step("base", {"law": 1}, 2), Step("deep", {"law": 1, "fire": 2}, 4))
    assert (plan.periods, plan.is_optimal, plan.lower_bound) == (10, True, 10)
    assert [step.week for step in plan_path({"law": 2}, modules, held={}).steps] == [None, None]


def test_held_levels_stand_for_no_module_and_done_ones_cost_nothing() -> None:
    modules = [spec("base", 10, law=2), spec("top", 10, "base", fire=3)]
    required = {"law": 2, "fire": 3}
    assert plan_path(required, modules, held={"law": 2}).periods == 20
    assert plan_path(required, modules, held={}, done={"base", "withdrawn"}).steps == (
        Step("top", {"fire": 3}, None),
    )
    assert plan_path(required, modules, held={"law": 5, "fire": 3}).steps == ()


def test_a_case_where_the_greedy_way_is_longer() -> None:
    # "wide" closes 4 levels in 7 periods (0.57), "left" and "right" 3 in 6 (0.50); with "wide" chosen both of
    # them are still needed: 7 + 6 + 6 = 19, without it 12
    modules = [
        spec("left", 6, a=1, b=1, c=1),
        spec("right", 6, d=1, e=1, f=1),
        spec("wide", 7, b=1, c=1, d=1, e=1),
    ]
    modules += [spec(f"{skill}-alone", 20, **{skill: 1}) for skill in "abcdef"]
    required = dict.fromkeys("abcdef", 1)
    assert greedy_periods(required, modules) == 19
    plan = plan_path(required, modules, held={})
    assert ([step.module for step in plan.steps], plan.periods) == (["left", "right"], 12)
    assert (plan.is_optimal, plan.lower_bound) == (True, 12)


def test_of_equal_periods_the_fewest_modules_then_the_first_slugs() -> None:
    required = dict.fromkeys("abcd", 1)
    pairs = [spec(f"a-{skill}", 5, **{skill: 1}) for skill in "abcd"]
    doubles = [spec("z-ab", 10, a=1, b=1), spec("z-cd", 10, c=1, d=1)]
    wholes = [spec(f"whole-{n}", 20, a=1, b=1, c=1, d=1) for n in (3, 1, 2)]

    def chosen(modules: list[ModuleSpec]) -> list[str]:
        return [step.module for step in plan_path(required, modules, held={}).steps]

    assert chosen([*pairs, *doubles]) == ["z-ab", "z-cd"]
    assert chosen([*pairs, *doubles, *wholes]) == ["whole-1"]


@pytest.mark.parametrize("seed", range(6))
def test_where_every_cover_costs_the_same_the_fewest_modules_win(seed: int) -> None:
    """Five periods for each skill: only the number of modules and the slugs can decide."""
    random = Random(seed)  # noqa: S311 - chance that repeats, nothing secret
    sets = [
        ("a", "b"),
        ("c", "d"),
        ("e", "f"),
        *(tuple(random.sample("abcdef", 3)) for _ in range(7)),
        *"abcdef",
    ]
    modules = [
        spec(f"m{n}-{''.join(some)}", 5 * len(some), **dict.fromkeys(some, 1)) for n, some in enumerate(sets)
    ]
    covers = [
        (sum(one.periods for one in some), len(some), sorted(one.id for one in some))
        for size in range(1, 5)
        for some in combinations(modules, size)
        if len({skill for one in some for skill in one.teaches}) == 6
    ]
    plan = plan_path(dict.fromkeys("abcdef", 1), random.sample(modules, len(modules)), held={})
    assert (plan.periods, len(plan.steps), sorted(step.module for step in plan.steps)) == min(covers)


def test_what_cannot_be_planned_is_named() -> None:
    with pytest.raises(UnreachableLevel, match="fire: level 5 is required, the best module teaches 4"):
        plan_path({"fire": 5}, [spec("a", 1, fire=4)], held={})
    with pytest.raises(UnreachableLevel, match="the best module teaches 0"):
        plan_path({"fire": 1}, [], held={})
    with pytest.raises(ValueError, match="weekly periods"):
        plan_path({}, [], held={}, weekly_periods=0)
    with pytest.raises(ValueError, match="cycle"):
        plan_path({"x": 1}, [spec("a", 1, "b", x=1), spec("b", 1, "a")], held={})
    with pytest.raises(ValueError, match="below 1"):
        spec("a", 0)


@unhurried
@given(
    draw_requirements,
    draw_modules(most=9),
    st.sets(st.sampled_from(["m0", "m1", "m2"])),
    st.randoms(use_true_random=False),
)
def test_the_plan_is_the_best_of_all_subsets(
    needs: tuple[Requirement, ...], modules: tuple[ModuleFacts, ...], done: set[str], random: Random
) -> None:
    specs = [ModuleSpec(one.id, one.periods, one.prerequisites, one.teaches) for one in modules]
    best = cheapest_by_trial(needs, modules, done)
    required = {need.skill: need.level for need in needs}
    specs = random.sample(specs, len(specs))
    try:
        plan = plan_path(required, specs, held={}, done=done)
    except UnreachableLevel:
        assert best is None
        return
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cover, "TRIALS", 0)  # the solver must come to the same
        assert plan_path(required, specs, held={}, done=done) == plan
    assert best == (plan.periods, len(plan.steps), sorted(step.module for step in plan.steps))
    assert plan.is_optimal
    assert plan.lower_bound == plan.periods


@pytest.mark.parametrize("seed", range(4))
def test_up_to_the_exact_size_the_plan_is_proven_and_never_longer_than_greedy(seed: int) -> None:
    required, modules = draw_catalogue(120, skills=40, needs=12, seed=seed)
    plan = plan_path(required, modules, held={})
    check_lawful(plan, required, modules)
    assert plan.is_optimal
    assert plan.lower_bound == plan.periods <= greedy_periods(required, modules)


@pytest.mark.parametrize("seed", range(3))
def test_beyond_the_exact_size_the_plan_is_within_a_twentieth(seed: int) -> None:
    required, modules = draw_catalogue(1500, skills=80, needs=30, seed=seed)
    plan = plan_path(required, modules, held={})
    check_lawful(plan, required, modules)
    assert plan.lower_bound <= plan.periods <= 1.05 * plan.lower_bound


def test_what_cannot_be_proven_in_time_is_still_within_a_twentieth() -> None:
    """HiGHS alone takes seconds to prove the minimum of 56 periods; the bound says that it is not proven."""
    required, modules = draw_hard_catalogue(200, skills=60, taught=6, seed=0)
    plan = plan_path(required, modules, held={})
    check_lawful(plan, required, modules)
    assert 56 <= plan.periods <= 56 * 1.05
    assert plan.lower_bound <= 56
    assert plan.is_optimal == (plan.lower_bound == plan.periods)


def test_the_core_of_a_large_program_finds_the_minimum_of_the_whole() -> None:
    """One need, a thousand providers, the cheapest last: the core must hold it."""
    size = EXACT_LIMIT * 3
    periods = [50 + n % 7 for n in range(size)]
    periods[-1] = 3
    assert Program(periods, [range(size)], []).solve() == ({size - 1}, 3)
