"""Figures of groups beside everybody's (REQ-020), worked by hand."""

from __future__ import annotations

from fractions import Fraction

import pytest

from lms.domain.fairness import Finding, Limits, Share, judge, ratio, size_band

LIMITS = Limits(80, 125, 10)
WHOLE = Share(300, 100)  # three each


@pytest.mark.parametrize(
    ("group", "finding"),
    [
        (Share(24, 10), Finding.EVEN),  # 2.4 ÷ 3 = 0.8
        (Share(239, 100), Finding.LOW),
        (Share(375, 100), Finding.EVEN),  # 3.75 ÷ 3 = 1.25
        (Share(376, 100), Finding.HIGH),
        (Share(0, 12), Finding.LOW),
        (Share(0, 0), Finding.UNKNOWN),
    ],
)
def test_the_limits_themselves_are_even(group: Share, finding: Finding) -> None:
    assert judge(group, WHOLE, people=10, limits=LIMITS) is finding


def test_nine_people_are_too_few_whatever_their_figure() -> None:
    assert judge(Share(0, 9), WHOLE, people=9, limits=LIMITS) is Finding.TOO_FEW


def test_nothing_is_compared_with_nothing() -> None:
    assert ratio(Share(3, 1), Share(0, 5)) is None
    assert judge(Share(3, 1), Share(0, 5), people=20, limits=LIMITS) is Finding.UNKNOWN
    assert ratio(Share(1, 3), Share(1, 2)) == Fraction(2, 3)


@pytest.mark.parametrize(
    ("people", "band"), [(0, 0), (19, 0), (20, 1), (99, 1), (100, 2), (299, 2), (300, 3), (9000, 3)]
)
def test_bands_of_size(people: int, band: int) -> None:
    assert size_band(people) == band
