"""The queue that wakes the worker: huey in a file of its own, or in Redis when several processes share it.

Jobs themselves wait in the outbox; a message of this queue only says "look there". It may be lost or
come twice without harm, because the outbox is looked through every minute and each job is done once."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select

from lms.config import Settings
from lms.db.transaction import Database
from lms.jobs.outbox import BUS, EventBus, OutboxMessage, deliver
from lms.ports.clock import SHANGHAI, Clock

NIGHTLY_AT = (3, 10)  # Asia/Shanghai, which knows no summer time

Nightly = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class JobQueue:
    """The queue with its three messages; `wake` asks the worker to look into the outbox at once."""

    huey: Any
    wake: Any


def open_queue(settings: Settings, database: Database, clock: Clock, nightly: Nightly) -> JobQueue:
    """The queue of this installation; `nightly`: the tasks put into the outbox every night, with payloads."""
    from huey import crontab

    huey = _make_huey(settings)

    @huey.task(name="deliver_outbox")  # type: ignore[untyped-decorator]
    def wake() -> None:
        deliver(database, now=clock.now())

    @huey.periodic_task(crontab(), name="deliver_every_minute")  # type: ignore[untyped-decorator]
    def deliver_every_minute() -> None:
        deliver(database, now=clock.now())

    hour, minute = nightly_utc()

    @huey.periodic_task(crontab(hour=hour, minute=minute), name="enqueue_nightly")  # type: ignore[untyped-decorator]
    def enqueue_every_night() -> None:
        enqueue_once(database, nightly)
        deliver(database, now=clock.now())

    queue = JobQueue(huey, wake)
    bus: EventBus = database.info[BUS]
    bus.nudge = wake
    return queue


def nightly_utc() -> tuple[str, str]:
    """Hour and minute of the nightly run on the scheduler's clock, which is UTC."""
    local = datetime(2026, 1, 1, *NIGHTLY_AT, tzinfo=SHANGHAI).astimezone(UTC)
    return str(local.hour), str(local.minute)


def enqueue_once(database: Database, tasks: Nightly) -> int:
    """Put the tasks into the outbox, except those that wait there already; returns how many were put."""
    with database.writing() as db:
        waiting = set(db.scalars(select(OutboxMessage.task).where(OutboxMessage.done_at.is_(None))))
        new = [name for name in tasks if name not in waiting]
        db.add_all(OutboxMessage(task=name, payload=dict(tasks[name])) for name in new)
    return len(new)


@contextmanager
def running_worker(queue: JobQueue, *, threads: int = 1, has_scheduler: bool = True) -> Iterator[None]:
    """Work in threads of this process until the block ends, however it ends.

    Exactly one process of an installation has the scheduler."""
    consumer = _make_consumer(queue.huey, threads=threads, has_scheduler=has_scheduler)
    consumer.start()
    try:
        yield
    finally:
        consumer.stop(graceful=True)


def _make_consumer(huey: Any, *, threads: int, has_scheduler: bool) -> Any:
    from huey.consumer import Consumer

    class Worker(Consumer):  # type: ignore[misc]
        """huey's consumer, which would take SIGINT and SIGTERM away from the server."""

        def _set_signal_handlers(self) -> None:
            """The process that started the worker decides when it ends."""

    return Worker(
        huey, workers=threads, periodic=has_scheduler, max_delay=1.0, shutdown_timeout=5, scheduler_interval=1
    )


def _make_huey(settings: Settings) -> Any:
    from huey import RedisHuey, SqliteHuey

    serializer = _json_messages()
    if settings.redis_url:
        return RedisHuey("terrace", url=settings.redis_url, results=False, serializer=serializer)
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    file = settings.data_dir / "jobs.db"
    return SqliteHuey("terrace", filename=str(file), results=False, serializer=serializer)


def _json_messages() -> Any:
    """huey's messages as JSON: who can write into the queue must not be able to run code (safety.md I8)."""
    from huey.registry import Message
    from huey.serializer import Serializer

    class JsonMessages(Serializer):  # type: ignore[misc]
        def _serialize(self, data: Any) -> bytes:
            return json.dumps(data).encode()

        def _deserialize(self, data: bytes) -> Any:
            return Message(*json.loads(data))

    return JsonMessages()
