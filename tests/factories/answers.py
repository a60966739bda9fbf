"""What a night would have made of the answers to questions, without the night."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from lms.features.recommendations.mastery import MASTERY, MasteryStore
from recommender.item_figures import ItemFigures, items_path
from tests.conftest import NOON

Entry = tuple[int, int, int, int, float]
"""Question, answers, people, right answers, expected share."""


def put_figures(folder: Path, entries: Sequence[Entry]) -> MasteryStore:
    """A version with these figures in force; nobody reads its trees, so they are missing."""
    store = MasteryStore(folder)
    folder.mkdir(parents=True, exist_ok=True)
    items, answers, people, right, expected = (np.array(column) for column in zip(*entries, strict=True))
    model = folder / f"new-{MASTERY}"
    model.write_bytes(b"")
    figures = folder / items_path(Path(MASTERY)).name
    ItemFigures(items, answers, people, right, expected, 0.0123, 0.75).save(figures)
    facts = {"n_answers": int(answers.sum()), "n_learners": 50}
    store.publish(model, facts, now=NOON, beside=[figures])
    return store
