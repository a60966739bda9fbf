"""What the graded answers say about the questions of a version, once there are enough of them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, case, func, select
from sqlalchemy.orm import Session, aliased

from lms.domain.item_statistics import LOW_DISCRIMINATION, AnswerSums
from lms.features.assessment.models import Attempt, AttemptQuestion
from lms.features.catalog.models import Question
from lms.features.organizations.models import Employment, Organization
from lms.features.organizations.queries import below


@dataclass(frozen=True)
class QuestionStatistics:
    """A question of the bank with the sums of its answers."""

    slug: str
    kind: str
    stem: dict[str, str]
    sums: AnswerSums
    least: int

    @property
    def is_shown(self) -> bool:
        return self.sums.is_shown(self.least)

    @property
    def right_percent(self) -> str:
        """With one decimal, as everywhere."""
        return f"{self.sums.right_percent:.1f}"

    @property
    def discrimination(self) -> str:
        """With two decimals; a dash where it cannot be computed."""
        value = self.sums.discrimination
        return "–" if value is None else f"{value:.2f}"

    @property
    def needs_a_look(self) -> bool:
        """Strong and weak attempts answer it alike."""
        value = self.sums.discrimination
        return self.is_shown and value is not None and value < LOW_DISCRIMINATION


def question_statistics(
    db: Session, version_id: int, paths: Collection[str], *, least: int
) -> list[QuestionStatistics]:
    """Every question of a version with the graded answers of people in these parts of the tree, in one query."""
    work = aliased(Organization)
    right = case((AttemptQuestion.is_right.is_(True), 1), else_=0)
    score = Attempt.score_percent
    sums = (
        select(
            AttemptQuestion.question_id,
            func.count(AttemptQuestion.id).label("answers"),
            func.sum(right).label("right"),
            func.sum(score).label("score"),
            func.sum(score * score).label("score_squared"),
            func.sum(score * right).label("score_of_right"),
        )
        .join(Attempt, Attempt.id == AttemptQuestion.attempt_id)
        .join(Employment, and_(Employment.user_id == Attempt.learner_id, Employment.ended_on.is_(None)))
        .join(work, work.id == Employment.organization_id)
        .where(Attempt.version_id == version_id, Attempt.graded_at.is_not(None), below(work.path, paths))
        .group_by(AttemptQuestion.question_id)
        .subquery()
    )
    query = (
        select(Question.slug, Question.kind, Question.body, *(sums.c[name] for name in _SUMS))
        .outerjoin(sums, sums.c.question_id == Question.id)
        .where(Question.version_id == version_id)
        .order_by(Question.slug)
    )
    return [_statistics(row, least) for row in db.execute(query)]


_SUMS = ("answers", "right", "score", "score_squared", "score_of_right")


def _statistics(row: Any, least: int) -> QuestionStatistics:
    slug, kind, body, *sums = row
    return QuestionStatistics(slug, kind, body["stem"], AnswerSums(*(value or 0 for value in sums)), least)
