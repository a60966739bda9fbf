"""Events and the outbox: a job is born in the transaction of its cause, and its effect happens once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Mapped, Session, mapped_column

from lms.db.base import Base
from lms.db.transaction import Database, after_commit
from lms.domain.events import Event
from lms.ports.clock import Clock

BUS = "event_bus"
CLOCK = "clock"
MAX_TRIES = 8

Listener = Callable[[Session, Any], None]
Task = Callable[[Session, Mapping[str, Any], datetime], None]


class OutboxMessage(Base):
    """A job that waits for the worker."""

    __tablename__ = "outbox_messages"

    id: Mapped[int] = mapped_column(primary_key=True)
    task: Mapped[str]
    payload: Mapped[dict[str, Any]]
    due_at: Mapped[datetime | None] = mapped_column(index=True)
    tries: Mapped[int] = mapped_column(default=0)
    done_at: Mapped[datetime | None]
    error: Mapped[str | None]


@dataclass
class EventBus:
    """Who listens to which event: `now` inside the transaction, `later` as a job; `always` hears every event."""

    always: Sequence[Listener] = ()
    now: dict[type[Event], Sequence[Listener]] = field(default_factory=dict)
    later: dict[type[Event], Sequence[str]] = field(default_factory=dict)
    tasks: dict[str, Task] = field(default_factory=dict)
    nudge: Callable[[], None] = lambda: None


def publish(db: Session, event: Event) -> None:
    """Tell everyone who listens: `now` listeners at once, `later` ones through the outbox after the commit."""
    bus: EventBus = db.info[BUS]
    for listener in (*bus.always, *bus.now.get(type(event), ())):
        listener(db, event)
    for task in bus.later.get(type(event), ()):
        db.add(OutboxMessage(task=task, payload=asdict(event)))
        after_commit(db, bus.nudge)


def event_time(db: Session) -> datetime:
    """What time it is for a `now` listener; events carry none, because what listens decides what it needs."""
    clock: Clock = db.info[CLOCK]
    return clock.now()


def go_on(db: Session, task: str, payload: Mapping[str, Any]) -> None:
    """Let a task that works in pieces leave the rest to the next message, in a transaction of its own."""
    db.add(OutboxMessage(task=task, payload=dict(payload)))
    after_commit(db, db.info[BUS].nudge)


def deliver(database: Database, *, now: datetime, limit: int = 100) -> int:
    """Do what waits in the outbox, each message in its own transaction; returns how many were done.

    A message and the effect of its task are committed together, so the effect happens once. A failing task is
    tried again with growing pauses, at most eight times, and keeps its error."""
    done = 0
    for _ in range(limit):
        with database.writing() as db:
            message = _next_message(db, now)
            if message is None:
                break
            done += _try_task(db, message, now)
    return done


def _next_message(db: Session, now: datetime) -> OutboxMessage | None:
    query = (
        select(OutboxMessage)
        .where(
            OutboxMessage.done_at.is_(None),
            OutboxMessage.tries < MAX_TRIES,
            (OutboxMessage.due_at.is_(None)) | (OutboxMessage.due_at <= now),
        )
        .order_by(OutboxMessage.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    return db.scalars(query).first()


def _try_task(db: Session, message: OutboxMessage, now: datetime) -> int:
    bus: EventBus = db.info[BUS]
    message.tries += 1
    try:
        with db.begin_nested():
            bus.tasks[message.task](db, message.payload, now)
    except Exception as error:  # whatever a task raises must not stop the messages behind it
        message.error = f"{type(error).__name__}: {error}"[:500]
        message.due_at = now + timedelta(minutes=2**message.tries)
        return 0
    message.done_at = now
    return 1
