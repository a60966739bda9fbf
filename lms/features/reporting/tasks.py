"""Background jobs of reporting."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select, union
from sqlalchemy.orm import Session

from lms.features.organizations.models import Employment
from lms.features.reporting.counts import count_anew
from lms.features.reporting.models import PersonSummary
from lms.features.reporting.summaries import AT_ONCE, summarise
from lms.jobs.outbox import go_on


def rebuild_summaries(db: Session, payload: Mapping[str, Any], now: datetime) -> None:
    """Make every summary anew: nightly, because evidence ages, and after a new curriculum.

    One message does `AT_ONCE` people and leaves the rest to the next."""
    ids = _next_ids(db, payload.get("after_id", 0))
    summarise(db, ids, now)
    if len(ids) == AT_ONCE:
        go_on(db, "rebuild_summaries", {"after_id": ids[-1]})
    else:
        count_anew(db)


def count_team_figures(db: Session, payload: Mapping[str, Any], now: datetime) -> None:
    """Count the figures anew: a part of the tree stands elsewhere."""
    count_anew(db)


def summarise_people(db: Session, payload: Mapping[str, Any], now: datetime) -> None:
    """Make the summaries of the named people anew, `AT_ONCE` with each message."""
    ids = list(payload.get("user_ids") or payload.get("learner_ids") or ())
    summarise(db, ids[:AT_ONCE], now)
    if ids[AT_ONCE:]:
        go_on(db, "summarise_people", {"user_ids": ids[AT_ONCE:]})


def _next_ids(db: Session, after_id: int) -> list[int]:
    """Who works somewhere now, or still has a summary of the time when they did."""
    people = union(
        select(Employment.user_id).where(Employment.user_id > after_id, Employment.ended_on.is_(None)),
        select(PersonSummary.user_id).where(PersonSummary.user_id > after_id),
    ).subquery()
    return list(db.scalars(select(people.c.user_id).order_by(people.c.user_id).limit(AT_ONCE)))
