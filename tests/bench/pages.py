"""What pages cost for each kind of person: learners, managers, supervisors, the public."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from tests.bench.district import district_site, report_district
from tests.bench.learner import first_view, learner_site
from tests.bench.measuring import place, report
from tests.bench.team import team_site

PEOPLE = [100, 5000, 20000]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--people", type=int, nargs="+", default=PEOPLE)
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--postgresql", action="store_true", help="measure on PostgreSQL as well")
    parser.add_argument("--of", choices=list(KINDS), nargs="+", default=list(KINDS), help="whose pages")


def run(options: argparse.Namespace) -> list[dict[str, Any]]:
    """A row per kind of person, engine and number of people."""
    engines = ("sqlite", "postgresql")[: 1 + options.postgresql]
    return [
        _measure(kind, engine, people, options.rounds)
        for engine in engines
        for kind in options.of
        for people in options.people
    ]


def _measure(kind: str, engine: str, people: int, rounds: int) -> dict[str, Any]:
    with place(engine) as (folder, url):
        found = KINDS[kind](folder, url, people, rounds)
    return {"of": kind, "engine": engine, "people": people, "rounds": rounds, **found}


def _learner(folder: Path, url: str | None, people: int, rounds: int) -> dict[str, Any]:
    with learner_site(folder, learners=people, url=url) as site:
        return report(site, rounds) | {"first_view": first_view(site.learner)}


def _manager(folder: Path, url: str | None, people: int, rounds: int) -> dict[str, Any]:
    with team_site(folder, people=people, url=url) as site:
        return report(site, rounds)


def _supervisor(folder: Path, url: str | None, people: int, rounds: int) -> dict[str, Any]:
    with district_site(folder, people=people, url=url) as site:
        return report_district(site, rounds)


KINDS = {"learner": _learner, "manager": _manager, "supervisor": _supervisor}
