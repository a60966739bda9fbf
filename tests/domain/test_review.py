"""When reviews are due and when a module is stale: REQ-041 by its worked examples."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from lms.domain.review import ReviewState, review_due_on, review_outcome, review_state
from tests.shared import load_domain

CASES = ["REQ-041-01", "REQ-041-02"]


@pytest.fixture(scope="module")
def cases() -> dict[str, Any]:
    return {case["id"]: case for case in load_domain("examples.yaml")["cases"] if case["req"] == "REQ-041"}


@pytest.mark.parametrize("case_id", CASES)
def test_the_worked_examples(case_id: str, cases: dict[str, Any]) -> None:
    case = cases[case_id]
    signed = case["in"].get("signed")
    outcome = review_outcome(
        due_on=date.fromisoformat(case["in"]["due"]),
        signed_on=date.fromisoformat(signed) if signed else None,
        grace_days=15,
    )
    stale = outcome.stale_from_on.isoformat() if outcome.stale_from_on else None
    assert case["out"] == {"on_time": outcome.is_on_time, "stale_from": stale}


@pytest.mark.parametrize(
    ("last_on", "cadence", "due_on"),
    [
        ("2026-03-31", "quarterly", "2026-06-30"),  # June has no 31st
        ("2026-11-24", "quarterly", "2027-02-24"),
        ("2025-11-30", "quarterly", "2026-02-28"),
        ("2026-08-31", "half-yearly", "2027-02-28"),
        ("2024-02-29", "yearly", "2025-02-28"),
    ],
)
def test_the_next_review(last_on: str, cadence: str, due_on: str) -> None:
    assert review_due_on(date.fromisoformat(last_on), cadence) == date.fromisoformat(due_on)


@pytest.mark.parametrize(
    ("today", "state"),
    [
        ("2026-05-30", ReviewState.CURRENT),
        ("2026-05-31", ReviewState.DUE),  # 30 days before
        ("2026-06-30", ReviewState.DUE),
        ("2026-07-01", ReviewState.OVERDUE),
        ("2026-07-15", ReviewState.OVERDUE),
        ("2026-07-16", ReviewState.STALE),
    ],
)
def test_the_states(today: str, state: ReviewState) -> None:
    due_on, on = date(2026, 6, 30), date.fromisoformat(today)
    assert review_state(due_on, today=on, notice_days=30, grace_days=15) is state
    assert review_state(None, today=on, notice_days=30, grace_days=15) is ReviewState.IN_PREPARATION
