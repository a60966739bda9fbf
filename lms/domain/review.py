"""When a module version is due for review, and what becomes of one that nobody reviews (REQ-041)."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

CADENCE_MONTHS = {"quarterly": 3, "half-yearly": 6, "yearly": 12}


class ReviewState(StrEnum):
    """Where a module stands between two reviews."""

    CURRENT = "current"
    DUE = "due"  # within the days of notice
    OVERDUE = "overdue"  # past its day, still within the grace
    STALE = "stale"  # past the grace: shows a badge, cannot be filed
    IN_PREPARATION = "in_preparation"  # nothing to review yet


@dataclass(frozen=True)
class ReviewOutcome:
    """What a signature, or its absence, means for a review that was due."""

    is_on_time: bool
    stale_from_on: date | None


def review_outcome(*, due_on: date, signed_on: date | None, grace_days: int) -> ReviewOutcome:
    """On time until the due day; stale from the day after the grace unless it was signed by then (REQ-041)."""
    is_stale = signed_on is None or signed_on > due_on + timedelta(days=grace_days)
    return ReviewOutcome(
        is_on_time=signed_on is not None and signed_on <= due_on,
        stale_from_on=due_on + timedelta(days=grace_days + 1) if is_stale else None,
    )


def review_due_on(last_on: date, cadence: str) -> date:
    """The day of the next review: the same day of the month so many months later, or the month's last.

    :raises KeyError: an unknown cadence
    """
    months = last_on.year * 12 + last_on.month - 1 + CADENCE_MONTHS[cadence]
    year, month = months // 12, months % 12 + 1
    return date(year, month, min(last_on.day, monthrange(year, month)[1]))


def review_state(due_on: date | None, *, today: date, notice_days: int, grace_days: int) -> ReviewState:
    """Where a module stands on a day; without a due day it is still in preparation."""
    if due_on is None:
        return ReviewState.IN_PREPARATION
    if today > due_on + timedelta(days=grace_days):
        return ReviewState.STALE
    if today > due_on:
        return ReviewState.OVERDUE
    return ReviewState.DUE if today >= due_on - timedelta(days=notice_days) else ReviewState.CURRENT
