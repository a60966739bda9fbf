"""What the manager's pages cost with many people below: `python -m tests.bench.team [--people 100 1000 20000]`."""

from __future__ import annotations

import argparse
import json
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient

from lms.app import create_app
from lms.ports.clock import FixedClock
from tests import world
from tests.bench.__main__ import postgres
from tests.bench.pages import COMPRESSED, counted, empty_page
from tests.conftest import NOON
from tests.factories.accounts import sign_in_as
from tests.factories.people import DEPARTMENTS, add_people, make_firm

PAGES = {
    "team": "/team",
    "search": "/team?q=立群",
    "by_name": "/team?sort=name",
    "last_page": "/team?page=99999",
    "open_row": "/team?open={person}",
    "person": "/team/people/{person}",
    "gaps": "/team/gaps",
    "modules": "/team/modules",
    "assign": "/team/organizations/{firm}/assign",
    "csv": "/team.csv",
}
WARM_UP = 3


@dataclass(frozen=True)
class TeamSite:
    """A manager's browser, and the pages that are measured."""

    client: FlaskClient
    pages: dict[str, str]


@contextmanager
def team_site(folder: Path, *, people: int, url: str | None = None) -> Iterator[TeamSite]:
    """An enterprise of forty departments with so many people, served as in production."""
    world.make_world(folder, url)
    with world.opened(folder, url) as database:
        with database.writing() as db:
            firm = make_firm(db, departments=DEPARTMENTS)
            ids = add_people(db, firm, people)
        settings = replace(world.world_settings(folder, url), is_testing=False)
        app = create_app(settings, database=database, clock=FixedClock(NOON))
        client = sign_in_as(app, firm.manager_id)
        first = re.search(r'id="person-(\d+)"', client.get("/team").get_data(as_text=True))
        person = first[1] if first else ids[0]
        ways = {name: way.format(person=person, firm=firm.organization_id) for name, way in PAGES.items()}
        yield TeamSite(client, ways)


def measure(one: TeamSite, rounds: int) -> dict[str, Any]:
    """Median and worst milliseconds, the ratio to an empty page of the same run, queries and bytes."""
    empty = statistics.median(_times(empty_page(), rounds))
    found: dict[str, Any] = {"empty_ms": round(empty, 2)}
    for name, url in one.pages.items():
        times = _times(lambda url=url: one.client.get(url, headers=COMPRESSED).close(), rounds)
        with counted() as statements:
            answer = one.client.get(url, headers=COMPRESSED)
        assert answer.status_code == 200, f"{url} answers {answer.status_code}"
        median = statistics.median(times)
        found[name] = {
            "median_ms": round(median, 2),
            "worst_ms": round(max(times), 2),
            "ratio_to_empty": round(median / empty, 1),
            "queries": len(statements),
            "bytes_gzip": len(answer.get_data()),
        }
    return found


def _times(ask: Any, rounds: int) -> list[float]:
    times = []
    for n in range(rounds + WARM_UP):
        begun = time.perf_counter()
        ask()
        if n >= WARM_UP:
            times.append((time.perf_counter() - begun) * 1000)
    return times


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.team", description=__doc__)
    parser.add_argument("--people", type=int, nargs="+", default=[100, 1000, 20000])
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--postgresql", action="store_true", help="measure on PostgreSQL as well")
    options = parser.parse_args(arguments)
    runs = []
    for engine in ("sqlite", "postgresql")[: 1 + options.postgresql]:
        for people in options.people:
            with tempfile.TemporaryDirectory() as name:
                folder = Path(name)
                server = postgres(folder / "postgres") if engine == "postgresql" else nullcontext(None)
                with server as url, team_site(folder, people=people, url=url) as one:
                    runs.append({"engine": engine, "people": people, **measure(one, options.rounds)})
    print(json.dumps(runs, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
