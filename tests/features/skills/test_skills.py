"""Evidence, levels and the page "my skills" (REQ-020)."""

from __future__ import annotations

from datetime import date, timedelta

from flask import Flask
from sqlalchemy import select

from lms.db.transaction import Database
from lms.domain.events import ModuleRecognised
from lms.domain.permissions import Actor
from lms.domain.policy import Policy
from lms.features.accounts.models import User
from lms.features.catalog.queries import find_module_card
from lms.features.enrollment.service import enroll, recognise
from lms.features.skills.models import Evidence
from lms.features.skills.panels import list_rises
from lms.features.skills.queries import held_levels
from lms.features.skills.service import record_recognition
from lms.features.taxonomy.models import JobRole, Skill
from lms.ports.clock import FixedClock
from tests.conftest import NOON
from tests.factories.accounts import sign_in_as
from tests.factories.curriculum import make_learner
from tests.factories.modules import complete, make_programme
from tests.features.recommendations.test_pages import text_of

SPRING = NOON - timedelta(days=262)  # 2026-03-07


def officer(database: Database, *, language: str = "en", role: str | None = "safety-officer") -> int:
    with database.writing() as db:
        make_programme(db)
        return make_learner(db, role=role, language=language).id


def evidence(database: Database) -> list[tuple[object, ...]]:
    query = select(Evidence.kind, Evidence.score_percent, Evidence.obtained_at, Evidence.level)
    with database.reading() as db:
        return [tuple(row) for row in db.execute(query)]


def levels(database: Database, learner_id: int, today: date) -> dict[str, int]:
    with database.reading() as db:
        must = set(db.scalars(select(Skill.id).where(Skill.slug == "safety-management")))
        held = held_levels(db, learner_id, today=today, policy=Policy(), must_skill_ids=must)
        names = {skill.id: skill.slug for skill in db.scalars(select(Skill))}
        return {names[skill_id]: level.level for skill_id, level in held.items()}


def test_completion_is_evidence_for_every_skill_taught(database: Database) -> None:
    learner_id = officer(database)
    with database.writing() as db:
        complete(db, learner_id, "safety-foundations", now=SPRING, score=86)
    rows = evidence(database)
    assert {row[:3] for row in rows} == {("assessment", 86, SPRING)}
    assert sorted(row[3] for row in rows) == [2, 2, 2, 2, 2, 2, 3]


def test_recognition_is_evidence_too(database: Database) -> None:
    learner_id = officer(database)
    with database.writing() as db:
        card = find_module_card(db, "finance-invoice-basics")
        assert card is not None
        recognise(
            db, learner_id=learner_id, module_id=card.module_id, basis="quiz", assessor="system",
            score_percent=90, now=NOON,
        )  # fmt: skip
        record_recognition(
            db,
            ModuleRecognised(
                learner_id=learner_id, module_version_id=card.version_id, attempt_id=1, score_percent=90
            ),
        )
    assert evidence(database) == [("recognition", 90, NOON, 2)] * 2


def test_levels_fall_by_one_after_their_validity(database: Database) -> None:
    """Obtained 24 Nov 2026: the compulsory skill is valid to 24 Nov 2027, the others to 24 Nov 2028."""
    learner_id = officer(database)
    with database.writing() as db:
        complete(db, learner_id, "safety-foundations")
    assert levels(database, learner_id, date(2027, 11, 24))["safety-management"] == 2
    assert levels(database, learner_id, date(2027, 11, 25))["safety-management"] == 1
    assert levels(database, learner_id, date(2028, 11, 24))["first-aid"] == 2
    assert levels(database, learner_id, date(2028, 11, 25))["first-aid"] == 1


def test_my_skills_says_the_finding(app: Flask, database: Database) -> None:
    """Of eight skills one is met by safety-foundations; the criteria begun reach three more."""
    learner_id = officer(database, language="zh")
    with database.writing() as db:
        complete(db, learner_id, "safety-foundations", now=SPRING)
        card = find_module_card(db, "major-hazard-criteria")
        assert card is not None
        enroll(db, learner_id=learner_id, module=card, now=NOON)
    page = text_of(sign_in_as(app, learner_id).get("/skills").text)
    assert "安全管理员：8 项达标 1 项" in page
    assert "把在学的 1 个模块学完，可达 4 项。" in page
    assert "已 262 天，有效至 2027-03-07" in page
    assert "已 262 天，有效至 2028-03-07" in page
    assert "全员安全生产基础 测验 86 分 · 3月7日" in page
    assert "学到 0%，学完 3 级" in page
    assert "有差距 7" in page
    assert "法定 2" in page
    assert "90 天内过期 0" in page


def test_filters_show_what_they_count(app: Flask, database: Database, clock: FixedClock) -> None:
    learner_id = officer(database)
    with database.writing() as db:
        complete(db, learner_id, "safety-foundations", now=NOON - timedelta(days=300))
    client = sign_in_as(app, learner_id)
    assert client.get("/skills?show=law").text.count('<details class="skill"') == 2
    assert client.get("/skills?show=gap").text.count('<details class="skill"') == 7
    assert (
        client.get("/skills?show=expiring").text.count('<details class="skill"') == 1
    )  # 12 months, in 65 days
    assert client.get("/skills?show=nonsense").text.count('<details class="skill"') == 8


def test_without_a_role_the_page_asks_for_it_and_the_answer_leads_back(
    app: Flask, database: Database
) -> None:
    client = sign_in_as(app, officer(database, role=None))
    page = client.get("/skills").text
    assert "What is your work?" in page
    assert page.count("<option") == 27
    with database.reading() as db:
        role_id = db.scalars(select(JobRole.id).where(JobRole.slug == "safety-officer")).one()
    answer = client.post("/profile", data={"language": "en", "role_id": role_id, "next": "/skills"})
    assert answer.location == "/skills"
    assert "Safety officer: 0 of 8 skills met" in client.get("/skills").text


def test_module_page_shows_from_which_level_to_which(app: Flask, database: Database) -> None:
    learner_id = officer(database)
    with database.writing() as db:
        complete(db, learner_id, "safety-foundations")
    page = text_of(sign_in_as(app, learner_id).get("/modules/work-safety-leadership").text)
    assert "Asked by the role: Safety officer" in page
    for row in ("2 4 4 Met", "2 3 4 1 level short"):  # safety management; hazard identification
        assert row in page, page
    page = text_of(sign_in_as(app, learner_id).get("/modules/finance-invoice-basics").text)
    assert "0 2 – Not asked by the role" in page


def test_after_a_passed_quiz_the_levels_that_rose_are_named(app: Flask, database: Database) -> None:
    learner_id = officer(database)
    with database.writing() as db:
        complete(db, learner_id, "safety-foundations")
        complete(db, learner_id, "major-hazard-criteria")
    with database.reading() as db:
        user = db.get_one(User, learner_id)
        actor = Actor(user.id, user.display_name, user.language, user.role_id, user.is_personalised)
        card = find_module_card(db, "major-hazard-criteria")
        assert card is not None
        rises = list_rises(db, actor, version_id=card.version_id, today=NOON.date())
    assert [(rise.skill.slug, rise.before, rise.now.level, rise.missing) for rise in rises] == [
        ("major-hazard-determination", 0, 3, 0),
        ("hazard-identification", 2, 4, 0),
        ("confined-space-control", 0, 3, 0),
    ]
