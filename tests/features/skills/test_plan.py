"""The plan to a goal, worked on paper from the curriculum's map; today is 24 November 2026."""

from __future__ import annotations

import re
from datetime import date

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from lms.db.transaction import Database
from lms.domain.permissions import Actor
from lms.features.enrollment.models import Enrollment
from lms.features.learning.queries import learner_map
from lms.features.skills.goal_plan import make_plan, read_goal
from lms.features.taxonomy.models import JobRole, RoleRequirement, Skill
from tests.factories.accounts import sign_in_as
from tests.factories.curriculum import make_learner
from tests.factories.modules import complete, make_programme
from tests.features.recommendations.test_pages import text_of

TODAY = date(2026, 11, 24)
SHORTEST = {  # role → modules, periods (requirements, table of roles)
    "district-supervisor": (8, 100),
    "subdistrict-liaison": (8, 82),
    "market-regulation-cadre": (9, 104),
    "third-party-auditor": (8, 94),
    "enterprise-principal": (11, 170),
    "line-manager": (4, 62),
    "enterprise-training-manager": (9, 118),
    "instructor": (7, 76),
    "hr-specialist": (7, 96),
    "office-employee": (8, 90),
    "safety-officer": (4, 88),
    "workshop-worker": (1, 24),
    "occupational-health-officer": (6, 82),
    "fintech-compliance-officer": (6, 78),
    "data-analyst": (7, 84),
    "digital-transformation-lead": (9, 116),
    "travel-digital-operator": (5, 58),
    "pattern-maker": (4, 354),
    "apparel-design-lead": (7, 392),
    "freight-forwarder": (11, 142),
    "warehouse-iot-technician": (11, 152),
    "customs-declarant": (13, 146),
    "trade-document-specialist": (14, 172),
    "trade-finance-officer": (13, 170),
    "shipping-digital-product-owner": (14, 184),
    "carbon-manager": (10, 122),
}


def learner(database: Database, *, done: tuple[str, ...] = (), language: str = "en") -> int:
    with database.writing() as db:
        make_programme(db, in_preparation={"emergency-response-drill"})
        learner_id = make_learner(db, role="workshop-worker", language=language).id
        for slug in done:
            complete(db, learner_id, slug)
    return learner_id


def browser(app: Flask, database: Database, **facts: object) -> FlaskClient:
    return sign_in_as(app, learner(database, **facts))  # type: ignore[arg-type]


def test_every_role_has_its_shortest_plan(database: Database) -> None:
    actor = Actor(learner(database), "", "en", None, is_personalised=True)
    found = {}
    with database.reading() as db:
        whole = learner_map(db, actor, today=TODAY)
        for slug in SHORTEST:
            goal = read_goal(whole.snapshot, role=slug, skill="")
            assert goal is not None
            plan = make_plan(whole, goal, {}, pace=4, today=TODAY)
            assert plan.plan.is_optimal
            assert plan.surplus == 0
            assert sum(row.after - row.before for step in plan.steps for row in step.closes) == sum(
                goal.levels.values()
            )
            found[slug] = (len(plan.steps), plan.plan.periods)
    assert found == SHORTEST


def test_weeks_and_days_follow_from_the_pace(database: Database) -> None:
    """Safety officer at 8 periods a week: 24, 40, 56, 88 periods are full after 3, 5, 7, 11 weeks."""
    actor = Actor(learner(database), "", "en", None, is_personalised=True)
    with database.reading() as db:
        whole = learner_map(db, actor, today=TODAY)
        goal = read_goal(whole.snapshot, role="safety-officer", skill="")
        assert goal is not None
        plan = make_plan(whole, goal, {}, pace=8, today=TODAY)
        fives = make_plan(whole, goal, {}, pace=6, today=TODAY)
    assert [
        (step.module.card.slug, step.first_week, step.last_week, step.begins_on, step.ends_on)
        for step in plan.steps
    ] == [
        ("safety-foundations", 1, 3, date(2026, 11, 24), date(2026, 12, 14)),
        ("major-hazard-criteria", 4, 5, date(2026, 12, 15), date(2026, 12, 28)),
        ("emergency-response-drill", 6, 7, date(2026, 12, 29), date(2027, 1, 11)),
        ("work-safety-leadership", 8, 11, date(2027, 1, 12), date(2027, 2, 8)),
    ]
    # at 6 a week the second module ends after 40 periods, in week 7, and the third begins in that week
    assert [(step.first_week, step.last_week) for step in fives.steps] == [(1, 4), (5, 7), (7, 10), (10, 15)]


def test_what_is_done_costs_nothing_and_is_said(app: Flask, database: Database) -> None:
    """Safety foundations done: 64 periods in 3 modules; at 4 a week 16 weeks, to 15 March 2027."""
    page = text_of(browser(app, database, done=("safety-foundations",)).get("/plan?role=safety-officer").text)
    assert "Safety officer: 3 modules, 64 periods" in page
    assert "At 4 periods a week it takes 16 weeks, until 15 Mar 2027. No plan to this goal has fewer" in page
    assert "Hazard identification 2 → 4 of 4" in page
    assert "Major accident hazard determination 0 → 3 of 3 · by law" in page
    assert "1 module of the plan is in preparation" in page
    assert "Weeks 1–4 24 Nov – 21 Dec" in page


def test_the_first_module_that_can_begin_is_begun_from_the_plan(app: Flask, database: Database) -> None:
    client = browser(app, database)
    html = client.get("/plan?role=safety-officer").text
    assert 'action="/modules/safety-foundations/enrollment"' in html
    assert html.count("/enrollment") == 1
    assert "Begin " in text_of(html)
    client.post("/modules/safety-foundations/enrollment")
    with database.reading() as db:
        assert db.scalar(select(Enrollment.status)) == "active"
    assert "Go on with" in text_of(client.get("/plan?role=safety-officer").text)


def test_a_plan_to_one_skill(app: Flask, database: Database) -> None:
    """Letter of credit 4: 16 + (12 + 10 + 10) + 24 + 8 + (6 + 12) + 8 = 106 periods, nine modules."""
    page = text_of(browser(app, database).get("/plan?skill=letter-of-credit&pace=8").text)
    assert "Letter of credit examination: 9 modules, 106 periods" in page
    assert "it takes 14 weeks" in page


def test_nothing_is_missing(app: Flask, database: Database) -> None:
    page = text_of(
        browser(app, database, done=("safety-foundations",)).get("/plan?role=workshop-worker").text
    )
    assert "Workshop worker: nothing is missing" in page


def test_a_level_that_no_module_teaches_is_left_out_and_said(app: Flask, database: Database) -> None:
    client = browser(app, database)
    with database.writing() as db:
        role_id = db.scalars(select(JobRole.id).where(JobRole.slug == "workshop-worker")).one()
        skill_id = db.scalars(select(Skill.id).where(Skill.slug == "first-aid")).one()
        db.execute(
            update(RoleRequirement)
            .where(RoleRequirement.role_id == role_id, RoleRequirement.skill_id == skill_id)
            .values(level=5)
        )
    page = text_of(client.get("/plan?role=workshop-worker").text)
    assert "First aid level 5: no module leads there" in page
    assert "Workshop worker: 1 module, 24 periods" in page


MEANT = (
    ("I want to move into trade finance", "trade-finance-officer", "trade-finance"),
    ("想转做跨境贸易金融", "trade-finance-officer", "trade-finance"),
    ("我想當報關員", "customs-declarant", "customs-declaration"),
    ("become a data analyst", "data-analyst", "data-analysis"),
)


def test_a_sentence_means_a_role_or_a_skill(app: Flask, database: Database) -> None:
    client = browser(app, database)
    for text, role, skill in MEANT:
        html = client.get("/plan", query_string={"text": text, "pace": "6"}).text
        choices = re.findall(r'<a href="/plan\?(role|skill)=([^"]+)&amp;pace=6"', html)
        assert choices[0] == ("role", role)
        assert ("skill", skill) in choices
        assert "Fits because: its name says" in text_of(html)


def test_a_sentence_that_means_nothing_leads_to_all_roles(app: Flask, database: Database) -> None:
    html = browser(app, database).get("/plan?text=qwertz").text
    assert "Nothing in the curriculum answers to “qwertz”" in text_of(html)
    assert html.count('href="/plan?role=') == 26


def test_what_cannot_be_read_is_said(app: Flask, database: Database) -> None:
    client = browser(app, database)
    assert "Say where you want to go" in text_of(client.get("/plan?text=").text)
    assert "That is 501 characters; at most 500 are read" in text_of(
        client.get(f"/plan?text={'x' * 501}").text
    )
    assert "Nothing in the curriculum answers" in text_of(client.get(f"/plan?text={'x' * 500}").text)
    assert "Where do you want to go?" in text_of(client.get("/plan").text)
    assert client.get("/plan?role=nobody&pace=0").status_code == 200
    assert "answers to “nobody”" in text_of(client.get("/plan?role=nobody").text)
    assert client.get("/plan?skill=nothing&pace=99999").status_code == 200


def test_the_page_is_chinese_for_who_reads_chinese(app: Flask, database: Database) -> None:
    page = text_of(browser(app, database, language="zh").get("/plan?role=safety-officer&pace=8").text)
    assert "安全管理员：4 个模块，88 课时" in page
    assert "每周 8 课时，要学 11 周，到2027年2月8日学完。没有比这更省课时的安排。" in page
    assert "重大事故隐患判定 0 → 3，要求 3 级 · 法定" in page
