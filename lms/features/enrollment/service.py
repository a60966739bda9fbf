"""Changes of enrollments: the only writer of a learner's place in a module."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.domain.enrollment import EnrollmentStatus, ModuleInPreparation, check_gate, is_completed
from lms.domain.events import EnrollmentChanged, ModuleCompleted, ProgressNoted
from lms.features.accounts.models import User
from lms.features.catalog.models import ModuleVersion
from lms.features.catalog.queries import ModuleCard, prerequisite_ids
from lms.features.enrollment.models import Enrollment, Recognition
from lms.features.enrollment.queries import held_module_ids
from lms.jobs.outbox import publish


def enroll(db: Session, *, learner_id: int, module: ModuleCard, now: datetime) -> Enrollment:
    """Give the learner a place in the module's current version; one who has a live place keeps it.

    :raises ModuleInPreparation: the lessons are not written yet
    :raises PrerequisiteMissing: the gate of REQ-013 is shut
    """
    db.get_one(User, learner_id, with_for_update=True)  # a double click must not make two places
    live = _find_live(db, learner_id, module.module_id)
    if live is not None:
        return live
    if not module.is_complete:
        raise ModuleInPreparation("This module is still in preparation.")
    needed = prerequisite_ids(db).get(module.module_id, ())
    check_gate([str(i) for i in needed], held={str(i) for i in held_module_ids(db, learner_id)})
    place = Enrollment(
        learner_id=learner_id,
        module_id=module.module_id,
        version_id=module.version_id,
        status=EnrollmentStatus.ACTIVE,
        enrolled_at=now,
        last_active_at=now,
        lessons_read=0,
    )
    db.add(place)
    db.flush()  # listeners read the row
    publish(db, EnrollmentChanged(learner_id, module.module_id, status=EnrollmentStatus.ACTIVE))
    return place


def touch(db: Session, enrollment_id: int, *, now: datetime) -> None:
    """Remember that the learner works here: Continue leads to the place last worked on. Locks the row."""
    place = db.get_one(Enrollment, enrollment_id, with_for_update=True)
    place.last_active_at = now
    db.flush()  # the row is written before what depends on its lock
    publish(db, ProgressNoted(learner_id=place.learner_id, at=now, has_progressed=False))


def note_lesson_read(db: Session, enrollment_id: int, *, now: datetime) -> None:
    """One more lesson of the version was read to its end."""
    place = db.get_one(Enrollment, enrollment_id, with_for_update=True)
    place.lessons_read += 1
    place.last_active_at = now
    publish(db, ProgressNoted(learner_id=place.learner_id, at=now, has_progressed=True))


def note_quiz_passed(
    db: Session, enrollment_id: int, *, attempt_id: int, score_percent: int, now: datetime
) -> None:
    """The graded quiz was passed; the module is completed with it when every lesson has been read."""
    place = db.get_one(Enrollment, enrollment_id, with_for_update=True)
    place.last_active_at = now
    if place.quiz_passed_at is None:
        place.quiz_passed_at = now
    publish(db, ProgressNoted(learner_id=place.learner_id, at=now, has_progressed=True))
    version = db.get_one(ModuleVersion, place.version_id)
    is_done = is_completed(lessons=version.lesson_count, lessons_read=place.lessons_read, is_quiz_passed=True)
    if not is_done or place.status != EnrollmentStatus.ACTIVE:
        return
    place.status = EnrollmentStatus.COMPLETED
    place.completed_at = now
    db.flush()  # listeners read the row
    publish(
        db,
        ModuleCompleted(
            learner_id=place.learner_id,
            module_version_id=place.version_id,
            attempt_id=attempt_id,
            score_percent=score_percent,
        ),
    )


def recognise(
    db: Session,
    *,
    learner_id: int,
    module_id: int,
    basis: str,
    assessor: str,
    score_percent: int | None,
    now: datetime,
) -> Recognition:
    """Let a module count as held without being taken (REQ-013); the row names the assessor."""
    db.get_one(User, learner_id, with_for_update=True)
    known = db.scalar(
        select(Recognition).where(Recognition.learner_id == learner_id, Recognition.module_id == module_id)
    )
    if known is not None:
        return known
    row = Recognition(
        learner_id=learner_id,
        module_id=module_id,
        basis=basis,
        assessor=assessor,
        score_percent=score_percent,
        recognised_at=now,
    )
    db.add(row)
    db.flush()  # listeners read the row
    publish(db, EnrollmentChanged(learner_id, module_id, status="recognised"))
    return row


def _find_live(db: Session, learner_id: int, module_id: int) -> Enrollment | None:
    return db.scalar(
        select(Enrollment).where(
            Enrollment.learner_id == learner_id,
            Enrollment.module_id == module_id,
            Enrollment.status != EnrollmentStatus.WITHDRAWN,
        )
    )
