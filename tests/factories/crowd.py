"""Many learners at once, in bulk: rows as the services would have left them, for figures and query counts."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from lms.db.base import Base
from lms.domain.attempt import AttemptPurpose, AttemptStatus
from lms.domain.enrollment import EnrollmentStatus
from lms.features.accounts.models import User, UserSession
from lms.features.assessment.models import Attempt, AttemptQuestion
from lms.features.catalog.models import Lesson, ModuleVersion, Question
from lms.features.enrollment.models import Enrollment
from lms.features.learning.models import LessonProgress, StudyDay
from lms.features.recommendations.models import Recommendation
from lms.features.skills.models import Evidence, EvidenceKind
from lms.features.taxonomy.models import JobRole, Skill
from tests.conftest import NOON

MODULES_EACH = 3
LESSONS_EACH = 4
EVIDENCE_EACH = 5
DAYS_EACH = 5
CHUNK = 2000


def add_crowd(db: Session, count: int) -> None:
    """Add learners with roles, enrollments, progress, attempts, evidence, study days and recommendations."""
    first = (db.scalar(select(func.max(User.id))) or 0) + 1
    ids = range(first, first + count)
    _add_people(db, ids)
    _add_learning(db, ids)
    _add_attempts(db, ids)
    _add_standing(db, ids)
    _set_sequences(db)


def add_history(db: Session, learner_id: int, count: int) -> None:
    """Give one learner `count` more pieces of evidence and study days, and places in up to as many modules."""
    held = set(db.scalars(select(Enrollment.module_id).where(Enrollment.learner_id == learner_id)))
    versions = [v for v in _versions(db) if v[1] not in held][:count]
    fresh = (db.scalar(select(func.max(Enrollment.id))) or 0) + 1
    _insert(db, Enrollment, [_place(fresh + n, learner_id, version) for n, version in enumerate(versions)])
    skills = list(db.scalars(select(Skill.id).order_by(Skill.id)))
    _insert(db, Evidence, [_evidence(learner_id, skills[n % len(skills)], n) for n in range(count)])
    _insert(db, StudyDay, [_day(learner_id, n + 30) for n in range(count)])
    _set_sequences(db)


def _versions(db: Session) -> list[tuple[int, int]]:
    query = select(ModuleVersion.id, ModuleVersion.module_id).where(ModuleVersion.is_current)
    return [tuple(row) for row in db.execute(query.order_by(ModuleVersion.id))]  # type: ignore[misc]


def _add_people(db: Session, ids: range) -> None:
    insert_users(db, {id_: (f"learner{id_}", f"学员 {id_}") for id_ in ids})
    _insert(db, UserSession, [_session(id_) for id_ in ids])


def insert_users(db: Session, names: dict[int, tuple[str, str]]) -> None:
    """Accounts by id with sign-in and display name, over all roles in turn, that nobody signs in with."""
    roles = list(db.scalars(select(JobRole.id).order_by(JobRole.id)))
    password_hash = db.scalars(select(User.password_hash).limit(1)).one()
    people = [
        {
            "id": id_,
            "uuid": UUID(int=id_),
            "sign_in_name": sign_in_name,
            "password_hash": password_hash,
            "display_name": display_name,
            "language": "zh",
            "status": "active",
            "role_id": roles[id_ % len(roles)],
            "is_personalised": True,
            "is_demo": False,
            "must_change_password": False,
            "created_at": NOON,
            "password_changed_at": NOON,
        }
        for id_, (sign_in_name, display_name) in names.items()
    ]
    _insert(db, User, people)


def _session(user_id: int) -> dict[str, Any]:
    return {
        "token_hash": f"crowd {user_id}",
        "user_id": user_id,
        "created_at": NOON,
        "last_seen_at": NOON,
        "expires_at": NOON + timedelta(hours=72),
        "device": "Firefox",
    }


def _add_learning(db: Session, ids: range) -> None:
    versions = _versions(db)
    lessons = list(db.scalars(select(Lesson.id).order_by(Lesson.id)))
    fresh = (db.scalar(select(func.max(Enrollment.id))) or 0) + 1
    places = [
        _place(fresh + n * MODULES_EACH + k, id_, versions[(id_ + k * 7) % len(versions)])
        for n, id_ in enumerate(ids)
        for k in range(MODULES_EACH)
    ]
    _insert(db, Enrollment, places)
    progress = [
        _progress(fresh + n * MODULES_EACH, lessons[(id_ + k) % len(lessons)])
        for n, id_ in enumerate(ids)
        for k in range(LESSONS_EACH)
    ]
    _insert(db, LessonProgress, progress)
    _insert(db, StudyDay, [_day(id_, k) for id_ in ids for k in range(DAYS_EACH)])


def _place(id_: int, learner_id: int, version: tuple[int, int]) -> dict[str, Any]:
    is_done = id_ % 3 == 0
    return {
        "id": id_,
        "learner_id": learner_id,
        "version_id": version[0],
        "module_id": version[1],
        "status": EnrollmentStatus.COMPLETED if is_done else EnrollmentStatus.ACTIVE,
        "enrolled_at": NOON - timedelta(days=40),
        "last_active_at": NOON - timedelta(days=id_ % 30 + 1),
        "lessons_read": 1,
        "quiz_passed_at": NOON if is_done else None,
        "completed_at": NOON if is_done else None,
        "withdrawn_at": None,
    }


def _progress(enrollment_id: int, lesson_id: int) -> dict[str, Any]:
    return {
        "enrollment_id": enrollment_id,
        "lesson_id": lesson_id,
        "section": 1,
        "opened_at": NOON,
        "seen_at": NOON,
        "read_at": NOON,
    }


def _day(learner_id: int, days_ago: int) -> dict[str, Any]:
    then = NOON - timedelta(days=days_ago)
    return {"learner_id": learner_id, "on": then.date(), "seconds": 1800, "last_beat_at": then}


def _add_attempts(db: Session, ids: range) -> None:
    fresh = (db.scalar(select(func.max(Attempt.id))) or 0) + 1
    questions = db.execute(select(Question.id, Question.version_id).order_by(Question.id)).all()
    modules = dict(_versions(db))
    version_id = questions[0].version_id
    drawn = [question.id for question in questions if question.version_id == version_id][:10]
    attempts = [_attempt(fresh + n, id_, version_id, modules[version_id]) for n, id_ in enumerate(ids)]
    _insert(db, Attempt, attempts)
    answers = [
        _answer(fresh + n, question_id, position)
        for n, _ in enumerate(ids)
        for position, question_id in enumerate(drawn, start=1)
    ]
    _insert(db, AttemptQuestion, answers)


def _attempt(id_: int, learner_id: int, version_id: int, module_id: int) -> dict[str, Any]:
    return {
        "id": id_,
        "uuid": UUID(int=id_),
        "purpose": AttemptPurpose.RECOGNITION,
        "enrollment_id": None,
        "learner_id": learner_id,
        "module_id": module_id,
        "version_id": version_id,
        "number": 1,
        "status": AttemptStatus.GRADED,
        "pass_percent": 80,
        "started_at": NOON,
        "graded_at": NOON,
        "score_percent": 90,
        "is_passed": True,
    }


def _answer(attempt_id: int, question_id: int, position: int) -> dict[str, Any]:
    return {
        "attempt_id": attempt_id,
        "question_id": question_id,
        "position": position,
        "choice_order": ["a", "b", "c", "d"],
        "response": "a",
        "sequence": 1,
        "saved_at": NOON,
        "is_flagged": False,
        "is_right": True,
    }


def _add_standing(db: Session, ids: range) -> None:
    skills = list(db.scalars(select(Skill.id).order_by(Skill.id)))
    evidence = [
        _evidence(id_, skills[(id_ + k) % len(skills)], k) for id_ in ids for k in range(EVIDENCE_EACH)
    ]
    _insert(db, Evidence, evidence)
    module_ids = [module_id for _, module_id in _versions(db)]
    slots = [
        {
            "learner_id": id_,
            "position": position,
            "module_id": module_ids[(id_ + position) % len(module_ids)],
            "reasons": [],
            "computed_at": NOON,
        }
        for id_ in ids
        for position in (1, 2, 3)
    ]
    _insert(db, Recommendation, slots)


def _evidence(learner_id: int, skill_id: int, number: int) -> dict[str, Any]:
    return {
        "learner_id": learner_id,
        "skill_id": skill_id,
        "level": number % 4 + 1,
        "kind": EvidenceKind.ASSESSMENT,
        "version_id": None,
        "score_percent": 90,
        "obtained_at": NOON - timedelta(days=number * 20),
    }


def _insert(db: Session, model: type[Base], rows: list[dict[str, Any]]) -> None:
    for start in range(0, len(rows), CHUNK):
        db.execute(insert(model), rows[start : start + CHUNK])


def _set_sequences(db: Session) -> None:
    """Rows with given ids do not move PostgreSQL's counters."""
    if db.get_bind().dialect.name != "postgresql":
        return
    for model in (User, Enrollment, Attempt):
        table = model.__tablename__
        db.execute(
            select(
                func.setval(
                    func.pg_get_serial_sequence(table, "id"), select(func.max(model.id)).scalar_subquery()
                )
            )
        )
