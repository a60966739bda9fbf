"""Abilities from answers, and how many questions a placement test needs: figures worked by hand."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import delete, insert, select, update

from lms.db.transaction import Database
from lms.features.accounts.models import User
from lms.features.assessment.models import Attempt, AttemptQuestion
from lms.features.assessment.service import submit
from lms.features.catalog.models import Question
from lms.features.skills.abilities import BankSize, size_of
from lms.features.skills.models import Evidence, SkillAbility
from lms.features.taxonomy.models import JobRole, Skill
from lms.ports.clock import FixedClock
from tests.conftest import NOON
from tests.factories.attempts import Taker, make_taker, right_fields
from tests.factories.curriculum import COUNTING, READING, ROLE
from tests.features.recommendations.test_pages import text_of

MARKS_AND_NONE = (1, 2, 3, 4, 5, None)


@pytest.fixture
def taker(app: Flask, database: Database, tmp_path: Path) -> Taker:
    """A clerk, of whom reading 4 and counting 2 are asked."""
    made = make_taker(app, tmp_path)
    with database.writing() as db:
        role_id = db.scalars(select(JobRole.id).where(JobRole.slug == ROLE)).one()
        db.execute(update(User).where(User.id == made.learner_id).values(role_id=role_id))
    return made


def start_with(taker: Taker, database: Database, marks: list[int | None], skills: list[str]) -> UUID:
    """Begin an attempt of the quiz whose questions have these marks and examine these skills."""
    uuid = taker.start()
    with database.writing() as db:
        attempt_id = db.scalars(select(Attempt.id).where(Attempt.uuid == uuid)).one()
        of_attempt = AttemptQuestion.attempt_id == attempt_id
        db.execute(delete(AttemptQuestion).where(of_attempt, AttemptQuestion.position > len(marks)))
        ids = db.scalars(
            select(AttemptQuestion.question_id).where(of_attempt).order_by(AttemptQuestion.position)
        ).all()
        skill_ids = {row.slug: row.id for row in db.scalars(select(Skill))}
        for question_id, mark, skill in zip(ids, marks, skills, strict=True):
            changed = {"difficulty": mark, "skill_id": skill_ids[skill]}
            db.execute(update(Question).where(Question.id == question_id).values(changed))
    return uuid


def answer(
    taker: Taker, database: Database, marks: list[int | None], right: list[bool], *skills: str
) -> None:
    """Take an attempt of such questions, and answer each rightly or not at all."""
    uuid = start_with(taker, database, marks, list(skills) or [READING] * len(marks))
    for row, is_right in zip(taker.drawn(uuid), right, strict=True):
        if is_right:
            taker.client.post(f"/attempts/{uuid}/{row['position']}", data=right_fields(row))
    assert taker.client.post(f"/attempts/{uuid}/submit").status_code == 302
    taker.client.post(f"/attempts/{uuid}/submit")  # the second one finds it graded


def abilities(database: Database) -> dict[str, tuple[float, float, int]]:
    """Mean, variance and answers by skill."""
    query = select(Skill.slug, SkillAbility).join(Skill, Skill.id == SkillAbility.skill_id)
    with database.reading() as db:
        return {slug: (row.mean, row.variance, row.n_answers) for slug, row in db.execute(query)}


def store(database: Database, learner_id: int, *, mean: float, n: int) -> None:
    with database.writing() as db:
        skill_id = db.scalars(select(Skill.id).where(Skill.slug == READING)).one()
        row = SkillAbility(learner_id=learner_id, skill_id=skill_id, mean=mean, variance=0.3)
        row.n_answers, row.updated_at = n, NOON
        db.add(row)


def test_a_right_answer_of_middling_difficulty_moves_half_of_the_gain(
    taker: Taker, database: Database
) -> None:
    """Chance 1/2, information 1/4, gain 1 / 1.25 = 0.8: mean 0.4, variance 1 − 0.25 × 0.8 + 0.01."""
    answer(taker, database, [3], [True])
    assert abilities(database) == {READING: (pytest.approx(0.4), pytest.approx(0.81), 1)}
    with database.reading() as db:
        assert db.scalars(select(SkillAbility.updated_at)).one() == NOON


@pytest.mark.parametrize("mark", MARKS_AND_NONE)
def test_what_an_author_marks_as_hard_counts_more_when_right(
    taker: Taker, database: Database, mark: int | None
) -> None:
    """At −2 and 2 the gain is 1 / 1.104994, at −1 and 1 it is 1 / 1.196612; each times 1 − chance."""
    means = {1: 0.10788, 2: 0.22475, 3: 0.4, 4: 0.61094, 5: 0.79711, None: 0.4}
    answer(taker, database, [mark], [True])
    assert abilities(database)[READING][0] == pytest.approx(means[mark], abs=5e-6)


def test_answers_count_in_their_order_each_for_its_skill(taker: Taker, database: Database) -> None:
    """Right, then wrong: 0.4, then the gain 0.81 / (1 + 0.2403 × 0.81) = 0.6780 times −0.5987 leads to −0.0059."""
    answer(taker, database, [3, 3, 3], [True, False, False], READING, COUNTING, READING)
    found = abilities(database)
    assert found[READING] == (pytest.approx(-0.00594, abs=5e-6), pytest.approx(0.68804, abs=5e-6), 2)
    assert found[COUNTING] == (pytest.approx(-0.4), pytest.approx(0.81), 1)


def test_another_try_at_the_same_question_counts_again(
    taker: Taker, database: Database, clock: FixedClock
) -> None:
    """From −0.4 and 0.81 a right answer leads by 0.6780 × 0.5987 to 0.0059."""
    answer(taker, database, [3], [False])
    clock.advance(timedelta(minutes=10))
    answer(taker, database, [3], [True])
    assert abilities(database) == {
        READING: (pytest.approx(0.00594, abs=5e-6), pytest.approx(0.68804, abs=5e-6), 2)
    }
    with database.reading() as db:
        assert db.scalars(select(SkillAbility.updated_at)).one() == NOON + timedelta(minutes=10)


def test_a_test_of_prior_learning_counts_too(app: Flask, database: Database, tmp_path: Path) -> None:
    taker = make_taker(app, tmp_path, lessons_read=None)
    taker.take(what="recognition", wrong=10)
    assert abilities(database)[READING][2] == 10


def test_what_is_not_committed_leaves_no_ability(taker: Taker, database: Database) -> None:
    uuid = start_with(taker, database, [3], [READING])
    attempt = taker.attempt(uuid)

    def submit_and_fail() -> None:
        with database.writing() as db:
            submit(db, attempt, now=NOON)
            assert db.scalars(select(SkillAbility.n_answers)).all() == [1]
            raise KeyError

    with pytest.raises(KeyError):
        submit_and_fail()
    assert abilities(database) == {}


@pytest.mark.parametrize(
    ("mean", "n", "words"),
    [
        (3.0, 4, "Not yet known: 4 answers so far, 5 are needed."),
        (-1.01, 5, "Below level 1 (5 answers)."),
        (-1.0, 5, "Level about 1 (5 answers)."),
        (0.99, 40, "Level about 2 (40 answers)."),
        (1.0, 40, "Level about 3 (40 answers)."),
        (9.0, 40, "Level about 4 (40 answers)."),
    ],
)
def test_the_page_says_from_five_answers_on_which_level_they_speak_for(
    taker: Taker, database: Database, mean: float, n: int, words: str
) -> None:
    store(database, taker.learner_id, mean=mean, n=n)
    page = text_of(taker.client.get("/skills").text)
    assert words in page
    assert "Not yet known: 0 answers so far, 5 are needed." in page  # counting


def test_the_estimate_changes_neither_level_nor_gap_nor_evidence(taker: Taker, database: Database) -> None:
    def of_page() -> str:
        page = taker.client.get("/skills").text
        return text_of(page.partition("From your answers")[0])

    before = of_page(), text_of(taker.client.get("/recommendations/how").text)
    store(database, taker.learner_id, mean=9.0, n=40)
    assert (of_page(), text_of(taker.client.get("/recommendations/how").text)) == before
    with database.reading() as db:
        assert db.scalars(select(Evidence)).all() == []


def test_nobody_sees_what_the_answers_of_others_say(taker: Taker, app: Flask, database: Database) -> None:
    other = make_taker(app, Path(), name="zhou.lan")
    store(database, other.learner_id, mean=1.0, n=40)
    assert "40 answers" not in taker.client.get("/skills").text


def test_a_bank_that_nobody_can_guess_is_large_enough_with_140_spread_questions() -> None:
    """The interval of 1.8 takes the information (3.92 / 1.8)² − 1 = 3.743, in each of the four parts of the bank:
    14.97 of its 80 best questions. At level 2 those of difficulty 2, 1 and 0 give 0.25, 0.1966 and 0.1050: 28, 28
    and 24 of them 15.03, but 27, 28 and 25 of them 14.88."""
    assert size_of(()) == BankSize(0, 140)
    assert size_of(tuple((float(mark - 3), 0.0, 28) for mark in range(1, 6))) == BankSize(140, None)


def test_questions_that_can_be_guessed_take_more() -> None:
    """27 of each difficulty that cannot be guessed lack five; true or false, they lack more than half of theirs."""
    sure = size_of(tuple((float(mark - 3), 0.0, 27) for mark in range(1, 6)))
    guessed = size_of(tuple((float(mark - 3), 0.5, 27) for mark in range(1, 6)))
    assert sure == BankSize(135, 140)
    assert guessed.needed is not None
    assert guessed.needed > 135 + 70


def test_the_page_says_how_many_questions_there_are_and_how_many_it_takes(
    taker: Taker, database: Database
) -> None:
    """Reading has twelve questions in each of the two modules that are complete, those in preparation do not count."""
    page = text_of(taker.client.get("/skills").text)
    assert "No placement test: 0 questions in this skill, at least 140 are needed." in page
    assert "No placement test: 24 questions in this skill, at least " in page
    with database.writing() as db:
        first = db.scalars(select(Question).where(Question.kind == "number").order_by(Question.id)).first()
        assert first is not None
        common = {c.name: getattr(first, c.name) for c in Question.__table__.columns if c.name != "id"}
        rows = [{**common, "slug": f"more-{n}", "difficulty": n % 5 + 1} for n in range(140)]
        db.execute(insert(Question), rows)
    page = text_of(taker.client.get("/skills").text)
    assert "164 questions: enough for a placement test, which is not offered yet." in page
