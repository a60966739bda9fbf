"""The spans of days that reports are about."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from lms.domain.window import (
    Window,
    WrongWindow,
    chosen_days,
    last_twelve_months,
    this_quarter,
    this_year,
)
from lms.ports.clock import SHANGHAI

TODAY = date(2026, 11, 24)


def test_the_usual_windows_end_today() -> None:
    assert this_year(TODAY) == Window(date(2026, 1, 1), TODAY)
    assert this_quarter(TODAY) == Window(date(2026, 10, 1), TODAY)
    assert last_twelve_months(TODAY) == Window(date(2025, 11, 25), TODAY)
    assert last_twelve_months(date(2028, 2, 28)).first_on == date(2027, 2, 28)
    assert last_twelve_months(date(2026, 12, 31)).first_on == date(2026, 1, 1)


def test_days_are_those_of_shanghai() -> None:
    start, after = Window(TODAY, TODAY).instants(SHANGHAI)
    assert start == datetime(2026, 11, 23, 16, tzinfo=UTC)
    assert after == datetime(2026, 11, 24, 16, tzinfo=UTC)


def test_the_months_touched() -> None:
    assert Window(date(2026, 1, 31), date(2026, 3, 1)).months() == [date(2026, n, 1) for n in (1, 2, 3)]
    assert Window(TODAY, TODAY).months() == [date(2026, 11, 1)]


def test_chosen_days_in_order_and_not_too_many() -> None:
    assert chosen_days(TODAY, TODAY) == Window(TODAY, TODAY)
    assert len(chosen_days(date(2021, 12, 1), TODAY).months()) == 60
    with pytest.raises(WrongWindow):
        chosen_days(TODAY, date(2026, 11, 23))
    with pytest.raises(WrongWindow):
        chosen_days(date(2021, 11, 30), TODAY)
