"""Required learning: the law's and the employer's, with due dates and periods done (REQ-020)."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.db.transaction import Database
from lms.domain.permissions import Actor
from lms.features.accounts.models import User
from lms.features.assignments.models import Assignment
from lms.features.assignments.queries import RequiredModule, list_required
from lms.features.assignments.service import assign
from lms.features.catalog.queries import find_module_card, list_lesson_heads
from lms.features.enrollment.queries import find_enrollment
from lms.features.enrollment.service import enroll, recognise
from lms.features.learning.queries import learner_map
from lms.features.learning.service import finish_lesson
from lms.features.taxonomy.models import JobRole, RoleRequirement
from tests.conftest import NOON
from tests.factories.curriculum import ADVANCED, BASICS, FAR, ROLE, make_curriculum, make_learner

TODAY = date(2026, 11, 24)


@pytest.fixture
def learner(database: Database, tmp_path: Path) -> int:
    """A clerk; nothing is compulsory by rule yet."""
    with database.writing() as db:
        make_curriculum(db, tmp_path)
        make_learner(db, "boss")
        for requirement in db.scalars(select(RoleRequirement)):
            requirement.is_must = False
        learner_id = make_learner(db, role=ROLE).id
    return learner_id


def ask(db: Session, learner_id: int, slug: str, due_on: date) -> None:
    boss = db.scalars(select(User.id).where(User.sign_in_name == "boss")).one()
    card = find_module_card(db, slug)
    assert card is not None
    assign(db, learner_id=learner_id, module_id=card.module_id, assigned_by_id=boss, due_on=due_on, now=NOON)


def required(database: Database, learner_id: int) -> list[RequiredModule]:
    with database.reading() as db:
        user = db.get_one(User, learner_id)
        actor = Actor(user.id, user.display_name, user.language, user.role_id, is_personalised=True)
        return list_required(db, actor, learner_map(db, actor, today=TODAY))


def slugs(rows: list[RequiredModule]) -> list[str]:
    return [row.module.card.slug for row in rows]


def test_nothing_is_required_of_somebody_without_rule_or_wish(database: Database, learner: int) -> None:
    assert required(database, learner) == []


def test_of_two_wishes_for_a_module_the_later_date_holds(database: Database, learner: int) -> None:
    for day in (10, 20, 15):
        with database.writing() as db:
            ask(db, learner, BASICS, date(2026, 12, day))
    with database.reading() as db:
        assert list(db.scalars(select(Assignment.due_on))) == [date(2026, 12, 20)]


def test_what_is_due_first_comes_first_and_what_is_done_last(database: Database, learner: int) -> None:
    with database.writing() as db:
        ask(db, learner, FAR, date(2026, 12, 2))
        ask(db, learner, ADVANCED, date(2026, 12, 1))
        ask(db, learner, BASICS, date(2026, 11, 1))
        card = find_module_card(db, BASICS)
        assert card is not None
        recognise(
            db,
            learner_id=learner,
            module_id=card.module_id,
            basis="assessor",
            assessor="He Yanqing",
            score_percent=90,
            now=NOON,
        )
    rows = required(database, learner)
    assert slugs(rows) == [ADVANCED, FAR, BASICS]
    assert [row.periods_done for row in rows] == [0, 0, rows[2].periods]
    assert [row.is_overdue(TODAY) for row in rows] == [False, False, False]


def test_periods_follow_the_progress_rounded_down(database: Database, learner: int) -> None:
    """Basics: 16 periods, two lessons and a quiz; one lesson is 33 % = 5.28 periods."""
    with database.writing() as db:
        ask(db, learner, BASICS, TODAY)
        card = find_module_card(db, BASICS)
        assert card is not None
        enroll(db, learner_id=learner, module=card, now=NOON)
        place = find_enrollment(db, learner, card.module_id)
        assert place is not None
        lesson = list_lesson_heads(db, card.version_id)[0]
        finish_lesson(db, enrollment=place, lesson_id=lesson.lesson_id, now=NOON)
    (row,) = required(database, learner)
    assert (row.periods, row.periods_done) == (16, 5)


@pytest.mark.parametrize(("due", "is_overdue"), [(TODAY, False), (date(2026, 11, 23), True)])
def test_the_due_date_itself_is_in_time(
    database: Database, learner: int, due: date, is_overdue: bool
) -> None:
    with database.writing() as db:
        ask(db, learner, BASICS, due)
    (row,) = required(database, learner)
    assert row.is_overdue(TODAY) is is_overdue


def test_a_rule_makes_modules_of_the_path_required_and_counts_more_than_a_wish(
    database: Database, learner: int
) -> None:
    with database.writing() as db:
        role = db.scalars(select(JobRole).where(JobRole.slug == ROLE)).one()
        path = role.path.split()
        for requirement in db.scalars(select(RoleRequirement).where(RoleRequirement.role_id == role.id)):
            requirement.is_must = True
        ask(db, learner, path[0], date(2026, 12, 24))
    rows = required(database, learner)
    assert set(slugs(rows)) == set(path)
    assert {row.basis for row in rows} == {"law"}
    assert rows[0].due_on == date(2026, 12, 24)
