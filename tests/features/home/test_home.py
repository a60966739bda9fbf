"""The start page and the record, as different people see them."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from lms.db.transaction import Database
from lms.features.assignments.service import assign
from lms.features.catalog.queries import ModuleCard, find_module_card
from lms.features.enrollment.queries import get_enrollment
from lms.features.enrollment.service import enroll, note_quiz_passed
from lms.features.learning.queries import outline
from lms.features.learning.service import finish_lesson, watch_module
from lms.ports.clock import FixedClock
from tests.conftest import NOON
from tests.factories.accounts import sign_in_as
from tests.factories.curriculum import ADVANCED, BASICS, FAR, ROLE, make_curriculum, make_learner


def card(db: Session, slug: str) -> ModuleCard:
    found = find_module_card(db, slug)
    assert found is not None
    return found


def read_all(db: Session, learner_id: int, slug: str) -> int:
    """Enroll and read every lesson to its end; returns the enrollment's id."""
    place = enroll(db, learner_id=learner_id, module=card(db, slug), now=NOON)
    for row in outline(db, version_id=place.version_id, enrollment_id=place.id):
        enrollment = get_enrollment(db, place.id)
        assert enrollment is not None
        finish_lesson(db, enrollment=enrollment, lesson_id=row.head.lesson_id, now=NOON)
    return place.id


@pytest.fixture
def clerk(database: Database, tmp_path: Path) -> int:
    """A clerk: reading 4 by law, counting 2; nothing done yet."""
    with database.writing() as db:
        make_curriculum(db, tmp_path)
        return make_learner(db, "clerk", role=ROLE).id


def test_required_learning_follows_the_law_and_the_employer(
    app: Flask, database: Database, clerk: int
) -> None:
    with database.writing() as db:
        boss = make_learner(db, "boss").id
        assign(
            db,
            learner_id=clerk,
            module_id=card(db, FAR).module_id,
            assigned_by_id=boss,
            due_on=date(2026, 12, 24),
            now=NOON,
        )
    text = sign_in_as(app, clerk).get("/").text
    # basics and advanced teach reading, compulsory for a clerk; far was assigned: 48 periods, none done
    assert "Required: 0 of 48 periods" in text
    assert text.count("Required of the role") == 2
    assert text.count("Set by the employer") == 1
    assert "24 Dec" in text


@pytest.mark.parametrize(
    ("days", "sentence"),
    [
        (-1, "1 required module is overdue: reading far."),
        (3, "1 required module to complete by 27 Nov, about 12 h."),  # 16 periods of 45 minutes
        (30, "Nothing is due."),
    ],
)
def test_the_sentence_changes_with_the_situation(
    app: Flask, database: Database, clerk: int, days: int, sentence: str
) -> None:
    with database.writing() as db:
        assign(
            db,
            learner_id=clerk,
            module_id=card(db, FAR).module_id,
            assigned_by_id=clerk,
            due_on=NOON.date() + timedelta(days=days),
            now=NOON,
        )
    assert sentence in sign_in_as(app, clerk).get("/").text


def test_continue_leads_to_the_first_unread_lesson_then_to_the_quiz(
    app: Flask, database: Database, clerk: int
) -> None:
    with database.writing() as db:
        enroll(db, learner_id=clerk, module=card(db, BASICS), now=NOON)
    client = sign_in_as(app, clerk)
    assert "Lesson 1 of 2" in client.get("/").text
    client.post(f"/modules/{BASICS}/lessons/1/end")
    text = client.get("/").text
    assert "Lesson 2 of 2" in text
    assert f'href="/modules/{BASICS}/lessons/2"' in text
    client.post(f"/modules/{BASICS}/lessons/2/end")
    assert "Every lesson is read. The quiz completes the module." in client.get("/").text


def test_completing_changes_levels_and_recommendations_on_the_next_page(
    app: Flask, database: Database, clerk: int
) -> None:
    client = sign_in_as(app, clerk)
    assert "0 of 2 skills met" in client.get("/").text
    with database.writing() as db:
        place_id = read_all(db, clerk, BASICS)
        note_quiz_passed(db, place_id, attempt_id=1, score_percent=90, now=NOON)
    text = client.get("/").text
    assert "1 of 2 skills met" in text  # counting 2 of 2; reading 2 of 4
    assert "Required: 16 of 32 periods" in text
    recommended = text.split("What to learn next")[1]
    assert f"/modules/{ADVANCED}" in recommended
    assert f'href="/modules/{BASICS}"' not in recommended


def test_without_a_role_the_question_and_the_layers(app: Flask, database: Database, clerk: int) -> None:
    with database.writing() as db:
        newcomer = make_learner(db, "new").id
    text = sign_in_as(app, newcomer).get("/").text
    assert "What is your work?" in text
    places = [text.index(f'href="/modules/{slug}"') for slug in (BASICS, ADVANCED, FAR)]
    assert places == sorted(places)


def test_off_is_the_same_for_two_people_of_a_role(app: Flask, database: Database, clerk: int) -> None:
    with database.writing() as db:
        other = make_learner(db, "other", role=ROLE).id
        place_id = read_all(db, other, BASICS)
        note_quiz_passed(db, place_id, attempt_id=1, score_percent=90, now=NOON)
    shown = []
    for user_id in (clerk, other):
        client = sign_in_as(app, user_id)
        client.post("/recommendations/switch", data={"is_on": "0"})
        shown.append(client.get("/").text.split("What to learn next")[1])
    assert shown[0] == shown[1]
    assert "Personal suggestions are off." in shown[0]


def test_a_wish_that_came_true_is_told(app: Flask, database: Database, clerk: int, clock: FixedClock) -> None:
    from sqlalchemy import update

    from lms.domain.events import CurriculumSynced
    from lms.features.catalog.models import ModuleVersion
    from lms.features.learning.service import note_ready_modules

    with database.writing() as db:
        far = card(db, FAR)
        watch_module(db, learner_id=clerk, module_id=far.module_id, now=NOON)
        db.flush()
        note_ready_modules(db, CurriculumSynced())
    client = sign_in_as(app, clerk)
    assert "Ready now:" not in client.get("/").text
    with database.writing() as db:
        db.execute(update(ModuleVersion).where(ModuleVersion.id == far.version_id).values(is_complete=True))
        note_ready_modules(db, CurriculumSynced())
    assert "Ready now:" in client.get("/").text


def test_the_record_lists_what_was_taken(app: Flask, database: Database, clerk: int) -> None:
    client = sign_in_as(app, clerk)
    assert "Nothing on record yet" in client.get("/record").text
    with database.writing() as db:
        place_id = read_all(db, clerk, BASICS)
        note_quiz_passed(db, place_id, attempt_id=1, score_percent=90, now=NOON)
    text = client.get("/record").text
    assert "Record: 1 module completed" in text
    assert "16 periods completed" in text
    assert "100%" in text
