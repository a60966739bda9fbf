"""The nightly model of answers in a process of its own: arrays in, arrays out, no database.

`python -m recommender.mastery_training answers.npz mastery.npz` reads what `AnswerLog.save` wrote, fits a
`MasteryModel`, saves it, and writes what it makes of each question beside it, as `mastery_items.npz`.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from copy import copy
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from recommender.answers import AnswerLog, Answers, answers_of
from recommender.estimators.difficulty import Difficulty
from recommender.item_figures import ItemFigures, items_path

if TYPE_CHECKING:
    from recommender.estimators.mastery import MasteryModel

Floats = NDArray[np.float64]

FOLDS, FOLDS_OF_MANY, MANY = 5, 2, 25_000
"""Parts of the learners, each foretold by a model fitted on the others: five, or two of a log of many answers, which
teach enough by half. So all of it takes about a minute of one core for 25,000 answers, and for 100,000."""

ITEM_FOLDS = 2
"""Parts of the items, each made strange to the model in its turn."""

BINS = 10


def train(source: Path, target: Path) -> None:
    """Fit a `MasteryModel` on the log in `source`, save it as `target` and the figures beside it."""
    from recommender.estimators.mastery import MasteryModel

    log = AnswerLog.load(source)
    judge(log).save(items_path(target))
    MasteryModel().fit(log).save(target)


def judge(log: AnswerLog, seed: int = 0) -> ItemFigures:
    """Each item's answers beside what they were expected to be, and how well answers are foretold at all.

    Every row is foretold by a model that saw nothing of its learner (out of fold), from that learner's earlier
    rows. The model knows how hard an item has been and would forgive one whose key is wrong: the expected share
    therefore comes from a second look at which the item is a strange one of the same skills, levelled so that all
    questions together come to what was answered.

    :raises ValueError: when fewer learners than folds have answered
    """
    foretold, expected = np.empty(len(log)), np.empty(len(log))
    for rows, model in _models_of_others(log, seed):
        own = _part(log, rows)
        foretold[rows] = model.predict(own)
        expected[rows] = _as_strangers(model, own)
    items, item = np.unique(log.item, return_inverse=True)
    answers = np.bincount(item)
    pairs = np.unique(np.column_stack([item, log.learner]), axis=0)
    return ItemFigures(
        items=items,
        answers=answers,
        learners=np.bincount(pairs[:, 0]),
        right=np.bincount(item, log.correct).astype(np.int64),
        expected=np.bincount(item, _levelled(expected, log.correct)) / answers,
        calibration_error=calibration_error(foretold, log.correct),
        auc=_auc(foretold, log.correct),
    )


def calibration_error(chance: Floats, correct: NDArray[np.int64]) -> float:
    """Expected calibration error: the mean distance of foretold and observed shares over ten bins."""
    place = np.minimum((chance * BINS).astype(int), BINS - 1)
    return float(np.abs(np.bincount(place, chance - correct, BINS)).sum() / len(chance))


def _models_of_others(log: AnswerLog, seed: int) -> Iterator[tuple[NDArray[np.intp], MasteryModel]]:
    from recommender.estimators.mastery import MasteryModel

    learners, learner = np.unique(log.learner, return_inverse=True)
    folds = FOLDS if len(log) <= MANY else FOLDS_OF_MANY
    if len(learners) < folds:
        raise ValueError(f"{len(learners)} learners, {folds} are needed")
    fold = np.random.default_rng(seed).permutation(len(learners)) % folds
    for one in range(folds):
        is_own = fold[learner] == one
        yield np.flatnonzero(is_own), MasteryModel(seed).fit(_part(log, np.flatnonzero(~is_own)))


def _as_strangers(model: MasteryModel, log: AnswerLog) -> Floats:
    """What is foretold of each row when its item, and half of the others, count as hard as their skills."""
    known, expected = model.difficulty_, np.empty(len(log))
    usual = _usual_rates(known, answers_of(log))
    part = np.searchsorted(known.items, log.item) % ITEM_FOLDS
    of_item = np.arange(len(known.items)) % ITEM_FOLDS
    for one in range(ITEM_FOLDS):
        is_strange, blind = of_item == one, copy(model)
        blind.difficulty_ = replace(
            known,
            item_offset=np.where(is_strange, 0.0, known.item_offset),
            item_rate=np.where(is_strange, usual, known.item_rate),
            item_slope=np.where(is_strange, 0.0, known.item_slope),
        )
        expected[part == one] = blind.predict(log)[part == one]
    return expected


def _usual_rates(known: Difficulty, answers: Answers) -> Floats:
    """For each item that is known the share of right answers to its skills."""
    place = np.minimum(np.searchsorted(known.items, answers.item), len(known.items) - 1)
    is_known = known.items[place] == answers.item
    place, rate = place[is_known], known.columns(answers)[is_known, 3]
    count = np.bincount(place, minlength=len(known.items))
    sums = np.bincount(place, rate, len(known.items))
    usual: Floats = np.where(count > 0, sums / np.maximum(count, 1), known.item_rate)
    return usual


def _levelled(chance: Floats, correct: NDArray[np.int64]) -> Floats:
    """Calibrated on all answers: what hides the items' difficulty leans to one side where easy ones are met more."""
    from recommender.estimators.mastery_settings import calibrate

    if not 0 < correct.sum() < len(correct):
        return chance
    levelled: Floats = np.interp(chance, *calibrate(chance, correct >= 1))
    return levelled


def _part(log: AnswerLog, rows: NDArray[np.intp]) -> AnswerLog:
    return AnswerLog(log.learner[rows], log.item[rows], log.correct[rows], log.skills[rows], log.at[rows])


def _auc(chance: Floats, correct: NDArray[np.int64]) -> float:
    from sklearn.metrics import roc_auc_score

    return float(roc_auc_score(correct, chance)) if 0 < correct.sum() < len(correct) else float("nan")


if __name__ == "__main__":
    train(Path(sys.argv[1]), Path(sys.argv[2]))
