"""The browser, one server per journey, and the worker that all journeys share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path

import pytest
from jinja2 import FileSystemBytecodeCache
from playwright.sync_api import Browser

from tests import world
from tests.journeys.browser import DESKTOP, PHONE, Visitor, chromium, visitor
from tests.journeys.server import LiveServer, running

HERE = Path(__file__).parent
Open = Callable[..., AbstractContextManager[Visitor]]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Journeys keep to one worker: a second browser would only slow the first."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.journey)
            item.add_marker(pytest.mark.xdist_group("journeys"))


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


@pytest.fixture
def server(
    first_world: Path, tmp_path: Path, compiled_templates: FileSystemBytecodeCache
) -> Iterator[LiveServer]:
    with running(world.copy_world(first_world, tmp_path / "world")) as live:
        live.app.jinja_env.bytecode_cache = compiled_templates
        yield live


@pytest.fixture
def open_browser(browser: Browser, server: LiveServer) -> Open:
    """Opens a browser on the server: `open_browser(width=…, language=…)`."""
    return partial(visitor, browser, server.url)


WAYS = [(PHONE, "zh"), (DESKTOP, "zh"), (PHONE, "en"), (DESKTOP, "en")]


@pytest.fixture(params=WAYS, ids=lambda way: f"{way[0]}-{way[1]}")
def person(request: pytest.FixtureRequest, open_browser: Open) -> Iterator[Visitor]:
    """Somebody with a phone or a desktop who reads Chinese or English."""
    width, language = request.param
    with open_browser(width=width, language=language) as opened:
        yield opened
