"""The graded quiz as a learner meets it: opening, answering, submitting, trying again."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from content.reader.loader import load_curriculum
from lms.features.assessment.models import Attempt
from lms.features.assessment.service import start_quiz
from lms.features.catalog.queries import find_module_card
from lms.features.catalog.service import sync_curriculum
from lms.features.skills.models import Evidence
from lms.ports.clock import FixedClock
from tests.conftest import NOON
from tests.factories.accounts import sign_in_as
from tests.factories.attempts import Taker, make_taker, right_fields
from tests.factories.curriculum import BASICS, make_curriculum, make_learner, write_curriculum


@pytest.fixture
def taker(app: Flask, tmp_path: Path) -> Taker:
    return make_taker(app, tmp_path)


def count_attempts(taker: Taker) -> int:
    with taker.reading() as db:
        return db.scalar(select(func.count()).select_from(Attempt)) or 0


def test_the_quiz_stays_shut_while_a_lesson_is_unread(app: Flask, tmp_path: Path) -> None:
    taker = make_taker(app, tmp_path, lessons_read=1)
    page = taker.client.post(f"/modules/{BASICS}/quiz", follow_redirects=True)
    assert "opens when every lesson is read: 1 to go" in page.text
    assert count_attempts(taker) == 0


def test_the_quiz_is_for_those_who_began_the_module(app: Flask, tmp_path: Path) -> None:
    taker = make_taker(app, tmp_path, lessons_read=None)
    page = taker.client.post(f"/modules/{BASICS}/quiz", follow_redirects=True)
    assert "Begin the module first" in page.text
    assert count_attempts(taker) == 0


def test_a_passed_quiz_completes_the_module_and_writes_evidence(taker: Taker) -> None:
    uuid = taker.take()
    page = taker.client.get(f"/attempts/{uuid}/result")
    assert "Passed: 100 points" in page.text
    assert "10 of 10 right; 80 points are needed." in page.text
    assert page.text.count("reason ") == 10
    assert taker.enrollment().status == "completed"
    with taker.reading() as db:
        levels = db.execute(select(Evidence.level, Evidence.score_percent)).all()
    assert sorted(levels) == [(2, 100), (2, 100)]


def test_every_type_is_answered_by_its_form_and_graded_right(taker: Taker) -> None:
    seen: set[str] = set()
    uuid = taker.take()
    seen |= {row["kind"] for row in taker.drawn(uuid) if row["is_right"]}
    assert all(row["is_right"] for row in taker.drawn(uuid))
    assert len(seen) >= 5  # two of twelve are left out by the draw


def test_eighty_points_pass_and_seventy_do_not(taker: Taker, clock: FixedClock) -> None:
    uuid = taker.take(wrong=3)
    assert (taker.attempt(uuid).score_percent, taker.attempt(uuid).is_passed) == (70, False)
    assert taker.enrollment().status == "active"
    page = taker.client.get(f"/attempts/{uuid}/result").text
    assert "Not passed yet: 70 points" in page
    assert "The next try opens in 10 minutes" in page
    clock.advance(timedelta(minutes=10))
    uuid = taker.take(wrong=2)
    assert (taker.attempt(uuid).score_percent, taker.attempt(uuid).is_passed) == (80, True)
    assert taker.attempt(uuid).number == 2


def test_the_next_try_waits_ten_minutes(taker: Taker, clock: FixedClock) -> None:
    first = taker.take(wrong=10)
    clock.advance(timedelta(minutes=9, seconds=30))
    early = taker.client.post(f"/modules/{BASICS}/quiz", follow_redirects=True)
    assert "The next try opens in 1 min." in early.text
    clock.advance(timedelta(seconds=30))
    assert taker.start() != first


def test_the_next_draw_brings_what_the_last_one_left_out_even_with_its_seed(taker: Taker) -> None:
    uuids = []
    for minutes in (0, 10):
        now = NOON + timedelta(minutes=minutes)
        with taker.app.extensions["database"].writing() as db:
            card = find_module_card(db, BASICS)
            assert card is not None
            uuids.append(start_quiz(db, learner_id=taker.learner_id, module=card, now=now, seed=1))
        taker.client.post(f"/attempts/{uuids[-1]}/submit")
    drawn = [{row["question_id"] for row in taker.drawn(uuid)} for uuid in uuids]
    assert len(drawn[0]) == len(drawn[1]) == 10
    assert len(drawn[0] | drawn[1]) == 12


def test_an_open_attempt_is_resumed_at_the_first_unanswered_question(taker: Taker) -> None:
    uuid = taker.start()
    taker.client.post(f"/attempts/{uuid}/1", data=right_fields(taker.drawn(uuid)[0]))
    again = taker.client.post(f"/modules/{BASICS}/quiz")
    assert again.location.endswith(f"/attempts/{uuid}/2")
    assert count_attempts(taker) == 1


def test_a_passed_quiz_is_not_taken_again(taker: Taker, clock: FixedClock) -> None:
    taker.take()
    clock.advance(timedelta(hours=1))
    page = taker.client.post(f"/modules/{BASICS}/quiz", follow_redirects=True)
    assert "You have passed this quiz." in page.text
    assert count_attempts(taker) == 1


def test_what_was_answered_is_there_when_the_page_is_opened_again(taker: Taker) -> None:
    uuid = taker.start()
    for row in taker.drawn(uuid):
        url = f"/attempts/{uuid}/{row['position']}"
        taker.client.post(url, data=right_fields(row))
        page = taker.client.get(url).text
        for name, value in right_fields(row).items():
            for text in value if isinstance(value, list) else [value]:
                assert _is_filled(page, name, str(text)), (row["kind"], name, text)


def _is_filled(page: str, name: str, text: str) -> bool:
    if name == "choice":
        return f'name="choice" value="{text}" checked' in page
    if name in ("number", "text"):
        return f'name="{name}" value="{text}"' in page
    select_ = re.search(rf'<select[^>]*name="{name}".*?</select>', page, re.S)
    return select_ is not None and re.search(rf"<option[^>]* selected>{text}<", select_[0]) is not None


def test_buttons_lead_back_on_to_a_number_and_to_the_review(taker: Taker) -> None:
    uuid = taker.start()
    places = {
        ("1", "next"): "2",
        ("1", "previous"): "1",
        ("3", "previous"): "2",
        ("3", "7"): "7",
        ("10", "next"): "review",
        ("3", "review"): "review",
        ("3", "99"): "review",
    }
    for (at, go), expected in places.items():
        answer = taker.client.post(f"/attempts/{uuid}/{at}", data={"go": go})
        assert answer.location.endswith(f"/attempts/{uuid}/{expected}")


def test_the_review_lists_what_is_unanswered_and_flagged(taker: Taker) -> None:
    uuid = taker.start()
    rows = taker.drawn(uuid)
    for row in rows[:8]:
        taker.client.post(f"/attempts/{uuid}/{row['position']}", data=right_fields(row))
    flagged = taker.client.post(
        f"/attempts/{uuid}/4", data={**right_fields(rows[3]), "flag": "0", "toggle": "flag"}
    )
    assert flagged.location.endswith(f"/attempts/{uuid}/4")
    page = taker.client.get(f"/attempts/{uuid}/review").text
    assert "2 questions have no answer" in page
    assert "Question 9, unanswered" in page
    assert "Question 4, answered, flagged" in page
    assert taker.drawn(uuid)[3]["is_flagged"]
    assert taker.drawn(uuid)[3]["response"] is not None


def test_a_learner_under_way_keeps_the_questions_of_the_version(taker: Taker, tmp_path: Path) -> None:
    uuid = taker.start()
    before = [row["question_id"] for row in taker.drawn(uuid)]
    with taker.app.extensions["database"].writing() as db:
        write_curriculum(tmp_path / "curriculum", marker="changed")
        report = sync_curriculum(
            db,
            load_curriculum(tmp_path / "curriculum"),
            now=taker.app.extensions["clock"].now(),
            media_dir=tmp_path / "media",
        )
        assert report.changed == [BASICS]
    assert taker.start() == uuid
    assert [row["question_id"] for row in taker.drawn(uuid)] == before


def test_an_attempt_is_its_learners_alone(taker: Taker) -> None:
    uuid = taker.start()
    with taker.app.extensions["database"].writing() as db:
        other_id = make_learner(db, "zhou.lan").id
    other = sign_in_as(taker.app, other_id)
    paths = [f"/attempts/{uuid}/{rest}" for rest in ("1", "review", "result")]
    assert [other.get(path).status_code for path in paths] == [404, 404, 404]
    assert other.post(f"/attempts/{uuid}/1", data={"choice": "A"}).status_code == 404
    assert other.post(f"/attempts/{uuid}/submit").status_code == 404
    assert taker.client.get(f"/attempts/{uuid}/11").status_code == 404
    assert taker.client.get(f"/attempts/{uuid}/0").status_code == 404
    assert taker.attempt(uuid).status == "started"
    assert taker.drawn(uuid)[0]["response"] is None


def test_signed_out_answers_are_told_that_the_session_ended(taker: Taker) -> None:
    uuid = taker.start()
    stranger = taker.app.test_client()
    answer = stranger.post(
        f"/attempts/{uuid}/1", data={"choice": "A"}, headers={"Accept": "application/json"}
    )
    assert (answer.status_code, answer.json) == (419, {"error": 419})


def test_a_module_without_questions_cannot_be_tested(app: Flask, tmp_path: Path) -> None:
    with app.extensions["database"].writing() as db:
        make_curriculum(db, tmp_path)
        learner_id = make_learner(db).id
    client = sign_in_as(app, learner_id)
    assert client.post("/modules/nowhere/quiz").status_code == 404
    page = client.post("/modules/reading-far/recognition", follow_redirects=True)
    assert "This module is still in preparation." in page.text
