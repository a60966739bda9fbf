"""The product as it is served, on a copy of the small world, with a clock that tests can move."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import waitress
from flask import Flask

from lms.app import create_app
from lms.db.transaction import Database
from lms.ports.clock import FixedClock
from tests import world
from tests.conftest import NOON

THREADS = 4


@dataclass(frozen=True)
class LiveServer:
    """A running server: its address, and what lies behind it."""

    url: str
    app: Flask
    database: Database
    clock: FixedClock


@contextmanager
def running(folder: Path) -> Iterator[LiveServer]:
    """Serve the installation in `folder` with waitress until the block ends."""
    with world.opened(folder) as database:
        clock = FixedClock(NOON)
        app = create_app(world.world_settings(folder), database=database, clock=clock)
        server = waitress.create_server(app, host="127.0.0.1", port=0, threads=THREADS, ident=None)
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        try:
            yield LiveServer(f"http://127.0.0.1:{server.effective_port}", app, database, clock)
        finally:
            server.task_dispatcher.shutdown(timeout=5)  # answers under way are finished first
            server.close()
            thread.join(timeout=5)
