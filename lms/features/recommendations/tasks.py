"""Background jobs of recommendations."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy.orm import Session

from lms.db.transaction import after_commit
from lms.features.catalog.snapshot import read_snapshot
from lms.features.policies.queries import get_policy
from lms.features.recommendations.judging import judge
from lms.features.recommendations.log import purge_log, read_drawn
from lms.features.recommendations.mastery import MASTERY_MODELS, MasteryStore, collect_answers, fit_apart
from lms.features.recommendations.model_store import MODELS, ModelStore, model_in_force
from lms.features.recommendations.queries import list_learner_ids
from lms.features.recommendations.service import refresh_many
from lms.features.recommendations.training import collect, train_apart
from lms.jobs.outbox import go_on
from lms.ports.clock import local_date

BATCH = 100


def refresh_recommendations(db: Session, payload: Mapping[str, Any], now: datetime) -> None:
    """Compute everyone's next steps anew: nightly, because evidence ages, and after a new curriculum.

    One message does a hundred learners and leaves the rest to the next, so that the one writer of SQLite is
    free again within a second and the memory needed does not grow with the number of people.
    """
    ids = list_learner_ids(db, after_id=payload.get("after_id", 0), limit=BATCH)
    refresh_many(db, ids, now)
    if len(ids) == BATCH:
        go_on(db, "refresh_recommendations", {"after_id": ids[-1]})


def refresh_learners(db: Session, payload: Mapping[str, Any], now: datetime) -> None:
    """Compute the next steps of the people in `learner_ids` anew, a hundred in one message."""
    ids = list(payload["learner_ids"])
    refresh_many(db, ids[:BATCH], now)
    if ids[BATCH:]:
        go_on(db, "refresh_learners", {"learner_ids": ids[BATCH:]})


def fit_recommender(db: Session, payload: Mapping[str, Any], now: datetime) -> None:
    """Learn anew from what everybody has completed, where that is enough.

    Reads here, fits in a child process after the commit: while a transaction is open nobody else can write."""
    store: ModelStore | None = db.info.get(MODELS)
    snapshot, policy = read_snapshot(db, today=local_date(now))
    material = collect(db, snapshot, least=policy.recommender_least_completions) if store else None
    if store and material:
        after_commit(db, partial(train_apart, store, material, now))


def fit_mastery(db: Session, payload: Mapping[str, Any], now: datetime) -> None:
    """Learn anew how likely each answer is to be right, where there are enough; fits after the commit, too."""
    store: MasteryStore | None = db.info.get(MASTERY_MODELS)
    least = get_policy(db, on=local_date(now)).mastery_least_answers
    answers = collect_answers(db, least=least) if store else None
    if store and answers:
        after_commit(db, partial(fit_apart, store, answers, now))


def judge_weights(db: Session, payload: Mapping[str, Any], now: datetime) -> None:
    """Judge the weights in force by what was shown; reads here, reckons after the commit."""
    store: ModelStore | None = db.info.get(MODELS)
    model = model_in_force(db)
    if store and model:
        after_commit(db, partial(judge, store, model, read_drawn(db), now))


def purge_recommendation_log(db: Session, payload: Mapping[str, Any], now: datetime) -> None:
    """Forget what was shown long ago."""
    keep_days = get_policy(db, on=local_date(now)).recommendation_log_days
    purge_log(db, now=now, keep_days=keep_days)
