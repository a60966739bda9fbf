"""The worked examples of REQ-020 over the plan of 42 modules and 26 roles."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

import pytest

from recommender import (
    EmptyReason,
    GapRanking,
    ModuleFacts,
    ModuleSpec,
    NextStep,
    ReasonKind,
    Requirement,
    catalogue_order,
    plan_path,
    rank_modules,
    recommend,
    role_path,
)
from tests.shared import load_domain

PATH_CASES = [f"REQ-020-{n:02}" for n in range(2, 29)]


@pytest.fixture(scope="module")
def cases() -> dict[str, Any]:
    return {case["id"]: case for case in load_domain("examples.yaml")["cases"] if case["req"] == "REQ-020"}


@pytest.fixture(scope="module")
def modules() -> list[ModuleFacts]:
    return [
        ModuleFacts(
            id=row["slug"],
            layer=row["layer"],
            periods=row["hours"],
            prerequisites=tuple(row["prerequisites"]),
            teaches={taught["skill"]: taught["level"] for taught in row["teaches"]},
            industries=frozenset(row["industry"]),
            is_startable=True,
        )
        for row in load_domain("modules.yaml")["modules"]
    ]


@pytest.fixture(scope="module")
def roles() -> dict[str, Any]:
    return {role["slug"]: role for role in load_domain("roles.yaml")["roles"]}


def requirements(role: dict[str, Any]) -> list[Requirement]:
    return [Requirement(row["skill"], row["level"], row.get("must", False)) for row in role["requires"]]


def rank(role: dict[str, Any], modules: list[ModuleFacts], done: list[str]) -> GapRanking:
    """The ranking of somebody who holds exactly what the modules done teach."""
    held: dict[str, int] = {}
    for module in modules:
        if module.id in done:
            held.update({skill: max(level, held.get(skill, 0)) for skill, level in module.teaches.items()})
    return rank_modules(requirements(role), modules, held, done, industry=role["industry"])


def shown(score: Fraction) -> str:
    return str((Decimal(score.numerator) / score.denominator).quantize(Decimal("0.01"), ROUND_HALF_UP))


@pytest.fixture(scope="module")
def officer(cases: dict[str, Any], roles: dict[str, Any], modules: list[ModuleFacts]) -> GapRanking:
    given = cases["REQ-020-01"]["in"]
    return rank(roles[given["role"]], modules, given["done"])


def test_all_examples_are_tested(cases: dict[str, Any]) -> None:
    assert sorted(cases) == ["REQ-020-01", *PATH_CASES]
    assert {cases[id]["rule"] for id in PATH_CASES} == {"min_path"}


def test_the_safety_officer_after_safety_foundations(cases: dict[str, Any], officer: GapRanking) -> None:
    expected = cases["REQ-020-01"]["out"]
    for row in expected["candidates"]:
        entry = officer.get_entry(row["module"])
        assert (entry.levels, entry.periods, shown(entry.score)) == (
            row["levels"],
            row["periods"],
            row["value"],
        )
        assert entry.closes_must == row["must"]
        assert (entry.industry_factor == 1) == row["own_industry"]
    assert [card.module for card in officer.cards] == expected["order"]


def test_the_lines_of_the_first_card(officer: GapRanking) -> None:
    card = officer.entries[0]
    closes = [(line.skill, line.held, line.reached, line.required, line.is_must) for line in card.closes]
    assert sorted(closes) == [
        ("confined-space-control", 0, 3, 3, False),
        ("hazard-identification", 2, 4, 4, False),
        ("major-hazard-determination", 0, 3, 3, True),
    ]
    assert card.opens == ("emergency-response-drill",)
    opening = card.reasons[-1]
    assert (opening.kind, opening.levels, opening.periods) == (ReasonKind.OPENS, Fraction(13), 32)
    assert opening.score == Fraction(13, 32)


def test_the_drill_is_locked_and_no_card_of_its_own(officer: GapRanking) -> None:
    drill = officer.get_entry("emergency-response-drill")
    assert (drill.is_locked, drill.is_card, drill.closes_must) == (True, False, False)
    assert (drill.missing, drill.first_step) == (("major-hazard-criteria",), "major-hazard-criteria")
    assert len(officer.entries) == 42


def test_the_third_slot_says_what_becomes_possible(officer: GapRanking) -> None:
    first, second, third = recommend(officer)
    assert first.card is not None
    assert second.card is not None
    assert third.reason is EmptyReason.BECOMES_POSSIBLE_NEXT
    assert third.next_steps == (NextStep("emergency-response-drill", ("major-hazard-criteria",)),)


@pytest.mark.parametrize("id", PATH_CASES)
def test_the_minimum_path(
    id: str, cases: dict[str, Any], roles: dict[str, Any], modules: list[ModuleFacts]
) -> None:
    given, expected = cases[id]["in"], cases[id]["out"]
    path = role_path(requirements(roles[given["role"]]), modules, given.get("held", ()))
    periods = {module.id: module.periods for module in modules}
    assert (sum(periods[module] for module in path), len(path)) == (expected["periods"], expected["modules"])
    if expected["optima"] == 1:
        assert set(path) == set(expected["path"])
    else:
        assert len(set(path) - set(expected["path"])) <= 1
    specs = [ModuleSpec(one.id, one.periods, one.prerequisites, one.teaches) for one in modules]
    required = {need.skill: need.level for need in requirements(roles[given["role"]])}
    plan = plan_path(required, specs, held={}, done=given.get("held", ()))
    assert {step.module for step in plan.steps} == set(path)
    assert (plan.periods, plan.is_optimal, plan.lower_bound) == (
        expected["periods"],
        True,
        expected["periods"],
    )


def test_switched_off_two_learners_of_a_role_see_the_same(
    roles: dict[str, Any], modules: list[ModuleFacts]
) -> None:
    for role in roles.values():
        path = role_path(requirements(role), modules)
        order = catalogue_order(modules, path)
        assert order == catalogue_order(modules[::-1], role_path(requirements(role), modules[::-1]))
        assert order[: len(path)] == path
        assert len(set(order)) == 42
