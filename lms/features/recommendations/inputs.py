"""Reads for the ranking: who the learners are, what they did, what they said.

Each read serves one learner or a batch of them in one query."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import UTC, datetime
from typing import Any, NamedTuple

from sqlalchemy import CTE, Row, literal, or_, select, union_all
from sqlalchemy.orm import Session, aliased

from lms.domain.enrollment import EnrollmentStatus
from lms.features.accounts.models import User
from lms.features.enrollment.models import Enrollment, Recognition
from lms.features.organizations.models import Employment, Organization, OrganizationKind
from lms.features.recommendations.models import RecommendationAnswer
from lms.features.taxonomy.models import JobRole

LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


class LearnerRow(NamedTuple):
    """What the ranking knows of a person: the role, the industry, and whether it may rank at all."""

    learner_id: int
    role_id: int | None
    industry: str
    is_personalised: bool


class AnswerRow(NamedTuple):
    """What a learner said to the recommendation of a module."""

    module_id: int
    kind: str
    until_at: datetime | None


class LearnerState(NamedTuple):
    """Modules completed or recognised, modules begun, and the answers in force by module."""

    done: set[int]
    begun: set[int]
    answers: dict[int, AnswerRow]
    since: dict[int, datetime]  # when each module of `done` was completed or recognised

    @property
    def in_order(self) -> list[int]:
        """The modules of `done`, the earliest first."""
        return sorted(self.done, key=lambda module_id: (self.since[module_id], module_id))


def list_learners(db: Session, learner_ids: Collection[int]) -> list[LearnerRow]:
    """These people; their industry is their enterprise's, else the role's."""
    firms = _firms(learner_ids)
    query = (
        select(User.id, User.role_id, User.is_personalised, JobRole.industry, firms.c.industry)
        .outerjoin(JobRole, JobRole.id == User.role_id)
        .outerjoin(firms, firms.c.user_id == User.id)
        .where(User.id.in_(learner_ids))
        .order_by(User.id, firms.c.started_on.desc(), firms.c.id)
    )
    found: dict[int, LearnerRow] = {}
    for learner_id, role_id, is_personalised, of_role, of_firm in db.execute(query):
        row = LearnerRow(learner_id, role_id, of_firm or of_role or "all", is_personalised)
        found.setdefault(learner_id, row)  # of several employments the newest counts
    return list(found.values())


def list_states(db: Session, learner_ids: Collection[int], *, now: datetime) -> dict[int, LearnerState]:
    """What learners have done and answered; a `later` that is over is no answer any more."""
    taken = select(
        Enrollment.learner_id, Enrollment.module_id, Enrollment.status, Enrollment.completed_at
    ).where(Enrollment.learner_id.in_(learner_ids), Enrollment.status != EnrollmentStatus.WITHDRAWN)
    held = literal(EnrollmentStatus.COMPLETED.value)  # recognised counts like completed
    recognised = select(Recognition.learner_id, Recognition.module_id, held, Recognition.recognised_at).where(
        Recognition.learner_id.in_(learner_ids)
    )
    answer = RecommendationAnswer
    answered = select(answer.learner_id, answer.module_id, answer.kind, answer.until_at).where(
        answer.learner_id.in_(learner_ids), or_(answer.until_at.is_(None), answer.until_at > now)
    )
    found: defaultdict[int, LearnerState] = defaultdict(lambda: LearnerState(set(), set(), {}, {}))
    rows: Iterable[Row[Any]] = db.execute(union_all(answered, taken, recognised))
    for row in rows:
        state = found[row.learner_id]
        if row.kind == EnrollmentStatus.COMPLETED:
            state.done.add(row.module_id)
            earlier = state.since.get(row.module_id, row.until_at or LONG_AGO)
            state.since[row.module_id] = min(earlier, row.until_at or LONG_AGO)
        elif row.kind == EnrollmentStatus.ACTIVE:
            state.begun.add(row.module_id)
        else:
            state.answers[row.module_id] = AnswerRow(row.module_id, row.kind, row.until_at)
    return found


def _firms(learner_ids: Collection[int]) -> CTE:
    """The enterprises that people work for, however deep the department: user, industry, since when."""
    above = (
        select(
            Employment.user_id,
            Employment.started_on,
            Organization.id,
            Organization.parent_id,
            Organization.kind,
            Organization.industry,
        )
        .join(Organization, Organization.id == Employment.organization_id)
        .where(Employment.user_id.in_(learner_ids), Employment.ended_on.is_(None))
        .cte("above", recursive=True)
    )
    node = aliased(Organization)
    above = above.union_all(
        select(above.c.user_id, above.c.started_on, node.id, node.parent_id, node.kind, node.industry)
        .join(above, node.id == above.c.parent_id)
        .where(above.c.kind == OrganizationKind.DEPARTMENT)
    )
    return select(above).where(above.c.kind == OrganizationKind.ENTERPRISE).cte("firms")
