"""The instructor's start page: modules, what is due for review, what waits for an answer."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from lms.domain.permissions import Actor, Hat
from lms.domain.policy import Policy
from lms.domain.review import ReviewState, review_due_on, review_state
from lms.features.policies.queries import get_policy
from lms.features.studio.models import UploadState
from lms.features.studio.queries import (
    ModuleRow,
    UploadRow,
    list_desk_modules,
    list_open_uploads,
    list_reviewed_modules,
)
from lms.features.studio.questions import QuestionRow, list_questions
from lms.ports.clock import local_date

SHOWN_REVIEWS = 10


@dataclass(frozen=True)
class DueReview:
    """A module whose review comes up or is late (REQ-041)."""

    module: ModuleRow
    due_on: date
    state: ReviewState

    @property
    def is_late(self) -> bool:
        return self.state in (ReviewState.OVERDUE, ReviewState.STALE)


@dataclass(frozen=True)
class Desk:
    """Everything the start page shows."""

    modules: list[ModuleRow]
    uploads: list[UploadRow]
    reviews: list[DueReview]
    questions: list[QuestionRow]

    @property
    def own(self) -> list[ModuleRow]:
        return [row for row in self.modules if row.is_upload]

    @property
    def taken(self) -> list[ModuleRow]:
        """Modules of the curriculum that people here take."""
        return [row for row in self.modules if not row.is_upload]

    @property
    def late(self) -> int:
        return sum(row.is_late for row in self.reviews)

    @property
    def open_questions(self) -> int:
        return sum(row.answered_at is None for row in self.questions)

    @property
    def unfinished(self) -> int:
        """Uploads that somebody has to do something about."""
        return sum(row.state != UploadState.IMPORTING for row in self.uploads)


def read_desk(db: Session, actor: Actor, *, today: date) -> Desk:
    """The desk of an instructor, in six queries."""
    paths = actor.paths(Hat.INSTRUCTOR)
    policy = get_policy(db, on=today)
    return Desk(
        modules=list_desk_modules(db, paths),
        uploads=list_open_uploads(db, paths),
        reviews=due_reviews(db, paths, today=today, policy=policy),
        questions=list_questions(db, paths),
    )


def due_reviews(db: Session, paths: Collection[str], *, today: date, policy: Policy) -> list[DueReview]:
    """Modules due within the days of notice or past their day, the most late first."""
    found = []
    for module in list_reviewed_modules(db, paths):
        last = module.reviewed_on or (local_date(module.published_at) if module.published_at else None)
        if last is None:
            continue
        due_on = review_due_on(last, module.cadence)
        state = review_state(
            due_on, today=today, notice_days=policy.review_notice_days, grace_days=policy.review_grace_days
        )
        if state != ReviewState.CURRENT:
            found.append(DueReview(module, due_on, state))
    return sorted(found, key=lambda row: (row.due_on, row.module.slug))
