"""Query counts and weights are promises; times are figures only (issue 2)."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from flask import Flask

from tests import world
from tests.bench.learner import LearnerSite, first_view, learner_site, open_site
from tests.bench.measuring import count_queries, counted
from tests.conftest import own_database
from tests.factories.crowd import add_crowd, add_history

MAX_HOME_QUERIES = 8
MAX_PAGE_QUERIES = 15
MAX_REQUESTS = 15
MAX_BYTES = 150_000


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest) -> str | None:
    """The URL of a database of its own; None for the embedded one."""
    if request.param == "sqlite":
        return None
    return own_database(request.getfixturevalue("postgres_url"), "bench")


@pytest.fixture(scope="module")
def small(
    address: str | None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[LearnerSite, Path]]:
    folder = tmp_path_factory.mktemp("bench")
    with learner_site(folder, learners=5, url=address) as one:
        yield one, folder


def test_queries_are_few_and_do_not_grow(small: tuple[LearnerSite, Path], address: str | None) -> None:
    one, folder = small
    database = one.app.extensions["database"]
    few = count_queries(one)
    assert few["home"] <= MAX_HOME_QUERIES, few
    assert max(few.values()) <= MAX_PAGE_QUERIES, few
    with database.writing() as db:
        add_crowd(db, 50)
        add_history(db, world.get_user_id(db, world.ZHOU), 30)
    assert count_queries(open_site(folder, database, address)) == few


def test_the_first_view_is_light(small: tuple[LearnerSite, Path]) -> None:
    weight = first_view(small[0].learner)
    assert weight["requests"] <= MAX_REQUESTS, weight
    assert weight["bytes"] <= MAX_BYTES, weight


def test_a_query_is_counted(world_like: Flask) -> None:
    from sqlalchemy import text

    with counted() as statements, world_like.extensions["database"].reading() as db:
        db.execute(text("SELECT 1"))
        db.execute(text("SELECT 2"))
    assert statements == ["SELECT 1", "SELECT 2"]


def test_what_a_page_fetches_is_counted() -> None:
    app = Flask("sample", static_folder=None)
    head = '<link rel="stylesheet" href="/a.css"><link rel="manifest" href="/m.json"><script src="/a.js"></script>'
    texts = {
        "/": head,
        "/a.css": "p{background:url(b.png)}",
        "/a.js": 'import "./c.js"',
        "/b.png": "",
        "/c.js": "x",
    }
    kinds = {"css": "text/css", "js": "text/javascript"}
    for path, body in texts.items():
        kind = kinds.get(path.rpartition(".")[2], "text/html")
        app.add_url_rule(path, view_func=partial(answer_with, body, kind), endpoint=path)
    assert first_view(app.test_client()) == {"requests": 5, "bytes": sum(map(len, texts.values()))}


def answer_with(body: str, kind: str) -> tuple[str, dict[str, str]]:
    return body, {"Content-Type": kind}


@pytest.fixture
def world_like(small: tuple[LearnerSite, Path]) -> Flask:
    return small[0].app
