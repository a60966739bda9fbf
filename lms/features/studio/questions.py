"""Questions of learners: asked on a lesson's page, answered at the desk; both sides are told."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from lms.domain.errors import Conflict, RuleError
from lms.domain.events import QuestionAnswered, QuestionAsked
from lms.domain.permissions import Actor, Hat
from lms.features.accounts.models import User
from lms.features.catalog.models import Lesson, Module, ModuleVersion
from lms.features.organizations.models import Organization
from lms.features.organizations.queries import below, find_employment
from lms.features.studio import notices
from lms.features.studio.models import LearnerQuestion
from lms.features.studio.queries import list_covering
from lms.jobs.outbox import publish

MOST_TEXT = 1000


class NobodyToAsk(RuleError):
    """The learner works nowhere, so no instructor answers for them."""


class QuestionRow(NamedTuple):
    """A question with its lesson; `path` tells whose instructors answer."""

    question_id: int
    path: str
    learner_id: int
    asked_by: str
    module_slug: str
    title_zh: str
    title_en: str
    position: int
    lesson_zh: str
    lesson_en: str
    text: str
    asked_at: datetime
    answer: str | None
    answered_by: str | None
    answered_at: datetime | None


def _rows() -> Any:
    asker, answerer = aliased(User), aliased(User)
    return (
        select(
            LearnerQuestion.id,
            Organization.path,
            LearnerQuestion.learner_id,
            asker.display_name,
            Module.slug,
            ModuleVersion.title_zh,
            ModuleVersion.title_en,
            Lesson.position,
            Lesson.title_zh,
            Lesson.title_en,
            LearnerQuestion.text,
            LearnerQuestion.asked_at,
            LearnerQuestion.answer,
            answerer.display_name,
            LearnerQuestion.answered_at,
        )
        .join(Organization, Organization.id == LearnerQuestion.organization_id)
        .join(asker, asker.id == LearnerQuestion.learner_id)
        .join(Lesson, Lesson.id == LearnerQuestion.lesson_id)
        .join(ModuleVersion, ModuleVersion.id == Lesson.version_id)
        .join(Module, Module.id == ModuleVersion.module_id)
        .outerjoin(answerer, answerer.id == LearnerQuestion.answered_by_id)
    )


def get_question(db: Session, question_id: int) -> QuestionRow | None:
    """A question by its id."""
    row = db.execute(_rows().where(LearnerQuestion.id == question_id)).first()
    return QuestionRow(*row) if row else None


def list_questions(db: Session, paths: Collection[str], *, limit: int = 100) -> list[QuestionRow]:
    """Questions that instructors of these parts of the tree answer: open ones first, the oldest of them on top."""
    query = (
        _rows()
        .where(below(Organization.path, paths))
        .order_by(
            LearnerQuestion.answered_at.is_not(None),
            LearnerQuestion.answered_at.desc(),
            LearnerQuestion.asked_at,
        )
    )
    return [QuestionRow(*row) for row in db.execute(query.limit(limit))]


def list_own_questions(db: Session, *, learner_id: int, lesson_id: int) -> list[QuestionRow]:
    """What a learner asked about a lesson, the newest last."""
    query = _rows().where(LearnerQuestion.learner_id == learner_id, LearnerQuestion.lesson_id == lesson_id)
    return [QuestionRow(*row) for row in db.execute(query.order_by(LearnerQuestion.id))]


def ask_question(db: Session, *, actor: Actor, lesson: Lesson, text: str, now: datetime) -> LearnerQuestion:
    """Note a learner's question and tell those who may answer it.

    The instructors of the learner's workplace answer, of an uploaded module its owner's.

    :raises NobodyToAsk: the learner works nowhere
    """
    version = db.get_one(ModuleVersion, lesson.version_id)
    owner_id = db.get_one(Module, version.module_id).owner_organization_id
    work = find_employment(db, user_id=actor.user_id)
    if owner_id is None and work is None:
        raise NobodyToAsk("Only people with a workplace have an instructor to ask.")
    organization_id = owner_id or (work.organization_id if work else 0)
    question = LearnerQuestion(
        learner_id=actor.user_id,
        lesson_id=lesson.id,
        organization_id=organization_id,
        text=text,
        asked_at=now,
    )
    db.add(question)
    db.flush()  # the event names the id
    path = db.get_one(Organization, organization_id).path
    instructors = set(list_covering(db, path, (Hat.INSTRUCTOR,), now=now)) - {actor.user_id}
    titles = (lesson.title_zh, lesson.title_en)
    notices.tell_question(db, instructors, person=actor.display_name, titles=titles, now=now)
    publish(db, QuestionAsked(learner_id=actor.user_id, question_id=question.id))
    return question


def answer_question(db: Session, question: QuestionRow, *, actor: Actor, text: str, now: datetime) -> None:
    """Answer, and tell the learner. The first answer counts.

    :raises Conflict: a colleague was faster
    """
    row = db.get_one(LearnerQuestion, question.question_id, with_for_update=True)
    if row.answered_at is not None:
        raise Conflict("A colleague has answered this question already.")
    row.answer, row.answered_by_id, row.answered_at = text, actor.user_id, now
    db.flush()  # the event's listeners read the row
    url = f"/modules/{question.module_slug}/lessons/{question.position}#questions"
    titles = (question.lesson_zh, question.lesson_en)
    notices.tell_answer(db, question.learner_id, by=actor.display_name, titles=titles, url=url, now=now)
    publish(db, QuestionAnswered(learner_id=question.learner_id, question_id=question.question_id))
