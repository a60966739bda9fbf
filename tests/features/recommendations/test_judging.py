"""What the weights in force gain against the table, from a log worked by hand; and the page that says it.

Each logged pool has two cards: A, best by the table (by the gap), and B, best by the fitted weights (by what follows).
Both policies show their best with 0.9 + 0.1/2 = 0.95, the other with 0.05. Shown was A 19 times out of 20."""

from __future__ import annotations

import json
from datetime import timedelta
from fractions import Fraction
from html import unescape
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from flask import Flask
from sqlalchemy import update
from sqlalchemy.orm import Session

from lms.db.transaction import Database
from lms.domain.policy import Policy
from lms.features.accounts.models import User
from lms.features.organizations.models import OrganizationKind
from lms.features.organizations.service import create_organization
from lms.features.policies.models import PolicyVersion
from lms.features.recommendations.judging import JUDGEMENT, Judgement, judge, read_judgement
from lms.features.recommendations.log import read_drawn
from lms.features.recommendations.model_store import MODELS, Model, ModelStore
from lms.features.recommendations.models import RecommendationLog, RecommendationSubject
from lms.features.reporting.fairness_page import points
from lms.jobs.outbox import deliver
from lms.jobs.queue import enqueue_once
from tests.conftest import NOON
from tests.factories.curriculum import make_learner
from tests.factories.district import DistrictWorld
from tests.factories.learned import learn, make_crowd
from tests.factories.modules import make_programme
from tests.features.recommendations.test_pages import text_of

NOTHING = {"together": 0.0, "content": 0.0, "cohort": 0.0, "redundancy": 0.0, "stretch": 0.0}
A, B = {"gap": 0.5, "next": 0.0, **NOTHING}, {"gap": 0.0, "next": 1.0, **NOTHING}
FITTED = {"gap": 0.1, "next": 1.0, **NOTHING}
SHOWN_OFTEN, SHOWN_SELDOM = "19/20", "1/20"


def fill_log(db: Session, people: int) -> None:
    """Each person saw 19 A's, of which one was begun, and one B, begun by every second person."""
    for n in range(people):
        learner_id = make_learner(db, f"logged.{n}").id
        db.add(RecommendationSubject(user_id=learner_id, pseudonym=f"s{n}"))
        db.flush()
        for card in range(20):
            is_b = card == 19
            is_begun = card == 0 or (is_b and n % 2 == 0)
            db.add(_entry(f"s{n}", 2 if is_b else 1, is_begun=is_begun))


def _entry(subject: str, shown: int, *, is_begun: bool) -> RecommendationLog:
    pool = [{"module": n, "features": one, "is_drawn_from": True} for n, one in ((1, A), (2, B))]
    return RecommendationLog(
        subject=subject,
        shown_at=NOON,
        version="v1",
        modules=[8, 9, shown],
        propensities=["1", "1", SHOWN_OFTEN if shown == 1 else SHOWN_SELDOM],
        pool=pool,
        answer="enrolled" if is_begun else None,
        answered_module_id=shown if is_begun else None,
        answered_at=NOON if is_begun else None,
    )


def model(version: str = "v1", *, source: str = "fitted") -> Model:
    chosen = {"source": source, "values": FITTED}
    return cast(Model, SimpleNamespace(version=version, chosen=chosen))


@pytest.fixture
def store(tmp_path: Path) -> ModelStore:
    folder = tmp_path / "models"
    folder.mkdir()
    return ModelStore(folder)


def kept(store: ModelStore) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((store.folder / JUDGEMENT).read_text())
    return found


def test_the_gain_by_hand(database: Database, store: ModelStore) -> None:
    """Table: every A counts 1, every B 1: (1 + ½) ÷ 20 begun. Fitted: A 1/19 each, B 19 each, so 19 A's weigh 1, one
    B 19: (1/19 + 19/2) ÷ 20."""
    with database.writing() as db:
        fill_log(db, 60)
        drawn = read_drawn(db)
    judge(store, model(), drawn, NOON)
    found = kept(store)
    expected = (Fraction(1, 19) + Fraction(19, 2)) / 20 - Fraction(3, 2) / 20
    assert found["gain"] == pytest.approx(float(expected))  # 0.4026
    assert (found["cards"], found["learners"], found["begun"]) == (1200, 60, 60 + 30)
    # per person the gain is (1/19 + 19·b)/20 − (1 + b)/20 with b one or zero: its deviation is 18/20 · ½, over √60
    half = 1.96 * 0.45 / 60**0.5
    assert found["low"] == pytest.approx(float(expected) - half, abs=0.02)
    assert found["high"] == pytest.approx(float(expected) + half, abs=0.02)


def test_the_table_against_itself_is_not_compared(database: Database, store: ModelStore) -> None:
    with database.writing() as db:
        fill_log(db, 2)
        judge(store, model(source="table"), read_drawn(db), NOON)
    assert kept(store)["is_table"] is True
    assert (kept(store)["cards"], kept(store)["gain"]) == (40, None)


def test_an_empty_log_is_judged_without_a_figure(store: ModelStore) -> None:
    judge(store, model(), [], NOON)
    assert (kept(store)["cards"], kept(store)["gain"]) == (0, None)


def test_the_night_judges_what_it_has_fitted(database: Database, tmp_path: Path) -> None:
    """201 completions are enough for a fit; nothing was chosen yet, so the table's weights are in force."""
    with database.writing() as db:
        make_programme(db)
        make_crowd(db, 67)
        fill_log(db, 3)
    made = database.info[MODELS] = ModelStore(tmp_path / "models")
    enqueue_once(database, {"fit_recommender": {}})
    enqueue_once(database, {"judge_weights": {}})
    assert deliver(database, now=NOON) >= 2
    current = made.current()
    assert current is not None
    with database.reading() as db:
        found = read_judgement(db)
    assert found is not None
    assert (found.version, found.is_table, found.cards) == (current.version, True, 60)


def test_another_version_is_not_judged_by_the_last_one(database: Database, tmp_path: Path) -> None:
    with database.writing() as db:
        make_programme(db)
        make_crowd(db, 12)
    made = learn(database, tmp_path)
    with database.reading() as db:
        assert read_judgement(db) is None
        judge(made, model("an older one"), [], NOON)
        put(made, version="an older one", gain=0.1, low=0.0, high=0.2)
        found = read_judgement(db)
        assert found is not None
        assert (found.cards, found.gain, found.low, found.high) == (1200, None, None, None)
        (made.folder / JUDGEMENT).write_text("{", encoding="utf-8")
        assert read_judgement(db) is None


def put(store: ModelStore, **facts: Any) -> None:
    """A judgement as a night leaves it."""
    usual = {"made_at": NOON.isoformat(), "is_table": False, "cards": 1200, "learners": 60, "begun": 90}
    (store.folder / JUDGEMENT).write_text(json.dumps(usual | facts), encoding="utf-8")
    Judgement(**(usual | facts))


@pytest.fixture
def page(app: Flask, database: Database, tmp_path: Path) -> Page:
    with database.writing() as db:
        make_programme(db)
        make_crowd(db, 12)
        top = create_organization(db, kind=OrganizationKind.DISTRICT, name_zh="区", name_en="District")
        db.expunge(top)
    store = learn(database, tmp_path)
    client = DistrictWorld(top, top, top).sign_in(app, "boss", top)
    return Page(client, store)


class Page:
    """The supervisor's page over a store of models."""

    def __init__(self, client: Any, store: ModelStore) -> None:
        self.client, self.store = client, store
        current = store.current()
        assert current is not None
        self.version = current.version

    def text(self) -> str:
        answer = self.client.get("/district/fairness", headers={"Accept-Language": "en"})
        assert answer.status_code == 200
        return text_of(unescape(answer.text))


def test_below_the_minimum_nothing_is_known_yet(page: Page) -> None:
    text = "third recommendations with a known chance are needed"
    assert f"Not yet known: 1000 {text}, 1000 are missing." in page.text()
    put(page.store, version=page.version, cards=999, gain=0.4, low=0.3, high=0.5)
    shown = page.text()
    assert f"Not yet known: 1000 {text}, 1 are missing." in shown
    assert "Third recommendations with a known chance: 999." in shown
    assert "percentage points" not in shown


def test_the_figure_stands_with_its_interval(page: Page, database: Database) -> None:
    put(page.store, version=page.version, cards=1000, gain=0.4026, low=-0.0006, high=0.517)
    shown = page.text()
    assert "the part begun by +40.3 percentage points (95% interval over 60 people: −0.1 to +51.7)" in shown
    assert "Zero lies within it" in shown
    put(page.store, version=page.version, gain=0.4026, low=0.2887, high=0.517)
    assert "Zero lies within it" not in page.text()
    assert "Third recommendations with a known chance: 1200. Begun of them: 90." in page.text()
    with database.writing() as db:
        db.execute(update(User).values(language="zh"))
    assert "变化 +40.3 个百分点（按 60 人计的 95% 区间：+28.9 至 +51.7）" in page.text()


def test_what_cannot_be_compared_says_why(page: Page) -> None:
    put(page.store, version=page.version, is_table=True)
    assert "The weights of the table are in force" in page.text()
    put(page.store, version=page.version)
    assert "They are judged next night" in page.text()


def test_the_minimum_is_a_parameter_of_the_policy(page: Page, database: Database) -> None:
    put(page.store, version=page.version, cards=1000, is_table=True)
    assert Policy().weighting_least_cards == 1000
    assert "Not yet known" not in page.text()
    with database.writing() as db:
        on = (NOON - timedelta(days=1)).date()
        db.add(
            PolicyVersion(
                valid_from_on=on, parameters={"weighting_least_cards": 1500}, author="a", reason="r"
            )
        )
    assert "1500 third recommendations with a known chance are needed, 500 are missing" in page.text()


def test_points_have_a_sign() -> None:
    assert [points(value) for value in (0.0125, -0.02, 0.0, -0.0004)] == ["+1.3", "−2.0", "0.0", "0.0"]
