"""Writing the trail: the only writer of its tables.

Entries wait until the transaction ends and are appended just before its commit, because the chain has one end
and whoever appends holds it: taken last, that lock is held shortly and no two transactions wait for each other."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple

from sqlalchemy import event, func, insert, select
from sqlalchemy.orm import Session, SessionTransaction

from lms.db.transaction import before_commit
from lms.domain.events import Event
from lms.domain.trail import GENESIS, Head, TrailRow, canonical_facts, keyed, row_hash
from lms.features.trail.models import TrailEntry, TrailHead, TrailPerson
from lms.features.trail.people import people_of
from lms.jobs.outbox import event_time
from lms.ports.clock import local_date
from lms.web.context import known_actor

WAITING = "trail_waiting"
END_OF_CHAIN = 7_049_001  # the advisory lock of PostgreSQL; on SQLite there is one writer anyway
AT_ONCE = 5000  # ids in one query
PERSON_FIELDS = ("subject_id", "learner_id", "user_id")  # what events call the person concerned


class Person(NamedTuple):
    """The pseudonym that stands in the trail, and the key that hashes the person's texts."""

    pseudonym: str | None
    key: str


NO_PERSON = Person(None, "")


@dataclass(frozen=True)
class Waiting:
    """An entry of this transaction, and the savepoints whose rollback would undo it."""

    action: str
    actor_id: int | None
    subject_id: int | None
    object_kind: str
    object_id: int | None
    facts: Mapping[str, Any]
    path: str | None
    now: datetime
    savepoints: tuple[SessionTransaction, ...]

    @property
    def people(self) -> set[int]:
        return {user_id for user_id in (self.actor_id, self.subject_id) if user_id is not None}


def record(
    db: Session,
    *,
    action: str,
    actor_id: int | None,
    subject_id: int | None = None,
    object_kind: str = "",
    object_id: int | None = None,
    facts: Mapping[str, Any] | None = None,
    path: str | None = None,
    now: datetime,
) -> None:
    """Let the trail say that `actor_id` (None: the system) did something, with this transaction or not at all.

    Of `facts`, numbers and the codes under the names of `CODED_FACTS` stay readable; every other text becomes
    a keyed hash, so that no personal value enters the trail. `path`: where in the tree it happened, unless
    that is where the subject, else the actor, works (REQ-049, safety.md L1)."""
    waiting: list[Waiting] = db.info.setdefault(WAITING, [])
    if not waiting:
        before_commit(db, append_waiting, is_very_last=True)
    waiting.append(
        Waiting(
            action, actor_id, subject_id, object_kind, object_id, facts or {}, path, now, _open_savepoints(db)
        )
    )


def record_look(db: Session, *, actor_id: int, subject_id: int, page: str, now: datetime) -> None:
    """Somebody looked at one person's record; that person sees it. A look at oneself is none."""
    if actor_id != subject_id:
        record(db, action="looked", actor_id=actor_id, subject_id=subject_id, facts={"page": page}, now=now)


def record_event(db: Session, event: Event) -> None:
    """Every event enters the trail: its name, the people concerned, the first other row that it names.

    Who acts is the request's person; a job and a command act as the system."""
    if not event.is_recorded:
        return
    facts = asdict(event)
    subjects = facts.pop("learner_ids", None) or [facts.pop(name) for name in PERSON_FIELDS if name in facts]
    actor_id = facts.pop("actor_id", None) or known_actor().user_id or None
    named = next((name for name in facts if name.endswith("_id")), None)
    object_id, path = facts.pop(named) if named else None, facts.pop("path", None)
    for subject_id in subjects or (None,):
        record(
            db,
            action=action_of(type(event)),
            actor_id=actor_id,
            subject_id=subject_id,
            object_kind=named.removesuffix("_id") if named else "",
            object_id=object_id,
            facts=facts,
            path=path,
            now=event_time(db),
        )


def action_of(kind: type[Event]) -> str:
    """`ModuleCompleted` → `module_completed`."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", kind.__name__).lower()


def append_waiting(db: Session) -> None:
    """Append what waits to the chain, in the order in which it happened."""
    waiting: list[Waiting] = db.info.pop(WAITING, [])
    if not waiting:
        return
    db.flush()  # pseudonyms refer to people who may have been made just now
    lock_end(db)
    ids = sorted(set().union(*(entry.people for entry in waiting)))
    persons, places = _persons(db, ids), _places(db, ids)
    last = read_head(db)
    rows = []
    for entry in waiting:
        row = _chained(entry, last, persons, places)
        rows.append(row._asdict())
        last = Head(row.id, row.hash)
    db.execute(insert(TrailEntry), rows)


def lock_end(db: Session) -> None:
    """Hold the end of the chain until the commit."""
    if db.get_bind().dialect.name == "postgresql":
        db.execute(select(func.pg_advisory_xact_lock(END_OF_CHAIN)))


def read_head(db: Session) -> Head:
    """The last row of the chain; number 0 when there is none."""
    row = db.execute(select(TrailEntry.id, TrailEntry.hash).order_by(TrailEntry.id.desc()).limit(1)).first()
    return Head(row.id, row.hash) if row else Head(0, GENESIS)


def note_head(db: Session, head: Head, *, now: datetime) -> None:
    """Write down where the chain ends."""
    db.add(TrailHead(entry_id=head.id, hash=head.hash, noted_at=now))


def _chained(
    entry: Waiting, last: Head, persons: Mapping[int, Person], places: Mapping[int, str]
) -> TrailRow:
    actor = persons.get(entry.actor_id or 0, NO_PERSON)
    subject = persons.get(entry.subject_id or 0, NO_PERSON)
    place = places.get(entry.subject_id or 0) or places.get(entry.actor_id or 0, "")
    row = TrailRow(
        id=last.id + 1,
        day=local_date(entry.now).isoformat(),
        at=entry.now.astimezone(UTC).isoformat(timespec="microseconds"),
        action=entry.action,
        actor=actor.pseudonym,
        subject=subject.pseudonym,
        path=place if entry.path is None else entry.path,
        object_kind=entry.object_kind,
        object_id=entry.object_id,
        facts=canonical_facts(entry.facts, subject.key or actor.key),
        previous_hash=last.hash,
    )
    return row._replace(hash=row_hash(row))


def _places(db: Session, ids: Sequence[int]) -> dict[int, str]:
    """Where people work."""
    found: dict[int, str] = {}
    for start in range(0, len(ids), AT_ONCE):
        found |= people_of(db).places(db, ids[start : start + AT_ONCE])
    return found


def _persons(db: Session, ids: Sequence[int]) -> dict[int, Person]:
    """Pseudonyms of people, made at first need; the lock on the chain keeps two from being made."""
    found = {}
    for start in range(0, len(ids), AT_ONCE):
        query = select(TrailPerson.user_id, TrailPerson.pseudonym, TrailPerson.key).where(
            TrailPerson.user_id.in_(ids[start : start + AT_ONCE])
        )
        found.update({row.user_id: Person(row.pseudonym, row.key) for row in db.execute(query)})
    made = {user_id: _new_person() for user_id in ids if user_id not in found}
    if made:
        rows = [{"user_id": user_id, **person._asdict()} for user_id, person in made.items()]
        db.execute(insert(TrailPerson), rows)
    return found | made


def _new_person() -> Person:
    key = secrets.token_hex(32)
    return Person(keyed(key, "person"), key)


def _open_savepoints(db: Session) -> tuple[SessionTransaction, ...]:
    found: Sequence[SessionTransaction] = []
    transaction = db.get_nested_transaction()
    while transaction is not None and transaction.nested:
        found = [*found, transaction]
        transaction = transaction.parent
    return tuple(found)


@event.listens_for(Session, "after_soft_rollback")
def _forget_undone(db: Session, undone: SessionTransaction) -> None:
    """What was rolled back has not happened."""
    waiting: list[Waiting] = db.info.get(WAITING, [])
    waiting[:] = [entry for entry in waiting if undone.nested and undone not in entry.savepoints]
