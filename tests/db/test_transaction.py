"""Transactions: all or nothing, one writer at a time in the order of asking, readers that cannot write (Z9)."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError

from lms.db.transaction import Database, FairLock, after_commit
from lms.jobs.outbox import OutboxMessage

PATIENCE = 10


def message(name: str) -> OutboxMessage:
    return OutboxMessage(task=name, payload={})


def write_and_fail(
    database: Database, row: OutboxMessage, *, callback: Callable[[], None] = lambda: None
) -> None:
    with suppress(ZeroDivisionError), database.writing() as db:
        db.add(row)
        db.flush()
        after_commit(db, callback)
        raise ZeroDivisionError


def count(database: Database) -> int:
    with database.reading() as db:
        return db.scalar(select(func.count()).select_from(OutboxMessage)) or 0


def test_changes_are_kept_together_or_not_at_all(database: Database) -> None:
    with database.writing() as db:
        db.add_all([message("one"), message("two")])
    write_and_fail(database, message("three"))
    assert count(database) == 2


def test_a_failed_change_gives_the_turn_to_the_next(database: Database) -> None:
    write_and_fail(database, message("failed"))
    with database.writing() as db:
        db.add(message("next"))
    assert count(database) == 1


def test_a_reader_cannot_write(database: Database) -> None:
    with database.reading() as db:
        db.add(message("from a page"))
        with pytest.raises(DBAPIError, match=r"readonly|read-only"):
            db.flush()
    assert count(database) == 0


def test_a_reader_sees_one_moment(database: Database) -> None:
    with database.reading() as db:
        assert not db.scalars(select(OutboxMessage)).all()
        with database.writing() as other:
            other.add(message("meanwhile"))
        assert not db.scalars(select(OutboxMessage)).all()
    assert count(database) == 1


def test_a_savepoint_takes_back_its_own_part(database: Database) -> None:
    with database.writing() as db:
        db.add(message("kept"))
        savepoint = db.begin_nested()
        db.add(message("taken back"))
        db.flush()
        savepoint.rollback()
    with database.reading() as db:
        assert list(db.scalars(select(OutboxMessage.task))) == ["kept"]


def test_callbacks_come_after_the_commit_and_only_then(database: Database) -> None:
    seen: list[int] = []
    with database.writing() as db:
        db.add(message("one"))
        after_commit(db, lambda: seen.append(count(database)))
        assert not seen
    write_and_fail(database, message("two"), callback=lambda: seen.append(-1))
    assert seen == [1]


def test_a_callback_may_write(database: Database) -> None:
    def write_again() -> None:
        with database.writing() as db:
            db.add(message("two"))

    with database.writing() as db:
        db.add(message("one"))
        after_commit(db, write_again)
    assert count(database) == 2


def test_writers_do_not_lose_each_other(database: Database) -> None:
    def write(n: int) -> None:
        with database.writing() as db:
            db.add(message(str(n)))

    threads = [threading.Thread(target=write, args=(n,)) for n in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert count(database) == 12


def test_the_lock_is_handed_over_in_the_order_of_asking() -> None:
    lock, order = FairLock(), list[int]()

    def take(n: int) -> None:
        with lock:
            order.append(n)

    threads = [threading.Thread(target=take, args=(n,)) for n in range(8)]
    with lock:
        for asked, thread in enumerate(threads, start=1):
            thread.start()
            while len(lock._waiting) < asked:  # it stands in the queue before the next one asks
                thread.join(0.001)
    for thread in threads:
        thread.join(PATIENCE)
    assert order == list(range(8))
