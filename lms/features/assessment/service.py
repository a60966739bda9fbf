"""Changes of attempts: the only writer of attempts and responses."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from sqlalchemy import case, select, update
from sqlalchemy.orm import Session

from lms.domain.attempt import (
    AttemptClosed,
    AttemptPurpose,
    AttemptStatus,
    NothingToTest,
    QuestionType,
    QuizNotOpen,
    check_lessons_read,
    check_next_test,
    check_next_try,
    draw_questions,
    is_right,
    score_percent,
)
from lms.domain.events import AttemptGraded, ModuleRecognised
from lms.domain.policy import Policy
from lms.features.accounts.models import User
from lms.features.assessment.models import Attempt, AttemptQuestion
from lms.features.assessment.queries import (
    AttemptRow,
    find_attempt,
    list_attempts,
    list_bank,
    list_question_ids,
)
from lms.features.catalog.models import Question
from lms.features.catalog.queries import ModuleCard
from lms.features.catalog.questions import choice_ids
from lms.features.enrollment.queries import EnrollmentRow, find_enrollment, held_module_ids
from lms.features.enrollment.service import note_quiz_passed, recognise
from lms.features.policies.queries import get_policy
from lms.jobs.outbox import publish
from lms.ports.clock import local_date

RECOGNITION_BASIS = "test"
RECOGNITION_ASSESSOR = "prior-learning test"


class SavedResponse(NamedTuple):
    """What is stored after a save; `is_newest` is False when a later one had arrived before."""

    saved_at: datetime
    sequence: int
    is_newest: bool


def start_quiz(db: Session, *, learner_id: int, module: ModuleCard, now: datetime, seed: int) -> UUID:
    """Begin the graded quiz of the learner's enrollment, or go on with the attempt that is open.

    :raises QuizNotOpen: not enrolled, or lessons are unread
    :raises NothingToTest: the quiz is passed already
    :raises TooEarly: the pause after the last try runs
    """
    _lock_learner(db, learner_id)
    place = find_enrollment(db, learner_id, module.module_id)
    if place is None:
        raise QuizNotOpen("Begin the module first: its graded quiz opens when every lesson is read.")
    attempts = list_attempts(db, learner_id, module.module_id)
    going_on = _open_attempt(attempts, place.enrollment_id)
    if going_on is not None:
        return going_on.uuid
    if place.quiz_passed_at is not None:
        raise NothingToTest("You have passed this quiz.")
    check_lessons_read(lessons=place.lesson_count, lessons_read=place.lessons_read)
    policy = get_policy(db, on=local_date(now))
    graded = [a.graded_at for a in attempts if a.graded_at is not None]
    check_next_try(last_graded_at=max(graded, default=None), now=now, retry_minutes=policy.quiz_retry_minutes)
    return _begin(db, _quiz_of(place, policy, now), attempts, n=policy.quiz_drawn_questions, seed=seed)


def start_recognition(db: Session, *, learner_id: int, module: ModuleCard, now: datetime, seed: int) -> UUID:
    """Begin the test of prior learning in a module without enrolling, or go on with the open one (REQ-013).

    :raises NothingToTest: the module is in preparation, held already, or being learned
    :raises TooEarly: the last test is not long enough ago
    """
    _lock_learner(db, learner_id)
    attempts = list_attempts(db, learner_id, module.module_id)
    _check_testable(db, learner_id, module)
    going_on = _open_attempt(attempts, None)
    if going_on is not None:
        return going_on.uuid
    policy = get_policy(db, on=local_date(now))
    tests = [a.graded_at or a.started_at for a in attempts if a.is_recognition]
    check_next_test(last_test_at=max(tests, default=None), now=now, retry_days=policy.recognition_retry_days)
    attempt = Attempt(
        purpose=AttemptPurpose.RECOGNITION,
        enrollment_id=None,
        learner_id=learner_id,
        module_id=module.module_id,
        version_id=module.version_id,
        pass_percent=policy.recognition_pass_percent,
        started_at=now,
    )
    return _begin(db, attempt, attempts, n=policy.quiz_drawn_questions, seed=seed)


def save_response(
    db: Session,
    attempt: AttemptRow,
    position: int,
    *,
    response: Any,
    is_flagged: bool | None,
    sequence: int | None,
    now: datetime,
    is_form: bool = False,
) -> SavedResponse:
    """Store a response as given; the highest sequence wins, without one the server counts on.

    A form that the learner sent (`is_form`) always wins: its page is left, nobody would see that it lost.

    :raises AttemptClosed: the attempt was submitted; the response changes nothing
    """
    status = db.scalar(
        select(Attempt.status).where(Attempt.id == attempt.attempt_id).with_for_update(read=True)
    )  # shared with other saves, shut out by a submission: an acknowledged answer is a graded answer
    if status != AttemptStatus.STARTED:
        raise AttemptClosed("This attempt has been submitted. The answer just sent was not counted.")
    row = (AttemptQuestion.attempt_id == attempt.attempt_id) & (AttemptQuestion.position == position)
    values: dict[str, Any] = {"response": response, "saved_at": now}
    after_all = AttemptQuestion.sequence + 1
    values["sequence"] = after_all if sequence is None else sequence
    if is_form and sequence is not None:
        values["sequence"] = case((AttemptQuestion.sequence >= sequence, after_all), else_=sequence)
    if is_flagged is not None:
        values["is_flagged"] = is_flagged
    is_newer = row if is_form or sequence is None else row & (AttemptQuestion.sequence < sequence)
    changed = db.execute(
        update(AttemptQuestion)
        .where(is_newer)
        .values(values)
        .execution_options(synchronize_session=False)
        .returning(AttemptQuestion.id)
    ).first()
    stored = db.execute(select(AttemptQuestion.saved_at, AttemptQuestion.sequence).where(row)).one()
    return SavedResponse(stored.saved_at or now, stored.sequence, changed is not None)


def submit(db: Session, attempt: AttemptRow, *, now: datetime) -> AttemptRow:
    """Grade an open attempt once; a second submission finds it graded and changes nothing.

    :raises AttemptClosed: the attempt was abandoned
    """
    _lock_learner(db, attempt.learner_id)  # as when beginning, so that the two cannot wait for one another
    is_first = db.scalar(
        update(Attempt)
        .where(Attempt.id == attempt.attempt_id, Attempt.status == AttemptStatus.STARTED)
        .values(status=AttemptStatus.GRADED, graded_at=now)
        .execution_options(synchronize_session=False)
        .returning(Attempt.id)
    )
    if is_first is not None:
        _grade(db, attempt, now=now)
    graded = find_attempt(db, attempt.uuid)
    if graded is None or not graded.is_graded:
        raise AttemptClosed("This attempt was closed without being submitted.")
    return graded


def _lock_learner(db: Session, learner_id: int) -> None:
    """One start or submission of a learner at a time: a double click must not make two attempts."""
    db.get_one(User, learner_id, with_for_update={"key_share": True})


def _open_attempt(attempts: Sequence[AttemptRow], enrollment_id: int | None) -> AttemptRow | None:
    return next((a for a in attempts if a.is_open and a.enrollment_id == enrollment_id), None)


def _check_testable(db: Session, learner_id: int, module: ModuleCard) -> None:
    if not module.is_complete:
        raise NothingToTest("This module is still in preparation.")
    if module.module_id in held_module_ids(db, learner_id):
        raise NothingToTest("You hold this module already.")
    if find_enrollment(db, learner_id, module.module_id) is not None:
        raise NothingToTest("You are learning this module: its graded quiz counts.")


def _quiz_of(place: EnrollmentRow, policy: Policy, now: datetime) -> Attempt:
    return Attempt(
        purpose=AttemptPurpose.QUIZ,
        enrollment_id=place.enrollment_id,
        learner_id=place.learner_id,
        module_id=place.module_id,
        version_id=place.version_id,
        pass_percent=policy.quiz_pass_percent,
        started_at=now,
    )


def _begin(db: Session, attempt: Attempt, earlier: Sequence[AttemptRow], *, n: int, seed: int) -> UUID:
    """Store a new attempt with its draw; one left open for another place is closed, ungraded."""
    bank = list_bank(db, attempt.version_id)
    if not bank:
        raise NothingToTest("This module has no questions yet.")
    db.execute(
        update(Attempt)
        .where(Attempt.id.in_([a.attempt_id for a in earlier if a.is_open]))
        .values(status=AttemptStatus.ABANDONED)
    )
    attempt.uuid, attempt.status = uuid4(), AttemptStatus.STARTED
    attempt.number = 1 + sum(a.purpose == attempt.purpose for a in earlier)
    db.add(attempt)
    db.flush()  # the questions refer to the id
    last = next((a.attempt_id for a in earlier if a.is_graded), None)
    previous = list_question_ids(db, last) if last is not None else frozenset()
    pool = {question_id: choice_ids(kind, body) for question_id, kind, body in bank}
    draw = draw_questions(pool, n=n, seed=seed, previous=previous)
    for position, (question_id, order) in enumerate(
        zip(draw.question_ids, draw.choice_orders, strict=True), 1
    ):
        row = AttemptQuestion(attempt_id=attempt.id, question_id=question_id, position=position)
        row.choice_order, row.sequence, row.is_flagged = list(order), 0, False
        db.add(row)
    db.flush()  # the next read of this transaction sees the draw
    return attempt.uuid


def _grade(db: Session, attempt: AttemptRow, *, now: datetime) -> None:
    query = (
        select(AttemptQuestion.id, AttemptQuestion.response, Question.kind, Question.key)
        .join(Question, Question.id == AttemptQuestion.question_id)
        .where(AttemptQuestion.attempt_id == attempt.attempt_id)
    )
    grades = [
        {"id": row.id, "is_right": is_right(QuestionType(row.kind), row.key, row.response)}
        for row in db.execute(query)
    ]
    db.execute(update(AttemptQuestion), grades)
    score = score_percent(right=sum(grade["is_right"] for grade in grades), drawn=len(grades))
    is_passed = score >= attempt.pass_percent
    db.execute(
        update(Attempt)
        .where(Attempt.id == attempt.attempt_id)
        .values(score_percent=score, is_passed=is_passed)
        .execution_options(synchronize_session=False)
    )
    publish(
        db, AttemptGraded(attempt.learner_id, attempt.attempt_id, score_percent=score, is_passed=is_passed)
    )
    if is_passed:
        _pass(db, attempt, score=score, now=now)


def _pass(db: Session, attempt: AttemptRow, *, score: int, now: datetime) -> None:
    """What follows from a passed attempt, in the same transaction."""
    if attempt.enrollment_id is not None:
        note_quiz_passed(
            db, attempt.enrollment_id, attempt_id=attempt.attempt_id, score_percent=score, now=now
        )
        return
    recognise(
        db,
        learner_id=attempt.learner_id,
        module_id=attempt.module_id,
        basis=RECOGNITION_BASIS,
        assessor=RECOGNITION_ASSESSOR,
        score_percent=score,
        now=now,
    )
    publish(
        db,
        ModuleRecognised(
            learner_id=attempt.learner_id,
            module_version_id=attempt.version_id,
            attempt_id=attempt.attempt_id,
            score_percent=score,
        ),
    )
