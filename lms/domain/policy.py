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
    recommender_least_completions: int = 200
    recommendation_log_days: int = 400
    weighting_least_cards: int = 1000
    fairness_group_size: int = 10
    fairness_low_percent: int = 80
    fairness_high_percent: int = 125
    study_segment_seconds: int = 90
    sign_in_free_failures: int = 5
    sign_in_window_minutes: int = 15
    sign_in_account_failures: int = 50
    sign_in_network_failures: int = 100
    initial_password_days: int = 7
    read_notice_days: int = 180
    unread_notice_days: int = 400
    hat_grant_days: int = 1096
    import_rows: int = 5000
    import_keep_days: int = 30
    review_notice_days: int = 30
    review_grace_days: int = 15
    publication_group_size: int = 5
    upload_archive_mib: int = 200
    upload_files: int = 2000
    upload_total_mib: int = 400
    upload_file_mib: int = 20
    upload_text_kib: int = 1024
    upload_ratio: int = 100
    upload_depth: int = 6
    upload_megapixels: int = 40
    upload_person_files: int = 10_000
    upload_enterprise_mib: int = 10_240
    question_statistics_answers: int = 30
    mastery_least_answers: int = 500
    question_flag_answers: int = 20
    question_flag_points: int = 15
    assignment_most_days: int = 730
    assignment_joiner_days: int = 30


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
