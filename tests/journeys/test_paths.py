"""Whole paths: somebody new takes every module of a role, from its first lesson to its last quiz."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from lms.features.taxonomy.queries import list_roles
from tests import world
from tests.journeys.browser import DESKTOP, PHONE
from tests.journeys.conftest import Open
from tests.journeys.server import LiveServer
from tests.journeys.steps import (
    answer_all,
    choose_language,
    choose_role,
    enter,
    read_to_the_end,
    title_of,
    wrong_answers,
)
from tests.journeys.words import say


@pytest.mark.parametrize(
    ("role", "width", "language"),
    [
        ("safety-officer", PHONE, "zh"),
        ("office-employee", DESKTOP, "en"),
        ("trade-document-specialist", DESKTOP, "zh"),
    ],
)
def test_a_role_is_reached(
    open_browser: Open, server: LiveServer, role: str, width: int, language: str
) -> None:
    choose_language(server, world.LI, language)
    choose_role(server, world.LI, role, language)
    with server.database.reading() as db:
        path = next(row.path for row in list_roles(db) if row.slug == role)
    assert len(path) >= 3
    with open_browser(width=width, language=language) as person:
        enter(person, world.LI)
        for slug in path:
            person.visit(f"/modules/{slug}")
            person.page.get_by_role("button", name=say(language, "Begin the module")).click()
            person.page.wait_for_url(f"**/modules/{slug}/lessons/1")
            assert read_to_the_end(person, slug) >= 3
            person.page.get_by_role("button", name=say(language, "Start the quiz")).click()
            person.page.wait_for_url("**/attempts/**")
            answer_all(person, server)
            assert wrong_answers(person, server) == []
        person.visit("/record")
        for slug in path:
            expect(person.page.locator("main")).to_contain_text(title_of(server, slug, language))
        person.visit("/skills")
        met, total = re.findall(r"\d+", person.page.get_by_role("heading", level=1).inner_text())
        assert met == total, "every skill that the role asks for is met"
