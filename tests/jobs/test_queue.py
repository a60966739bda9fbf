"""The worker: wakes when something was published, runs nightly tasks, stops with the process."""

from __future__ import annotations

import json
import signal
import sqlite3
import threading
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.app import nightly_tasks, open_database
from lms.config import Settings
from lms.db.transaction import Database, after_commit
from lms.jobs.outbox import BUS, EventBus, OutboxMessage
from lms.jobs.queue import enqueue_once, nightly_utc, open_queue, running_worker
from lms.ports.clock import SystemClock

PATIENCE = 20


@pytest.fixture
def bus(database: Database) -> EventBus:
    database.info[BUS] = EventBus()
    return database.info[BUS]


def threads_of_the_worker() -> set[str]:
    return {t.name for t in threading.enumerate() if t.name.startswith(("Worker-", "Scheduler"))}


def test_the_worker_wakes_after_the_commit_and_stops_with_the_block(
    database: Database, bus: EventBus, settings: Settings
) -> None:
    done = threading.Event()

    def task(db: Session, payload: Mapping[str, Any], now: datetime) -> None:
        done.set()

    bus.tasks["ring"] = task
    queue = open_queue(settings, database, SystemClock(), {})
    handlers = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    with running_worker(queue, has_scheduler=False):
        with database.writing() as db:
            db.add(OutboxMessage(task="ring", payload={}))
            after_commit(db, bus.nudge)
        assert done.wait(PATIENCE)
        assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)] == handlers
    assert not threads_of_the_worker()


def test_the_worker_stops_when_the_block_fails(database: Database, bus: EventBus, settings: Settings) -> None:
    queue = open_queue(settings, database, SystemClock(), {})
    with suppress(KeyboardInterrupt), running_worker(queue):
        assert threads_of_the_worker() == {"Worker-1", "Scheduler"}
        raise KeyboardInterrupt
    assert not threads_of_the_worker()


def test_messages_are_json(database: Database, bus: EventBus, settings: Settings) -> None:
    """Whoever can write into the queue must not be able to run code (I8)."""
    queue = open_queue(settings, database, SystemClock(), {})
    queue.wake()
    jobs = sqlite3.connect(settings.data_dir / "jobs.db")
    (data,) = jobs.execute("SELECT data FROM task").fetchone()
    jobs.close()
    assert json.loads(data)[1].endswith(".deliver_outbox")


def test_nightly_tasks_wait_once_with_what_they_are_told(
    database: Database, bus: EventBus, settings: Settings
) -> None:
    tasks = nightly_tasks(settings)
    assert [enqueue_once(database, tasks) for _ in range(2)] == [len(tasks), 0]
    with database.reading() as db:
        rows = db.execute(select(OutboxMessage.task, OutboxMessage.payload).order_by(OutboxMessage.task))
        waiting = {row.task: row.payload for row in rows}
    assert waiting == tasks
    assert waiting["purge_accounts"] == {"idle_minutes": 480}


def test_every_nightly_task_is_known(settings: Settings) -> None:
    database = open_database(settings)
    assert nightly_tasks(settings).keys() <= database.info[BUS].tasks.keys()
    database.close()


def test_night_in_shanghai_is_the_evening_before_in_utc() -> None:
    assert nightly_utc() == ("19", "10")
