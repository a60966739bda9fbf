"""Background jobs of recommendations."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from lms.features.recommendations.queries import list_learner_ids
from lms.features.recommendations.service import refresh_many
from lms.jobs.outbox import go_on

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
