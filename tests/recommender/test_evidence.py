"""How long evidence of a level counts in full (REQ-020, 民法典 arts. 201–203)."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender import EvidenceItem, Held, held_levels
from tests.recommender.factories import unhurried


def level(obtained_on: date, today: date, *, stated: int = 3, months: int = 24) -> int:
    evidence = [EvidenceItem("fire", stated, obtained_on)]
    return held_levels(evidence, today=today, validity_months=months)["fire"].level


@pytest.mark.parametrize(
    ("obtained_on", "last_day", "day_after"),
    [
        (date(2024, 3, 15), date(2026, 3, 15), date(2026, 3, 16)),
        (date(2024, 2, 29), date(2026, 2, 28), date(2026, 3, 1)),
        (date(2022, 2, 28), date(2024, 2, 28), date(2024, 2, 29)),
        (date(2023, 12, 31), date(2025, 12, 31), date(2026, 1, 1)),
    ],
)
def test_evidence_counts_in_full_until_the_corresponding_day(
    obtained_on: date, last_day: date, day_after: date
) -> None:
    assert level(obtained_on, last_day) == 3
    assert level(obtained_on, day_after) == 2


def test_a_validity_that_ends_in_a_shorter_month_ends_on_its_last_day() -> None:
    assert level(date(2025, 8, 31), date(2026, 2, 28), months=6) == 3
    assert level(date(2025, 8, 31), date(2026, 3, 1), months=6) == 2


def test_must_skills_age_after_twelve_months() -> None:
    evidence = [EvidenceItem("fire", 3, date(2025, 1, 10)), EvidenceItem("law", 3, date(2025, 1, 10))]
    held = held_levels(evidence, today=date(2026, 1, 11), must_skills={"fire"})
    assert held["fire"] == Held(2, 3, date(2025, 1, 10), date(2026, 1, 10), is_aged=True)
    assert held["law"] == Held(3, 3, date(2025, 1, 10), date(2027, 1, 10), is_aged=False)


def test_both_validities_are_parameters() -> None:
    evidence = [EvidenceItem("fire", 3, date(2025, 1, 10)), EvidenceItem("law", 3, date(2025, 1, 10))]
    held = held_levels(
        evidence, today=date(2025, 3, 1), validity_months=1, must_validity_months=2, must_skills=["fire"]
    )
    assert (held["fire"].level, held["law"].level) == (3, 2)


def test_a_level_never_falls_below_zero_and_only_once() -> None:
    assert level(date(2000, 1, 1), date(2026, 1, 1), stated=0) == 0
    assert level(date(2000, 1, 1), date(2026, 1, 1), stated=4) == 3


def test_the_best_counts_after_ageing() -> None:
    old, fresh = EvidenceItem("fire", 4, date(2020, 1, 1)), EvidenceItem("fire", 2, date(2025, 12, 1))
    assert held_levels([fresh, old], today=date(2026, 1, 1))["fire"].level == 3


def test_of_one_level_the_evidence_that_is_valid_longest_is_named() -> None:
    old, fresh = EvidenceItem("fire", 4, date(2020, 1, 1)), EvidenceItem("fire", 3, date(2025, 12, 1))
    for evidence in ([old, fresh], [fresh, old]):
        held = held_levels(evidence, today=date(2026, 1, 1))["fire"]
        assert (held.level, held.is_aged, held.obtained_on) == (3, False, date(2025, 12, 1))


def test_evidence_of_the_future_does_not_count_yet() -> None:
    evidence = [EvidenceItem("fire", 3, date(2026, 1, 2))]
    assert held_levels(evidence, today=date(2026, 1, 1)) == {}
    assert held_levels(evidence, today=date(2026, 1, 2))["fire"].level == 3


def test_a_level_out_of_range_is_refused() -> None:
    with pytest.raises(ValueError, match="level 6 is not from 0 to 5"):
        EvidenceItem("fire", 6, date(2026, 1, 1))


@unhurried
@given(
    st.lists(
        st.builds(
            EvidenceItem, st.just("fire"), st.integers(0, 5), st.dates(date(2000, 1, 1), date(2026, 1, 1))
        )
    ),
    st.dates(date(2026, 1, 1), date(2030, 1, 1)),
)
def test_the_order_of_evidence_does_not_matter(evidence: list[EvidenceItem], today: date) -> None:
    held = held_levels(evidence, today=today)
    assert held_levels(evidence[::-1], today=today) == held
    stated = max((item.level for item in evidence), default=None)
    if stated is not None:
        assert max(0, stated - 1) <= held["fire"].level <= stated
