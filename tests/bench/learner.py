"""The pages of a learner, and what a first visit fetches."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urljoin

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from lms.app import create_app
from lms.db.transaction import Database
from lms.features.assessment.models import Attempt
from lms.ports.clock import FixedClock
from tests import world
from tests.bench.measuring import compressed_bytes
from tests.conftest import NOON
from tests.factories.accounts import sign_in_as
from tests.factories.crowd import add_crowd

LINKED = re.compile(r'<(?:link|script|img|source)\b[^>]*?\b(?:href|src)="([^"]+)"')
SPRITE = re.compile(r'<use\b[^>]*?href="([^"#]+)#')
IN_STYLE = re.compile(r"url\(\s*['\"]?([^'\")]+)['\"]?\s*\)")
IN_SCRIPT = re.compile(r"""(?:from|import)\s*\(?\s*['"](\.{1,2}/[^'"]+|/[^'"]+)['"]""")
NOT_FETCHED = re.compile(r'rel="(?:manifest|canonical|alternate)"')


@dataclass(frozen=True)
class LearnerSite:
    """The application with browsers of a learner and of nobody, and the pages that are measured."""

    app: Flask
    learner: FlaskClient
    nobody: FlaskClient
    pages: dict[str, str]

    def client(self, page: str) -> FlaskClient:
        return self.nobody if page == "sign_in" else self.learner


@contextmanager
def learner_site(folder: Path, *, learners: int, url: str | None = None) -> Iterator[LearnerSite]:
    """The small world with `learners` more people in it, served as in production."""
    world.make_world(folder, url)
    with world.opened(folder, url) as database:
        if learners:
            with database.writing() as db:
                add_crowd(db, learners)
        yield open_site(folder, database, url)


def open_site(folder: Path, database: Database, url: str | None = None) -> LearnerSite:
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
    return LearnerSite(app, sign_in_as(app, owner), app.test_client(), pages)


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
