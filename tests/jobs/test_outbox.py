"""The outbox: born with its cause, done once, tried again when it fails."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.db.transaction import Database
from lms.domain.events import Event
from lms.jobs.outbox import BUS, MAX_TRIES, EventBus, OutboxMessage, deliver, publish
from tests.conftest import NOON


@dataclass(frozen=True)
class Rained(Event):
    litres: int


@pytest.fixture
def nudges() -> list[str]:
    return []


@pytest.fixture
def bus(database: Database, nudges: list[str]) -> EventBus:
    """A bus on which rain is noted later, as a row that the task adds."""
    made = EventBus(later={Rained: ("note_rain",)}, tasks={"note_rain": note_rain, "fail": fail})
    made.nudge = lambda: nudges.append("nudge")
    database.info[BUS] = made
    return made


def note_rain(db: Session, payload: Mapping[str, Any], now: datetime) -> None:
    db.add(OutboxMessage(task="effect", payload=dict(payload), done_at=now))


def fail(db: Session, payload: Mapping[str, Any], now: datetime) -> None:
    db.add(OutboxMessage(task="effect", payload={}, done_at=now))
    db.flush()
    raise ConnectionError("no network")


def effects(database: Database) -> list[Any]:
    with database.reading() as db:
        return list(db.scalars(select(OutboxMessage.payload).where(OutboxMessage.task == "effect")))


def add_failing(database: Database) -> int:
    with database.writing() as db:
        row = OutboxMessage(task="fail", payload={})
        db.add(row)
        db.flush()
        return row.id


def test_a_job_is_born_in_the_transaction_of_its_cause(
    database: Database, bus: EventBus, nudges: list[str]
) -> None:
    with suppress(ZeroDivisionError), database.writing() as db:
        publish(db, Rained(litres=1))
        raise ZeroDivisionError
    assert (deliver(database, now=NOON), nudges) == (0, [])
    with database.writing() as db:
        publish(db, Rained(litres=2))
        assert nudges == []
    assert (deliver(database, now=NOON), nudges) == (1, ["nudge"])
    assert effects(database) == [{"litres": 2}]


def test_a_job_is_done_once(database: Database, bus: EventBus) -> None:
    with database.writing() as db:
        publish(db, Rained(litres=3))
    assert [deliver(database, now=NOON) for _ in range(3)] == [1, 0, 0]
    assert effects(database) == [{"litres": 3}]


def test_a_failing_job_leaves_nothing_but_its_error_and_lets_others_pass(
    database: Database, bus: EventBus
) -> None:
    failing = add_failing(database)
    with database.writing() as db:
        publish(db, Rained(litres=4))
    assert deliver(database, now=NOON) == 1
    assert effects(database) == [{"litres": 4}]
    with database.reading() as db:
        row = db.get_one(OutboxMessage, failing)
        assert (row.tries, row.error, row.done_at) == (1, "ConnectionError: no network", None)
        assert row.due_at == NOON + timedelta(minutes=2)


def test_a_failing_job_is_tried_again_with_growing_pauses_and_then_left(
    database: Database, bus: EventBus
) -> None:
    failing, now = add_failing(database), NOON
    for tries in range(1, MAX_TRIES + 1):
        deliver(database, now=now)
        with database.reading() as db:
            row = db.get_one(OutboxMessage, failing)
            assert (row.tries, row.due_at) == (tries, now + timedelta(minutes=2**tries))
        deliver(database, now=now + timedelta(minutes=2**tries) - timedelta(seconds=1))
        now += timedelta(minutes=2**tries)
    deliver(database, now=now + timedelta(days=365))
    with database.reading() as db:
        assert db.get_one(OutboxMessage, failing).tries == MAX_TRIES
