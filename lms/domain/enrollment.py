"""A learner's place in a module version: the gate, the progress, the completion (REQ-013)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from enum import StrEnum

from lms.domain.errors import RuleError


class EnrollmentStatus(StrEnum):
    ACTIVE = "active"
    COMPLETED = "completed"
    WITHDRAWN = "withdrawn"


class PrerequisiteMissing(RuleError):
    """The gate of REQ-013 is shut."""


class ModuleInPreparation(RuleError):
    """The module's lessons are not written yet."""


def check_gate(prerequisites: Sequence[str], *, held: Collection[str]) -> None:
    """Raise unless every prerequisite is completed or recognised (REQ-013).

    :raises PrerequisiteMissing: naming how many steps are missing
    """
    missing = [slug for slug in prerequisites if slug not in held]
    if missing:
        raise PrerequisiteMissing("%(n)d prerequisite is missing.", n=len(missing), missing=missing)


def progress_percent(*, lessons: int, lessons_read: int, is_quiz_passed: bool) -> int:
    """The one progress number 0–100: every lesson and the graded quiz are parts of equal weight, rounded down.

    100 is reached by completion only, never by rounding."""
    return (lessons_read + is_quiz_passed) * 100 // (lessons + 1)


def is_completed(*, lessons: int, lessons_read: int, is_quiz_passed: bool) -> bool:
    """Completion = every lesson read to its end and the graded quiz passed."""
    return is_quiz_passed and lessons_read >= lessons
