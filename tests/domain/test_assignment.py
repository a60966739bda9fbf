"""When learning may be assigned and waived, and by when joiners should be done."""

from __future__ import annotations

from datetime import date

import pytest

from lms.domain.assignment import (
    Basis,
    DueDateRefused,
    Progress,
    WaiverRefused,
    check_due,
    check_waiver,
    is_overdue,
    joiner_due_on,
)

TODAY = date(2026, 11, 24)


@pytest.mark.parametrize("due", [TODAY, date(2026, 12, 4)])
def test_today_and_the_last_day_of_the_horizon_are_allowed(due: date) -> None:
    check_due(due, today=TODAY, most_days=10)


@pytest.mark.parametrize("due", [date(2026, 11, 23), date(2026, 12, 5)])
def test_a_passed_day_and_one_beyond_the_horizon_are_refused(due: date) -> None:
    with pytest.raises(DueDateRefused):
        check_due(due, today=TODAY, most_days=10)


def test_the_employers_wish_may_be_waived_with_a_reason() -> None:
    check_waiver("holds a licence", basis=Basis.EMPLOYER, is_own=False)


@pytest.mark.parametrize(
    ("reason", "basis", "is_own"),
    [
        ("holds a licence", Basis.LAW, False),
        ("holds a licence", Basis.EMPLOYER, True),
        ("    ok    ", Basis.EMPLOYER, False),
        ("x" * 501, Basis.EMPLOYER, False),
    ],
)
def test_what_cannot_be_waived(reason: str, basis: Basis, is_own: bool) -> None:
    with pytest.raises(WaiverRefused):
        check_waiver(reason, basis=basis, is_own=is_own)


@pytest.mark.parametrize(
    ("due", "expected"),
    [(date(2026, 11, 1), date(2026, 12, 24)), (date(2027, 3, 1), date(2027, 3, 1))],
)
def test_joiners_have_the_common_date_or_thirty_days(due: date, expected: date) -> None:
    assert joiner_due_on(due, today=TODAY, days=30) == expected


@pytest.mark.parametrize(
    ("due", "progress", "expected"),
    [
        (date(2026, 11, 23), Progress.BEGUN, True),
        (TODAY, Progress.OPEN, False),
        (date(2026, 11, 23), Progress.COMPLETED, False),
        (None, Progress.OPEN, False),
    ],
)
def test_late_is_what_is_open_after_its_date(due: date | None, progress: Progress, expected: bool) -> None:
    assert is_overdue(due, progress, today=TODAY) is expected
