"""The running product: waitress and, in the embedded form, the worker in one process."""

from __future__ import annotations

import errno
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from types import FrameType
from typing import Any

from flask import Flask

from lms.app import create_app, nightly_tasks, open_database
from lms.config import ConfigurationError, Settings, read_settings
from lms.db.lock import owning_database
from lms.db.transaction import Database
from lms.db.upgrade import current_revision, newest_revision
from lms.jobs.queue import open_queue, running_worker
from lms.ports.clock import SystemClock

DEMO_ACCOUNTS = "demo-accounts.txt"
PORTS_TRIED = 100


def serve(settings: Settings, *, say: Callable[[str], None]) -> None:
    """Answer requests until SIGINT or SIGTERM; without Redis the worker runs in this process too.

    :raises ConfigurationError: the port is taken, or the database is not the one this code expects
    :raises DatabaseInUse: another process has the SQLite file
    """
    with stopping_on_signals(), owning_database(settings), listening(settings) as door:
        database = open_checked(settings)
        queue = open_queue(settings, database, SystemClock(), nightly_tasks(settings))
        server = _make_server(create_app(settings, database=database), settings, door)
        say(greeting(settings))
        try:
            with nullcontext() if settings.redis_url else running_worker(queue):
                server.run()  # returns when a signal has come
        finally:
            server.close()
            database.close()
            say("Stopped.")


def work(settings: Settings, *, say: Callable[[str], None], has_scheduler: bool, threads: int) -> None:
    """Do the jobs of several servers until SIGINT or SIGTERM.

    :raises ConfigurationError: there is no Redis, so that `lms serve` does the jobs itself
    """
    if not settings.redis_url:
        raise ConfigurationError("LMS_REDIS_URL is not set: without Redis `lms serve` does the jobs itself.")
    database = open_checked(settings)
    queue = open_queue(settings, database, SystemClock(), nightly_tasks(settings))
    say(f"Working with {threads} threads{' and the scheduler' if has_scheduler else ''}; Ctrl-C stops.")
    try:
        with stopping_on_signals(), running_worker(queue, threads=threads, has_scheduler=has_scheduler):
            while True:
                signal.pause()
    except KeyboardInterrupt:
        say("Stopped.")
    finally:
        database.close()


def make_wsgi() -> Flask:
    """The application for another WSGI server, as in `gunicorn 'lms.server:make_wsgi()'`.

    :raises ConfigurationError: the settings are for the embedded form, which one process owns
    """
    settings = read_settings()
    if not settings.redis_url or settings.is_sqlite:
        raise ConfigurationError("Several processes need LMS_DATABASE_URL (PostgreSQL) and LMS_REDIS_URL.")
    database = open_checked(settings)
    open_queue(settings, database, SystemClock(), nightly_tasks(settings))
    return create_app(settings, database=database)


def open_checked(settings: Settings) -> Database:
    """The database, if it has the tables this code expects.

    :raises ConfigurationError: it has not; says what to do
    """
    path = settings.sqlite_path
    if path is not None and not path.exists():
        raise ConfigurationError(f"There is no database at {path} yet: run `lms db upgrade` first.")
    database = open_database(settings)
    found, expected = current_revision(database), newest_revision()
    if found != expected:
        database.close()
        state = f"at revision {found or 'none'}, this version needs {expected}"
        raise ConfigurationError(f"The database is {state}: run `lms db upgrade`.")
    return database


@contextmanager
def stopping_on_signals() -> Iterator[None]:
    """Let SIGTERM end the process in the same orderly way as Ctrl-C."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def listening(settings: Settings) -> Iterator[socket.socket]:
    """A socket on the address and port of the settings.

    :raises ConfigurationError: the port is taken; names one that is free
    """
    family = socket.AF_INET6 if ":" in settings.bind else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as door:
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            door.bind((settings.bind, settings.port))
        except OSError as error:
            raise ConfigurationError(_cannot_listen(settings, family, error)) from None
        yield door


def _cannot_listen(settings: Settings, family: socket.AddressFamily, error: OSError) -> str:
    if error.errno != errno.EADDRINUSE:
        address = f"{settings.bind}:{settings.port}"
        return f"{address} cannot be listened on: {error.strerror}. See LMS_BIND and LMS_PORT."
    others = range(settings.port + 1, 65536)[:PORTS_TRIED]
    free = next((port for port in others if _is_free(settings, family, port)), None)
    proposal = f"{free} is free: set LMS_PORT={free} and start again." if free else "set LMS_PORT to another."
    return f"Port {settings.port} is taken on {settings.bind}; {proposal}"


def _is_free(settings: Settings, family: socket.AddressFamily, port: int) -> bool:
    with socket.socket(family, socket.SOCK_STREAM) as door:
        try:
            door.bind((settings.bind, port))
        except OSError:
            return False
    return True


def _make_server(app: Flask, settings: Settings, door: socket.socket) -> Any:
    from waitress import create_server

    return create_server(
        app,
        sockets=[door],
        threads=settings.threads,
        ident=None,
        # without a trusted proxy nobody may say on whose behalf a request comes (safety.md W5)
        clear_untrusted_proxy_headers=settings.trusted_proxies == 0,
    )


def greeting(settings: Settings) -> str:
    """The address, and who can sign in with what when a demo exists."""
    lines = [f"Terrace 学阶 runs at {settings.base_url}"]
    accounts = demo_accounts_path(settings)
    if accounts.exists():
        lines += ["", accounts.read_text().rstrip()]
    return "\n".join([*lines, "", "Ctrl-C stops it."])


def demo_accounts_path(settings: Settings) -> Path:
    """Where the demo's sign-in names and their password are kept, readable by the owner only."""
    return settings.data_dir / DEMO_ACCOUNTS
