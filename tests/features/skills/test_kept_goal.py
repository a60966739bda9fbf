"""The kept goal, worked on paper: a safety officer is asked for 4 + 3 + 4 + 4 + 4 + 3 + 3 + 2 = 27 levels.

Safety foundations (24 periods) brings two levels each of six of the skills: 12. Major hazard criteria (16) brings
3 of determination, 2 more of hazard identification, 3 of confined spaces: 8, to 20. Left are 16 + 32 periods."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lms.db.transaction import Database
from lms.demo.removal import remove_demo
from lms.features.accounts.models import User
from lms.features.skills.models import KeptGoal
from lms.features.taxonomy.models import JobRole, Skill
from lms.features.trail.models import TrailEntry
from lms.ports.clock import FixedClock
from tests.conftest import NOON
from tests.factories.accounts import sign_in_as
from tests.factories.curriculum import make_learner
from tests.factories.modules import complete, make_programme
from tests.features.recommendations.test_pages import text_of

OFFICER = {"role": "safety-officer", "pace": "8"}
CREDIT = {"skill": "letter-of-credit", "pace": "4"}
HOUR = timedelta(hours=1)


@dataclass
class Desk:
    """A workshop worker who has done safety foundations an hour ago."""

    client: FlaskClient
    database: Database
    clock: FixedClock
    learner_id: int

    def wait(self, days: int) -> None:
        """So many days later; nobody stays signed in for so long."""
        self.clock.advance(timedelta(days=days))
        self.client = sign_in_as(self.client.application, self.learner_id)

    def text(self, url: str = "/plan") -> str:
        return text_of(self.client.get(url).text)

    def keep(self, **goal: str) -> str:
        return text_of(self.client.post("/plan/goal", data=goal, follow_redirects=True).text)

    def do(self, slug: str) -> None:
        with self.database.writing() as db:
            complete(db, self.learner_id, slug, now=self.clock.now())

    def rows(self) -> list[tuple[str | None, str | None, int, object]]:
        query = (
            select(JobRole.slug, Skill.slug, KeptGoal.weekly_periods, KeptGoal.kept_at)
            .select_from(KeptGoal)
            .outerjoin(JobRole, JobRole.id == KeptGoal.role_id)
            .outerjoin(Skill, Skill.id == KeptGoal.skill_id)
        )
        with self.database.reading() as db:
            return [tuple(row) for row in db.execute(query)]  # type: ignore[misc]

    def actions(self) -> list[str]:
        """What the trail says of goals, in its order."""
        query = select(TrailEntry.action).where(TrailEntry.action.startswith("goal_")).order_by(TrailEntry.id)
        with self.database.reading() as db:
            return list(db.scalars(query))


@pytest.fixture
def desk(app: Flask, database: Database, clock: FixedClock) -> Desk:
    return make_desk(app, database, clock)


def make_desk(app: Flask, database: Database, clock: FixedClock, *, language: str = "en") -> Desk:
    with database.writing() as db:
        make_programme(db)
        learner_id = make_learner(db, role="workshop-worker", language=language).id
        complete(db, learner_id, "safety-foundations", now=NOON - HOUR)
    return Desk(sign_in_as(app, learner_id), database, clock, learner_id)


def test_a_kept_goal_opens_the_plan_and_counts_what_is_done_meanwhile(desk: Desk) -> None:
    """At 8 a week 64 periods take 8 weeks from 24 November; ten days on, 48 take 6 from 4 December."""
    page = desk.keep(**OFFICER)
    assert "This is your goal now" in page
    assert "Safety officer: 3 modules, 64 periods" in page
    assert "At 8 periods a week it takes 8 weeks, until 18 Jan 2027" in page
    assert "Your goal since 24 Nov" in page
    assert "Levels held 12 of 27 At the start 12 of 27" in page
    assert "Nothing of it is done since" in page
    desk.wait(10)
    desk.do("major-hazard-criteria")
    page = desk.text()
    assert "Safety officer: 2 modules, 48 periods" in page
    assert "it takes 6 weeks, until 14 Jan 2027" in page
    assert "Levels held 20 of 27 At the start 12 of 27 Next step Emergency" in page
    done = page[page.index("Done since") : page.index("Steps of the plan")]
    assert "4 Dec" in done
    assert "Major accident hazard determination 0 → 3 of 3" in done
    assert "Hazard identification 2 → 4 of 4" in done
    assert "First aid" not in done


def test_what_was_done_before_is_no_progress(desk: Desk) -> None:
    desk.do("major-hazard-criteria")
    desk.clock.advance(HOUR)
    page = desk.keep(**OFFICER)
    assert "Levels held 20 of 27 At the start 20 of 27" in page
    assert "Nothing of it is done since" in page


def test_evidence_that_was_old_when_the_goal_was_kept_is_not_done_since(desk: Desk) -> None:
    desk.wait(395)
    page = desk.keep(**OFFICER)
    assert "Levels held 11 of 27 At the start 11 of 27" in page
    assert "Nothing of it is done since" in page


def test_old_evidence_counts_less_and_is_not_hidden(desk: Desk) -> None:
    """After 13 months the level required by law (safety management) is one lower; after 25 all six are: 12 − 6."""
    desk.keep(**OFFICER)
    desk.wait(395)
    assert "Levels held 11 of 27 At the start 12 of 27" in desk.text()
    desk.wait(366)
    assert "Levels held 6 of 27 At the start 12 of 27" in desk.text()


def test_another_goal_takes_the_place_and_another_pace_does_not_begin_anew(desk: Desk) -> None:
    desk.keep(**OFFICER)
    desk.clock.advance(HOUR)
    desk.keep(**OFFICER)  # the same again changes nothing
    desk.keep(**{**OFFICER, "pace": "2"})
    assert desk.rows() == [("safety-officer", None, 2, NOON)]
    assert "At 2 periods a week" in desk.text()
    other = desk.text("/plan?skill=letter-of-credit")
    assert "You keep another goal: Safety officer. Keeping this one takes its place." in other
    assert "Keep as my goal" in other
    assert "Levels held" not in other
    desk.keep(**CREDIT)
    assert desk.rows() == [(None, "letter-of-credit", 4, NOON + HOUR)]
    assert "Letter of credit examination" in desk.text()
    assert desk.actions() == ["goal_kept", "goal_kept", "goal_kept"]


def test_the_button_says_what_it_does(desk: Desk) -> None:
    assert "Keep as my goal" in desk.text("/plan?role=safety-officer&pace=8")
    desk.keep(**OFFICER)
    assert "Let this goal go" in desk.text()
    other_pace = desk.text("/plan?role=safety-officer&pace=4")
    assert "Keep this pace" in other_pace
    assert "Let this goal go" not in other_pace


def test_a_goal_that_is_let_go_is_gone_and_its_plan_stays_on_the_screen(desk: Desk) -> None:
    desk.keep(**OFFICER)
    answer = desk.client.post("/plan/goal/end", data=OFFICER, follow_redirects=True)
    assert answer.request.url.endswith("/plan?role=safety-officer&pace=8")
    assert "You keep no goal any more." in text_of(answer.text)
    assert "Keep as my goal" in text_of(answer.text)
    assert desk.rows() == []
    assert "Where do you want to go?" in desk.text()
    desk.client.post("/plan/goal/end", data=OFFICER)
    assert desk.actions() == ["goal_kept", "goal_dropped"]


def test_what_is_no_goal_is_refused(desk: Desk) -> None:
    for wrong in ({}, {"role": "nobody"}, {"skill": "nothing"}, {"text": "trade finance"}):
        assert desk.client.post("/plan/goal", data=wrong).status_code == 400
    assert desk.rows() == []
    assert desk.actions() == []


def test_a_reached_goal_says_so(desk: Desk) -> None:
    """Hazard identification is held at 4 then, and only the 2 asked for count."""
    desk.do("major-hazard-criteria")
    page = desk.keep(role="workshop-worker", pace="4")
    assert "Workshop worker: nothing is missing" in page
    assert "Levels held 13 of 13" in page
    assert "Your goal: Workshop worker · nothing is missing" in desk.text("/skills")


def test_the_skills_page_has_one_line_and_the_start_page_no_query_more(desk: Desk) -> None:
    urls = ("/skills", "/", "/plan?role=safety-officer")
    for url in urls:
        desk.client.get(url)  # what a process keeps is read once
    before = [count_queries(desk, url) for url in urls]
    assert "Your goal" not in desk.text("/skills")
    desk.keep(**OFFICER)
    assert [count_queries(desk, url) for url in urls] == before
    text = desk.text("/skills")
    assert "Your goal: Safety officer · next: " in text
    assert "· until 18 Jan 2027" in text
    assert before[1] <= 8
    assert max(before) <= 15


def count_queries(desk: Desk, url: str) -> int:
    seen: list[str] = []

    def note(*call: object) -> None:
        seen.append(str(call[2]))

    event.listen(desk.database.reader, "before_cursor_execute", note)
    try:
        assert desk.client.get(url).status_code == 200
    finally:
        event.remove(desk.database.reader, "before_cursor_execute", note)
    return len([one for one in seen if one.startswith(("SELECT", "WITH"))])


def test_the_page_is_chinese_for_who_reads_chinese(app: Flask, database: Database, clock: FixedClock) -> None:
    desk = make_desk(app, database, clock, language="zh")
    page = desk.keep(**OFFICER)
    assert "2026年11月24日定下的目标" in page or "11月24日定下的目标" in page
    assert "现有级数 12 / 27 定目标时 12 / 27" in page
    assert "我的目标：安全管理员 · 下一步：" in desk.text("/skills")


def test_a_goal_is_its_owners_alone(app: Flask, desk: Desk) -> None:
    desk.keep(**OFFICER)
    with desk.database.writing() as db:
        other = make_learner(db, "other", role="workshop-worker").id
    assert "Where do you want to go?" in text_of(sign_in_as(app, other).get("/plan").text)
    sign_in_as(app, other).post("/plan/goal/end", data=OFFICER)
    assert len(desk.rows()) == 1


def test_a_goal_is_a_role_or_a_skill_never_both_nor_neither(desk: Desk) -> None:
    with desk.database.reading() as db:
        role_id = db.scalars(select(JobRole.id).limit(1)).one()
        skill_id = db.scalars(select(Skill.id).limit(1)).one()
    for role, skill in ((role_id, skill_id), (None, None)):
        with pytest.raises(IntegrityError), desk.database.writing() as db:
            _insert(db, desk.learner_id, role, skill)
    assert desk.rows() == []


def _insert(db: Session, learner_id: int, role_id: int | None, skill_id: int | None) -> None:
    row = {"learner_id": learner_id, "role_id": role_id, "skill_id": skill_id}
    db.execute(insert(KeptGoal), [row | {"weekly_periods": 4, "kept_at": NOON}])


def test_a_demo_person_takes_the_goal_along(desk: Desk) -> None:
    desk.keep(**OFFICER)
    with desk.database.writing() as db:
        db.get_one(User, desk.learner_id).is_demo = True
        db.flush()
        remove_demo(db)
    assert desk.rows() == []
