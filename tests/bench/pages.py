"""What pages cost: server time, queries and bytes, beside an empty Flask page of the same run."""

from __future__ import annotations

import re
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, event, select

from lms.app import create_app
from lms.db.transaction import Database
from lms.features.assessment.models import Attempt
from lms.ports.clock import FixedClock
from tests import world
from tests.conftest import NOON
from tests.factories.accounts import sign_in_as
from tests.factories.crowd import add_crowd

COMPRESSED = {"Accept-Encoding": "gzip"}
WARM_UP = 5
LINKED = re.compile(r'<(?:link|script|img|source)\b[^>]*?\b(?:href|src)="([^"]+)"')
SPRITE = re.compile(r'<use\b[^>]*?href="([^"#]+)#')
IN_STYLE = re.compile(r"url\(\s*['\"]?([^'\")]+)['\"]?\s*\)")
IN_SCRIPT = re.compile(r"""(?:from|import)\s*\(?\s*['"](\.{1,2}/[^'"]+|/[^'"]+)['"]""")
NOT_FETCHED = re.compile(r'rel="(?:manifest|canonical|alternate)"')


@dataclass(frozen=True)
class Site:
    """The application with browsers of a learner and of nobody, and the pages that are measured."""

    app: Flask
    learner: FlaskClient
    nobody: FlaskClient
    pages: dict[str, str]

    def client(self, page: str) -> FlaskClient:
        return self.nobody if page == "sign_in" else self.learner


@contextmanager
def site(folder: Path, *, learners: int, url: str | None = None) -> Iterator[Site]:
    """The small world with `learners` more people in it, served as in production."""
    world.make_world(folder, url)
    with world.opened(folder, url) as database:
        if learners:
            with database.writing() as db:
                add_crowd(db, learners)
        yield open_site(folder, database, url)


def open_site(folder: Path, database: Database, url: str | None = None) -> Site:
    settings = replace(world.world_settings(folder, url), is_testing=False)
    app = create_app(settings, database=database, clock=FixedClock(NOON))
    with database.reading() as db:
        owner = world.get_user_id(db, world.ZHOU)
        query = select(Attempt.uuid).where(Attempt.learner_id == owner, Attempt.status == "started")
        attempt = db.scalars(query).one()
    pages = {
        "home": "/",
        "curriculum_map": "/curriculum",
        "curriculum_list": "/curriculum/list",
        "search": "/curriculum/list?q=发票",
        "module": f"/modules/{world.BEGUN}",
        "lesson": f"/modules/{world.BEGUN}/lessons/2",
        "quiz_question": f"/attempts/{attempt}/1",
        "skills": "/skills",
        "record": "/record",
        "sign_in": "/sign-in",
    }
    return Site(app, sign_in_as(app, owner), app.test_client(), pages)


def empty_page() -> Callable[[], object]:
    """One view of a bare Flask application, asked by the same client."""
    app = Flask("empty")
    app.add_url_rule("/", view_func=lambda: "<!doctype html><title>empty</title>")
    client = app.test_client()
    return lambda: client.get("/", headers=COMPRESSED).close()


@dataclass(frozen=True)
class Times:
    """Milliseconds of one page: by the clock on the wall, and of the processor alone."""

    wall: list[float]
    cpu: list[float]


def measure_times(one: Site, rounds: int) -> dict[str, Times]:
    """Times per page, in turns, so that a busy machine troubles all alike.

    On a machine shared with others the wall clock counts their work too; the processor's time does not."""
    asks: dict[str, Callable[[], object]] = {"empty": empty_page()}
    asks |= {name: _ask(one.client(name), url) for name, url in one.pages.items()}
    times = {name: Times([], []) for name in asks}
    for n in range(rounds + WARM_UP):
        for name, ask in asks.items():
            wall, cpu = time.perf_counter(), time.thread_time()
            ask()
            if n >= WARM_UP:
                times[name].cpu.append((time.thread_time() - cpu) * 1000)
                times[name].wall.append((time.perf_counter() - wall) * 1000)
    return times


def _ask(client: FlaskClient, url: str) -> Callable[[], object]:
    return lambda: client.get(url, headers=COMPRESSED).close()


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


def count_queries(one: Site) -> dict[str, int]:
    """Queries per page, of a page that has been asked for before."""
    found = {}
    for name, url in one.pages.items():
        one.client(name).get(url).close()
        with counted() as statements:
            answer = one.client(name).get(url)
        assert answer.status_code == 200, f"{url} answers {answer.status_code}"
        found[name] = len(statements)
    return found


def compressed_bytes(client: FlaskClient, url: str) -> int:
    return len(client.get(url, headers=COMPRESSED).get_data())


def first_view(client: FlaskClient, url: str = "/") -> dict[str, int]:
    """Requests and compressed bytes of a first visit: the page and everything it fetches by itself."""
    sizes = {url: compressed_bytes(client, url)}
    waiting = [urljoin(url, link) for link in _links(client.get(url).get_data(as_text=True))]
    while waiting:
        address = waiting.pop().partition("#")[0]
        if address in sizes or address.startswith("data:"):
            continue
        sizes[address] = compressed_bytes(client, address)
        answer = client.get(address)
        if answer.mimetype in ("text/css", "text/javascript"):
            pattern = IN_STYLE if answer.mimetype == "text/css" else IN_SCRIPT
            waiting += [urljoin(address, link) for link in pattern.findall(answer.get_data(as_text=True))]
        answer.close()
    return {"requests": len(sizes), "bytes": sum(sizes.values())}


def _links(html: str) -> list[str]:
    tags = [match for match in LINKED.finditer(html) if not NOT_FETCHED.search(match.group())]
    return [match.group(1) for match in tags] + SPRITE.findall(html)


def report(one: Site, rounds: int) -> dict[str, Any]:
    """Everything about one installation."""
    queries = count_queries(one)
    times = measure_times(one, rounds)
    empty = times["empty"]
    pages = {
        name: {
            **_figures(times[name], empty),
            "queries": queries[name],
            "bytes_gzip": compressed_bytes(one.client(name), url),
        }
        for name, url in one.pages.items()
    }
    return {"empty": _figures(empty, empty), "pages": pages, "first_view": first_view(one.learner)}


def _figures(times: Times, empty: Times) -> dict[str, float]:
    return {
        "median_ms": round(statistics.median(times.wall), 2),
        "p95_ms": round(statistics.quantiles(times.wall, n=20)[-1], 2),
        "cpu_median_ms": round(statistics.median(times.cpu), 2),
        "ratio_to_empty": round(statistics.median(times.wall) / statistics.median(empty.wall), 1),
        "cpu_ratio_to_empty": round(statistics.median(times.cpu) / statistics.median(empty.cpu), 1),
    }
