"""Testing prior learning: a module recognised without being taken (REQ-013)."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from lms.features.enrollment.models import Enrollment, Recognition
from lms.features.enrollment.queries import held_module_ids
from lms.features.skills.models import Evidence
from lms.ports.clock import FixedClock
from tests.factories.accounts import sign_in_as
from tests.factories.attempts import Taker, enroll_with, make_taker
from tests.factories.curriculum import ADVANCED, BASICS


@pytest.fixture
def taker(app: Flask, tmp_path: Path) -> Taker:
    return make_taker(app, tmp_path, lessons_read=None)


def test_passing_recognises_the_module_names_the_assessor_and_writes_evidence(taker: Taker) -> None:
    uuid = taker.take(what="recognition", wrong=2)
    assert taker.attempt(uuid).enrollment_id is None
    with taker.reading() as db:
        row = db.scalars(select(Recognition)).one()
        assert (row.basis, row.assessor, row.score_percent) == ("test", "prior-learning test", 80)
        assert held_module_ids(db, taker.learner_id) == {row.module_id}
        kinds = db.execute(select(Evidence.kind, Evidence.level, Evidence.score_percent)).all()
        assert sorted(kinds) == [("recognition", 2, 80), ("recognition", 2, 80)]
        assert db.scalars(select(Enrollment)).all() == []
    page = taker.client.get(f"/attempts/{uuid}/result").text
    assert "Passed: 80 points" in page
    assert "your prior learning is recognised" in page


def test_recognition_opens_the_gate_of_what_follows(taker: Taker) -> None:
    shut = taker.client.post(f"/modules/{ADVANCED}/enrollment", follow_redirects=True)
    with taker.reading() as db:
        assert db.scalars(select(Enrollment)).all() == [], shut.text
    taker.take(what="recognition")
    taker.client.post(f"/modules/{ADVANCED}/enrollment")
    with taker.reading() as db:
        assert len(db.scalars(select(Enrollment)).all()) == 1


def test_a_failed_test_may_be_repeated_after_thirty_days(taker: Taker, clock: FixedClock) -> None:
    uuid = taker.take(what="recognition", wrong=3)
    page = taker.client.get(f"/attempts/{uuid}/result").text
    assert "The next test is open in 30 days." in page
    clock.advance(timedelta(days=29))
    taker.client = sign_in_as(taker.app, taker.learner_id)  # the session ended long ago
    early = taker.client.post(f"/modules/{BASICS}/recognition", follow_redirects=True)
    assert "can be tested again in 1 days" in early.text
    clock.advance(timedelta(days=1))
    taker.client = sign_in_as(taker.app, taker.learner_id)
    again = taker.start(what="recognition")
    assert taker.attempt(again).number == 2
    with taker.reading() as db:
        assert db.scalars(select(Recognition)).all() == []


def test_a_held_module_is_not_tested_again(taker: Taker) -> None:
    taker.take(what="recognition")
    page = taker.client.post(f"/modules/{BASICS}/recognition", follow_redirects=True)
    assert "You hold this module already." in page.text


def test_who_is_learning_the_module_takes_its_quiz(app: Flask, tmp_path: Path) -> None:
    taker = make_taker(app, tmp_path, lessons_read=1)
    page = taker.client.post(f"/modules/{BASICS}/recognition", follow_redirects=True)
    assert "its graded quiz counts" in page.text


def test_an_open_test_gives_way_to_the_quiz_of_an_enrollment(taker: Taker) -> None:
    test = taker.start(what="recognition")
    with taker.app.extensions["database"].writing() as db:
        enroll_with(db, taker.learner_id, 2)
    quiz = taker.start()
    assert quiz != test
    assert taker.attempt(test).status == "abandoned"
    late = taker.client.post(f"/attempts/{test}/1", data={"choice": "A"})
    assert late.status_code == 409
    assert taker.client.post(f"/attempts/{test}/submit").status_code == 409
    assert taker.client.get(f"/attempts/{test}/result").location.endswith(f"/modules/{BASICS}")
