"""What was shown with which chance, and what people answered: from it weights are learned and judged.

The log knows people by a pseudonym; who it stands for is kept apart (`RecommendationSubject`)."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from lms.features.recommendations.models import RecommendationLog, RecommendationSubject
from lms.features.recommendations.ranking import DRAWN_PLACE, Filling, Frame
from recommender import Choice, Logged

ENROLLED, RECOGNISED = "enrolled", "recognised"


@dataclass(frozen=True)
class Shown:
    """The cards of one learner as they are now: module ids by place, None for an empty slot."""

    learner_id: int
    modules: list[int | None]
    propensities: list[str]
    pool: list[dict[str, Any]]
    version: str


def shown_of(frame: Frame, learner_id: int, filling: Filling) -> Shown:
    """What the log keeps of freshly filled slots."""
    modules = [frame.module_ids[slot.slug] if slot.slug else None for slot in filling.slots]
    blended, slate = filling.blended, filling.slate
    if blended is None or slate is None:
        return Shown(learner_id, modules, ["1" for one in modules if one], [], "")
    places = dict.fromkeys((*slate.picked, *slate.pool))
    pool = [
        {
            "module": frame.module_ids[slug],
            "features": dict(one.features),
            "is_drawn_from": place in slate.pool,
        }
        for place in places
        if (one := blended.weighed.get(slug := blended.order[place]))
    ]
    return Shown(learner_id, modules, [str(one) for one in slate.propensities], pool, blended.version)


def note_shown(
    db: Session, before: Mapping[int, Sequence[int | None]], now_shown: Iterable[Shown], now: datetime
) -> None:
    """Log the cards that are other ones than `before` (learner → module ids by place)."""
    changed = [
        one for one in now_shown if any(one.modules) and list(before.get(one.learner_id, ())) != one.modules
    ]
    if not changed:
        return
    names = _subjects(db, [one.learner_id for one in changed])
    rows = [
        {
            "subject": names[one.learner_id],
            "shown_at": now,
            "version": one.version,
            "modules": one.modules,
            "propensities": one.propensities,
            "pool": one.pool,
        }
        for one in changed
    ]
    db.execute(insert(RecommendationLog), rows)


def note_answer(db: Session, *, learner_id: int, module_id: int, answer: str, now: datetime) -> None:
    """Write to the newest entry of a learner what came of it, if the module was shown; the first answer stays."""
    query = (
        select(RecommendationLog)
        .join(RecommendationSubject, RecommendationSubject.pseudonym == RecommendationLog.subject)
        .where(RecommendationSubject.user_id == learner_id)
        .order_by(RecommendationLog.id.desc())
        .limit(1)
    )
    entry = db.scalars(query).first()
    if entry is None or entry.answer is not None or module_id not in entry.modules:
        return
    entry.answer, entry.answered_module_id, entry.answered_at = answer, module_id, now
    db.flush()  # Core statements that follow must find it


def read_choices(db: Session) -> list[Choice]:
    """What learners began of what was shown to them together, the earliest first: the cards with all features."""
    import numpy as np

    found = []
    for entry in db.scalars(_entries(ENROLLED)):
        by_module = {one["module"]: one["features"] for one in entry.pool if one["features"]}
        cards = [module_id for module_id in entry.modules if module_id in by_module]
        if entry.answered_module_id in cards and len(cards) > 1:
            names = by_module[cards[0]]
            features = {name: np.array([by_module[one][name] for one in cards]) for name in names}
            found.append(Choice(features, cards.index(entry.answered_module_id)))
    return found


def read_drawn(db: Session) -> list[Logged]:
    """The third cards that were left to chance, with their chances: what another weighting is judged by."""
    import numpy as np

    found = []
    people: dict[str, int] = {}
    for entry in db.scalars(_entries()):
        pool = [one for one in entry.pool if one["is_drawn_from"] and one["features"]]
        ids = [one["module"] for one in pool]
        if len(entry.modules) > DRAWN_PLACE and entry.modules[DRAWN_PLACE] in ids:
            features = {
                name: np.array([one["features"][name] for one in pool]) for name in pool[0]["features"]
            }
            shown = entry.modules[DRAWN_PLACE]
            is_chosen = entry.answer == ENROLLED and entry.answered_module_id == shown
            number = people.setdefault(entry.subject, len(people))
            propensity = float(Fraction(entry.propensities[DRAWN_PLACE]))
            found.append(Logged(features, ids.index(shown), propensity, float(is_chosen), number))
    return found


def purge_log(db: Session, *, now: datetime, keep_days: int) -> None:
    """Forget what was shown longer than `keep_days` ago."""
    db.execute(delete(RecommendationLog).where(RecommendationLog.shown_at < now - timedelta(days=keep_days)))


def _entries(answer: str | None = None) -> Any:
    query = select(RecommendationLog).where(RecommendationLog.version != "").order_by(RecommendationLog.id)
    return query if answer is None else query.where(RecommendationLog.answer == answer)


def _subjects(db: Session, learner_ids: Collection[int]) -> dict[int, str]:
    """The pseudonyms of learners, made at first need."""
    subject = RecommendationSubject
    query = select(subject.user_id, subject.pseudonym).where(subject.user_id.in_(learner_ids))
    found = {row.user_id: row.pseudonym for row in db.execute(query)}
    new = {user_id: secrets.token_hex(16) for user_id in learner_ids if user_id not in found}
    if new:
        db.execute(insert(subject), [{"user_id": who, "pseudonym": name} for who, name in new.items()])
    return found | new
