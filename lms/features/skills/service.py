"""Changes of evidence: it is written when something was passed, and never altered (REQ-020)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.domain.enrollment import EnrollmentStatus
from lms.domain.events import EvidenceRecorded, ModuleCompleted, ModuleRecognised
from lms.features.catalog.models import ModuleVersion
from lms.features.catalog.queries import taught_skills
from lms.features.enrollment.models import Enrollment, Recognition
from lms.features.skills.models import Evidence, EvidenceKind
from lms.jobs.outbox import event_time, publish


def record_completion(db: Session, event: ModuleCompleted) -> None:
    """A module was completed: its assessment is evidence for every skill the version teaches."""
    completed_at = db.scalar(
        select(Enrollment.completed_at)
        .where(
            Enrollment.learner_id == event.learner_id,
            Enrollment.version_id == event.module_version_id,
            Enrollment.status == EnrollmentStatus.COMPLETED,
        )
        .order_by(Enrollment.id.desc())
    )
    _record(db, event, EvidenceKind.ASSESSMENT, obtained_at=completed_at or event_time(db))


def record_recognition(db: Session, event: ModuleRecognised) -> None:
    """Prior learning was recognised after a passed quiz: the same levels, by another way (REQ-013)."""
    recognised_at = db.scalar(
        select(Recognition.recognised_at)
        .join(ModuleVersion, ModuleVersion.module_id == Recognition.module_id)
        .where(Recognition.learner_id == event.learner_id, ModuleVersion.id == event.module_version_id)
    )
    _record(db, event, EvidenceKind.RECOGNITION, obtained_at=recognised_at or event_time(db))


def _record(
    db: Session, event: ModuleCompleted | ModuleRecognised, kind: EvidenceKind, *, obtained_at: datetime
) -> None:
    for taught in taught_skills(db, [event.module_version_id]):
        db.add(
            Evidence(
                learner_id=event.learner_id,
                skill_id=taught.skill_id,
                level=taught.level,
                kind=kind,
                version_id=event.module_version_id,
                score_percent=event.score_percent,
                obtained_at=obtained_at,
            )
        )
    db.flush()  # listeners read the rows
    publish(db, EvidenceRecorded(learner_id=event.learner_id))
