"""Reads of enrollments."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, select, union
from sqlalchemy.orm import Session

from lms.domain.enrollment import EnrollmentStatus, progress_percent
from lms.features.catalog.models import ModuleVersion
from lms.features.enrollment.models import Enrollment, Recognition


class EnrollmentRow(NamedTuple):
    """A learner's place in a module version."""

    enrollment_id: int
    learner_id: int
    module_id: int
    version_id: int
    status: str
    lessons_read: int
    lesson_count: int
    enrolled_at: datetime
    last_active_at: datetime
    quiz_passed_at: datetime | None
    completed_at: datetime | None

    @property
    def is_completed(self) -> bool:
        return self.status == EnrollmentStatus.COMPLETED

    @property
    def is_active(self) -> bool:
        return self.status == EnrollmentStatus.ACTIVE

    @property
    def percent(self) -> int:
        """The one progress number 0–100, shown identically to everyone."""
        return progress_percent(
            lessons=self.lesson_count,
            lessons_read=self.lessons_read,
            is_quiz_passed=self.quiz_passed_at is not None,
        )


_ROWS = (
    select(
        Enrollment.id,
        Enrollment.learner_id,
        Enrollment.module_id,
        Enrollment.version_id,
        Enrollment.status,
        Enrollment.lessons_read,
        ModuleVersion.lesson_count,
        Enrollment.enrolled_at,
        Enrollment.last_active_at,
        Enrollment.quiz_passed_at,
        Enrollment.completed_at,
    )
    .join(ModuleVersion, ModuleVersion.id == Enrollment.version_id)
    .where(Enrollment.status != EnrollmentStatus.WITHDRAWN)
)


_OF_LEARNER = _ROWS.where(Enrollment.learner_id == bindparam("learner_id")).order_by(
    Enrollment.last_active_at.desc(), Enrollment.id.desc()
)


def list_enrollments(db: Session, learner_id: int) -> list[EnrollmentRow]:
    """A learner's live enrollments, the one last worked on first."""
    return [EnrollmentRow(*row) for row in db.execute(_OF_LEARNER, {"learner_id": learner_id})]


def enrollments_of(db: Session, learner_ids: Collection[int]) -> dict[int, dict[int, EnrollmentRow]]:
    """Learner → module → live enrollment, of several learners in one query."""
    found: dict[int, dict[int, EnrollmentRow]] = {}
    rows = (EnrollmentRow(*row) for row in db.execute(_ROWS.where(Enrollment.learner_id.in_(learner_ids))))
    for row in rows:
        found.setdefault(row.learner_id, {})[row.module_id] = row
    return found


def recognised_of(db: Session, learner_ids: Collection[int]) -> dict[int, set[int]]:
    """Learner → modules recognised, of several learners in one query."""
    query = select(Recognition.learner_id, Recognition.module_id)
    found: dict[int, set[int]] = {}
    for learner_id, module_id in db.execute(query.where(Recognition.learner_id.in_(learner_ids))):
        found.setdefault(learner_id, set()).add(module_id)
    return found


def find_enrollment(db: Session, learner_id: int, module_id: int) -> EnrollmentRow | None:
    """A learner's live enrollment in a module."""
    row = db.execute(
        _ROWS.where(Enrollment.learner_id == learner_id, Enrollment.module_id == module_id)
    ).first()
    return EnrollmentRow(*row) if row else None


def get_enrollment(db: Session, enrollment_id: int) -> EnrollmentRow | None:
    """A live enrollment."""
    row = db.execute(_ROWS.where(Enrollment.id == enrollment_id)).first()
    return EnrollmentRow(*row) if row else None


def held_module_ids(db: Session, learner_id: int) -> set[int]:
    """Modules that a learner has completed or had recognised: they open gates (REQ-013)."""
    completed = select(Enrollment.module_id).where(
        Enrollment.learner_id == learner_id, Enrollment.status == EnrollmentStatus.COMPLETED
    )
    recognised = select(Recognition.module_id).where(Recognition.learner_id == learner_id)
    return set(db.scalars(union(completed, recognised)))
