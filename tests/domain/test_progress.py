"""Progress, gate and study time, by hand."""

from __future__ import annotations

from datetime import timedelta

import pytest

from lms.domain.curriculum import ModuleState, module_state
from lms.domain.enrollment import PrerequisiteMissing, check_gate, is_completed, progress_percent
from lms.domain.policy import Policy, policy_from
from lms.domain.progress import credited_seconds, minutes_left
from tests.conftest import NOON


@pytest.mark.parametrize(
    ("read", "passed", "percent"),
    [(0, False, 0), (1, False, 14), (5, False, 71), (6, False, 85), (6, True, 100), (0, True, 14)],
)
def test_progress_of_six_lessons_and_a_quiz(read: int, passed: bool, percent: int) -> None:
    assert progress_percent(lessons=6, lessons_read=read, is_quiz_passed=passed) == percent


def test_completion_needs_both() -> None:
    assert is_completed(lessons=2, lessons_read=2, is_quiz_passed=True)
    assert not is_completed(lessons=2, lessons_read=1, is_quiz_passed=True)
    assert not is_completed(lessons=2, lessons_read=2, is_quiz_passed=False)


def test_the_gate_names_what_is_missing() -> None:
    check_gate(["a", "b"], held={"a", "b", "c"})
    with pytest.raises(PrerequisiteMissing) as caught:
        check_gate(["a", "b"], held={"b"})
    assert caught.value.figures["missing"] == ["a"]


@pytest.mark.parametrize(
    ("complete", "active", "done", "missing", "state"),
    [
        (True, False, True, 1, ModuleState.COMPLETED),
        (False, False, True, 0, ModuleState.COMPLETED),
        (True, True, False, 1, ModuleState.ACTIVE),
        (False, False, False, 0, ModuleState.IN_PREPARATION),
        (True, False, False, 1, ModuleState.LOCKED),
        (True, False, False, 0, ModuleState.OPEN),
    ],
)
def test_module_state(complete: bool, active: bool, done: bool, missing: int, state: ModuleState) -> None:
    shown = module_state(is_complete=complete, is_active=active, is_done=done, missing_prerequisites=missing)
    assert shown == state


@pytest.mark.parametrize(("gap", "credited"), [(60, 60), (90, 90), (91, 0), (0, 0), (-5, 0)])
def test_study_time_is_the_server_s(gap: int, credited: int) -> None:
    assert credited_seconds(NOON, NOON + timedelta(seconds=gap), segment_seconds=90) == credited


def test_the_first_beat_earns_nothing() -> None:
    assert credited_seconds(None, NOON, segment_seconds=90) == 0


def test_minutes_left_of_a_lesson() -> None:
    assert minutes_left(9, sections=3, section=0) == 9
    assert minutes_left(9, sections=3, section=2) == 3
    assert minutes_left(9, sections=3, section=7) == 3
    assert minutes_left(0, sections=0, section=0) == 1


def test_policy_overrides_and_refuses() -> None:
    assert policy_from({"quiz_pass_percent": 85}) == Policy(quiz_pass_percent=85)
    for bad in (
        {"quiz_pass": 1},
        {"quiz_pass_percent": "80"},
        {"quiz_pass_percent": True},
        {"later_days": -1},
    ):
        with pytest.raises(ValueError, match="policy parameter"):
            policy_from(bad)
