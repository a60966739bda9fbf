"""What comes first, what stands behind what, and what is no card, in figures worked by hand (REQ-020)."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from recommender import GapRanking, RankedModule, Reason, ReasonKind, rank_modules
from tests.recommender.factories import make_module, must, need


def ids(entries: Iterable[RankedModule]) -> list[str]:
    return [entry.module for entry in entries]


def kinds(ranking: GapRanking, module: str) -> list[str]:
    return [reason.kind.value for reason in ranking.get_entry(module).reasons]


def test_a_must_skill_comes_before_a_higher_score() -> None:
    modules = [make_module("rich", 10, law=4), make_module("rule", 40, fire=1)]
    ranking = rank_modules([need("law", 4), must("fire", 1)], modules, {}, (), industry="all")
    assert ids(ranking.entries) == ["rule", "rich"]
    assert [entry.closes_must for entry in ranking.entries] == [True, False]


def test_a_must_skill_that_is_held_gives_no_precedence() -> None:
    modules = [make_module("rich", 10, law=4), make_module("rule", 40, fire=1)]
    ranking = rank_modules([need("law", 4), must("fire", 1)], modules, {"fire": 1}, (), industry="all")
    assert ids(ranking.entries) == ["rich", "rule"]


def test_equal_scores_go_by_fewer_periods_then_slug() -> None:
    modules = [make_module("long", 20, law=4), make_module("z", 10, law=2), make_module("y", 10, law=2)]
    ranking = rank_modules([need("law", 4)], modules, {}, (), industry="all")
    assert ids(ranking.entries) == ["y", "z", "long"]


def test_a_locked_module_is_valued_with_its_missing_prerequisites_and_stands_behind_the_first() -> None:
    modules = [
        make_module("base", 10, law=2),
        make_module("middle", 10, after=("base",), law=3),
        make_module("top", 20, after=("middle",), fire=3, law=1),
        make_module("other", 12, gas=3),
    ]
    ranking = rank_modules([need("law", 3), need("fire", 3), need("gas", 3)], modules, {}, (), industry="all")
    top = ranking.get_entry("top")
    assert top.missing == ("base", "middle")
    assert (top.levels, top.periods, top.score) == (Fraction(6), 40, Fraction(3, 20))
    assert [(line.skill, line.reached, line.by) for line in top.closes] == [
        ("law", 3, "middle"),
        ("fire", 3, "top"),
    ]
    assert top.first_step == "base"
    assert ids(ranking.entries) == ["other", "base", "middle", "top"]
    assert ids(ranking.cards) == ["other", "base"]
    assert ranking.get_entry("base").opens == ("middle", "top")
    assert ranking.get_entry("base").reasons[-1] == Reason(
        ReasonKind.OPENS, module="top", levels=Fraction(6), periods=40, score=Fraction(3, 20)
    )
    assert kinds(ranking, "top") == [
        "closes", "closes", "together_with", "together_with", "per_period", "own_industry", "behind",
    ]  # fmt: skip


def test_a_must_skill_of_a_prerequisite_does_not_make_the_locked_module_a_must() -> None:
    modules = [make_module("base", 10, fire=2), make_module("top", 10, after=("base",), law=4)]
    ranking = rank_modules([must("fire", 2), need("law", 4)], modules, {}, (), industry="all")
    assert ranking.get_entry("base").closes_must
    assert not ranking.get_entry("top").closes_must


def test_a_prerequisite_takes_the_place_of_what_it_opens() -> None:
    modules = [
        make_module("base", 10),
        make_module("rule", 10, after=("base",), fire=2),
        make_module("other", 10, law=4),
    ]
    ranking = rank_modules([must("fire", 2), need("law", 4)], modules, {}, (), industry="all")
    assert ids(ranking.entries) == ["base", "rule", "other"]
    assert ranking.get_entry("base").lifted_by == "rule"
    assert ranking.get_entry("base").score == 0
    assert ranking.get_entry("base").is_card


def test_what_adds_nothing_is_not_said_to_be_opened() -> None:
    modules = [make_module("base", 10, law=2), make_module("idle", 10, after=("base",), law=2)]
    ranking = rank_modules([need("law", 3)], modules, {}, (), industry="all")
    assert ranking.get_entry("idle").levels == 2
    assert not ranking.get_entry("idle").contributes
    assert ranking.get_entry("base").opens == ()


def test_a_done_prerequisite_needs_none_of_its_own_and_costs_nothing() -> None:
    modules = [
        make_module("base", 10),
        make_module("middle", 10, after=("base",)),
        make_module("top", 20, after=("middle",), fire=3),
    ]
    ranking = rank_modules([need("fire", 3)], modules, {}, {"middle"}, industry="all")
    top = ranking.get_entry("top")
    assert (top.is_locked, top.missing, top.periods, top.score) == (False, (), 20, Fraction(3, 20))
    assert ids(ranking.entries) == ["top", "base", "middle"]
    assert kinds(ranking, "middle")[-1] == "done"


def test_modules_in_preparation_rank_after_all_that_can_be_started() -> None:
    modules = [
        make_module("soon", 5, fire=3, is_startable=False),
        make_module("now", 50, fire=1),
        make_module("idle"),
    ]
    ranking = rank_modules([must("fire", 3)], modules, {}, (), industry="all")
    assert ids(ranking.entries) == ["now", "idle", "soon"]
    assert ranking.get_entry("soon").score == Fraction(3, 5)
    assert kinds(ranking, "soon")[-1] == "in_preparation"


def test_the_first_step_is_found_among_what_can_be_started_but_is_not_lifted() -> None:
    modules = [
        make_module("soon", 5, is_startable=False),
        make_module("step", 8),
        make_module("top", 10, after=("soon", "step"), fire=3),
        make_module("other", 10, law=1),
    ]
    ranking = rank_modules([must("fire", 3), need("law", 1)], modules, {}, (), industry="all")
    assert ids(ranking.entries) == ["other", "step", "top", "soon"]
    assert ranking.get_entry("top").first_step == "step"
    assert ranking.get_entry("step").opens == ("top",)
    assert ranking.get_entry("step").lifted_by is None
    assert ranking.get_entry("step").reasons[-1].waits_for == ("soon",)
    assert ranking.get_entry("top").waits_for == ("soon",)


def test_a_locked_module_without_a_startable_step_is_no_card_and_says_why() -> None:
    modules = [make_module("soon", 5, is_startable=False), make_module("top", 10, after=("soon",), fire=3)]
    ranking = rank_modules([need("fire", 3)], modules, {}, (), industry="all")
    assert ids(ranking.cards) == []
    assert ranking.get_entry("top").first_step is None
    assert kinds(ranking, "top")[-2:] == ["waits_for", "no_startable_step"]


def test_a_locked_module_in_preparation_is_not_said_to_be_opened() -> None:
    modules = [make_module("step", 8), make_module("top", 10, after=("step",), fire=3, is_startable=False)]
    ranking = rank_modules([need("fire", 3)], modules, {}, (), industry="all")
    assert ids(ranking.cards) == []
    assert ranking.get_entry("step").opens == ()


def test_a_zero_weight_does_not_hide_a_compulsory_module() -> None:
    ranking = rank_modules(
        [must("fire", 2)], [make_module("a", 10, fire=2)], {}, (), industry="all", weights={"fire": 0}
    )
    assert ranking.get_entry("a").score == 0
    assert ids(ranking.cards) == ["a"]
