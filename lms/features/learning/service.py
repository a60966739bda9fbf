"""Changes made by learning: places in lessons, lessons read, study time, wishes to be told."""

from __future__ import annotations

from datetime import datetime
from itertools import groupby

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from lms.domain.events import Event
from lms.domain.progress import credited_seconds
from lms.features.catalog.models import Module, ModuleVersion
from lms.features.enrollment.queries import EnrollmentRow
from lms.features.enrollment.service import note_lesson_read, touch
from lms.features.learning.models import LessonProgress, ModuleWatch, StudyDay
from lms.features.notifications.service import notify_all
from lms.features.policies.queries import get_policy
from lms.jobs.outbox import event_time
from lms.ports.clock import local_date


def note_place(
    db: Session, *, enrollment: EnrollmentRow, lesson_id: int, section: int, now: datetime
) -> LessonProgress:
    """Remember the section on screen, and credit study time since the last sign of life."""
    touch(db, enrollment.enrollment_id, now=now)
    progress = _progress(db, enrollment, lesson_id, now)
    progress.section = section
    progress.seen_at = now
    _credit_study_time(db, enrollment.learner_id, now)
    return progress


def finish_lesson(db: Session, *, enrollment: EnrollmentRow, lesson_id: int, now: datetime) -> bool:
    """The end of a lesson was reached; True when it is news. A second time changes nothing."""
    touch(db, enrollment.enrollment_id, now=now)
    progress = _progress(db, enrollment, lesson_id, now)
    _credit_study_time(db, enrollment.learner_id, now)
    first = db.execute(
        update(LessonProgress)
        .where(LessonProgress.id == progress.id, LessonProgress.read_at.is_(None))
        .values(read_at=now, seen_at=now)
    )
    if first.rowcount == 0:  # type: ignore[attr-defined]
        return False
    note_lesson_read(db, enrollment.enrollment_id, now=now)
    return True


def watch_module(db: Session, *, learner_id: int, module_id: int, now: datetime) -> None:
    """Tell this learner when the module is ready; asking twice changes nothing."""
    here = (ModuleWatch.learner_id == learner_id, ModuleWatch.module_id == module_id)
    if db.scalar(select(ModuleWatch.id).where(*here)) is None:
        db.add(ModuleWatch(learner_id=learner_id, module_id=module_id, created_at=now, ready_at=None))


def unwatch_module(db: Session, *, learner_id: int, module_id: int) -> None:
    """The learner has been told, or does not want to be told any more."""
    db.execute(
        delete(ModuleWatch).where(ModuleWatch.learner_id == learner_id, ModuleWatch.module_id == module_id)
    )


def note_ready_modules(db: Session, event: Event) -> None:
    """Mark the wishes whose module can be started now, and tell the learners."""
    now = event_time(db)
    names = (ModuleVersion.title_zh, ModuleVersion.title_en)
    query = (
        select(ModuleWatch.id, ModuleWatch.learner_id, Module.slug, *names)
        .join(Module, Module.id == ModuleWatch.module_id)
        .join(ModuleVersion, ModuleVersion.module_id == Module.id)
        .where(ModuleWatch.ready_at.is_(None), ModuleVersion.is_current, ModuleVersion.is_complete)
    )
    rows = db.execute(query.order_by(Module.slug)).all()
    for (slug, zh, en), group in groupby(rows, key=lambda row: tuple(row[2:])):
        text = {"title_zh": zh, "title_en": en}
        learners = [row.learner_id for row in group]
        notify_all(
            db, user_ids=learners, kind="module_ready", text=text, url=f"/modules/{slug}", group=slug, now=now
        )
    if rows:
        db.execute(update(ModuleWatch), [{"id": row.id, "ready_at": now} for row in rows])


def _progress(db: Session, enrollment: EnrollmentRow, lesson_id: int, now: datetime) -> LessonProgress:
    """The learner's row of this lesson; the enrollment is locked by `touch` before, so there is one only."""
    row = db.scalar(
        select(LessonProgress).where(
            LessonProgress.enrollment_id == enrollment.enrollment_id, LessonProgress.lesson_id == lesson_id
        )
    )
    if row is None:
        row = LessonProgress(
            enrollment_id=enrollment.enrollment_id,
            lesson_id=lesson_id,
            section=0,
            opened_at=now,
            seen_at=now,
            read_at=None,
        )
        db.add(row)
        db.flush()  # the id is needed by the update that marks it read
    return row


def _credit_study_time(db: Session, learner_id: int, now: datetime) -> None:
    today = local_date(now)
    segment = get_policy(db, on=today).study_segment_seconds
    day = db.scalar(select(StudyDay).where(StudyDay.learner_id == learner_id, StudyDay.on == today))
    if day is None:
        db.add(StudyDay(learner_id=learner_id, on=today, seconds=0, last_beat_at=now))
        return
    day.seconds += credited_seconds(day.last_beat_at, now, segment_seconds=segment)
    day.last_beat_at = now
