"""Changes of assignments."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.features.accounts.models import User
from lms.features.assignments.models import Assignment


def assign(
    db: Session, *, learner_id: int, module_id: int, assigned_by_id: int, due_on: date, now: datetime
) -> Assignment:
    """Ask a learner to take a module by a day; of two wishes for one module the later date holds."""
    db.get_one(User, learner_id, with_for_update=True)  # two askers at once must not make two rows
    row = db.scalar(
        select(Assignment).where(Assignment.learner_id == learner_id, Assignment.module_id == module_id)
    )
    if row is None:
        row = Assignment(learner_id=learner_id, module_id=module_id, created_at=now, due_on=due_on)
        row.assigned_by_id = assigned_by_id
        db.add(row)
        db.flush()  # callers need the id
    elif due_on > row.due_on:
        row.assigned_by_id, row.due_on = assigned_by_id, due_on
    return row
