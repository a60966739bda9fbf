"""Reads of required learning and of the wishes behind it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session, aliased

from lms.domain.assignment import Basis
from lms.domain.curriculum import ModuleState
from lms.domain.permissions import Actor
from lms.features.accounts.models import User
from lms.features.assignments.models import Assignment
from lms.features.catalog.snapshot import Snapshot
from lms.features.learning.queries import LearnerMap, LearnerModule
from lms.features.organizations.models import Employment, Organization


@dataclass(frozen=True)
class RequiredModule:
    """A module that the learner must take: on what basis, by when, how far, and who asked."""

    module: LearnerModule
    basis: Basis
    due_on: date | None
    asked_by: str | None = None

    @property
    def periods(self) -> int:
        return self.module.card.periods

    @property
    def is_completed(self) -> bool:
        return self.module.state == ModuleState.COMPLETED

    @property
    def periods_done(self) -> int:
        """Periods by progress, rounded down; all of them when the module is completed or recognised."""
        return self.periods if self.is_completed else self.periods * self.module.percent // 100

    def is_overdue(self, today: date) -> bool:
        return not self.is_completed and self.due_on is not None and self.due_on < today

    def is_near(self, today: date) -> bool:
        """Due within seven days, or overdue."""
        return not self.is_completed and self.due_on is not None and (self.due_on - today).days <= 7


class AssignmentRow(NamedTuple):
    """A wish with who asked and, once waived, who did it and why; `path`: where the learner works."""

    assignment_id: int
    learner_id: int
    module_id: int
    due_on: date
    created_at: datetime
    asked_by: str
    waived_at: datetime | None
    waived_by: str | None
    waive_reason: str | None
    role_id: int | None
    path: str | None

    @property
    def is_waived(self) -> bool:
        return self.waived_at is not None


_ASKER, _WAIVER, _LEARNER = aliased(User), aliased(User), aliased(User)
_ROWS = (
    select(
        Assignment.id,
        Assignment.learner_id,
        Assignment.module_id,
        Assignment.due_on,
        Assignment.created_at,
        _ASKER.display_name,
        Assignment.waived_at,
        _WAIVER.display_name,
        Assignment.waive_reason,
        _LEARNER.role_id,
        Organization.path,
    )
    .join(_ASKER, _ASKER.id == Assignment.assigned_by_id)
    .join(_LEARNER, _LEARNER.id == Assignment.learner_id)
    .outerjoin(_WAIVER, _WAIVER.id == Assignment.waived_by_id)
    .outerjoin(Employment, (Employment.user_id == Assignment.learner_id) & Employment.ended_on.is_(None))
    .outerjoin(Organization, Organization.id == Employment.organization_id)
)


_WISHES = (
    select(Assignment.module_id, Assignment.due_on, User.display_name)
    .join(User, User.id == Assignment.assigned_by_id)
    .where(Assignment.learner_id == bindparam("learner_id"), Assignment.waived_at.is_(None))
)


def list_required(db: Session, actor: Actor, whole: LearnerMap) -> list[RequiredModule]:
    """Required learning: what was assigned, and the modules of the role's path that teach a compulsory skill.

    Open ones first by due date, completed ones last; one query."""
    wishes = {row.module_id: row for row in db.execute(_WISHES, {"learner_id": actor.user_id})}
    role_id = whole.role.role_id if whole.role else None
    by_law = compulsory_modules(whole.snapshot, role_id)
    found = []
    for module_id in {**dict.fromkeys(by_law), **wishes}:
        if module_id not in whole.modules:
            continue
        wish = wishes.get(module_id)
        found.append(
            RequiredModule(
                module=whole.modules[module_id],
                basis=Basis.LAW if module_id in by_law else Basis.EMPLOYER,
                due_on=wish.due_on if wish else None,
                asked_by=wish.display_name if wish else None,
            )
        )
    return sorted(found, key=lambda row: (row.is_completed, row.due_on is None, row.due_on or date.max))


def list_assignments(db: Session, learner_id: int) -> list[AssignmentRow]:
    """Everything that was ever asked of a learner, waived wishes too, by due date."""
    query = _ROWS.where(Assignment.learner_id == learner_id).order_by(Assignment.due_on, Assignment.id)
    return [AssignmentRow(*row) for row in db.execute(query)]


def get_assignment(db: Session, assignment_id: int) -> AssignmentRow | None:
    """One wish."""
    row = db.execute(_ROWS.where(Assignment.id == assignment_id)).first()
    return AssignmentRow(*row) if row else None


def find_assignment(db: Session, *, learner_id: int, module_id: int) -> AssignmentRow | None:
    """What was asked of a learner for a module, waived or not."""
    row = db.execute(
        _ROWS.where(Assignment.learner_id == learner_id, Assignment.module_id == module_id)
    ).first()
    return AssignmentRow(*row) if row else None


def due_dates(db: Session, learner_ids: Iterable[int]) -> dict[int, dict[int, date]]:
    """Learner → module → due date of the wishes in force, in one query."""
    query = select(Assignment.learner_id, Assignment.module_id, Assignment.due_on).where(
        Assignment.learner_id.in_(list(learner_ids)), Assignment.waived_at.is_(None)
    )
    found: dict[int, dict[int, date]] = {}
    for learner_id, module_id, due_on in db.execute(query):
        found.setdefault(learner_id, {})[module_id] = due_on
    return found


def compulsory_modules(snapshot: Snapshot, role_id: int | None) -> tuple[int, ...]:
    """Ids of the modules on the role's path that teach a skill compulsory by rule (`must`), in path order."""
    role = snapshot.roles.get(role_id or 0)
    if role is None:
        return ()
    must = {row.skill_id for row in snapshot.requirements.get(role.role_id, ()) if row.is_must}
    places = {slug: n for n, slug in enumerate(role.path)}
    teaching = [
        card
        for card in snapshot.cards.values()
        if card.slug in places
        and any(row.skill_id in must for row in snapshot.taught.get(card.version_id, ()))
    ]
    return tuple(card.module_id for card in sorted(teaching, key=lambda card: places[card.slug]))


def basis_of(snapshot: Snapshot, role_id: int | None, module_id: int) -> Basis:
    """Why a module is required of people in a role."""
    return Basis.LAW if module_id in compulsory_modules(snapshot, role_id) else Basis.EMPLOYER
