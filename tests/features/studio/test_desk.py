"""The desk: figures of one's own people, reviews, questions both ways, item statistics."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.domain.item_statistics import AnswerSums
from lms.features.assessment.models import Attempt, AttemptQuestion
from lms.features.catalog.models import Module, ModuleVersion, Question
from lms.features.catalog.queries import find_module_card
from lms.features.notifications.models import Notification
from lms.features.organizations.service import employ
from lms.features.studio.queries import find_desk_module
from lms.features.studio.statistics import question_statistics
from lms.ports.clock import FixedClock
from tests.conftest import NOON
from tests.factories.accounts import make_user
from tests.factories.curriculum import BASICS
from tests.features.studio.conftest import Studio


def kinds(studio: Studio, name: str) -> list[str]:
    with studio.reading() as db:
        return list(db.scalars(select(Notification.kind).where(Notification.user_id == studio.ids[name])))


def begin(studio: Studio, name: str) -> None:
    assert studio.browser(name).post(f"/modules/{BASICS}/enrollment").status_code == 302


def test_the_desk_counts_the_own_people_only(studio: Studio) -> None:
    begin(studio, "learner")
    begin(studio, "stranger")
    paths = {"instructor": 1, "other": 1}
    for name, expected in paths.items():
        page = studio.browser(name).get("/studio").text
        assert f"0 of {expected}" in page
        assert "0 of 2" not in page
    assert studio.browser("learner").get("/studio").status_code == 403


def test_an_unpublished_module_disappears_from_no_desk(studio: Studio) -> None:
    slug = studio.publish()
    teacher = studio.browser("instructor")
    teacher.post(f"/studio/modules/{slug}/withdrawal", data={"reason": "old"})
    assert "Not offered" in teacher.get("/studio").text
    assert teacher.get(f"/studio/modules/{slug}").status_code == 200


def test_reviews_are_due_by_cadence(studio: Studio, clock: FixedClock) -> None:
    """Quarterly, published on 24 November: due on 24 February, stale from 12 March."""
    studio.publish()
    clock.advance(timedelta(days=50))
    assert "Nothing in the next weeks" in studio.browser("instructor").get("/studio").text
    clock.advance(timedelta(days=20))  # 2 February
    assert "by 24 Feb" in studio.browser("instructor").get("/studio").text
    clock.advance(timedelta(days=23))  # 25 February
    assert "was due 24 Feb" in studio.browser("instructor").get("/studio").text
    clock.advance(timedelta(days=14))  # 11 March: fifteen days late
    assert "was due 24 Feb" in studio.browser("instructor").get("/studio").text
    clock.advance(timedelta(days=1))
    assert "stale since 24 Feb" in studio.browser("instructor").get("/studio").text


def test_a_question_goes_both_ways_with_a_notice(studio: Studio) -> None:
    begin(studio, "learner")
    learner, url = studio.browser("learner"), f"/modules/{BASICS}/lessons/1"
    learner.post(f"{url}/questions", data={"text": "  Why <b>so</b>?  "})
    assert kinds(studio, "instructor") == ["question_asked"]
    assert kinds(studio, "second") == ["question_asked"]
    assert kinds(studio, "other") == []
    assert "Why &lt;b&gt;so&lt;/b&gt;?" in learner.get(url).text
    page = studio.browser("instructor").get("/studio/questions").text
    assert "1 question waits" in page
    number = page.split('id="question-')[1].split('"')[0]
    assert "Why" not in studio.browser("other").get("/studio/questions").text
    assert studio.browser("other").post(f"/studio/questions/{number}", data={"text": "x"}).status_code == 404
    assert (
        studio.browser("manager").post(f"/studio/questions/{number}", data={"text": "x"}).status_code == 404
    )
    studio.browser("second").post(f"/studio/questions/{number}", data={"text": "Because."})
    assert "Because." in learner.get(url).text
    assert "question_answered" in kinds(studio, "learner")
    late = studio.browser("instructor").post(f"/studio/questions/{number}", data={"text": "Otherwise."})
    assert late.status_code == 409
    assert "Otherwise." not in learner.get(url).text


def test_a_question_belongs_to_its_learner(studio: Studio) -> None:
    begin(studio, "learner")
    begin(studio, "stranger")
    url = f"/modules/{BASICS}/lessons/1"
    studio.browser("learner").post(f"{url}/questions", data={"text": "Mine"})
    assert "Mine" not in studio.browser("stranger").get(url).text
    assert studio.browser("manager").post(f"{url}/questions", data={"text": "x"}).status_code == 404


@pytest.mark.parametrize(
    ("rows", "percent", "discrimination"),
    [
        # right with 100 and 80, wrong with 40 and 20: r = 300 / sqrt(4 × 4000) ≈ 0.949
        ([(1, 100), (1, 80), (0, 40), (0, 20)], 50.0, 0.949),
        ([(0, 100), (1, 20)], 50.0, -1.0),
        ([(1, 100), (1, 20)], 100.0, None),
        ([(1, 60), (0, 60)], 50.0, None),
    ],
)
def test_item_statistics_by_hand(
    rows: list[tuple[int, int]], percent: float, discrimination: float | None
) -> None:
    sums = AnswerSums(
        answers=len(rows),
        right=sum(right for right, _ in rows),
        score=sum(score for _, score in rows),
        score_squared=sum(score**2 for _, score in rows),
        score_of_right=sum(score for right, score in rows if right),
    )
    assert sums.right_percent == percent
    found = sums.discrimination
    assert (
        found == discrimination
        if discrimination is None
        else found == pytest.approx(discrimination, abs=1e-3)
    )


def give_attempts(db: Session, studio: Studio, count: int) -> int:
    """So many people of the firm have answered the first question: every third wrongly, with a lower score."""
    card = find_module_card(db, BASICS)
    assert card is not None
    question = db.scalars(
        select(Question).where(Question.version_id == card.version_id).order_by(Question.slug)
    ).first()
    assert question is not None
    for n in range(count):
        user = make_user(db, f"taker{n}")
        employ(db, user_id=user.id, organization_id=studio.firm_id, started_on=date(2026, 1, 1))
        attempt = Attempt(
            uuid=uuid4(),
            purpose="quiz",
            learner_id=user.id,
            module_id=card.module_id,
            number=1,
            pass_percent=80,
        )
        attempt.version_id, attempt.status, attempt.started_at, attempt.graded_at = (
            *(card.version_id, "graded", NOON, NOON),
        )
        attempt.score_percent = 90 if n % 3 else 50
        db.add(attempt)
        db.flush()
        row = AttemptQuestion(attempt_id=attempt.id, question_id=question.id, position=1, choice_order=[])
        row.is_right = bool(n % 3)
        db.add(row)
    return card.version_id


def test_statistics_are_shown_from_thirty_answers_on(studio: Studio) -> None:
    with studio.writing() as db:
        version_id = give_attempts(db, studio, 30)
        paths = (f"/{studio.district_id}/{studio.firm_id}/",)
        [first, second] = question_statistics(db, version_id, paths, least=30)[:2]
        assert (first.is_shown, first.right_percent, first.discrimination) == (True, "66.7", "1.00")
        assert (second.is_shown, second.sums.answers) == (False, 0)
        assert not question_statistics(db, version_id, paths, least=31)[0].is_shown
        elsewhere = (f"/{studio.district_id}/{studio.other_id}/",)
        assert question_statistics(db, version_id, elsewhere, least=30)[0].sums.answers == 0
    assert "66.7 %" in studio.browser("instructor").get(f"/studio/modules/{BASICS}").text
    assert "66.7 %" not in studio.browser("other").get(f"/studio/modules/{BASICS}").text


def test_an_own_module_is_found_with_its_figures(studio: Studio) -> None:
    slug = studio.publish()
    studio.browser("learner").post(f"/modules/{slug}/enrollment")
    with studio.reading() as db:
        row = find_desk_module(db, slug, (f"/{studio.district_id}/",))
        assert row is not None
        assert (row.learners, row.completed, row.is_offered, row.cadence) == (1, 0, True, "quarterly")
        version = db.get_one(ModuleVersion, row.version_id)
        assert db.get_one(Module, version.module_id).owner_organization_id == studio.firm_id


def test_a_manager_asks_for_a_second_person(studio: Studio) -> None:
    url = f"/studio/organizations/{studio.firm_id}/second-approval"
    assert studio.browser("instructor").post(url, data={"is_needed": "1"}).status_code == 404
    page = f"/organizations/{studio.firm_id}"
    assert "An instructor publishes their own uploads." in studio.browser("manager").get(page).text
    assert "publishes their own uploads" not in studio.browser("supervisor").get(page).text
    studio.browser("manager").post(url, data={"is_needed": "1"})
    assert "A second person publishes" in studio.browser("manager").get(page).text
    uuid = studio.import_()
    studio.browser("instructor").post(f"/studio/uploads/{uuid}/publication")
    assert studio.row().published_at is None
