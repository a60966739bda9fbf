"""One person as their manager sees them: required learning, other modules, tries, skills against the role."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.domain.assignment import Basis, Progress, is_overdue
from lms.domain.policy import Policy
from lms.features.accounts.models import User
from lms.features.assessment.queries import AttemptRow, list_attempts
from lms.features.assignments.models import Assignment
from lms.features.assignments.queries import AssignmentRow, list_assignments
from lms.features.catalog.queries import ModuleCard
from lms.features.catalog.snapshot import Snapshot
from lms.features.enrollment.queries import EnrollmentRow, list_enrollments
from lms.features.learning.queries import with_begun
from lms.features.organizations.models import Employment
from lms.features.reporting.models import PersonRequirement
from lms.features.reporting.team_queries import PersonLine
from lms.features.skills.queries import SkillStanding, held_and_reachable, levels_from, stand
from lms.features.taxonomy.queries import RoleRow
from lms.ports.clock import local_date

SHOWN = 4  # of each list in a row that opens in place


class NeedRow(NamedTuple):
    """A required module with who asked for it; without an assignment a rule requires it."""

    module_id: int
    progress: str
    due_on: date | None
    basis: str
    periods: int
    periods_done: int
    assignment_id: int | None
    asked_by: str | None
    asked_at: datetime | None

    @property
    def is_completed(self) -> bool:
        return self.progress == Progress.COMPLETED

    @property
    def is_law(self) -> bool:
        return self.basis == Basis.LAW

    def days_late(self, today: date) -> int:
        late = is_overdue(self.due_on, Progress(self.progress), today=today)
        return (today - self.due_on).days if late and self.due_on else 0


@dataclass(frozen=True)
class PersonFacts:
    """Everything that the open row and the person's page show."""

    line: PersonLine
    role: RoleRow | None
    needs: list[tuple[ModuleCard, NeedRow]]
    places: list[tuple[ModuleCard, EnrollmentRow]]  # modules taken without being asked for
    attempts: list[AttemptRow]
    standing: list[SkillStanding]
    today: date

    @property
    def open_needs(self) -> list[tuple[ModuleCard, NeedRow]]:
        return [pair for pair in self.needs if not pair[1].is_completed]

    @property
    def gaps(self) -> list[SkillStanding]:
        """Unmet skills, the largest gap first, legal ones before equal others."""
        unmet = [row for row in self.standing if not row.is_met]
        return sorted(unmet, key=lambda row: (-row.gap, not row.is_must))

    @property
    def met(self) -> int:
        return sum(row.is_met for row in self.standing)


def read_person(
    db: Session, line: PersonLine, snapshot: Snapshot, policy: Policy, *, today: date
) -> PersonFacts:
    """One person's facts, in four queries."""
    enrollments = list_enrollments(db, line.user_id)
    whole = with_begun(db, snapshot.for_path(line.path), enrollments)
    needs = [
        (whole.cards[row.module_id], row) for row in _needs(db, line.user_id) if row.module_id in whole.cards
    ]
    asked = {row.module_id for _, row in needs}
    requirements = snapshot.requirements.get(line.role_id or 0, ())
    evidence, reachable = held_and_reachable(db, line.user_id)
    must = {row.skill_id for row in requirements if row.is_must}
    held = levels_from(evidence, today=today, policy=policy, must_skill_ids=must)
    return PersonFacts(
        line=line,
        role=snapshot.roles.get(line.role_id or 0),
        needs=needs,
        places=[
            (whole.cards[row.module_id], row)
            for row in enrollments
            if row.module_id not in asked and row.module_id in whole.cards
        ],
        attempts=list_attempts(db, line.user_id),
        standing=stand(requirements, held, reachable),
        today=today,
    )


def list_waived(db: Session, line: PersonLine, snapshot: Snapshot) -> list[tuple[ModuleCard, AssignmentRow]]:
    """What is not asked of somebody any more, and why; what another employer wrote stays with that one."""
    cards, left_on = snapshot.for_path(line.path).cards, _left_on(db, line.user_id)
    rows = [row for row in list_assignments(db, line.user_id) if row.module_id in cards]
    return [
        (cards[row.module_id], row) for row in rows if row.waived_at and local_date(row.waived_at) > left_on
    ]


def _left_on(db: Session, user_id: int) -> date:
    """When somebody last left another enterprise than the present one; before everything when they never did."""
    present = select(Employment.enterprise_id).where(
        Employment.user_id == user_id, Employment.ended_on.is_(None)
    )
    elsewhere = Employment.enterprise_id.is_distinct_from(present.scalar_subquery())
    ended = select(func.max(Employment.ended_on)).where(Employment.user_id == user_id, elsewhere)
    return db.scalar(ended) or date.min


def _needs(db: Session, user_id: int) -> list[NeedRow]:
    """Open ones first by due date, completed ones last."""
    need, wish = PersonRequirement, Assignment
    in_force = (
        (wish.learner_id == need.user_id) & (wish.module_id == need.module_id) & wish.waived_at.is_(None)
    )
    query = (
        select(
            need.module_id,
            need.progress,
            need.due_on,
            need.basis,
            need.periods,
            need.periods_done,
            wish.id,
            User.display_name,
            wish.created_at,
        )
        .outerjoin(wish, in_force)
        .outerjoin(User, User.id == wish.assigned_by_id)
        .where(need.user_id == user_id)
    )
    rows = [NeedRow(*row) for row in db.execute(query)]
    return sorted(rows, key=lambda row: (row.is_completed, row.due_on or date.max, row.module_id))
