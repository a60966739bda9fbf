"""The pass rates of REQ-014 by their worked examples, and the edges of rounding."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.domain.rates import PassRates, Rate, decimals, percent_of, ratio_of, wilson_interval
from tests.shared import load_domain

CASES = [f"REQ-014-{n:02}" for n in range(1, 5)]


@pytest.fixture(scope="module")
def cases() -> dict[str, Any]:
    return {case["id"]: case for case in load_domain("examples.yaml")["cases"] if case["req"] == "REQ-014"}


def test_all_examples_are_checked(cases: dict[str, Any]) -> None:
    assert sorted(cases) == CASES


@pytest.mark.parametrize("case_id", CASES)
def test_the_worked_examples(case_id: str, cases: dict[str, Any]) -> None:
    case = cases[case_id]
    rates = PassRates(**case["in"])
    assert case["out"] == {
        "headline": shown(rates.headline.percent),
        "first_attempt": shown(rates.first_attempt.percent),
        "of_enrolled": shown(rates.of_enrolled.percent),
        "interval": [str(limit) for limit in rates.interval] if rates.interval else None,
    }


def shown(value: Decimal | None) -> str | None:
    return None if value is None else str(value)


@pytest.mark.parametrize(
    ("numerator", "denominator", "expected"),
    [(1, 2000, "0.1"), (1, 2001, "0.0"), (1, 8, "12.5"), (1, 16, "6.3"), (5, 5, "100.0"), (0, 3, "0.0")],
)
def test_halves_go_away_from_zero(numerator: int, denominator: int, expected: str) -> None:
    assert str(percent_of(numerator, denominator)) == expected


def test_a_ratio_below_zero() -> None:
    assert str(ratio_of(-1, 20)) == "-0.1"
    assert str(ratio_of(49, 4)) == "12.3"  # 12.25


def test_nothing_of_nothing_is_not_computable() -> None:
    rate = Rate(0, 0)
    assert (rate.percent, rate.interval, rate.reaches(0)) == (None, None, None)
    assert ratio_of(3, 0) is None


def test_the_verdict_is_exact() -> None:
    """1,939 of 2,000 is 96.95 %, shown as 97.0 %, and misses 97 %."""
    assert str(Rate(1939, 2000).percent) == "97.0"
    assert Rate(1939, 2000).reaches(97) is False
    assert Rate(1940, 2000).reaches(97) is True


def test_more_than_all_is_refused() -> None:
    with pytest.raises(ValueError, match="no rate"):
        Rate(3, 2)


@given(st.integers(1, 199), st.data())
def test_the_interval_holds_the_rate(sat: int, data: st.DataObject) -> None:
    best = data.draw(st.integers(0, sat))
    interval, percent = wilson_interval(best, sat), percent_of(best, sat)
    assert interval is not None
    assert percent is not None
    assert Decimal(0) <= interval[0] <= percent <= interval[1] <= Decimal(100)


@pytest.mark.parametrize(
    ("value", "places", "text"),
    [
        (Fraction(13, 32), 2, "0.41"),  # 0.40625
        (Fraction(1, 8), 2, "0.13"),  # halves away from zero
        (Fraction(-1, 8), 2, "−0.13"),
        (Fraction(-1, 100), 3, "−0.010"),
        (Fraction(1999, 1000), 2, "2.00"),
        (Fraction(0), 1, "0.0"),
        (Fraction(1, 20), 1, "0.1"),
        (Fraction(1234567), 2, "1234567.00"),
    ],
)
def test_a_fraction_with_its_decimals_by_hand(value: Fraction, places: int, text: str) -> None:
    assert decimals(value, places) == text
