"""Keeping the summaries: what happens to somebody marks them, and they are summed up once before the commit.

However many events one transaction publishes and however many people they concern, it is some ten statements for
up to `AT_ONCE` people; a larger crowd is left to a job."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import delete, insert, or_, select, update
from sqlalchemy.orm import Session

from lms.db.base import Base
from lms.db.transaction import before_commit
from lms.domain.assignment import Basis, Progress
from lms.domain.events import EmploymentEnded, ProgressNoted
from lms.domain.policy import Policy
from lms.features.accounts.models import User
from lms.features.assignments.queries import compulsory_modules, due_dates
from lms.features.catalog.queries import ModuleCard, cards_of_versions
from lms.features.catalog.snapshot import Snapshot, read_snapshot
from lms.features.enrollment.queries import EnrollmentRow, enrollments_of, recognised_of
from lms.features.organizations.models import Employment, Organization
from lms.features.reporting.counts import change_counts, read_stored
from lms.features.reporting.models import PersonGap, PersonRequirement, PersonSummary
from lms.features.skills.queries import LevelFact, level_facts, levels_from
from lms.jobs.outbox import event_time, go_on
from lms.ports.clock import local_date

STALE = "stale_summaries"
AT_ONCE = 200  # people in one go: more of them hold the one writer of SQLite too long


class Worker(NamedTuple):
    """Somebody who works somewhere now."""

    user_id: int
    organization_id: int
    path: str
    line_manager_id: int | None
    role_id: int | None


@dataclass(frozen=True)
class Frame:
    """What is the same for all the people of a batch, and what is known of them."""

    snapshot: Snapshot
    policy: Policy
    today: date
    known: Known
    by_law: dict[int | None, tuple[int, ...]] = field(default_factory=dict)

    def compulsory(self, role_id: int | None) -> tuple[int, ...]:
        """The modules that a rule requires of a role, looked for once."""
        if role_id not in self.by_law:
            self.by_law[role_id] = compulsory_modules(self.snapshot, role_id)
        return self.by_law[role_id]


class Known(NamedTuple):
    """What is known of a batch of people, by person."""

    due: dict[int, dict[int, date]]
    places: dict[int, dict[int, EnrollmentRow]]
    recognised: dict[int, set[int]]
    evidence: dict[int, list[LevelFact]]


def note_change(db: Session, event: Any) -> None:
    """Something that the summaries rest on has happened to one person, or to several."""
    mark_stale(db, getattr(event, "learner_ids", None) or (event.learner_id,))


def note_end(db: Session, event: EmploymentEnded) -> None:
    """Somebody's work has ended: no summary any more, and their reports have no line manager."""
    mark_stale(db, (event.learner_id,))
    reports = PersonSummary.line_manager_id == event.learner_id
    db.execute(
        update(PersonSummary)
        .where(reports)
        .values(line_manager_id=None)
        .execution_options(synchronize_session=False)
    )


def note_progress(db: Session, event: ProgressNoted) -> None:
    """A sign of life is one small statement, a lesson read a new summary."""
    if event.has_progressed:
        mark_stale(db, (event.learner_id,))
        return
    summary = PersonSummary
    seen = or_(summary.last_active_at.is_(None), summary.last_active_at < event.at)
    db.execute(
        update(summary)
        .where(summary.user_id == event.learner_id, seen)
        .values(last_active_at=event.at)
        .execution_options(synchronize_session=False)
    )


def mark_stale(db: Session, user_ids: Iterable[int]) -> None:
    """Sum these people up before the transaction commits."""
    waiting: set[int] = db.info.setdefault(STALE, set())
    if not waiting:
        before_commit(db, _sum_up)
    waiting.update(user_ids)


def _sum_up(db: Session) -> None:
    waiting: set[int] = db.info.pop(STALE, set())
    if len(waiting) > AT_ONCE:
        go_on(db, "summarise_people", {"user_ids": sorted(waiting)})
        return
    if waiting:
        summarise(db, waiting, event_time(db))


def summarise(db: Session, user_ids: Collection[int], now: datetime) -> None:
    """Make the summaries of these people anew; who works nowhere has none."""
    db.flush()  # the reads below must see what this transaction has written
    ids = sorted(user_ids)
    lock = select(User.id).where(User.id.in_(ids)).order_by(User.id)
    db.execute(
        lock.with_for_update(key_share=True)
    ).all()  # two transactions must not sum up one person at once
    today = local_date(now)
    snapshot, policy = read_snapshot(db, today=today)
    frame = Frame(snapshot, policy, today, _known(db, ids))
    gone = _begun_elsewhere(db, frame)
    people = _workers(db, ids)
    gaps = {person.user_id: _gaps(frame, person) for person in people}
    required = {person.user_id: _requirements(frame, person, gone) for person in people}
    summaries = [
        {**_summary(frame, p, gaps[p.user_id], required[p.user_id]), "computed_at": now} for p in people
    ]
    new: dict[type[Base], list[dict[str, Any]]] = {
        PersonGap: [row for rows in gaps.values() for row in rows],
        PersonRequirement: [row for rows in required.values() for row in rows],
        PersonSummary: summaries,
    }
    _replace(db, ids, new)


def _replace(db: Session, ids: list[int], new: dict[type[Base], list[dict[str, Any]]]) -> None:
    old = read_stored(db, ids)
    for table, rows in new.items():
        db.execute(delete(table).where(table.user_id.in_(ids)))  # type: ignore[attr-defined]
        if rows:
            db.execute(insert(table).execution_options(render_nulls=True), rows)
    change_counts(db, old, (new[PersonSummary], new[PersonGap]))


def _summary(
    frame: Frame, person: Worker, gaps: list[dict[str, Any]], required: list[dict[str, Any]]
) -> dict[str, Any]:
    places = frame.known.places.get(person.user_id, {})
    open_rows = [row for row in required if row["progress"] != Progress.COMPLETED]
    return {
        "user_id": person.user_id,
        "organization_id": person.organization_id,
        "line_manager_id": person.line_manager_id,
        "role_id": person.role_id,
        "required_count": len(required),
        "completed_count": len(required) - len(open_rows),
        "required_periods": sum(row["periods"] for row in required),
        "periods_done": sum(row["periods_done"] for row in required),
        "next_due_on": min((row["due_on"] for row in open_rows if row["due_on"]), default=None),
        "gap_count": len(gaps),
        "gap_levels": sum(row["gap"] for row in gaps),
        "legal_gap_count": sum(row["is_must"] for row in gaps),
        "last_active_at": max((place.last_active_at for place in places.values()), default=None),
    }


def _gaps(frame: Frame, person: Worker) -> list[dict[str, Any]]:
    """Required level − held level, where positive (REQ-020)."""
    needs = frame.snapshot.requirements.get(person.role_id or 0, ())
    must = {need.skill_id for need in needs if need.is_must}
    evidence = frame.known.evidence.get(person.user_id, [])
    held = levels_from(evidence, today=frame.today, policy=frame.policy, must_skill_ids=must)
    rows = []
    for need in needs:
        level = held[need.skill_id].level if need.skill_id in held else 0
        if level < need.level:
            rows.append(
                {
                    "user_id": person.user_id,
                    "skill_id": need.skill_id,
                    "organization_id": person.organization_id,
                    "required": need.level,
                    "gap": need.level - level,
                    "is_must": need.is_must,
                }
            )
    return rows


def _requirements(frame: Frame, person: Worker, gone: list[ModuleCard]) -> list[dict[str, Any]]:
    """What is required of somebody, as `assignments.queries.list_required` shows it to them."""
    known, places = frame.known, frame.known.places.get(person.user_id, {})
    offered = {
        **frame.snapshot.for_path(person.path).cards,
        **{card.module_id: card for card in gone if card.module_id in places},
    }
    due = known.due.get(person.user_id, {})
    by_law = frame.compulsory(person.role_id)
    rows = []
    for module_id in {**dict.fromkeys(by_law), **due}:
        if module_id not in offered:
            continue
        place = places.get(module_id)
        is_held = module_id in known.recognised.get(person.user_id, ())
        progress, done = _progress(offered[module_id], place, is_recognised=is_held)
        rows.append(
            {
                "user_id": person.user_id,
                "module_id": module_id,
                "organization_id": person.organization_id,
                "progress": progress,
                "due_on": due.get(module_id),
                "basis": Basis.LAW if module_id in by_law else Basis.EMPLOYER,
                "periods": offered[module_id].periods,
                "periods_done": done,
            }
        )
    return rows


def _progress(card: ModuleCard, place: EnrollmentRow | None, *, is_recognised: bool) -> tuple[Progress, int]:
    """How far, and how many periods that are: rounded down, all of them when completed or recognised."""
    if is_recognised or (place and place.is_completed):
        return Progress.COMPLETED, card.periods
    if place is None:
        return Progress.OPEN, 0
    return Progress.BEGUN, card.periods * place.percent // 100


def _workers(db: Session, ids: list[int]) -> list[Worker]:
    query = (
        select(
            Employment.user_id, Organization.id, Organization.path, Employment.line_manager_id, User.role_id
        )
        .join(Organization, Organization.id == Employment.organization_id)
        .join(User, User.id == Employment.user_id)
        .where(Employment.user_id.in_(ids), Employment.ended_on.is_(None))
        .order_by(Employment.user_id)
    )
    return [Worker(*row) for row in db.execute(query)]


def _known(db: Session, ids: list[int]) -> Known:
    places = enrollments_of(db, ids)
    return Known(due_dates(db, ids), places, recognised_of(db, ids), level_facts(db, ids))


def _begun_elsewhere(db: Session, frame: Frame) -> list[ModuleCard]:
    """Cards of what was begun and is not offered any more: what is required and begun does not disappear."""
    wanted = {
        place.version_id
        for places in frame.known.places.values()
        for place in places.values()
        if place.module_id not in frame.snapshot.cards
    }
    return cards_of_versions(db, wanted) if wanted else []
