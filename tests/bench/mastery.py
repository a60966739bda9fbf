"""Mastery: AUC and calibration on simulated learners, beside what the model is made of and the best possible."""

from __future__ import annotations

import argparse
from time import perf_counter
from typing import Any

import numpy as np
from sklearn.metrics import roc_auc_score

from recommender import MasteryModel
from recommender.answers import answers_of
from recommender.estimators.difficulty import learn_difficulty
from recommender.estimators.history import Pace
from recommender.estimators.mastery_features import online_chance
from tests.recommender.learners import calibration_error, simulate


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """How many learners."""
    parser.add_argument("--learners", type=int, nargs="+", default=[500, 2000])


def run(options: argparse.Namespace) -> list[dict[str, Any]]:
    """The figures by number of learners; learners of the test part are new to the model."""
    return [measure(learners) for learners in options.learners]


def measure(learners: int) -> dict[str, Any]:
    train, test = simulate(learners=learners, items=800, skills=40, answers=120, seed=1).split()
    start = perf_counter()
    model = MasteryModel().fit(train.log)
    fitted = perf_counter()
    chance = model.predict(test.log)
    predicted = perf_counter()
    answers = answers_of(test.log)
    known = learn_difficulty(answers_of(train.log), np.ones(len(train.log), dtype=bool)).columns(answers)
    online = online_chance(answers, known, Pace(**model.chosen_["pace"]))
    right = test.log.correct
    return {
        "learners": learners,
        "answers": len(train.log) + len(test.log),
        "fit_seconds": round(fitted - start, 1),
        "predictions_per_second": round(len(test.log) / (predicted - fitted)),
        "auc": {
            "difficulty alone": round(float(roc_auc_score(answers.correct, -known[:, 0])), 4),
            "online ability": round(float(roc_auc_score(answers.correct, online)), 4),
            "MasteryModel": round(float(roc_auc_score(right, chance)), 4),
            "true chances (the best possible)": round(float(roc_auc_score(right, test.chance)), 4),
        },
        "calibration_error": round(calibration_error(chance, right), 4),
        "distance_from_true_chances": round(float(np.abs(chance - test.chance).mean()), 4),
        "chosen": model.chosen_,
    }
