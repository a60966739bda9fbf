"""What `MasteryModel` chooses on learners held out: the pace of abilities, trees, penalty and calibration."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss

from recommender.answers import Answers
from recommender.estimators.history import Floats, Pace
from recommender.estimators.mastery_features import online_chance
from recommender.tuning import choose

TRIAL_ROWS = 150_000
"""Answers that a trial of settings is fitted on at most."""

MAX_TREES = 400
SETTINGS = (
    {"learning_rate": 0.08, "max_leaf_nodes": 15, "min_samples_leaf": 80},
    {"learning_rate": 0.06, "max_leaf_nodes": 31, "min_samples_leaf": 80},
    {"learning_rate": 0.05, "max_leaf_nodes": 63, "min_samples_leaf": 150},
)
"""Tried with early stopping; for less data the smaller trees win, for more the larger ones."""

PACES = {
    "skill_variance": (0.1, 0.25, 1.0),
    "learner_drift": (0.0005, 0.002, 0.03),
    "skill_drift": (0.002, 0.03, 0.1),
}
"""Tried one after the other around the usual pace."""

PENALTIES = (0.01, 1.0)
"""Inverse strengths of the ridge penalty tried for the logistic part."""

SHARES = (0.0, 0.2, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
"""Shares of the trees in the mean of the two logits that are tried."""


def choose_pace(answers: Answers, known: Floats) -> dict[str, float]:
    """The pace with which the online ability alone foretells best; it has no other parameters to fit."""
    right = answers.correct >= 0.5
    chosen = choose(
        PACES,
        asdict(Pace()),
        lambda pace: -log_loss(right, online_chance(answers, known, Pace(**pace))),
        measure="log likelihood of the online ability",
    )
    return dict(chosen["values"])


def make_trees(setting: Mapping[str, Any], seed: int, **more: Any) -> HistGradientBoostingClassifier:
    return HistGradientBoostingClassifier(
        **({"l2_regularization": 5.0, "early_stopping": False, "random_state": seed} | dict(setting) | more)
    )


def choose_trees(
    table: NDArray[np.float32], right: NDArray[np.bool_], is_held: NDArray[np.bool_], seed: int
) -> tuple[dict[str, Any], HistGradientBoostingClassifier]:
    """The setting with the least loss on the held-out learners, with its number of trees."""
    inside = np.flatnonzero(~is_held)
    part = np.sort(np.random.default_rng(seed).permutation(inside)[:TRIAL_ROWS])
    trials = []
    for setting in SETTINGS:
        trees = make_trees(
            setting, seed, max_iter=MAX_TREES, early_stopping=True, n_iter_no_change=15, scoring="loss"
        )
        trees.fit(table[part], right[part], X_val=table[is_held], y_val=right[is_held])
        loss = log_loss(right[is_held], trees.predict_proba(table[is_held])[:, 1])
        trials.append((loss, {**setting, "max_iter": int(trees.n_iter_)}, trees))
    _, chosen, fitted = min(trials, key=lambda trial: trial[0])
    return chosen, fitted


def choose_line(
    scaled: Floats, right: NDArray[np.bool_], is_held: NDArray[np.bool_]
) -> tuple[float, LogisticRegression]:
    """The penalty with the least loss on the held-out learners."""
    fits = {
        c: LogisticRegression(C=c, max_iter=500).fit(scaled[~is_held], right[~is_held]) for c in PENALTIES
    }
    losses = {
        c: log_loss(right[is_held], fit.predict_proba(scaled[is_held])[:, 1]) for c, fit in fits.items()
    }
    best = min(losses, key=losses.__getitem__)
    return best, fits[best]


def calibrate(chance: Floats, right: NDArray[np.bool_]) -> tuple[Floats, Floats]:
    """Platt's sigmoid (Platt 1999) as a table; both models have log loss, so that two numbers mend the rest."""
    grid = np.linspace(0.0, 1.0, 501)
    platt = LogisticRegression(C=1e6).fit(_logits(chance), right)
    values: Floats = platt.predict_proba(_logits(grid))[:, 1]
    return grid, values


def chance_of(logits: Floats) -> Floats:
    chance: Floats = 1.0 / (1.0 + np.exp(-logits))
    return chance


def _logits(chance: Floats) -> Floats:
    """As one column, kept finite."""
    clipped = np.clip(chance, 1e-6, 1 - 1e-6)
    column: Floats = np.log(clipped / (1.0 - clipped))[:, None]
    return column
