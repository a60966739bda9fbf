"""The span of calendar days that a report is about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

from lms.domain.errors import RuleError

MOST_MONTHS = 60


class WrongWindow(RuleError):
    """The days do not make a span that can be reported."""


@dataclass(frozen=True)
class Window:
    """From a first to a last calendar day, both included."""

    first_on: date
    last_on: date

    def instants(self, zone: tzinfo) -> tuple[datetime, datetime]:
        """When it begins, and the instant that does not belong to it any more."""
        after = self.last_on + timedelta(days=1)
        return datetime.combine(self.first_on, time(), zone), datetime.combine(after, time(), zone)

    def months(self) -> list[date]:
        """The first day of every calendar month that the window touches."""
        found = [self.first_on.replace(day=1)]
        while (after := next_month(found[-1])) <= self.last_on:
            found.append(after)
        return found


def next_month(first_on: date) -> date:
    """The first day of the month after the one that begins on `first_on`."""
    return (first_on + timedelta(days=31)).replace(day=1)


def this_year(today: date) -> Window:
    """From 1 January until today."""
    return Window(today.replace(month=1, day=1), today)


def this_quarter(today: date) -> Window:
    """From the first day of the calendar quarter until today."""
    return Window(today.replace(month=(today.month - 1) // 3 * 3 + 1, day=1), today)


def last_twelve_months(today: date) -> Window:
    """Twelve months that end today."""
    tomorrow = today + timedelta(days=1)
    day = 28 if (tomorrow.month, tomorrow.day) == (2, 29) else tomorrow.day
    return Window(tomorrow.replace(year=tomorrow.year - 1, day=day), today)


def chosen_days(first_on: date, last_on: date) -> Window:
    """Two days that somebody chose.

    :raises WrongWindow: the wrong way round, or more than five years
    """
    if last_on < first_on:
        raise WrongWindow("The last day lies before the first.")
    window = Window(first_on, last_on)
    if len(window.months()) > MOST_MONTHS:
        raise WrongWindow("A report covers at most %(n)d months.", n=MOST_MONTHS)
    return window
