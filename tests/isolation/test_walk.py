"""Nobody sees what is not theirs: every route × everybody × own, a colleague's, foreign and missing things."""

from __future__ import annotations

import pytest

from tests.isolation.expectations import ALLOWED
from tests.isolation.people import WALKERS
from tests.isolation.rounds import BY_NAME, PlacedWorld, tries_of, walk
from tests.isolation.walk import Walk

LEAST_CHECKS = 5_000


@pytest.mark.parametrize("name", BY_NAME)
def test_nobody_gets_what_is_not_theirs(sqlite_world: PlacedWorld, name: str) -> None:
    app, world = sqlite_world
    problems = walk(app, tries_of(sqlite_world), Walk(app, world, BY_NAME[name]))
    assert problems == [], "\n".join(problems)


def test_the_walk_is_long_enough(sqlite_world: PlacedWorld) -> None:
    assert len(tries_of(sqlite_world)) * len(WALKERS) >= LEAST_CHECKS
    assert len(WALKERS) >= 12


def test_every_route_stands_in_the_table(sqlite_world: PlacedWorld) -> None:
    """Both ways: a route of which nothing is agreed, and a line whose route is gone."""
    app, _ = sqlite_world
    endpoints = {rule.endpoint for rule in app.url_map.iter_rules()}
    assert endpoints - {*ALLOWED, "accounts.wear_hat"} == set()
    rooms = {*app.blueprints, "static"}
    agreed = {name for name in ALLOWED if " " not in name and name.partition(".")[0] in rooms}
    assert agreed - endpoints == set()


def test_the_same_on_postgresql(postgres_world: PlacedWorld) -> None:
    """A slice: the lists and what one manager and one stranger get."""
    app, world = postgres_world
    problems = []
    for name in ("manager-elsewhere", "learner"):
        problems += walk(app, tries_of(postgres_world), Walk(app, world, BY_NAME[name]))
    assert problems == [], "\n".join(problems)
