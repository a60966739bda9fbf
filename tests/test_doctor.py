"""What the doctor says about versions (safety.md facts 1 and 2)."""

from __future__ import annotations

import pytest

from lms.doctor import Verdict, check_python, check_sqlite


@pytest.mark.parametrize(
    ("version", "verdict"),
    [
        ((3, 10, 9), Verdict.BAD),
        ((3, 11, 7), Verdict.NOTE),
        ((3, 11, 8), Verdict.GOOD),
        ((3, 12, 0), Verdict.GOOD),
    ],
)
def test_python(version: tuple[int, ...], verdict: Verdict) -> None:
    assert check_python(version).verdict is verdict


@pytest.mark.parametrize(
    ("version", "verdict"),
    [
        ((3, 40, 1), Verdict.NOTE),
        ((3, 44, 5), Verdict.NOTE),
        ((3, 44, 6), Verdict.GOOD),
        ((3, 45, 0), Verdict.NOTE),
        ((3, 50, 6), Verdict.NOTE),
        ((3, 50, 7), Verdict.GOOD),
        ((3, 51, 2), Verdict.NOTE),
        ((3, 51, 3), Verdict.GOOD),
        ((4, 0, 0), Verdict.GOOD),
    ],
)
def test_sqlite(version: tuple[int, ...], verdict: Verdict) -> None:
    assert check_sqlite(version).verdict is verdict
