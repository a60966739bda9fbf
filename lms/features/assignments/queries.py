"""Reads of required learning."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.domain.assignment import Basis
from lms.domain.curriculum import ModuleState
from lms.domain.permissions import Actor
from lms.features.assignments.models import Assignment
from lms.features.learning.queries import LearnerMap, LearnerModule


@dataclass(frozen=True)
class RequiredModule:
    """A module that the learner must take: on what basis, by when, how far."""

    module: LearnerModule
    basis: Basis
    due_on: date | None

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


def list_required(db: Session, actor: Actor, whole: LearnerMap) -> list[RequiredModule]:
    """Required learning: what was assigned, and the modules of the role's path that teach a compulsory skill.

    Open ones first by due date, completed ones last; one query."""
    query = select(Assignment.module_id, Assignment.due_on).where(Assignment.learner_id == actor.user_id)
    due = {row.module_id: row.due_on for row in db.execute(query)}
    by_law = compulsory_modules(whole)
    found = [
        RequiredModule(
            module=whole.modules[module_id],
            basis=Basis.LAW if module_id in by_law else Basis.EMPLOYER,
            due_on=due.get(module_id),
        )
        for module_id in {**dict.fromkeys(by_law), **due}
        if module_id in whole.modules
    ]
    return sorted(found, key=lambda row: (row.is_completed, row.due_on is None, row.due_on or date.max))


def compulsory_modules(whole: LearnerMap) -> tuple[int, ...]:
    """Ids of the modules on the role's path that teach a skill compulsory by rule (`must`), in path order."""
    if whole.role is None:
        return ()
    snapshot = whole.snapshot
    must = {row.skill_id for row in snapshot.requirements.get(whole.role.role_id, ()) if row.is_must}
    places = {slug: n for n, slug in enumerate(whole.role.path)}
    teaching = [
        card
        for card in snapshot.cards.values()
        if card.slug in places
        and any(row.skill_id in must for row in snapshot.taught.get(card.version_id, ()))
    ]
    return tuple(card.module_id for card in sorted(teaching, key=lambda card: places[card.slug]))
