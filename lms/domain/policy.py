"""Dated parameters of the programme's rules (REQ-044). Values are working assumptions, not official policy."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any


@dataclass(frozen=True)
class Policy:
    """One version of the parameters; a stored version overrides single values of these defaults."""

    quiz_pass_percent: int = 80
    quiz_drawn_questions: int = 10
    quiz_retry_minutes: int = 10
    recognition_pass_percent: int = 80
    recognition_retry_days: int = 30
    evidence_validity_months: int = 24
    must_evidence_validity_months: int = 12
    recommendation_count: int = 3
    later_days: int = 30
    study_segment_seconds: int = 90
    sign_in_free_failures: int = 5
    sign_in_window_minutes: int = 15
    sign_in_account_failures: int = 50
    sign_in_network_failures: int = 100
    initial_password_days: int = 7


def policy_from(parameters: dict[str, Any]) -> Policy:
    """A policy with `parameters` in place of the defaults.

    :raises ValueError: an unknown name or a value that is no whole number
    """
    names = {field.name for field in fields(Policy)}
    for name, value in parameters.items():
        if name not in names:
            raise ValueError(f"unknown policy parameter {name}")
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            raise ValueError(f"policy parameter {name} must be a whole number")
    return Policy(**parameters)
