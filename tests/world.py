"""A small world in one folder: the real curriculum, and three learners with some history.

Zhou Min (safety officer, reads Chinese) has read a lesson of one module, has an open attempt in a second and has
completed a third. Chen Jie is somebody else with the same. Li Wei (reads English) has no job role and has done
nothing yet.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

import content
from content.reader import load_curriculum
from lms.app import open_database
from lms.config import Settings
from lms.db.transaction import Database
from lms.db.upgrade import upgrade_database
from lms.features.accounts.models import User
from lms.features.accounts.service import start_session
from lms.features.assessment.models import AttemptQuestion
from lms.features.assessment.queries import find_attempt
from lms.features.assessment.service import save_response, start_quiz, submit
from lms.features.catalog.models import Question
from lms.features.catalog.queries import find_module_card, list_lesson_heads
from lms.features.catalog.service import sync_curriculum
from lms.features.enrollment.queries import get_enrollment
from lms.features.enrollment.service import enroll
from lms.features.learning.service import finish_lesson
from lms.features.taxonomy.models import JobRole
from tests.conftest import NOON
from tests.factories.accounts import make_user

CONTENT = Path(content.__file__).parent
ZHOU, CHEN, LI = "zhou.min", "chen.jie", "li.wei"
BEGUN, ASKED, DONE = "safety-foundations", "digital-literacy", "finance-invoice-basics"
LOCKED, MISSING_STEP = "major-hazard-criteria", "safety-foundations"
SEED = 20261124


def world_settings(folder: Path, url: str | None = None) -> Settings:
    """Settings of the installation in `folder`, on SQLite unless a URL is given."""
    return Settings(
        data_dir=folder,
        database_url=url or f"sqlite:///{folder / 'terrace.db'}",
        content_dir=CONTENT,
        secret_key="a key for tests only",
        argon2_memory_kib=64,
        argon2_time_cost=1,
        is_testing=True,
    )


def make_world(folder: Path, url: str | None = None) -> None:
    """Make the world; on SQLite it is copied for each test."""
    database = open_database(world_settings(folder, url))
    upgrade_database(database)
    load_content(database, folder / "media")
    with database.writing() as db:
        for name, shown, language in ((ZHOU, "周敏", "zh"), (CHEN, "陈洁", "zh"), (LI, "Li Wei", "en")):
            role_id = None if name == LI else get_role_id(db, "safety-officer")
            make_user(db, name, display_name=shown, language=language, role_id=role_id)
    for name in (ZHOU, CHEN):
        with database.writing() as db:
            _give_history(db, get_user_id(db, name))
    with database.writing() as db:
        for name in (ZHOU, CHEN, LI):
            start_session(
                db, user_id=get_user_id(db, name), device="Firefox", now=NOON, absolute=timedelta(hours=72)
            )
    database.close()


def load_content(database: Database, media_dir: Path) -> None:
    """The real curriculum, through the service that loads it."""
    with database.writing() as db:
        sync_curriculum(db, load_curriculum(CONTENT), now=NOON - timedelta(days=30), media_dir=media_dir)


def copy_world(world: Path, folder: Path) -> Path:
    """The world anew, for one test."""
    shutil.copytree(world, folder, dirs_exist_ok=True)
    return folder


@contextmanager
def opened(folder: Path, url: str | None = None) -> Iterator[Database]:
    """The database of a world."""
    database = open_database(world_settings(folder, url))
    try:
        yield database
    finally:
        database.close()


def get_user_id(db: Session, name: str) -> int:
    return db.scalars(select(User.id).where(User.sign_in_name == name)).one()


def get_role_id(db: Session, slug: str) -> int:
    return db.scalars(select(JobRole.id).where(JobRole.slug == slug)).one()


def _give_history(db: Session, learner_id: int) -> None:
    begin(db, learner_id, BEGUN, lessons=1)
    begin(db, learner_id, ASKED)
    start_attempt(db, learner_id, ASKED)
    begin(db, learner_id, DONE)
    pass_quiz(db, start_attempt(db, learner_id, DONE))


def begin(db: Session, learner_id: int, slug: str, *, lessons: int | None = None) -> int:
    """Enroll and read the first `lessons` lessons, all of them unless told; the enrollment's id."""
    card = find_module_card(db, slug)
    assert card is not None
    place = enroll(db, learner_id=learner_id, module=card, now=NOON - timedelta(days=20))
    for head in list_lesson_heads(db, card.version_id)[:lessons]:
        row = get_enrollment(db, place.id)
        assert row is not None
        finish_lesson(db, enrollment=row, lesson_id=head.lesson_id, now=NOON - timedelta(days=10))
    return place.id


def start_attempt(db: Session, learner_id: int, slug: str) -> UUID:
    card = find_module_card(db, slug)
    assert card is not None
    return start_quiz(db, learner_id=learner_id, module=card, now=NOON - timedelta(days=5), seed=SEED)


def pass_quiz(db: Session, uuid: UUID) -> None:
    """Answer every question right and submit."""
    attempt = find_attempt(db, uuid)
    assert attempt is not None
    now = NOON - timedelta(days=4)
    for position, (kind, key) in right_answers(db, attempt.attempt_id).items():
        save_response(
            db, attempt, position, response=response_to(kind, key), is_flagged=None, sequence=None, now=now
        )
    submit(db, attempt, now=now)


def right_answers(db: Session, attempt_id: int) -> dict[int, tuple[str, dict[str, Any]]]:
    """Kind and key of each question of an attempt, by its position."""
    query = (
        select(AttemptQuestion.position, Question.kind, Question.key)
        .join(Question, Question.id == AttemptQuestion.question_id)
        .where(AttemptQuestion.attempt_id == attempt_id)
        .order_by(AttemptQuestion.position)
    )
    return {row.position: (row.kind, row.key) for row in db.execute(query)}


def response_to(kind: str, key: dict[str, Any]) -> Any:
    """The response that the key calls right."""
    match kind:
        case "single" | "true_false" | "multiple":
            return key["correct"]
        case "number":
            return str(key["value"])
        case "ordering":
            return key["order"]
        case "matching":
            return key["pairs"]
        case "fill_in":
            return key["accept"][0]
    raise ValueError(f"no answer for a question of the kind {kind}")


def with_base_url(settings: Settings, base_url: str) -> Settings:
    return replace(settings, base_url=base_url)
