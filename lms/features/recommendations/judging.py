"""What the weights in force gain against the table, from third cards whose chance was logged.

Judged at night and kept beside the models: the log is too long to be read for a page."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from math import isnan
from uuid import uuid4

from sqlalchemy.orm import Session

from lms.features.recommendations.model_store import MODELS, Model, ModelStore, model_in_force
from recommender import Logged

JUDGEMENT = "judgement.json"


@dataclass(frozen=True)
class Judgement:
    """What the log says of the weights of one version.

    :param cards: third cards in the log whose chance is known; `begun`: how many of them were begun
    :param gain: by how much the part begun would be above the table's, as a fraction, with its 95 % interval over
        learners; None: not computable, or judged for other weights than those in force
    """

    version: str
    made_at: str
    is_table: bool
    cards: int
    learners: int
    begun: int
    gain: float | None = None
    low: float | None = None
    high: float | None = None


def judge(store: ModelStore, model: Model, drawn: Sequence[Logged], now: datetime) -> None:
    """Judge the weights of `model` by the log and keep what came out. Takes seconds: not within a transaction."""
    from recommender.mixture import TABLE
    from recommender.off_policy import compare, greedy

    found = Judgement(
        version=model.version,
        made_at=now.isoformat(),
        is_table=model.chosen["source"] != "fitted",
        cards=len(drawn),
        learners=len({card.learner for card in drawn}),
        begun=sum(card.reward > 0 for card in drawn),
    )
    if drawn and not found.is_table:
        worth = compare(drawn, greedy(model.chosen["values"]), greedy(TABLE))
        if not isnan(worth.value):
            found = replace(found, gain=worth.value, low=worth.low, high=worth.high)
    part = store.folder / f".{JUDGEMENT}.{uuid4().hex[:8]}"
    part.write_text(json.dumps(asdict(found)), encoding="utf-8")
    os.replace(part, store.folder / JUDGEMENT)


def read_judgement(db: Session) -> Judgement | None:
    """The last night's judgement; None before there is one, or where nothing is learned."""
    store: ModelStore | None = db.info.get(MODELS)
    model = model_in_force(db)
    if store is None or model is None:
        return None
    try:
        found = Judgement(**json.loads((store.folder / JUDGEMENT).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None  # the next night writes it anew
    if found.version == model.version:
        return found
    return replace(found, is_table=model.chosen["source"] != "fitted", gain=None, low=None, high=None)
