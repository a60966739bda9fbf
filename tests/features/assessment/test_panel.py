"""The row *graded quiz* on the module page, in each of its states."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from flask import Flask

from lms.ports.clock import FixedClock
from tests.factories.attempts import Taker, make_taker
from tests.factories.curriculum import BASICS


def row(taker: Taker, slug: str = BASICS) -> str:
    """The row's HTML."""
    page = taker.client.get(f"/modules/{slug}").text
    return page.split('<li id="quiz">')[1].split("</li>")[0]


def test_without_an_enrollment_it_offers_the_test_of_prior_learning(app: Flask, tmp_path: Path) -> None:
    taker = make_taker(app, tmp_path, lessons_read=None)
    assert "10 questions, 80 to pass" in row(taker)
    assert f"/modules/{BASICS}/recognition" in row(taker)
    assert "<form" not in row(taker, "reading-far")
    taker.start(what="recognition")
    assert "Continue the test" in row(taker)
    taker.take(what="recognition", wrong=5)
    assert "Result: 50" in row(taker)
    assert "next test in 30 days" in row(taker)


def test_a_recognised_module_shows_its_result_only(app: Flask, tmp_path: Path) -> None:
    taker = make_taker(app, tmp_path, lessons_read=None)
    taker.take(what="recognition")
    assert "Result: 100" in row(taker)
    assert "<form" not in row(taker)


def test_it_goes_with_the_learner_from_shut_to_passed(app: Flask, tmp_path: Path, clock: FixedClock) -> None:
    shut = make_taker(app, tmp_path, lessons_read=1, name="zhou.lan")
    assert "opens after 1 more lesson" in row(shut)
    taker = make_taker(app, tmp_path)
    assert "Start the quiz" in row(taker)
    taker.start()
    assert "Continue the quiz" in row(taker)
    taker.take(wrong=4)
    assert "Result: 60" in row(taker)
    assert "next try in 10 min" in row(taker)
    clock.advance(timedelta(minutes=10))
    assert "Take it again" in row(taker)
    taker.take()
    assert "Result: 100" in row(taker)
    assert "<form" not in row(taker)
