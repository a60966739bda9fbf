"""One process owns the embedded database: a lock on `<db>.lock` beside it (safety.md fact 2)."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lms.config import Settings


class DatabaseInUse(Exception):
    """Another process has the embedded database; the message is one readable sentence."""


def lock_path(database: Path) -> Path:
    """The side file that carries the lock of a SQLite file."""
    return database.with_name(database.name + ".lock")


@contextmanager
def owning_database(settings: Settings) -> Iterator[None]:
    """Own the SQLite file until the block ends; on PostgreSQL, which has owners enough, do nothing.

    :raises DatabaseInUse: a server or a writing command has it
    """
    path = settings.sqlite_path
    if path is None:
        yield
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with lock_path(path).open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise DatabaseInUse(_sentence(path, _owner(path))) from None
        file.truncate(0)
        file.write(f"{os.getpid()}\n")
        file.flush()
        yield  # closing the file gives the lock back, and so does the end of the process


def is_database_owned(settings: Settings) -> bool:
    """Whether another process has the SQLite file at this moment."""
    path = settings.sqlite_path
    if path is None or not lock_path(path).exists():
        return False
    with lock_path(path).open() as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            return True
    return False


def _owner(path: Path) -> str:
    text = lock_path(path).read_text().strip()
    return f"Process {text}" if text.isdecimal() else "Another process"


def _sentence(path: Path, owner: str) -> str:
    return f"{owner} has the database {path}; one process owns an SQLite file."
