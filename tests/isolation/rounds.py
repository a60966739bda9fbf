"""The whole walk of one person, and what it needs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from flask import Flask
from sqlalchemy import select

from lms.app import create_app, session_info
from lms.config import Settings
from lms.features.catalog.models import Question
from lms.features.recommendations.mastery import MASTERY_MODELS
from lms.ports.clock import FixedClock
from lms.web.limits import limiter
from tests.conftest import NOON
from tests.factories.answers import put_figures
from tests.isolation.people import WALKERS
from tests.isolation.searches import list_searches
from tests.isolation.things import Try, all_tries, draft_tries, make_bundles, placed_tries
from tests.isolation.walk import UndoneDatabase, Walk
from tests.isolation.world import World, make_world
from tests.security.test_changes import fingerprints

PlacedWorld = tuple[Flask, World]
BY_NAME = {walker.name: walker for walker in WALKERS}
FORM = {
    "reason": "because",
    "text": "words",
    "answer": "later",
    "choice": "a",
    "name_zh": "新名",
    "name_en": "New",
}


def walk(app: Flask, tries: list[Try], found: Walk) -> list[str]:
    """Walk with one person; afterwards nothing has changed."""
    database: UndoneDatabase = app.extensions["database"]
    client = found.enter()
    before = fingerprints(app)
    database.is_undoing = True
    try:
        for one in tries:
            found.go(client, one, FORM | form_of(one))
    finally:
        database.is_undoing = False
    found.end()
    if fingerprints(app) != before:
        found.problems.append(f"{found.walker.name}: something has been changed for good")
    return found.problems


def form_of(one: Try) -> dict[str, str]:
    """What makes a change of this thing complete enough to get to the end."""
    if one.bundle is None or one.bundle.is_missing:
        return {}
    return {"parent_id": str(one.bundle.values["organization_id"])}


def tries_of(placed: PlacedWorld) -> list[Try]:
    app, world = placed
    bundles = make_bundles(world)
    pages = (all_tries(app, bundles), draft_tries(bundles), placed_tries(app, bundles))
    return [*(one for page in pages for one in page), *list_searches(app, world)]


def open_world(url: str, folder: Path) -> Iterator[PlacedWorld]:
    """The application on a migrated database at `url`, filled with the world."""
    clock = FixedClock(NOON)
    database = UndoneDatabase(url, info=session_info(clock))
    world = make_world(database, folder)
    with database.reading() as db:
        questions = db.scalars(select(Question.id).order_by(Question.id.desc())).all()
    database.info[MASTERY_MODELS] = put_figures(
        folder / "mastery", [(one, 40, 9, 9, 0.9) for one in questions]
    )
    settings = Settings(
        data_dir=folder,
        database_url=url,
        content_dir=folder / "curriculum",
        secret_key="a key for tests only",
        argon2_memory_kib=64,
        argon2_time_cost=1,
        is_testing=True,
    )
    app = create_app(settings, database=database, clock=clock)
    app.config["WTF_CSRF_ENABLED"] = False
    was_limited, limiter.enabled = limiter.enabled, False
    yield app, world
    limiter.enabled = was_limited
    database.close()
