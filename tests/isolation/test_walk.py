"""Nobody sees what is not theirs: every route × everybody × own, a colleague's, foreign and missing things."""

from __future__ import annotations

import pytest

from tests.isolation.expectations import ALLOWED
from tests.isolation.people import WALKERS
from tests.isolation.rounds import BY_NAME, PlacedWorld, tries_of, walk
from tests.isolation.walk import Walk

LEAST_CHECKS = 5_000
# Whose eyes must meet which texts, and where: a world in which no canary sings would prove nothing.
SONGS = {
    "learner": (
        ("home.show_home", "notifications.show_inbox", "learning.show_module", "learning.show_lesson"),
        {"title", "name", "waiver", "refusal", "question", "answer"},
    ),
    "instructor": (
        ("studio.show_desk", "studio.show_questions", "uploads.show_upload", "uploads.show_preview"),
        {"title", "draft", "name", "question", "answered", "answer"},
    ),
    "manager": (
        ("organizations.export_people", "people_lists.show_list", "team.show_person", "people.show_person"),
        {"name", "signin", "staff", "row", "waiver", "zh", "en"},
    ),
    "supervisor": (
        ("district.list_rows", "studio.show_wishes", "studio.show_answers"),
        {"name", "zh", "title"},
    ),
    "auditor": (("trail.show_trail", "trail.export_trail"), {"name"}),
}


@pytest.mark.parametrize("name", BY_NAME)
def test_nobody_gets_what_is_not_theirs(sqlite_world: PlacedWorld, name: str) -> None:
    app, world = sqlite_world
    problems = walk(app, tries_of(sqlite_world), Walk(app, world, BY_NAME[name]))
    assert problems == [], "\n".join(problems)


@pytest.mark.parametrize("name", SONGS)
def test_the_canaries_sing_for_their_owners(sqlite_world: PlacedWorld, name: str) -> None:
    app, world = sqlite_world
    endpoints, kinds = SONGS[name]
    found = Walk(app, world, BY_NAME[name])
    assert walk(app, [one for one in tries_of(sqlite_world) if one.endpoint in endpoints], found) == []
    heard = {one.kind for one in found.seen}
    assert kinds - {"zh", "en"} <= heard
    assert not kinds & {"zh", "en"} or heard & {"zh", "en"}


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
