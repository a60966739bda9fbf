"""What was learned from others, in the product: when, where it stands, and where it must not."""

from __future__ import annotations

import json
import logging
from datetime import timedelta
from fractions import Fraction
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from lms.db.transaction import Database
from lms.domain.rates import decimals
from lms.features.accounts.models import User
from lms.features.catalog.queries import find_module_card
from lms.features.enrollment.service import enroll
from lms.features.recommendations import service
from lms.features.recommendations.blending import chance_of, in_thousandths
from lms.features.recommendations.log import read_choices, read_drawn
from lms.features.recommendations.model_store import BLEND, MODELS, ModelStore
from lms.features.recommendations.models import Recommendation, RecommendationAnswerKind, RecommendationLog
from lms.features.recommendations.queries import list_slots
from lms.features.recommendations.tasks import purge_recommendation_log, refresh_recommendations
from lms.features.taxonomy.models import JobRole
from lms.jobs.outbox import OutboxMessage, deliver
from lms.jobs.queue import enqueue_once
from tests.conftest import NOON
from tests.factories.accounts import sign_in_as
from tests.factories.curriculum import make_learner
from tests.factories.learned import completion_of, learn, make_crowd
from tests.factories.modules import complete, make_programme, module_id
from tests.features.recommendations.test_pages import text_of

STEP = timedelta(days=7)


def stored(db: Session) -> list[tuple[object, ...]]:
    query = select(
        Recommendation.learner_id, Recommendation.position, Recommendation.module_id, Recommendation.reasons
    )
    return [
        tuple(row) for row in db.execute(query.order_by(Recommendation.learner_id, Recommendation.position))
    ]


def analyst(db: Session, name: str = "wu.min") -> int:
    learner = make_learner(db, name, role="data-analyst")
    completion_of(db, learner.id, ["digital-literacy"])
    return learner.id


def analyst_among(db: Session, n: int) -> int:
    """The programme with `n` analysts who went their ways, and one more; that one's id."""
    make_programme(db)
    make_crowd(db, n)
    return analyst(db)


def analyst_with_model(database: Database, folder: Path, n: int = 12) -> int:
    """The same, and a model in force that was learned from them all."""
    with database.writing() as db:
        learner_id = analyst_among(db, n)
    learn(database, folder)
    return learner_id


def test_with_zero_events_nothing_changes(database: Database, tmp_path: Path) -> None:
    """Somebody of each role: the slots are the same to the last character, and the night fits nothing."""
    with database.writing() as db:
        make_programme(db)
        for role in db.scalars(select(JobRole.slug)).all():
            make_learner(db, f"one.{role}", role=role)
        db.query(OutboxMessage).delete()
        refresh_recommendations(db, {}, NOON)
        before = stored(db)
    database.info[MODELS] = ModelStore(tmp_path / "models")
    assert enqueue_once(database, {"fit_recommender": {}, "refresh_recommendations": {}}) == 2
    assert deliver(database, now=NOON) == 2
    with database.reading() as db:
        assert stored(db) == before
        assert len({row[0] for row in before}) == 26
    assert not (tmp_path / "models").exists()


def test_a_night_fits_in_a_child_and_the_sum_gains_lines(database: Database, tmp_path: Path) -> None:
    """67 people with three completions each: the 201 that the policy asks for."""
    with database.writing() as db:
        learner_id = analyst_among(db, 67)
        off = analyst(db, "li.hua")
        db.get_one(User, off).is_personalised = False
        db.query(OutboxMessage).delete()
    store = database.info[MODELS] = ModelStore(tmp_path / "models")
    enqueue_once(database, {"fit_recommender": {}, "refresh_recommendations": {}})
    assert deliver(database, now=NOON) >= 2
    model = store.current()
    assert model is not None
    assert (model.facts["n_learners"], model.facts["n_completions"]) == (68, 202)  # not who switched it off
    with database.reading() as db:
        slots = [slot for slot in list_slots(db, learner_id) if slot.module_id]
        assert list_slots(db, off) == []
    assert slots
    named = 0
    for slot in slots:
        [total] = [line for line in slot.lines if line.kind == "total"]
        parts = [line for line in slot.lines if line.kind == "part"]
        summed = sum((Fraction(line.data["score"]) for line in parts), Fraction(total.data["base"]))
        assert summed == Fraction(total.data["score"])
        named += sum(bool(line.data["modules"]) for line in parts)
    assert named
    assert [path.name for path in store.folder.iterdir() if path.name.startswith(".")] == []


def test_compulsory_modules_stay_as_the_gap_has_them(database: Database, tmp_path: Path) -> None:
    with database.writing() as db:
        make_programme(db)
        make_crowd(db, 12, role="safety-officer")
        learner_id = make_learner(db, role="safety-officer").id
        complete(db, learner_id, "safety-foundations")
        before = [(slot.slug, slot.reasons) for slot in list_slots(db, learner_id)]
    learn(database, tmp_path)
    with database.writing() as db:
        service.refresh(db, learner_id, NOON)
        after = [(slot.slug, slot.reasons) for slot in list_slots(db, learner_id)]
    assert [slug for slug, _ in before] == ["major-hazard-criteria", "work-safety-leadership", None]
    assert after == before


def test_the_ranking_follows_the_whole_sum(database: Database, tmp_path: Path) -> None:
    learner_id = analyst_with_model(database, tmp_path, 30)
    with database.writing() as db:
        service.refresh(db, learner_id, NOON)
        slots = [slot for slot in list_slots(db, learner_id) if slot.module_id]
    totals = [
        Fraction(line.data["score"])
        for slot in slots
        for line in slot.lines
        if line.kind == "total" and not {"guarded", "drawn"} & {one.kind for one in slot.lines}
    ]
    assert len(totals) >= 2
    assert totals == sorted(totals, reverse=True)


def test_one_in_ten_third_cards_is_drawn_and_stays_for_a_week() -> None:
    day = NOON.date()
    chances = [chance_of("v", learner_id, day) for learner_id in range(20_000)]
    assert sum(chance < 0.1 for chance in chances) / 20_000 == pytest.approx(0.1, abs=0.01)
    monday = day - timedelta(days=day.weekday())
    assert len({chance_of("v", 7, monday + timedelta(days=n)) for n in range(7)}) == 1
    assert chance_of("v", 7, monday) != chance_of("v", 7, monday + STEP) != chance_of("w", 7, monday + STEP)


def test_what_is_drawn_says_so_and_its_chance_is_logged(database: Database, tmp_path: Path) -> None:
    with database.writing() as db:
        make_programme(db)
        make_crowd(db, 120, role="office-employee")
        analysts = [analyst(db, f"analyst.{n}") for n in range(80)]
    learn(database, tmp_path)
    with database.writing() as db:
        service.refresh_many(db, analysts, NOON)
        query = select(RecommendationLog.propensities, RecommendationLog.pool)
        entries = db.execute(query.where(RecommendationLog.version != "")).all()
        drawn = [
            line
            for learner_id in analysts
            for line in list_slots(db, learner_id)[2].lines
            if line.kind == "drawn"
        ]
        cards = read_drawn(db)
    assert 1 <= len(drawn) <= 20
    thirds = [Fraction(entry.propensities[2]) for entry in entries]
    assert all(entry.propensities[:2] == ["1", "1"] for entry in entries)
    pools = [sum(one["is_drawn_from"] for one in entry.pool) for entry in entries]
    assert all(
        third in (Fraction(1, 10) / n, Fraction(9, 10) + Fraction(1, 10) / n)
        for third, n in zip(thirds, pools, strict=True)
    )
    assert sum(third < Fraction(1, 2) for third in thirds) == len(drawn)
    assert len(cards) == len(entries)
    assert {card.propensity for card in cards} == {float(third) for third in thirds}
    assert {card.reward for card in cards} == {0}  # nobody has begun anything yet


def test_the_log_notes_changes_and_the_first_answer(database: Database, tmp_path: Path) -> None:
    learner_id = analyst_with_model(database, tmp_path)
    with database.writing() as db:
        db.execute(delete(Recommendation))
        db.execute(delete(RecommendationLog))
        service.refresh(db, learner_id, NOON)
        service.refresh(db, learner_id, NOON)
        entries = db.scalars(select(RecommendationLog)).all()
        assert len(entries) == 1  # nothing has changed the second time
        first, second, _ = entries[0].modules
        later = RecommendationAnswerKind.LATER
        service.answer(db, learner_id=learner_id, module_id=first, kind=later, now=NOON)
        entries = db.scalars(select(RecommendationLog).order_by(RecommendationLog.id)).all()
        assert [(entry.answer, entry.answered_module_id) for entry in entries] == [
            ("later", first),
            (None, None),
        ]
        assert first not in entries[1].modules
        slug = next(slot.slug for slot in list_slots(db, learner_id) if slot.module_id == second)
        card = find_module_card(db, slug or "")
        assert card is not None
        enroll(db, learner_id=learner_id, module=card, now=NOON)
        entry = db.scalars(select(RecommendationLog).order_by(RecommendationLog.id)).all()[1]
        assert (entry.answer, entry.answered_module_id, entry.answered_at) == ("enrolled", second, NOON)
        assert str(learner_id) not in entry.subject or len(entry.subject) == 32
        [choice] = read_choices(db)
    assert set(choice.features) >= {"gap", "next", "together"}


def test_the_log_is_forgotten_after_four_hundred_days(database: Database) -> None:
    with database.writing() as db:
        make_programme(db)
        learner = make_learner(db, role="data-analyst")
        service.refresh(db, learner.id, NOON)
        count = select(func.count()).select_from(RecommendationLog)
        assert db.scalar(count) == 1
        purge_recommendation_log(db, {}, NOON + timedelta(days=400))
        assert db.scalar(count) == 1
        purge_recommendation_log(db, {}, NOON + timedelta(days=400, seconds=1))
        assert db.scalar(count) == 0


def test_a_damaged_version_is_passed_over(
    database: Database, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with database.writing() as db:
        learner_id = analyst_among(db, 12)
        service.refresh(db, learner_id, NOON)
        plain = stored(db)
    store = learn(database, tmp_path)
    good = store.current()
    assert good is not None
    again = tmp_path / "again.npz"
    again.write_bytes((store.folder / good.version / BLEND).read_bytes())
    facts = {name: good.facts[name] for name in ("modules", "roles", "skills")}
    version = store.publish(again, facts, now=NOON + timedelta(days=1))
    newest = store.folder / version / BLEND
    newest.write_bytes(newest.read_bytes() + b"\0")  # still an archive: only the digest tells
    with caplog.at_level(logging.WARNING):
        assert _version(store) == good.version
    assert version in caplog.text
    (store.folder / good.version / "manifest.json").write_text("{")
    database.info[MODELS] = ModelStore(store.folder)
    assert database.info[MODELS].current() is None
    with database.writing() as db:
        service.refresh(db, learner_id, NOON)
        assert stored(db) == plain


def _version(store: ModelStore) -> str:
    found = ModelStore(store.folder).current()
    return found.version if found else ""


def test_three_versions_are_kept_and_a_new_one_is_seen_at_once(database: Database, tmp_path: Path) -> None:
    analyst_with_model(database, tmp_path)
    store = database.info[MODELS]
    first = store.current()
    assert first is not None
    names = [first.version]
    facts = {name: first.facts[name] for name in ("modules", "roles", "skills")}
    for day in range(1, 5):
        copy = tmp_path / "copy.npz"
        copy.write_bytes((store.folder / names[-1] / BLEND).read_bytes())
        names.append(store.publish(copy, facts, now=NOON + timedelta(days=day)))
        found = store.current()
        assert found is not None
        assert found.version == names[-1]
    assert store.versions() == names[:1:-1]
    manifest = json.loads((store.folder / names[-1] / "manifest.json").read_text())
    assert len(manifest["files"][BLEND]) == 64


def test_the_page_says_what_was_learned_and_what_the_buttons_do(
    app: Flask, database: Database, tmp_path: Path
) -> None:
    with database.writing() as db:
        learner_id = analyst_among(db, 12)
    client = sign_in_as(app, learner_id)
    page = text_of(client.get("/recommendations/how").text)
    assert "that begins with 200 completions" in page
    store = learn(database, tmp_path)
    model = store.current()
    assert model is not None
    page = text_of(client.get("/recommendations/how").text)
    for words in (
        model.version,
        "from 37 completions of 13 people and 0 choices",
        "at most 0.100",
        "Who completed Digital literacy often takes this next",
        "Each acts at once",
        "Nothing is learned from people who have switched recommendations off",
    ):
        assert words in page, words


def test_figures_of_the_sum_by_hand() -> None:
    assert in_thousandths(0.0314) == Fraction(31, 1000)
    assert decimals(Fraction(13, 32) + in_thousandths(0.0314), 3) == "0.437"  # 0.40625 + 0.031 = 0.43725


def test_each_answer_acts_on_the_next_page_with_a_model_in_force(
    app: Flask, database: Database, tmp_path: Path
) -> None:
    learner_id = analyst_with_model(database, tmp_path)
    with database.writing() as db:
        service.refresh(db, learner_id, NOON)
        first = list_slots(db, learner_id)[0].slug
    client = sign_in_as(app, learner_id)
    for answer in ("later", "not_relevant"):
        client.post(f"/recommendations/{first}/answer", data={"answer": answer})
        with database.reading() as db:
            assert first not in [slot.slug for slot in list_slots(db, learner_id)]
        client.post(f"/recommendations/{first}/answer", data={"undo": "1"})
        with database.reading() as db:
            assert list_slots(db, learner_id)[0].slug == first
            assert module_id(db, first or "")
