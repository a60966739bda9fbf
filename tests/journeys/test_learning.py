"""The main job: find a module, read it, pass its quiz, and be told something else next."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests import world
from tests.journeys.browser import DESKTOP, PHONE, Visitor
from tests.journeys.conftest import Open
from tests.journeys.server import LiveServer
from tests.journeys.steps import (
    answer_all,
    choose_language,
    drawn_questions,
    enter,
    give,
    path_of,
    read_to_the_end,
    recommended,
    title_of,
    wrong_answers,
)
from tests.journeys.words import say

MODULE = f"/modules/{world.BEGUN}"
OPENED = f"/modules/{world.LOCKED}"  # cannot be started before MODULE is completed


def test_from_the_sign_in_to_another_recommendation(person: Visitor, server: LiveServer) -> None:
    choose_language(server, world.ZHOU, person.language)
    enter(person, world.ZHOU)
    assert OPENED not in recommended(person)

    person.visit("/curriculum")
    person.page.locator(f'main a[href="{MODULE}"]').locator("visible=true").first.click()
    person.page.wait_for_url(f"**{MODULE}")
    expect(person.page.get_by_role("heading", level=1)).to_have_text(
        title_of(server, world.BEGUN, person.language)
    )
    person.page.get_by_role("link", name=say(person.language, "Continue lesson %(n)d", n=2)).click()
    assert read_to_the_end(person, world.BEGUN) >= 1

    person.page.get_by_role("button", name=say(person.language, "Start the quiz")).click()
    person.page.wait_for_url("**/attempts/**")
    answer_all(person, server)
    assert wrong_answers(person, server) == []
    expect(person.page.get_by_role("heading", level=1)).to_have_text(
        say(person.language, "Passed: %(score)s points", score=100)
    )
    person.page.get_by_role("link", name=say(person.language, "See your next step")).click()
    person.page.wait_for_url(re.compile(r"/$"))
    assert OPENED in recommended(person)
    assert MODULE not in recommended(person)


def test_a_failed_quiz_waits_for_another_draw(open_browser: Open, server: LiveServer) -> None:
    with open_browser(width=DESKTOP, language="zh") as person:
        enter(person, world.ZHOU)
        person.visit(f"/modules/{world.ASKED}")
        person.page.get_by_role("button", name=say("zh", "Continue the quiz")).click()
        person.page.wait_for_url("**/attempts/**")
        answer_all(person, server, wrong=3)
        expect(person.page.get_by_role("heading", level=1)).to_have_text(
            say("zh", "Not passed yet: %(score)s points", score=70)
        )
        expect(person.page.get_by_role("button", name=say("zh", "Take it again"))).to_have_count(0)


def test_without_javascript(open_browser: Open, server: LiveServer) -> None:
    with open_browser(width=PHONE, language="zh", has_script=False) as person:
        enter(person, world.ZHOU)
        person.visit(f"{MODULE}/lessons/2")
        assert read_to_the_end(person, world.BEGUN) >= 1
        assert path_of(person) == MODULE
        person.page.get_by_role("button", name=say("zh", "Start the quiz")).click()
        answer_all(person, server)
        assert wrong_answers(person, server) == []
        expect(person.page.get_by_role("heading", level=1)).to_have_text(
            say("zh", "Passed: %(score)s points", score=100)
        )


def test_an_answer_survives_a_reload(open_browser: Open, server: LiveServer) -> None:
    with open_browser(width=DESKTOP, language="zh") as person:
        enter(person, world.ZHOU)
        person.visit(f"/modules/{world.ASKED}")
        person.page.get_by_role("button", name=say("zh", "Continue the quiz")).click()
        person.page.wait_for_url("**/attempts/**")
        uuid = path_of(person).split("/")[2]
        questions = drawn_questions(server, uuid)
        position = next(n for n, question in questions.items() if question.kind == "single")
        person.visit(f"/attempts/{uuid}/{position}")
        with person.page.expect_response(lambda answer: answer.request.method == "POST") as saved:
            give(person, questions[position])
        assert saved.value.status == 200
        letter = questions[position].letter_of[questions[position].key["correct"]]
        person.page.reload()
        expect(person.page.locator("input[name=choice]:checked")).to_have_value(letter)
        expect(person.page.locator(f'[data-place="{position}"]')).to_have_class(re.compile("is-answered"))


def test_no_key_reaches_the_browser_before_submission(open_browser: Open, server: LiveServer) -> None:
    with open_browser(width=DESKTOP, language="zh") as person:
        enter(person, world.ZHOU)
        person.visit(f"/modules/{world.ASKED}")
        person.page.get_by_role("button", name=say("zh", "Continue the quiz")).click()
        person.page.wait_for_url("**/attempts/**")
        uuid = path_of(person).split("/")[2]
        with server.database.reading() as db:
            from sqlalchemy import select

            from lms.features.catalog.models import Question

            reasons = [
                text for row in db.execute(select(Question.reason_zh, Question.rule_zh)) for text in row
            ]
        for position in drawn_questions(server, uuid):
            person.visit(f"/attempts/{uuid}/{position}")
            html = person.page.content()
            assert [text for text in reasons if text and text in html] == []


def test_a_lesson_is_opened_where_it_was_left(open_browser: Open, server: LiveServer) -> None:
    with open_browser(width=DESKTOP, language="zh") as person:
        enter(person, world.ZHOU)
        person.visit(f"{MODULE}/lessons/2")
        sections = person.page.locator("article.lesson section[data-section]")
        assert sections.count() >= 3
        with person.page.expect_response(lambda answer: answer.url.endswith("/place")):
            sections.nth(1).scroll_into_view_if_needed()
            person.page.evaluate("document.querySelectorAll('section[data-section]')[1].scrollIntoView()")
        person.visit("/")
        expect(person.page.locator(".continue a.is-primary")).to_have_attribute("href", f"{MODULE}/lessons/2")
