"""The map, the list, the module page and the lessons, as a learner sees them."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from lms.db.transaction import Database
from lms.features.catalog.queries import find_module_card
from lms.features.enrollment.models import Enrollment, Recognition
from lms.features.enrollment.service import recognise
from lms.features.learning.models import LessonProgress, ModuleWatch, StudyDay
from lms.ports.clock import FixedClock
from tests.conftest import NOON
from tests.factories.accounts import sign_in_as
from tests.factories.curriculum import ADVANCED, BASICS, FAR, make_curriculum, make_learner


@pytest.fixture
def learner(app: Flask, database: Database, tmp_path: Path) -> FlaskClient:
    """A signed-in learner without a role, in front of the tiny curriculum."""
    with database.writing() as db:
        make_curriculum(db, tmp_path)
        user_id = make_learner(db).id
    return sign_in_as(app, user_id)


def page(client: FlaskClient, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200, (url, answer.status_code, answer.location)
    return answer.text


def begin(client: FlaskClient) -> None:
    assert client.post(f"/modules/{BASICS}/enrollment").location == f"/modules/{BASICS}/lessons/1"


def test_map_shows_every_module_with_its_state(learner: FlaskClient) -> None:
    text = page(learner, "/curriculum")
    for slug, state in ((BASICS, "open"), (ADVANCED, "locked"), (FAR, "preparation")):
        assert f'class="tile is-{state}' in text.split(f'href="/modules/{slug}"')[0][-200:]


def test_list_finds_filters_and_says_when_nothing_matches(learner: FlaskClient) -> None:
    assert f"/modules/{ADVANCED}" in page(learner, "/curriculum/list")
    found = page(learner, "/curriculum/list?q=reading+basics+1")
    assert f"/modules/{BASICS}" in found
    assert f"/modules/{ADVANCED}" not in found
    only = page(learner, "/curriculum/list?layer=frontier")
    assert f"/modules/{FAR}" in only
    assert f"/modules/{BASICS}" not in only
    assert f"/modules/{BASICS}" in page(learner, "/curriculum/list?skill=counting&state=open")
    assert "No module matches these filters" in page(learner, "/curriculum/list?q=nowhere")
    assert f"/modules/{BASICS}" in page(learner, "/curriculum/list?page=99&layer=")


def test_hostile_filters_are_shown_as_text(learner: FlaskClient) -> None:
    text = page(learner, "/curriculum/list?q=%3Cscript%3Ealert(1)%3C/script%3E&layer=%22%3E%3Cb%3E")
    assert "<script>alert" not in text
    assert '"><b>' not in text


def test_a_locked_module_shows_its_missing_step_and_cannot_be_begun(
    learner: FlaskClient, database: Database
) -> None:
    text = page(learner, f"/modules/{ADVANCED}")
    assert "1 prerequisite is missing." in text
    assert "First: reading basics" in text
    answer = learner.post(f"/modules/{ADVANCED}/enrollment", follow_redirects=True)
    assert "1 prerequisite is missing." in answer.text
    with database.reading() as db:
        assert db.scalars(select(Enrollment)).all() == []


def test_recognition_opens_the_gate_and_names_the_assessor(learner: FlaskClient, database: Database) -> None:
    with database.writing() as db:
        card = find_module_card(db, BASICS)
        assert card is not None
        recognise(
            db,
            learner_id=1,
            module_id=card.module_id,
            basis="certificate",
            assessor="Lin Hua",
            score_percent=None,
            now=NOON,
        )
    assert learner.post(f"/modules/{ADVANCED}/enrollment").location == f"/modules/{ADVANCED}/lessons/1"
    with database.reading() as db:
        assert db.scalars(select(Recognition.assessor)).all() == ["Lin Hua"]


def test_a_module_in_preparation_can_be_watched_not_begun(learner: FlaskClient, database: Database) -> None:
    assert "Tell me when it is ready" in page(learner, f"/modules/{FAR}")
    learner.post(f"/modules/{FAR}/watch")
    learner.post(f"/modules/{FAR}/watch")
    with database.reading() as db:
        assert len(db.scalars(select(ModuleWatch)).all()) == 1
    assert "Do not tell me any more" in page(learner, f"/modules/{FAR}")
    learner.post(f"/modules/{FAR}/watch", data={"off": "1"})
    with database.reading() as db:
        assert db.scalars(select(ModuleWatch)).all() == []
    answer = learner.post(f"/modules/{FAR}/enrollment", follow_redirects=True)
    assert "still in preparation" in answer.text


def test_begin_read_and_come_back(learner: FlaskClient, database: Database, clock: FixedClock) -> None:
    begin(learner)
    begin(learner)  # a double click makes no second place
    assert 'data-section="0"' in page(learner, f"/modules/{BASICS}/lessons/1")
    learner.post(f"/modules/{BASICS}/lessons/1/place", data={"section": "1"})
    clock.advance(timedelta(seconds=60))
    learner.post(f"/modules/{BASICS}/lessons/1/place", data={"section": "1"})
    with database.reading() as db:
        assert len(db.scalars(select(Enrollment)).all()) == 1
        assert db.scalars(select(LessonProgress.section)).all() == [1]
        assert db.scalars(select(StudyDay.seconds)).all() == [60]
    assert 'data-section="1" data-read=""' in page(learner, f"/modules/{BASICS}/lessons/1")


def test_reading_to_the_end_counts_once(learner: FlaskClient, database: Database) -> None:
    begin(learner)
    end = f"/modules/{BASICS}/lessons/1/end"
    assert learner.post(end).location == f"/modules/{BASICS}/lessons/2"
    learner.post(end)
    with database.reading() as db:
        assert db.scalars(select(Enrollment.lessons_read)).all() == [1]
    assert "33%" in page(learner, f"/modules/{BASICS}")  # 1 of 2 lessons + quiz
    assert learner.post(f"/modules/{BASICS}/lessons/2/end").location == f"/modules/{BASICS}#quiz"
    assert "66%" in page(learner, f"/modules/{BASICS}")


def test_a_lesson_without_a_place_leads_to_the_module(learner: FlaskClient) -> None:
    answer = learner.get(f"/modules/{BASICS}/lessons/1")
    assert answer.location == f"/modules/{BASICS}"
    assert learner.post(f"/modules/{BASICS}/lessons/1/end").status_code == 404


@pytest.mark.parametrize("section", ["-1", "x", "99999", "", "9" * 400])
def test_bad_places_are_kept_harmless(learner: FlaskClient, database: Database, section: str) -> None:
    begin(learner)
    answer = learner.post(f"/modules/{BASICS}/lessons/1/place", data={"section": section})
    assert answer.status_code == 200
    with database.reading() as db:
        assert db.scalars(select(LessonProgress.section)).all() == [0]


@pytest.mark.parametrize("url", ["/modules/nowhere", f"/modules/{BASICS}/lessons/9", "/media/abc/x.svg"])
def test_what_is_not_there_is_404(learner: FlaskClient, url: str) -> None:
    begin(learner)
    answer = learner.get(url, follow_redirects=False)
    assert answer.status_code == (302 if "lessons" in url else 404)
