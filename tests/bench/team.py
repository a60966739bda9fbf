"""The pages of a manager with many people below."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from flask.testing import FlaskClient

from lms.app import create_app
from lms.ports.clock import FixedClock
from tests import world
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


@dataclass(frozen=True)
class TeamSite:
    """A manager's browser, and the pages that are measured."""

    browser: FlaskClient
    pages: dict[str, str]

    def client(self, page: str) -> FlaskClient:
        return self.browser


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
