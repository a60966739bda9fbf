"""The demo: made once, the same for the same day, gone without a trace, and lived in."""

from __future__ import annotations

import re
import shutil
import stat
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import func, select

import content
from content.reader import Curriculum, load_curriculum
from lms.app import create_app, open_database
from lms.config import Settings
from lms.db.transaction import Database
from lms.demo import make_demo, reset_demo
from lms.demo.district import District, read_district
from lms.demo.maker import DemoRefused
from lms.features.accounts.models import User
from lms.features.assessment.models import Attempt, AttemptQuestion
from lms.features.assignments.models import Assignment
from lms.features.catalog.service import sync_curriculum
from lms.features.enrollment.models import Enrollment, Recognition
from lms.features.learning.models import StudyDay
from lms.features.organizations.models import Organization
from lms.features.recommendations.models import Recommendation
from lms.features.skills.models import Evidence, SkillAbility
from lms.features.taxonomy.models import JobRole
from lms.metadata import all_tables
from lms.ports.clock import FixedClock
from tests.conftest import NOON, empty_tables
from tests.factories.accounts import make_user

TODAY = date(2026, 11, 24)


@pytest.fixture(scope="module")
def curriculum() -> Curriculum:
    return load_curriculum(Path(content.__file__).parent)


@pytest.fixture(scope="module")
def loaded(
    tmp_path_factory: pytest.TempPathFactory, migrated_sqlite: Path, curriculum: Curriculum
) -> Settings:
    """An installation with the real curriculum and nobody in it, which tests copy."""
    folder = tmp_path_factory.mktemp("loaded")
    shutil.copyfile(migrated_sqlite, folder / "terrace.db")
    settings = settings_for(folder)
    database = open_database(settings)
    with database.writing() as db:
        sync_curriculum(db, curriculum, now=NOON, media_dir=settings.media_dir)
    database.close()
    return settings


@pytest.fixture(scope="module")
def made(loaded: Settings, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """An installation with the whole demo, which tests only read."""
    settings = copy_of(loaded, tmp_path_factory.mktemp("made") / "copy")
    database = open_database(settings)
    make_demo(database, settings, now=NOON)
    database.close()
    return settings


def copy_of(settings: Settings, folder: Path) -> Settings:
    shutil.copytree(settings.data_dir, folder)
    return replace(settings, data_dir=folder, database_url=f"sqlite:///{folder / 'terrace.db'}")


def village() -> District:
    """A dozen people of the district, the personas among them: enough where the rest would only take time."""
    whole = read_district()
    personas = {persona.sign_in for persona in whole.personas}
    people = [p for p in whole.people if p.sign_in in personas or p.at in ("hengchuan.safety", "suli.design")]
    names = {person.sign_in for person in people}
    wishes = [replace(w, to=tuple(sorted(names & set(w.to)))) for w in whole.wishes if w.by in names]
    prior = [replace(row, people=tuple(sorted(names & set(row.people)))) for row in whole.prior_learning]
    return replace(whole, people=tuple(people), wishes=tuple(wishes), prior_learning=tuple(prior))


def settings_for(folder: Path) -> Settings:
    return Settings(
        data_dir=folder,
        database_url=f"sqlite:///{folder / 'terrace.db'}",
        content_dir=Path(content.__file__).parent,
        secret_key="a key for tests only",
        is_testing=True,
    )


@pytest.fixture
def small(loaded: Settings, tmp_path: Path) -> tuple[Settings, Database]:
    """An installation with the village, which a test may change."""
    settings = copy_of(loaded, tmp_path / "copy")
    database = open_database(settings)
    make_demo(database, settings, now=NOON, district=village())
    return settings, database


@pytest.fixture
def reading(made: Settings) -> Iterator[Database]:
    database = open_database(made)
    yield database
    database.close()


def counts(database: Database) -> dict[str, int]:
    with database.reading() as db:
        return {
            table.name: db.scalar(select(func.count()).select_from(table)) or 0
            for table in all_tables().sorted_tables
        }


def lives(database: Database) -> list[tuple[object, ...]]:
    """What the people did, without ids and random uuids."""
    with database.reading() as db:
        enrollments = select(
            User.sign_in_name, Enrollment.status, Enrollment.enrolled_at, Enrollment.last_active_at
        ).join(Enrollment, Enrollment.learner_id == User.id)
        tries = select(User.sign_in_name, Attempt.number, Attempt.score_percent, Attempt.graded_at).join(
            Attempt, Attempt.learner_id == User.id
        )
        rows = [tuple(row) for query in (enrollments, tries) for row in db.execute(query)]
    return sorted(rows, key=repr)


def test_making_it_twice_makes_it_once(small: tuple[Settings, Database]) -> None:
    settings, database = small
    before = counts(database)
    said = make_demo(database, settings, now=NOON)
    assert counts(database) == before
    assert said.startswith("The demo is there already.")


def test_a_reset_makes_the_same_people_with_another_password(small: tuple[Settings, Database]) -> None:
    settings, database = small
    before, lived, accounts = counts(database), lives(database), password_of(settings)
    reset_demo(database, settings, now=NOON, is_confirmed=False, district=village())
    assert counts(database) == before
    assert lives(database) == lived
    assert password_of(settings) != accounts


def test_real_people_stay_and_are_asked_about(small: tuple[Settings, Database]) -> None:
    settings, database = small
    with database.writing() as db:
        make_user(db, "real.person")
    before = counts(database)
    with pytest.raises(DemoRefused, match="1 accounts here belong to real people"):
        reset_demo(database, settings, now=NOON, is_confirmed=False, district=village())
    reset_demo(database, settings, now=NOON, is_confirmed=True, district=village())
    assert counts(database) == before
    with database.reading() as db:
        assert db.scalars(select(User.sign_in_name).where(~User.is_demo)).all() == ["real.person"]


def password_of(settings: Settings) -> str:
    text = (settings.data_dir / "demo-accounts.txt").read_text(encoding="utf-8")
    found = re.search(r"password of all: (\S+)", text)
    assert found is not None
    return found[1]


def test_the_personas_sign_in_and_see_a_page_of_their_own(small: tuple[Settings, Database]) -> None:
    settings, database = small
    app = create_app(settings, database=database, clock=FixedClock(NOON))
    app.config["WTF_CSRF_ENABLED"] = False
    for persona in read_district().personas:
        client = app.test_client()
        form = {"name": persona.sign_in, "password": password_of(settings)}
        answer = client.post("/sign-in", data=form, follow_redirects=True)
        hats = [worn for worn in read_district().hats if worn.who == persona.sign_in]
        assert answer.status_code == 200, persona.sign_in
        assert (answer.request.path == "/") is not bool(hats), persona.sign_in


def test_nobody_but_the_personas_can_sign_in(reading: Database) -> None:
    with reading.reading() as db:
        able = select(User.sign_in_name).where(User.password_hash.startswith("$argon2id$"))
        assert set(db.scalars(able)) == {persona.sign_in for persona in read_district().personas}


def test_the_accounts_are_kept_for_the_owner_only(made: Settings) -> None:
    mode = (made.data_dir / "demo-accounts.txt").stat().st_mode
    assert stat.S_IMODE(mode) == 0o600


def test_everybody_and_every_place_is_marked(reading: Database) -> None:
    with reading.reading() as db:
        assert db.scalar(select(func.count()).select_from(User).where(~User.is_demo)) == 0
        assert db.scalar(select(func.count()).select_from(Organization).where(~Organization.is_demo)) == 0


def test_every_answer_has_moved_an_ability(reading: Database) -> None:
    """A question examines one skill, so that there are as many answers behind the abilities as were graded."""
    graded = select(func.count()).select_from(AttemptQuestion).where(AttemptQuestion.is_right.is_not(None))
    with reading.reading() as db:
        counted = db.scalar(select(func.sum(SkillAbility.n_answers)))
        assert counted == db.scalar(graded)
        assert counted is not None
        assert counted > 1000


def test_every_role_is_there_and_some_have_none(reading: Database) -> None:
    with reading.reading() as db:
        held = set(db.scalars(select(User.role_id)))
        assert held - {None} == set(db.scalars(select(JobRole.id)))
        assert None in held
        assert 75 <= (db.scalar(select(func.count()).select_from(User)) or 0) <= 95
        assert db.scalar(select(func.count()).select_from(User).where(~User.is_personalised)) == 1


def test_no_page_is_empty(reading: Database) -> None:
    with reading.reading() as db:
        for table in (Enrollment, Evidence, Recommendation, Recognition, StudyDay):
            assert (db.scalar(select(func.count()).select_from(table)) or 0) >= 10, table
        statuses = Counter(db.scalars(select(Enrollment.status)))
        assert min(statuses["active"], statuses["completed"]) >= 20
        outcomes = set(db.scalars(select(Attempt.is_passed)))
        assert outcomes == {True, False}
        due = list(db.scalars(select(Assignment.due_on)))
        assert any(day < TODAY for day in due)
        assert any(0 <= (day - TODAY).days <= 7 for day in due)


def test_nothing_lies_in_the_future(reading: Database) -> None:
    with reading.reading() as db:
        for column in (Enrollment.last_active_at, Evidence.obtained_at, Attempt.graded_at):
            assert db.scalar(select(func.max(column))) <= NOON
        first = db.scalar(select(func.min(Enrollment.enrolled_at)))
        assert first is not None
        assert 300 <= (NOON - first).days <= 430


def test_it_is_made_on_both_databases(
    small: tuple[Settings, Database], migrated_postgres: str, curriculum: Curriculum
) -> None:
    settings, embedded = small
    empty_tables(migrated_postgres)
    database = open_database(replace(settings, database_url=migrated_postgres))
    with database.writing() as db:
        sync_curriculum(db, curriculum, now=NOON, media_dir=settings.media_dir)
    make_demo(database, settings, now=NOON, district=village())
    assert lives(database) == lives(embedded)
    database.close()
