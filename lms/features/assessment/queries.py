"""Reads of attempts. Keys, reasons and rules are read for graded attempts only, by `list_graded`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from lms.domain.attempt import AttemptPurpose, AttemptStatus, QuestionType
from lms.features.assessment.models import Attempt, AttemptQuestion
from lms.features.catalog.models import Module, ModuleVersion, Question


class AttemptRow(NamedTuple):
    """An attempt with the names of its module, in the version it was begun with."""

    attempt_id: int
    uuid: UUID
    purpose: str
    enrollment_id: int | None
    learner_id: int
    module_id: int
    version_id: int
    number: int
    status: str
    pass_percent: int
    started_at: datetime
    graded_at: datetime | None
    score_percent: int | None
    is_passed: bool | None
    module_slug: str
    title_zh: str
    title_en: str

    @property
    def is_open(self) -> bool:
        return self.status == AttemptStatus.STARTED

    @property
    def is_graded(self) -> bool:
        return self.status == AttemptStatus.GRADED

    @property
    def is_recognition(self) -> bool:
        return self.purpose == AttemptPurpose.RECOGNITION


class DrawnQuestion(NamedTuple):
    """A question of an attempt as its learner may see it, with the response given so far."""

    row_id: int
    position: int
    kind: str
    body: dict[str, Any]
    choice_order: list[str]
    response: Any
    sequence: int
    saved_at: datetime | None
    is_flagged: bool

    @property
    def order(self) -> tuple[str, ...]:
        """The ids of the shuffled things in the order shown; of a statement always true, then false."""
        return ("true", "false") if self.kind == QuestionType.TRUE_FALSE else tuple(self.choice_order)

    @property
    def is_answered(self) -> bool:
        """Whether a whole answer was given: every item has its place, every left side its partner."""
        if isinstance(self.response, dict):
            return len(self.response) == len(self.body.get("left", ()))
        if isinstance(self.response, list):
            return bool(self.response) and None not in self.response
        return self.response is not None


class GradedQuestion(NamedTuple):
    """A question after submission: with its key, the reason, the rule and what that rests on."""

    question: DrawnQuestion
    key: dict[str, Any]
    reason_zh: str
    reason_en: str
    rule_zh: str
    rule_en: str
    basis_status: str
    is_right: bool


@dataclass(frozen=True)
class AttemptPage:
    """An attempt with its questions, and the one that is on screen."""

    attempt: AttemptRow
    questions: list[DrawnQuestion]
    position: int = 1

    @property
    def learner_id(self) -> int:
        return self.attempt.learner_id

    @property
    def question(self) -> DrawnQuestion:
        return self.questions[self.position - 1]

    @property
    def answered(self) -> int:
        return sum(question.is_answered for question in self.questions)

    @property
    def saved_at(self) -> datetime | None:
        """When an answer was last saved."""
        return max((q.saved_at for q in self.questions if q.saved_at), default=None)


_ATTEMPT: Select[*tuple[Any, ...]] = (
    select(
        Attempt.id,
        Attempt.uuid,
        Attempt.purpose,
        Attempt.enrollment_id,
        Attempt.learner_id,
        Attempt.module_id,
        Attempt.version_id,
        Attempt.number,
        Attempt.status,
        Attempt.pass_percent,
        Attempt.started_at,
        Attempt.graded_at,
        Attempt.score_percent,
        Attempt.is_passed,
        Module.slug,
        ModuleVersion.title_zh,
        ModuleVersion.title_en,
    )
    .join(Module, Module.id == Attempt.module_id)
    .join(ModuleVersion, ModuleVersion.id == Attempt.version_id)
)
_DRAWN = (
    AttemptQuestion.id,
    AttemptQuestion.position,
    Question.kind,
    Question.body,
    AttemptQuestion.choice_order,
    AttemptQuestion.response,
    AttemptQuestion.sequence,
    AttemptQuestion.saved_at,
    AttemptQuestion.is_flagged,
)


def find_attempt(db: Session, uuid: UUID) -> AttemptRow | None:
    """The attempt with this uuid."""
    row = db.execute(_ATTEMPT.where(Attempt.uuid == uuid)).first()
    return AttemptRow(*row) if row else None


def find_attempt_page(db: Session, uuid: UUID) -> AttemptPage | None:
    """The attempt with this uuid and its questions."""
    attempt = find_attempt(db, uuid)
    return AttemptPage(attempt, list_drawn(db, attempt.attempt_id)) if attempt else None


def find_question_page(db: Session, uuid: UUID, position: int) -> AttemptPage | None:
    """The attempt with this uuid, at the question with this position."""
    page = find_attempt_page(db, uuid)
    if page is None or not 1 <= position <= len(page.questions):
        return None
    return AttemptPage(page.attempt, page.questions, position)


def list_drawn(db: Session, attempt_id: int) -> list[DrawnQuestion]:
    """The questions of an attempt in their order, without keys."""
    query = (
        select(*_DRAWN)
        .join(Question, Question.id == AttemptQuestion.question_id)
        .where(AttemptQuestion.attempt_id == attempt_id)
        .order_by(AttemptQuestion.position)
    )
    return [DrawnQuestion(*row) for row in db.execute(query)]


def list_graded(db: Session, attempt_id: int) -> list[GradedQuestion]:
    """The questions of a graded attempt with keys, reasons and rules; nothing before it was graded."""
    query = (
        select(
            *_DRAWN,
            Question.key,
            Question.reason_zh,
            Question.reason_en,
            Question.rule_zh,
            Question.rule_en,
            Question.basis_status,
            AttemptQuestion.is_right,
        )
        .join(Question, Question.id == AttemptQuestion.question_id)
        .join(Attempt, Attempt.id == AttemptQuestion.attempt_id)
        .where(AttemptQuestion.attempt_id == attempt_id, Attempt.status == AttemptStatus.GRADED)
        .order_by(AttemptQuestion.position)
    )
    n = len(_DRAWN)
    return [GradedQuestion(DrawnQuestion(*row[:n]), *row[n:]) for row in db.execute(query)]


def list_attempts(db: Session, learner_id: int, module_id: int | None = None) -> list[AttemptRow]:
    """A learner's attempts at a module, or at all modules; the newest first."""
    query = _ATTEMPT.where(Attempt.learner_id == learner_id)
    if module_id is not None:
        query = query.where(Attempt.module_id == module_id)
    return [AttemptRow(*row) for row in db.execute(query.order_by(Attempt.id.desc()))]


def list_question_ids(db: Session, attempt_id: int) -> frozenset[int]:
    """Which questions an attempt drew."""
    query = select(AttemptQuestion.question_id).where(AttemptQuestion.attempt_id == attempt_id)
    return frozenset(db.scalars(query))


def list_bank(db: Session, version_id: int) -> list[tuple[int, str, dict[str, Any]]]:
    """Id, kind and body of every question of a version."""
    query = select(Question.id, Question.kind, Question.body).where(Question.version_id == version_id)
    return [(row.id, row.kind, row.body) for row in db.execute(query.order_by(Question.id))]


def first_unanswered(questions: list[DrawnQuestion]) -> int:
    """Where a resumed attempt goes on: the first question without an answer, else the first."""
    return next((question.position for question in questions if not question.is_answered), 1)
