"""Engines and transactions: the only module that commits.

SQLite is given one writing connection behind a fair lock of the process, held from BEGIN IMMEDIATE to COMMIT,
and reading connections that cannot write (safety.md facts 2–4). PostgreSQL gets the same two doors.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from types import TracebackType
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

BEFORE_COMMIT = "before_commit"
VERY_LAST = "very_last"
AFTER_COMMIT = "after_commit"


class FairLock:
    """A lock that is handed over in the order in which threads asked for it."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._waiting: deque[threading.Lock] = deque()
        self._is_held = False

    def __enter__(self) -> None:
        with self._guard:
            if not self._is_held:
                self._is_held = True
                return
            turn = threading.Lock()
            turn.acquire()
            self._waiting.append(turn)
        turn.acquire()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._guard:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._is_held = False


class Database:
    """The two doors to one database: `reading()` and `writing()`."""

    def __init__(self, url: str, *, info: dict[str, Any] | None = None) -> None:
        self.is_sqlite = url.startswith("sqlite")
        self.info: dict[str, Any] = info if info is not None else {}
        self.reader, self.writer = _sqlite_engines(url) if self.is_sqlite else _server_engines(url)
        self._turn: AbstractContextManager[None] = FairLock() if self.is_sqlite else nullcontext()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that sees one snapshot and cannot write."""
        with Session(self.reader, autoflush=False, info=dict(self.info)) as session:
            yield session
            session.rollback()

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A session whose changes are committed together when the block ends, or not at all."""
        with self._turn, Session(self.writer, info=dict(self.info)) as session:
            yield session
            _say_last_words(session)
            session.commit()
            callbacks: list[Callable[[], None]] = session.info.get(AFTER_COMMIT, [])
        for callback in callbacks:
            callback()

    def close(self) -> None:
        self.reader.dispose()
        self.writer.dispose()


def before_commit(db: Session, callback: Callable[[Session], None], *, is_very_last: bool = False) -> None:
    """Call back when nothing but the commit is left to do in the transaction of `db`, still inside of it.

    `is_very_last`: after all the others, because it takes a lock that must not be held while others are waited
    for."""
    db.info.setdefault(VERY_LAST if is_very_last else BEFORE_COMMIT, []).append(callback)


def _say_last_words(session: Session) -> None:
    """Call back those who asked for it, and those who ask while that is done."""
    while waiting := session.info.get(BEFORE_COMMIT) or session.info.get(VERY_LAST):
        waiting.pop(0)(session)


def after_commit(db: Session, callback: Callable[[], None]) -> None:
    """Call back once the transaction of `db` has been committed, outside of it."""
    db.info.setdefault(AFTER_COMMIT, []).append(callback)


def _sqlite_engines(url: str) -> tuple[Engine, Engine]:
    connect_args = {"timeout": 30, "check_same_thread": False}
    reader = create_engine(url, connect_args=connect_args, pool_size=16, max_overflow=16)
    writer = create_engine(url, connect_args=connect_args, pool_size=1, max_overflow=0)
    _prepare(reader, ("PRAGMA query_only=ON", "PRAGMA wal_autocheckpoint=0"), begin="BEGIN")
    _prepare(writer, ("PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL"), begin="BEGIN IMMEDIATE")
    return reader, writer


def _prepare(engine: Engine, pragmas: tuple[str, ...], *, begin: str) -> None:
    @event.listens_for(engine, "connect")
    def on_connect(connection: Any, record: object) -> None:
        connection.isolation_level = None  # the driver would begin transactions lazily and break savepoints
        for pragma in ("PRAGMA foreign_keys=ON", *pragmas):
            connection.execute(pragma)

    @event.listens_for(engine, "begin")
    def on_begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)


def _server_engines(url: str) -> tuple[Engine, Engine]:
    engine = create_engine(url, pool_size=8, max_overflow=8, pool_pre_ping=True)
    reader = engine.execution_options(postgresql_readonly=True, isolation_level="REPEATABLE READ")
    return reader, engine
