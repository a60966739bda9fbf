"""The pages of assigning: what the forms do, what they ask, and for whom they do not exist."""

from __future__ import annotations

import threading
from datetime import date
from html import unescape
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update

from lms.db.transaction import Database
from lms.features.accounts.models import User
from lms.features.assignments.models import Assignment, AssignmentRule
from lms.features.organizations.service import employ
from lms.features.taxonomy.models import JobRole
from tests.factories.accounts import sign_in_as
from tests.factories.curriculum import ADVANCED, BASICS, FAR
from tests.factories.teams import Works, ask, card, lift_rules, make_works

DUE = "2026-12-24"


@pytest.fixture
def works(database: Database, tmp_path: Path) -> Works:
    with database.writing() as db:
        made = make_works(db, tmp_path)
        lift_rules(db)
        db.execute(update(User).values(language="en"))
    return made


@pytest.fixture
def gu(app: Flask, works: Works) -> FlaskClient:
    return sign_in_as(app, works.gu)


def text(client: FlaskClient, url: str) -> str:
    answer = client.get(url, follow_redirects=True)
    assert answer.status_code == 200, (url, answer.status_code)
    return unescape(answer.get_data(as_text=True))


def assigned(database: Database) -> set[tuple[int, int]]:
    with database.reading() as db:
        query = select(Assignment.learner_id, Assignment.module_id).where(Assignment.waived_at.is_(None))
        return {(row[0], row[1]) for row in db.execute(query)}


def count(database: Database, model: type[Assignment] | type[AssignmentRule]) -> int:
    with database.reading() as db:
        return db.scalar(select(func.count()).select_from(model)) or 0


def module_id(database: Database, slug: str) -> int:
    with database.reading() as db:
        return card(db, slug).module_id


def test_one_person_is_asked_and_sees_who_asked(
    app: Flask, gu: FlaskClient, works: Works, database: Database
) -> None:
    answer = gu.post(f"/team/people/{works.lu}/assign", data={"module": [BASICS, FAR], "due_on": DUE})
    assert answer.location == f"/team/people/{works.lu}"
    assert assigned(database) == {(works.lu, module_id(database, slug)) for slug in (BASICS, FAR)}
    lu = sign_in_as(app, works.lu)
    home = text(lu, "/")
    assert "Set by the employer · Gu" in home
    assert "24 Dec" in home
    assert "Due 24 Dec, asked by Gu" in text(lu, f"/modules/{BASICS}")
    assert "Gu asks you to take 2 modules by 24 Dec." in text(lu, "/notifications")


def test_the_page_says_how_many_are_meant(gu: FlaskClient, works: Works) -> None:
    html = text(gu, f"/team/organizations/{works.production}/assign")
    assert "Assign learning to Production: 3 people" in html
    assert "You are among them" not in html
    assert "You are among them" in text(gu, "/team/assign")
    assert "Clerk: 3 people" in html


def test_a_department_must_say_whether_joiners_are_meant(
    gu: FlaskClient, works: Works, database: Database
) -> None:
    url = f"/team/organizations/{works.production}/assign"
    refused = gu.post(url, data={"module": BASICS, "due_on": DUE})
    assert refused.status_code == 422
    assert "Say whether it also holds for people who join later." in refused.get_data(as_text=True)
    assert count(database, Assignment) == 0
    gu.post(url, data={"module": BASICS, "due_on": DUE, "whom": "today"})
    assert {learner for learner, _ in assigned(database)} == {works.lu, works.wang, works.qian}
    assert count(database, AssignmentRule) == 0


def test_a_standing_assignment_is_listed_and_ended(gu: FlaskClient, works: Works, database: Database) -> None:
    url = f"/team/organizations/{works.sales}/assign"
    gu.post(url, data={"module": BASICS, "due_on": DUE, "whom": "joiners"})
    assert "1 assignment meets whoever joins" in text(gu, "/team/rules")
    with database.reading() as db:
        rule_id = db.scalars(select(AssignmentRule.id)).one()
    gu.post(f"/team/rules/{rule_id}/end")
    assert "Nothing stands for joiners yet" in text(gu, "/team/rules")
    assert gu.post(f"/team/rules/{rule_id}/end").status_code == 404
    assert {learner for learner, _ in assigned(database)} == {works.chen}


def test_a_form_sent_twice_at_once_stands_once(
    app: Flask, works: Works, database: Database, gu: FlaskClient
) -> None:
    url, data = (
        f"/team/organizations/{works.sales}/assign",
        {"module": BASICS, "due_on": DUE, "whom": "joiners"},
    )
    browsers = [gu, *(sign_in_as(app, works.gu) for _ in range(3))]
    threads = [
        threading.Thread(target=browser.post, args=(url,), kwargs={"data": data}) for browser in browsers
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    gu.post(url, data=data)
    assert count(database, AssignmentRule) == 1
    gu.post(url, data={**data, "due_on": "2026-12-25"})  # that is another wish
    assert count(database, AssignmentRule) == 2


def test_a_role_that_does_not_exist_is_refused(gu: FlaskClient, works: Works, database: Database) -> None:
    for whom in ("today", "joiners"):
        data = {"module": BASICS, "due_on": DUE, "whom": whom, "role": "99999"}
        answer = gu.post(f"/team/organizations/{works.sales}/assign", data=data)
        assert answer.status_code == 422
        assert "Choose one of the roles in the list." in answer.get_data(as_text=True)
    assert count(database, AssignmentRule) == 0


def test_a_role_and_the_whole_path_of_one(gu: FlaskClient, works: Works, database: Database) -> None:
    """Gu has no role and is not meant; the clerk's path is basics, then reading well."""
    with database.reading() as db:
        role = db.scalars(select(JobRole)).one()
        assert role.path.split() == [BASICS, ADVANCED]
        role_id = role.id
    data = {"path": role_id, "role": role_id, "due_on": DUE, "whom": "today"}
    gu.post(f"/team/organizations/{works.alpha}/assign", data=data)
    modules = {module_id(database, slug) for slug in (BASICS, ADVANCED)}
    assert assigned(database) == {(learner, module) for learner in works.clerks for module in modules}


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"due_on": DUE}, "Choose at least one module"),
        ({"module": BASICS, "due_on": "soon"}, "Enter a day"),
        ({"module": BASICS, "due_on": "2026-11-23"}, "The due date has passed"),
        ({"module": BASICS, "due_on": "2036-11-23"}, "more than 730 days away"),
        ({"module": "no-such-module", "due_on": DUE}, "Choose modules from the list."),
    ],
)
def test_what_cannot_be_done_is_said_and_nothing_is_written(
    gu: FlaskClient, works: Works, database: Database, data: dict[str, str], words: str
) -> None:
    answer = gu.post(f"/team/people/{works.lu}/assign", data=data)
    assert answer.status_code == 422
    assert words in answer.get_data(as_text=True)
    assert count(database, Assignment) == 0


def test_waiving_and_moving_a_date(app: Flask, gu: FlaskClient, works: Works, database: Database) -> None:
    with database.writing() as db:
        ask(db, works.gu, works.lu, BASICS, date(2026, 11, 20))
        ask(db, works.gu, works.lu, FAR, date(2026, 11, 20))
    with database.reading() as db:
        basics, far = db.scalars(select(Assignment.id).order_by(Assignment.id))
    assert "1 person is overdue" in text(gu, "/team")
    gu.post(f"/team/assignments/{basics}/waive", data={"reason": "no"})
    assert len(assigned(database)) == 2
    gu.post(f"/team/assignments/{basics}/waive", data={"reason": "Holds the licence."})
    gu.post(f"/team/assignments/{far}/due", data={"due_on": "2026-12-01"})
    assert assigned(database) == {(works.lu, module_id(database, FAR))}
    assert "Nobody is overdue" in text(gu, "/team")
    lu = sign_in_as(app, works.lu)
    assert text(lu, "/").count("Set by the employer · Gu") == 1
    assert "Gu waived this module for you: Holds the licence." in text(lu, f"/modules/{BASICS}")
    assert "Holds the licence." in text(lu, "/notifications")
    assert "Holds the licence." in text(gu, f"/team/people/{works.lu}")


def test_strangers_and_learners_find_nothing(app: Flask, works: Works, database: Database) -> None:
    with database.writing() as db:
        ask(db, works.gu, works.lu, BASICS, date(2026, 12, 1))
    with database.reading() as db:
        wish = db.scalars(select(Assignment.id)).one()
    sign_in_as(app, works.gu).post(
        f"/team/organizations/{works.sales}/assign", data={"module": FAR, "due_on": DUE, "whom": "joiners"}
    )
    before = assigned(database)
    with database.reading() as db:
        rule_id = db.scalars(select(AssignmentRule.id)).one()
    form = {"module": FAR, "due_on": DUE, "whom": "today", "reason": "because I can"}
    urls = (
        f"/team/people/{works.lu}/assign",
        f"/team/organizations/{works.alpha}/assign",
        f"/team/organizations/{works.district}/assign",
        f"/team/assignments/{wish}/waive",
        f"/team/assignments/{wish}/due",
        f"/team/rules/{rule_id}/end",
    )
    for person in (works.he, works.lu):
        client = sign_in_as(app, person)
        assert [client.post(url, data=form).status_code for url in urls] == [404] * len(urls)
    assert assigned(database) == before
    assert "Sales" not in text(sign_in_as(app, works.he), "/team/rules")


def test_what_an_employer_wrote_stays_with_it(
    app: Flask, gu: FlaskClient, works: Works, database: Database
) -> None:
    """The reason of a waiver is for the learner and those who manage there, not for the next employer."""
    he, reason = sign_in_as(app, works.he), "On leave until spring."
    he.post(f"/team/people/{works.zhao}/assign", data={"module": FAR, "due_on": DUE})
    with database.reading() as db:
        wish = db.scalars(select(Assignment.id).where(Assignment.learner_id == works.zhao)).one()
    he.post(f"/team/assignments/{wish}/waive", data={"reason": reason})
    assert reason in text(he, f"/team/people/{works.zhao}")
    he.post(f"/people/{works.zhao}/end", data={"ended_on": "2026-11-24"})
    with database.writing() as db:  # the next employer says when it began, not when the last one ended
        employ(db, user_id=works.zhao, organization_id=works.alpha, started_on=date(2026, 1, 1))
    page = text(gu, f"/team/people/{works.zhao}")
    assert reason not in page
    assert reason not in text(gu, f"/team?open={works.zhao}")
    clerk = sign_in_as(app, works.zhao)
    assert reason in text(clerk, "/notifications")
