"""The gap ranking in figures worked by hand (REQ-020)."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from recommender import (
    Closed,
    EvidenceItem,
    ModuleFacts,
    Reason,
    ReasonKind,
    SkillGap,
    held_levels,
    rank_modules,
    skill_gaps,
)
from tests.recommender.factories import make_module, must, need


def test_a_gap_is_what_is_required_beyond_what_is_held() -> None:
    gaps = skill_gaps([must("fire", 3), need("law", 2), need("gas", 4)], {"fire": 1, "law": 4})
    assert gaps == [
        SkillGap("fire", required=3, held=1, gap=2, is_must=True),
        SkillGap("law", required=2, held=4, gap=0, is_must=False),
        SkillGap("gas", required=4, held=0, gap=4, is_must=False),
    ]


def test_a_skill_required_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="required twice: fire"):
        skill_gaps([need("fire", 3), must("fire", 2)], {})


def test_levels_beyond_the_requirement_are_worth_nothing() -> None:
    ranking = rank_modules(
        [need("fire", 3)], [make_module("a", 8, fire=4, law=4)], {"fire": 1}, (), industry="all"
    )
    entry = ranking.get_entry("a")
    assert entry.closes == (Closed("fire", 1, 3, 3, is_must=False, weight=Fraction(1), by="a"),)
    assert (entry.levels, entry.periods, entry.score) == (Fraction(2), 8, Fraction(1, 4))


def test_the_lines_of_an_own_module() -> None:
    ranking = rank_modules([must("fire", 3)], [make_module("a", 6, fire=3)], {}, (), industry="tourism")
    assert ranking.get_entry("a").reasons == (
        Reason(
            ReasonKind.CLOSES,
            skill="fire",
            module="a",
            held=0,
            reached=3,
            required=3,
            is_must=True,
            weight=Fraction(1),
            levels=Fraction(3),
        ),
        Reason(ReasonKind.PER_PERIOD, levels=Fraction(3), periods=6, score=Fraction(1, 2)),
        Reason(ReasonKind.OWN_INDUSTRY, factor=Fraction(1), score=Fraction(1, 2)),
    )


def test_a_module_of_another_industry_counts_half_in_a_line_of_its_own() -> None:
    modules = [
        make_module("far", 6, fire=3, industries=("fashion", "fintech")),
        make_module("near", 8, fire=3, industries=("fashion", "tourism")),
    ]
    ranking = rank_modules([need("fire", 3)], modules, {}, (), industry="tourism")
    assert [entry.module for entry in ranking.entries] == ["near", "far"]
    assert ranking.get_entry("far").score == Fraction(1, 4)
    assert ranking.get_entry("far").reasons[-2:] == (
        Reason(ReasonKind.PER_PERIOD, levels=Fraction(3), periods=6, score=Fraction(1, 2)),
        Reason(ReasonKind.FOREIGN_INDUSTRY, factor=Fraction(1, 2), score=Fraction(1, 4)),
    )


def test_nothing_is_foreign_to_a_role_of_all_industries() -> None:
    module = make_module("a", 6, fire=3, industries=("fashion",))
    ranking = rank_modules([need("fire", 3)], [module], {}, (), industry="all")
    assert ranking.get_entry("a").industry_factor == 1
    assert ranking.get_entry("a").score == Fraction(1, 2)


def test_the_foreign_factor_is_a_parameter() -> None:
    module = make_module("a", 6, fire=3, industries=("fashion",))
    ranking = rank_modules(
        [need("fire", 3)], [module], {}, (), industry="tourism", foreign_factor=Fraction(1, 3)
    )
    assert ranking.get_entry("a").score == Fraction(1, 6)


def test_weights_multiply_the_levels_of_their_skill() -> None:
    modules = [make_module("a", 10, fire=2, law=1), make_module("b", 10, gas=3)]
    needs = [need("fire", 2), need("law", 1), need("gas", 3)]
    ranking = rank_modules(needs, modules, {}, (), industry="all", weights={"fire": 3, "law": Fraction(1, 2)})
    assert ranking.get_entry("a").levels == Fraction(13, 2)
    assert ranking.get_entry("a").score == Fraction(13, 20)
    assert [entry.module for entry in ranking.entries] == ["a", "b"]


@pytest.mark.parametrize(("weight", "factor"), [(-1, 1), (1, -1)])
def test_negative_weights_and_factors_are_refused(weight: int, factor: int) -> None:
    with pytest.raises(ValueError, match="must not be negative"):
        rank_modules([], [], {}, (), industry="all", weights={"fire": weight}, foreign_factor=factor)


def test_evidence_too_old_is_named_where_its_gap_is_closed() -> None:
    held = held_levels([EvidenceItem("fire", 3, date(2023, 1, 5))], today=date(2026, 1, 5))
    ranking = rank_modules([need("fire", 3)], [make_module("a", 10, fire=3)], held, (), industry="all")
    assert ranking.get_entry("a").levels == 1
    assert ranking.get_entry("a").reasons[1] == Reason(
        ReasonKind.EVIDENCE_AGED, skill="fire", held=2, stated=3, obtained_on=date(2023, 1, 5)
    )


@pytest.mark.parametrize(
    ("modules", "message"),
    [
        ([make_module("a"), make_module("a")], "given twice: a"),
        ([make_module("a", after=("b",))], "unknown prerequisite b"),
        ([make_module("a", after=("b",)), make_module("b", after=("a",))], "cycle among"),
    ],
)
def test_a_catalogue_that_does_not_hold_together_is_refused(modules: list[ModuleFacts], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        rank_modules([], modules, {}, (), industry="all")


def test_facts_out_of_range_are_refused() -> None:
    with pytest.raises(ValueError, match="unknown layer cellar"):
        make_module("a", layer="cellar")
    with pytest.raises(ValueError, match="periods 0 below 1"):
        make_module("a", 0)
    with pytest.raises(ValueError, match="level 6 is not from 1 to 5"):
        make_module("a", fire=6)
    with pytest.raises(ValueError, match="level 0 is not from 1 to 5"):
        need("fire", 0)


def test_an_entry_that_was_not_ranked_is_an_error() -> None:
    with pytest.raises(KeyError, match="ghost"):
        rank_modules([], [], {}, (), industry="all").get_entry("ghost")
