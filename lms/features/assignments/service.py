"""Changes of assignments: the only writer of their tables."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from lms.domain.assignment import NothingToAssign, check_due, check_waiver
from lms.domain.events import AssignmentWaived, LearningAssigned
from lms.domain.permissions import Actor
from lms.features.accounts.queries import display_names
from lms.features.assignments import notices
from lms.features.assignments.models import Assignment
from lms.features.assignments.queries import AssignmentRow, basis_of
from lms.features.assignments.targets import chunks, held_modules
from lms.features.catalog.queries import ModuleCard
from lms.features.catalog.snapshot import read_snapshot
from lms.features.policies.queries import get_policy
from lms.jobs.outbox import publish
from lms.ports.clock import local_date

Pair = tuple[int, int]  # learner, module


@dataclass(frozen=True)
class Asked:
    """What became of a wish: pairs of learner and module."""

    new: frozenset[Pair] = frozenset()
    later: frozenset[Pair] = frozenset()  # had the wish already, and have the later date now
    kept: frozenset[Pair] = frozenset()  # had it with the same or a later date
    held: frozenset[Pair] = frozenset()  # have completed the module, or had it recognised

    @property
    def learners(self) -> set[int]:
        """Who has something new to do, or another date for it."""
        return {learner_id for learner_id, _ in self.new | self.later}


def assign(
    db: Session, *, learner_id: int, module_id: int, assigned_by_id: int, due_on: date, now: datetime
) -> Asked:
    """Ask one learner to take one module by a day, as `assign_many` does.

    :raises NothingToAssign: the module is not offered where the learner works
    """
    today = local_date(now)
    snapshot, _policy = read_snapshot(db, today=today, reader_id=learner_id)
    if module_id not in snapshot.cards:
        raise NothingToAssign("Choose modules from the list.")
    card = snapshot.cards[module_id]
    return assign_many(
        db, learner_ids=(learner_id,), cards=[card], assigned_by_id=assigned_by_id, due_on=due_on, now=now
    )


def assign_many(
    db: Session,
    *,
    learner_ids: Collection[int],
    cards: Sequence[ModuleCard],
    assigned_by_id: int,
    due_on: date,
    now: datetime,
    rule_id: int | None = None,
    only_new: bool = False,
) -> Asked:
    """Ask people to take modules by a day and tell each of them, in a few statements however many they are.

    Who holds a module already is not asked for it; of two wishes the later date holds; a waived wish is one
    again. `only_new`: standing wishes leave every earlier wish as it is, waived ones too."""
    module_ids = [card.module_id for card in cards]
    asked = _sort(db, learner_ids, module_ids, due_on=due_on, only_new=only_new)
    pairs = sorted(asked.new | asked.later)
    _write(db, pairs, assigned_by_id=assigned_by_id, due_on=due_on, rule_id=rule_id, now=now)
    if pairs:
        by = display_names(db, (assigned_by_id,))[assigned_by_id]
        notices.tell_assigned(db, asked.new, cards, by=by, due_on=due_on, now=now)
        notices.tell_due(db, asked.later, cards, due_on=due_on, now=now)
        learners = tuple(sorted(asked.learners))
        publish(db, LearningAssigned(learner_ids=learners, modules=len(cards), due_on=due_on))
    return asked


def change_due(db: Session, row: AssignmentRow, *, card: ModuleCard, due_on: date, now: datetime) -> None:
    """Give a wish another date, sooner or later, and tell the learner.

    :raises DueDateRefused: in the past, or too far away
    """
    today = local_date(now)
    check_due(due_on, today=today, most_days=get_policy(db, on=today).assignment_most_days)
    here = (Assignment.id == row.assignment_id, Assignment.waived_at.is_(None), Assignment.due_on != due_on)
    changed = db.execute(update(Assignment).where(*here).values(due_on=due_on).returning(Assignment.id))
    if changed.first() is None:
        return
    notices.tell_due(db, {(row.learner_id, row.module_id)}, [card], due_on=due_on, now=now)
    publish(db, LearningAssigned(learner_ids=(row.learner_id,), modules=1, due_on=due_on))


def waive(
    db: Session, row: AssignmentRow, *, card: ModuleCard, actor: Actor, reason: str, now: datetime
) -> None:
    """Do not ask the learner for the module any more, and tell them why; waiving twice changes nothing.

    :raises WaiverRefused: one's own learning, without a reason, or required of the role by rule
    """
    snapshot, _policy = read_snapshot(db, today=local_date(now))
    basis = basis_of(snapshot, row.role_id, row.module_id)
    check_waiver(reason, basis=basis, is_own=row.learner_id == actor.user_id)
    values = {"waived_at": now, "waived_by_id": actor.user_id, "waive_reason": reason.strip()}
    here = (Assignment.id == row.assignment_id, Assignment.waived_at.is_(None))
    waived = db.execute(update(Assignment).where(*here).values(values).returning(Assignment.id))
    if waived.first() is None:
        return
    notices.tell_waived(db, row.learner_id, card, by=actor.display_name, reason=reason.strip(), now=now)
    publish(db, AssignmentWaived(learner_id=row.learner_id, assignment_id=row.assignment_id))


def _sort(
    db: Session, learner_ids: Collection[int], module_ids: Sequence[int], *, due_on: date, only_new: bool
) -> Asked:
    held = held_modules(db, learner_ids, module_ids)
    known: dict[Pair, tuple[date, bool]] = {}
    for some in chunks(learner_ids):
        query = select(Assignment.learner_id, Assignment.module_id, Assignment.due_on, Assignment.waived_at)
        query = query.where(Assignment.learner_id.in_(some), Assignment.module_id.in_(module_ids))
        known |= {(row[0], row[1]): (row[2], row[3] is not None) for row in db.execute(query)}
    new: set[Pair] = set()
    later: set[Pair] = set()
    kept: set[Pair] = set()
    for pair in ((learner_id, module_id) for learner_id in learner_ids for module_id in module_ids):
        if pair in held:
            continue
        if pair not in known:
            new.add(pair)
        elif only_new:
            kept.add(pair)
        elif known[pair][1]:
            new.add(pair)
        else:
            (later if due_on > known[pair][0] else kept).add(pair)
    return Asked(frozenset(new), frozenset(later), frozenset(kept), frozenset(held))


def _write(
    db: Session,
    pairs: Sequence[Pair],
    *,
    assigned_by_id: int,
    due_on: date,
    rule_id: int | None,
    now: datetime,
) -> None:
    """Insert the wishes; of two askers at once for one module the later date holds, whoever comes first."""
    if not pairs:
        return
    common = {"assigned_by_id": assigned_by_id, "due_on": due_on, "created_at": now, "rule_id": rule_id}
    rows: list[dict[str, Any]] = [
        {"learner_id": learner_id, "module_id": module_id, **common} for learner_id, module_id in pairs
    ]
    is_postgres = db.get_bind().dialect.name == "postgresql"
    wish = postgresql.insert(Assignment) if is_postgres else sqlite.insert(Assignment)
    fresh = {name: wish.excluded[name] for name in common}
    statement = wish.on_conflict_do_update(
        index_elements=["learner_id", "module_id"],
        set_={**fresh, "waived_at": None, "waived_by_id": None, "waive_reason": None},
        where=or_(Assignment.waived_at.is_not(None), Assignment.due_on < wish.excluded.due_on),
    )
    db.execute(statement.execution_options(render_nulls=True), rows)
