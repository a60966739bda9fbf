"""Panels of the module page: the graded quiz as a row of the outline."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import render_template

from lms.domain.attempt import next_test_in, next_try_in
from lms.domain.policy import Policy
from lms.features.assessment.queries import AttemptRow, list_attempts
from lms.features.catalog.queries import ModuleCard
from lms.features.enrollment.queries import EnrollmentRow, held_module_ids
from lms.features.policies.queries import get_policy
from lms.ports.clock import local_date
from lms.web.context import clock, current_actor, db


def show_quiz_row(*, enrollment: EnrollmentRow | None, card: ModuleCard, **facts: Any) -> str:
    """The row *graded quiz*: its state, its facts, and the one thing that can be done now.

    Without an enrollment it offers the test of prior learning (REQ-013)."""
    now = clock().now()
    policy = get_policy(db(), on=local_date(now))
    learner_id = current_actor().user_id
    attempts = list_attempts(db(), learner_id, card.module_id) if current_actor().is_signed_in else []
    if enrollment is None:
        row = _test_row(attempts, policy, now)
        row["is_held"] = card.module_id in held_module_ids(db(), learner_id)
    else:
        row = _quiz_row(enrollment, attempts, policy, now)
    return render_template("assessment/quiz_row.html", card=card, policy=policy, enrollment=enrollment, **row)


def _quiz_row(
    enrollment: EnrollmentRow, attempts: list[AttemptRow], policy: Policy, now: datetime
) -> dict[str, Any]:
    graded = [a for a in attempts if a.is_graded]
    mine = [a for a in attempts if a.enrollment_id == enrollment.enrollment_id]
    passed = enrollment.quiz_passed_at is not None
    shown = next((a for a in mine if a.is_graded and (a.is_passed or not passed)), None)
    last = max((a.graded_at for a in graded if a.graded_at), default=None)
    return {
        "lessons_left": enrollment.lesson_count - enrollment.lessons_read,
        "open": next((a for a in mine if a.is_open), None),
        "shown": shown,
        "is_passed": passed,
        "wait": next_try_in(last_graded_at=last, now=now, retry_minutes=policy.quiz_retry_minutes),
    }


def _test_row(attempts: list[AttemptRow], policy: Policy, now: datetime) -> dict[str, Any]:
    tests = [a for a in attempts if a.is_recognition]
    last = max((a.graded_at or a.started_at for a in tests), default=None)
    shown = next((a for a in tests if a.is_graded), None)
    return {
        "lessons_left": 0,
        "open": next((a for a in tests if a.is_open), None),
        "shown": shown,
        "is_passed": bool(shown and shown.is_passed),
        "wait": next_test_in(last_test_at=last, now=now, retry_days=policy.recognition_retry_days),
    }
