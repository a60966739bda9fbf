"""Every page that a hat leads to, in the demo: found by its links, without a complaint, and usable by everybody."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from sqlalchemy import select

import content
from content.reader import load_curriculum
from lms.app import open_database
from lms.demo import make_demo
from lms.features.catalog.models import Question
from lms.features.catalog.service import sync_curriculum
from lms.server import demo_accounts_path
from tests import world
from tests.conftest import NOON
from tests.factories.answers import put_figures
from tests.journeys.browser import DESKTOP, PHONE, Visitor, visitor
from tests.journeys.server import LiveServer, running
from tests.journeys.steps import choose_language, sign_in
from tests.journeys.test_quality import looks

NO_PAGE = re.compile(r"\.(xlsx|csv)$|/(xlsx|csv)$|^/(curriculum|modules|static|media)\b|sign-out")
FEWEST = {"zhaoguoqiang": 10, "heyanqing": 20, "xindefang": 3, "lengxuesong": 15}


@pytest.fixture(scope="module")
def demo_server(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    folder = tmp_path_factory.mktemp("demo")
    shutil.copyfile(migrated_sqlite, folder / "terrace.db")
    settings = world.world_settings(folder)
    database = open_database(settings)
    with database.writing() as db:
        sync_curriculum(
            db, load_curriculum(Path(content.__file__).parent), now=NOON, media_dir=settings.media_dir
        )
    make_demo(database, settings, now=NOON)
    with database.reading() as db:
        questions = db.scalars(select(Question.id).order_by(Question.id)).all()
    put_figures(settings.models_dir / "mastery", [(one, 40, 40 - one % 40, 20, 0.8) for one in questions])
    database.close()
    with running(folder) as live:
        yield live


def walk(person: Visitor, start: str, look: list[tuple[int, bool]]) -> tuple[list[str], list[str]]:
    """Follow every link from the start page, one of each kind; returns the pages and what is wrong with them."""
    waiting, seen, found = [start], [], []
    while waiting:
        path = waiting.pop(0)
        seen.append(path)
        person.visit(path)
        found += looks(person, look)
        links = person.page.eval_on_selector_all(
            "main a[href^='/'], nav a[href^='/']", "links => links.map((a) => a.getAttribute('href'))"
        )
        for link in (link.partition("#")[0].partition("?")[0] for link in links):
            if not NO_PAGE.search(link) and kind(link) not in {kind(path) for path in (*seen, *waiting)}:
                waiting.append(link)
    return seen, found


def kind(path: str) -> str:
    """Pages of the same kind differ in a number only."""
    return re.sub(r"\d+", "N", path)


@pytest.mark.parametrize(
    ("language", "look"),
    [("zh", [(PHONE, False)]), ("en", [(DESKTOP, True)])],
    ids=["zh-390", "en-1440-dark"],
)
@pytest.mark.parametrize("name", list(FEWEST))
def test_every_page_of_a_hat_is_sound(
    browser: Browser, demo_server: LiveServer, name: str, language: str, look: list[tuple[int, bool]]
) -> None:
    choose_language(demo_server, name, language)
    accounts = demo_accounts_path(demo_server.app.extensions["settings"]).read_text()
    password = accounts.splitlines()[0].split()[-1]
    with visitor(browser, demo_server.url, width=look[0][0], language=language, bypass_csp=True) as person:
        person.visit("/sign-in")
        sign_in(person, name, password)
        seen, found = walk(person, person.page.url.removeprefix(demo_server.url), look)
    assert found == [], "\n".join(found)
    assert len(seen) >= FEWEST[name], seen
