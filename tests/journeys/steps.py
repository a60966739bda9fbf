"""What a learner does, in steps that several journeys share."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from playwright.sync_api import expect
from sqlalchemy import select

from lms.features.accounts.models import User
from lms.features.accounts.service import save_profile
from lms.features.assessment.forms import LETTERS
from lms.features.assessment.models import Attempt, AttemptQuestion
from lms.features.catalog.models import Question
from lms.features.catalog.queries import find_module_card
from tests import world
from tests.factories.accounts import PASSWORD
from tests.journeys.browser import Visitor
from tests.journeys.server import LiveServer
from tests.journeys.words import say

QUESTION = re.compile(r"/attempts/([0-9a-f-]{36})/(\d+)")


@dataclass(frozen=True)
class Drawn:
    """A question as it was drawn, with its key."""

    kind: str
    body: Mapping[str, Any]
    key: Mapping[str, Any]
    order: list[str]

    @property
    def letter_of(self) -> dict[str, str]:
        order = ("true", "false") if self.kind == "true_false" else self.order
        return {id_: letter for letter, id_ in zip(LETTERS, order, strict=False)}


def sign_in(visitor: Visitor, name: str, password: str = PASSWORD) -> None:
    """Fill in the form that is on the page and send it."""
    page, language = visitor.page, visitor.language
    page.get_by_label(say(language, "Sign-in name")).fill(name)
    page.locator("input[name=password]").fill(password)
    page.get_by_role("button", name=say(language, "Sign in"), exact=True).click()
    page.wait_for_load_state("load")


def enter(visitor: Visitor, name: str) -> None:
    """From outside to the start page."""
    visitor.visit("/")
    assert path_of(visitor) == "/sign-in"
    sign_in(visitor, name)
    assert path_of(visitor) == "/"


def path_of(visitor: Visitor) -> str:
    return urlsplit(visitor.page.url).path


def choose_language(server: LiveServer, name: str, language: str) -> None:
    """Let the person read in another language, as if chosen before."""

    with server.database.writing() as db:
        db.scalars(select(User).where(User.sign_in_name == name)).one().language = language


def choose_role(server: LiveServer, name: str, slug: str, language: str) -> None:
    """Let the person have a job role, as if chosen on the profile page."""
    with server.database.writing() as db:
        user_id = world.get_user_id(db, name)
        save_profile(db, user_id=user_id, language=language, role_id=world.get_role_id(db, slug))


def recommended(visitor: Visitor) -> list[str]:
    """Addresses of the modules that the start page recommends."""
    links = visitor.page.locator(".recommendation h3 a")
    return [str(link.get_attribute("href")) for link in links.all()]


def title_of(server: LiveServer, slug: str, language: str) -> str:
    with server.database.reading() as db:
        card = find_module_card(db, slug)
    assert card is not None
    return card.title_zh if language == "zh" else card.title_en


def read_to_the_end(visitor: Visitor, slug: str) -> int:
    """Read one lesson after the other with the button at its foot; how many were read."""
    count = 0
    while f"/modules/{slug}/lessons/" in visitor.page.url:
        expect(visitor.page.locator("article.lesson")).to_be_visible()
        with visitor.page.expect_navigation():
            visitor.page.locator(".lesson-foot .is-primary").click()
        count += 1
        assert count < 30, "the lessons do not end"
    return count


def drawn_questions(server: LiveServer, uuid: str) -> dict[int, Drawn]:
    """The questions of an attempt, by position, with what the page does not tell."""
    query = (
        select(AttemptQuestion, Question)
        .join(Question, Question.id == AttemptQuestion.question_id)
        .join(Attempt, Attempt.id == AttemptQuestion.attempt_id)
        .where(Attempt.uuid == UUID(uuid))
    )
    with server.database.reading() as db:
        return {
            row.position: Drawn(question.kind, question.body, question.key, list(row.choice_order))
            for row, question in db.execute(query)
        }


def answer_all(visitor: Visitor, server: LiveServer, *, wrong: int = 0) -> None:
    """Answer every question of the quiz on the page, the first `wrong` ones not at all, and submit."""
    match = QUESTION.search(visitor.page.url)
    assert match is not None, visitor.page.url
    questions = drawn_questions(server, match.group(1))
    for position in sorted(questions):
        visitor.page.wait_for_url(f"**/attempts/{match.group(1)}/{position}")
        if position > wrong:
            give(visitor, questions[position])
        visitor.page.locator("[data-next]").click()
    visitor.page.wait_for_url("**/review")
    visitor.page.get_by_role("button", name=say(visitor.language, "Submit"), exact=True).click()
    visitor.page.wait_for_url("**/result")


def give(visitor: Visitor, question: Drawn) -> None:
    """Fill in the right answer."""
    page, letter_of = visitor.page, question.letter_of
    match question.kind:
        case "single" | "true_false":
            choose(visitor, letter_of[question.key["correct"]])
        case "multiple":
            for id_ in question.key["correct"]:
                choose(visitor, letter_of[id_])
        case "number":
            page.locator("[name=number]").fill(str(question.key["value"]))
        case "fill_in":
            page.locator("[name=text]").fill(question.key["accept"][0])
        case "ordering":
            for place, id_ in enumerate(question.key["order"], start=1):
                field = page.locator(f"[name=place-{letter_of[id_]}]")
                field.focus()  # as a person does; the page remembers what stood there before
                field.select_option(str(place))
        case "matching":
            for place, left in enumerate(question.body["left"], start=1):
                page.locator(f"[name=pair-{place}]").select_option(letter_of[question.key["pairs"][left]])


def choose(visitor: Visitor, letter: str) -> None:
    visitor.page.locator(f"label.choice:has(input[value={letter}])").click()


def wrong_answers(visitor: Visitor, server: LiveServer) -> list[str]:
    """What the server did not take for right, of the attempt whose result is on the page."""
    uuid = UUID(path_of(visitor).split("/")[2])
    query = (
        select(AttemptQuestion.position, AttemptQuestion.response, Question.kind, Question.key)
        .join(Question, Question.id == AttemptQuestion.question_id)
        .join(Attempt, Attempt.id == AttemptQuestion.attempt_id)
        .where(Attempt.uuid == uuid, AttemptQuestion.is_right.is_(False))
    )
    with server.database.reading() as db:
        return [f"{row.position} {row.kind}: {row.response!r}, not {row.key}" for row in db.execute(query)]
