"""From graded attempts to the page that asks whether a key is right, over a night."""

from __future__ import annotations

import logging
import re
from datetime import timedelta
from functools import partial
from pathlib import Path
from uuid import uuid4

import numpy as np
import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from lms.features.accounts.models import User
from lms.features.assessment.models import Attempt, AttemptQuestion
from lms.features.catalog.models import Module, ModuleVersion, Question
from lms.features.policies.models import PolicyVersion
from lms.features.recommendations.mastery import MASTERY, MASTERY_MODELS, MasteryStore, collect_answers
from lms.jobs.outbox import deliver
from lms.jobs.queue import enqueue_once
from recommender.item_figures import items_path
from tests.conftest import NOON
from tests.factories.accounts import make_user
from tests.factories.answers import put_figures
from tests.factories.curriculum import BASICS
from tests.features.studio.conftest import Studio

WRONG, RARE = 3, 5
"""Places in the bank of the question whose key is wrong, and of the one that four people have answered."""


def bank_of(db: Session, slug: str) -> list[Question]:
    query = (
        select(Question)
        .join(ModuleVersion, ModuleVersion.id == Question.version_id)
        .join(Module, Module.id == ModuleVersion.module_id)
        .where(Module.slug == slug, ModuleVersion.is_current)
    )
    return list(db.scalars(query.order_by(Question.id)))


def sit(db: Session, bank: list[Question], learner_id: int, right: list[bool | None]) -> None:
    """A graded attempt at the bank; None was left empty."""
    version = db.get_one(ModuleVersion, bank[0].version_id)
    attempt = Attempt(uuid=uuid4(), purpose="quiz", learner_id=learner_id, module_id=version.module_id)
    attempt.version_id, attempt.number, attempt.pass_percent, attempt.status = version.id, 1, 80, "graded"
    attempt.started_at = attempt.graded_at = NOON
    db.add(attempt)
    db.flush()
    for position, (question, is_right) in enumerate(zip(bank, right, strict=True), start=1):
        row = AttemptQuestion(attempt_id=attempt.id, question_id=question.id, position=position)
        row.choice_order, row.is_right = [], bool(is_right)
        row.response = None if is_right is None else {"text": "a"}
        db.add(row)


def add_attempts(studio: Studio, slug: str, people: int = 80, *, name: str = "sitter") -> None:
    """Three in four know each question; the wrong key turns that round, and four people see the rare one."""
    chance = np.random.default_rng(7)
    with studio.writing() as db:
        bank = bank_of(db, slug)
        for n in range(people):
            knows = [bool(chance.random() < 0.75) for _ in bank]
            right: list[bool | None] = [not one if k == WRONG else one for k, one in enumerate(knows)]
            if n >= 4:
                right[RARE] = None
            sit(db, bank, make_user(db, f"{name}{n}").id, right)


def ask_for(db: Session, answers: int) -> None:
    """A policy that is content with so many answers."""
    parameters = {"mastery_least_answers": answers}
    db.add(PolicyVersion(valid_from_on=NOON.date(), parameters=parameters, author="a", reason="r"))
    db.flush()


def night(studio: Studio, folder: Path) -> MasteryStore:
    database = studio.app.extensions["database"]
    store: MasteryStore = database.info.setdefault(MASTERY_MODELS, MasteryStore(folder / "mastery"))
    assert enqueue_once(database, {"fit_mastery": {}}) == 1
    while deliver(database, now=NOON):
        pass
    return store


def lines(page: str) -> list[list[str]]:
    """The cells of the table, without marks."""
    rows = re.findall(r"<tr>(.*?)</tr>", page.partition("<tbody>")[2], re.DOTALL)
    cells = [re.findall(r"<td[^>]*>(.*?)</td>", row, re.DOTALL) for row in rows]
    return [[" ".join(re.sub(r"<[^>]+>", " ", cell).split()) for cell in row] for row in cells]


def page_of(studio: Studio, name: str, query: str = "") -> str:
    answer = studio.browser(name).get(f"/studio/answers{query}")
    assert answer.status_code == 200
    return answer.text


def test_a_wrong_key_is_marked_first_and_only_its_owner_and_the_district_read_it(
    studio: Studio, tmp_path: Path
) -> None:
    slug = studio.publish()
    add_attempts(studio, slug)
    store = night(studio, tmp_path)
    found = store.current()
    assert found is not None
    with studio.reading() as db:
        bank = bank_of(db, slug)
        stem = bank[WRONG].body["stem"]["en"][:30]
        assert found.n_learners == 80
        assert found.n_answers == 80 * (len(bank) - 1) + 4
    page = page_of(studio, "instructor")
    first, *others = lines(page)
    assert "is the key right?" in first[0]
    assert stem in first[0]
    assert first[2] == "80"
    assert first[5].startswith("−")
    right, expected, difference = (float(cell.strip(" %").replace("−", "-")) for cell in first[3:])
    assert right == pytest.approx(25, abs=12)
    assert difference == pytest.approx(right - expected, abs=0.001)
    assert difference < -15
    assert not any("is the key right?" in row[0] for row in others)
    assert "1 question is missed by learners who should know it" in page
    assert "(ECE), as of 24 Nov, from" in page
    assert not re.search(r"sitter|吴敏", page)
    [rare] = [row for row in others if row[2] == "too few"]
    assert rare[3:] == ["–", "–", "–"]
    assert rare == others[-1]
    assert lines(page_of(studio, "supervisor"))[0] == first
    assert lines(page_of(studio, "instructor", f"?module={slug}"))[0] == first
    assert "No answers to your questions yet" in page_of(studio, "other")
    assert "No answers to your questions yet" in page_of(studio, "other", f"?module={slug}")
    for name in ("manager", "learner"):
        assert studio.browser(name).get("/studio/answers").status_code == 403


def test_the_curriculum_is_for_supervisors(studio: Studio, tmp_path: Path) -> None:
    add_attempts(studio, BASICS, 60)
    night(studio, tmp_path)
    assert "is the key right?" in lines(page_of(studio, "supervisor"))[0][0]
    assert lines(page_of(studio, "instructor")) == []


def test_below_five_hundred_answers_nothing_is_fitted_and_the_page_says_how_many_are_missing(
    studio: Studio, tmp_path: Path
) -> None:
    slug = studio.publish()
    assert "500 graded answers are needed, 500 are missing." in page_of(studio, "instructor")
    with studio.writing() as db:
        bank = bank_of(db, slug)
        ids = [row.id for row in bank]
        learner_id, off_id = make_user(db, "one").id, make_user(db, "off").id
        db.get_one(User, off_id).is_personalised = False
        for one in (learner_id, off_id):
            sit(db, bank, one, [True, None, *[False] * (len(bank) - 2)])
    store = night(studio, tmp_path)
    assert not store.folder.exists()
    missing = 500 - (len(ids) - 1)  # one left empty, and nobody who switched it off
    assert f"500 graded answers are needed, {missing} are missing." in page_of(studio, "instructor")
    with studio.reading() as db:
        answers = collect_answers(db, least=1)
        assert answers is not None
        assert set(answers.learner.tolist()) == {learner_id}
        assert answers.item.tolist() == [ids[0], *ids[2:]]
        assert answers.correct.tolist() == [1, *[0] * (len(ids) - 2)]


def test_a_failing_child_leaves_the_last_version_in_force(
    studio: Studio, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    add_attempts(studio, BASICS, 60)
    store = night(studio, tmp_path)
    good = store.current()
    assert good is not None
    with studio.writing() as db:  # too few people to be foretold by one another
        for user in db.scalars(select(User).where(User.sign_in_name.like("sitter%"))).all()[4:]:
            user.is_personalised = False
        ask_for(db, 1)
    with caplog.at_level(logging.ERROR):
        night(studio, tmp_path)
    assert "4 learners, 5 are needed" in caplog.text
    assert "the last version stays in force" in caplog.text
    assert store.versions() == [good.version]
    assert MasteryStore(store.folder).current() is not None
    assert not list(store.folder.glob(".fit-*"))


def test_a_damaged_version_is_passed_over(studio: Studio, tmp_path: Path) -> None:
    add_attempts(studio, BASICS, 60)
    store = night(studio, tmp_path)
    good = store.current()
    assert good is not None
    folder, copies = store.folder / good.version, []
    for path in (folder / MASTERY, items_path(folder / MASTERY)):
        copies.append(tmp_path / path.name)
        copies[-1].write_bytes(path.read_bytes())
    facts = {"n_answers": good.n_answers, "n_learners": good.n_learners}
    later = NOON + timedelta(days=1)
    version = store.publish(copies[0], facts, now=later, beside=copies[1:])
    assert (store.current() or good).version == version
    trees = store.folder / version / MASTERY
    trees.write_bytes(trees.read_bytes() + b"\0")
    assert (MasteryStore(store.folder).current() or good).version == good.version
    assert sorted(path.name for path in store.folder.iterdir() if path.name.startswith(".")) == []


def test_figures_by_hand_in_their_order_and_on_pages(studio: Studio, tmp_path: Path) -> None:
    """Marked from twenty answers on, and below −15.0 points; of fewer than five people nothing is said."""
    slug = studio.publish()
    with studio.reading() as db:
        ids = [row.id for row in bank_of(db, slug)]
    info = studio.app.extensions["database"].info
    info[MASTERY_MODELS] = put_figures(
        tmp_path / "mastery",
        [
            (ids[0], 20, 20, 12, 0.75),  # 60.0 and 75.0: −15.0, not yet more than 15
            (ids[1], 20, 20, 11, 0.7004),  # 55.0 and 70.0: −15.0
            (ids[2], 19, 19, 0, 0.9),  # one answer short
            (ids[3], 20, 20, 11, 0.7006),  # 55.0 and 70.1: −15.1
            (ids[4], 40, 4, 0, 0.9),  # four people
            (ids[5], 40, 5, 40, 0.9),  # five: +10.0
        ],
    )
    page = page_of(studio, "instructor")
    rows = [row[2:] for row in lines(page)]
    assert rows == [
        ["20", "55.0 %", "70.1 %", "−15.1"],
        ["19", "0.0 %", "90.0 %", "−90.0"],
        ["20", "60.0 %", "75.0 %", "−15.0"],
        ["20", "55.0 %", "70.0 %", "−15.0"],
        ["40", "100.0 %", "90.0 %", "+10.0"],
        ["too few", "–", "–", "–"],
    ]
    assert page.count("is the key right?") == 1
    assert "1.2 percentage points apart on average (ECE), as of 24 Nov, from 159 answers" in page


def test_a_long_list_is_paged_and_costs_no_more_queries(studio: Studio, tmp_path: Path) -> None:
    with studio.reading() as db:
        ids = list(db.scalars(select(Question.id).order_by(Question.id)))
    assert len(ids) > 25
    database = studio.app.extensions["database"]
    counts, browser = [], studio.browser("supervisor")
    browser.get("/studio/answers")  # what a person's first request looks up is not the page's
    for n in (1, len(ids)):
        entries = [(one, 20, 20, 10, 0.5) for one in ids[:n]]
        database.info[MASTERY_MODELS] = put_figures(tmp_path / f"mastery-{n}", entries)
        seen: list[str] = []
        listener = partial(_note, seen)
        event.listen(database.reader, "before_cursor_execute", listener)
        page = browser.get("/studio/answers")
        event.remove(database.reader, "before_cursor_execute", listener)
        counts.append(len(seen))
        assert len(lines(page.text)) == min(n, 25)
    assert counts[0] == counts[1]
    last = lines(page_of(studio, "supervisor", "?page=2"))
    assert len(last) == min(25, len(ids) - 25)


def _note(seen: list[str], *call: object, **more: object) -> None:
    seen.append(str(call[2]))
