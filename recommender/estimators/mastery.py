"""Will this learner answer rightly? A calibrated model of every next answer, fitted by night."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
from sklearn.preprocessing import StandardScaler
from sklearn.utils.validation import check_is_fitted

from recommender.answers import AnswerLog, Answers, answers_of
from recommender.artifact import ArtifactError, read_artifact, write_artifact
from recommender.estimators.difficulty import Difficulty, learn_difficulty
from recommender.estimators.mastery_features import feature_table, known_out_of_fold

Floats = NDArray[np.float64]

LEAST_LEARNERS, LEAST_ANSWERS = 20, 500
"""Below either the online ability and the difficulties answer alone: too little to fit more on."""

HELD_OUT = 0.15
"""Share of the learners on whom settings are chosen and the chances calibrated."""

TRIAL_ROWS = 150_000
"""Answers that a trial of settings is fitted on at most."""

MAX_TREES = 400
SETTINGS = (
    {"learning_rate": 0.08, "max_leaf_nodes": 15, "min_samples_leaf": 80},
    {"learning_rate": 0.06, "max_leaf_nodes": 31, "min_samples_leaf": 80},
    {"learning_rate": 0.05, "max_leaf_nodes": 63, "min_samples_leaf": 150},
)
"""Tried with early stopping; for less data the smaller trees win, for more the larger ones."""

PENALTIES = (0.01, 1.0)
"""Inverse strengths of the ridge penalty tried for the logistic part."""

SHARES = (0.0, 0.2, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
"""Shares of the trees in the mean of the two logits that are tried."""

TRUSTED = ["sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor"]
"""The only type beyond skops' own list that a saved model may hold."""


class MasteryModel(BaseEstimator):  # type: ignore[misc]
    """Boosted trees and a logistic regression over histories, mixed and calibrated.

    What is known of items and skills is learnt out of fold by learner. Settings, the share of the trees and
    the calibration are chosen on learners held out (`chosen_` says which and why); then all learners are used.

    Parameters: seed (int, default 0) of folds and of the held-out learners.

    Attributes: difficulty_ (`Difficulty`), chosen_ (dict); None where there was too little to fit on: trees_,
    scaler_ (means and scales of the columns), line_ (intercept and weights of the scaled columns),
    calibration_ (thresholds and values of a rising function, linear in between).
    """

    def __init__(self, seed: int = 0) -> None:
        self.seed = seed

    def fit(self, log: AnswerLog) -> Self:
        """Learn from `log`.

        :raises ValueError: when the log is empty
        """
        if not len(log):
            raise ValueError("a log without answers teaches nothing")
        answers = answers_of(log)
        self.difficulty_ = learn_difficulty(answers, np.ones(len(answers), dtype=bool))
        self._forget_models()
        if answers.n_learners < LEAST_LEARNERS or len(answers) < LEAST_ANSWERS or _is_one_sided(answers):
            self.chosen_: dict[str, Any] = {
                "why": "online ability and difficulty alone: too little to fit more on"
            }
            return self
        self._fit_models(answers)
        return self

    def predict(self, log: AnswerLog) -> Floats:
        """The chance of a right answer for each row, from that learner's earlier rows in `log` only.

        Learners, items and skills may be new. Rows that repeat one answer once per skill get one chance.

        :raises NotFittedError: before `fit`
        :raises ValueError: when the log has another number of skills than the one fitted on
        """
        check_is_fitted(self)
        if log.skills.shape[1] + 1 != len(self.difficulty_.skill_offset):
            raise ValueError(
                f"{log.skills.shape[1]} skills, fitted on {len(self.difficulty_.skill_offset) - 1}"
            )
        if not len(log):
            return np.zeros(0)
        answers = answers_of(log)
        table, chance = feature_table(answers, self.difficulty_.columns(answers))
        if self.trees_ is not None and self.scaler_ and self.calibration_ and self.line_ is not None:
            mean, scale = self.scaler_
            logits = (table - mean) / scale @ self.line_[1:] + self.line_[0]
            share = float(self.chosen_["share_of_trees"])
            mixed = share * self.trees_.decision_function(table) + (1.0 - share) * logits
            chance = np.interp(_chance(mixed), *self.calibration_)
        return chance[answers.of_row]

    def _forget_models(self) -> None:
        self.trees_: HistGradientBoostingClassifier | None = None
        self.scaler_: tuple[Floats, Floats] | None = None
        self.line_: Floats | None = None
        self.calibration_: tuple[Floats, Floats] | None = None

    def _fit_models(self, answers: Answers) -> None:
        table, _ = feature_table(answers, known_out_of_fold(answers, self.seed))
        right = answers.correct >= 0.5
        rng = np.random.default_rng(self.seed)
        held = rng.permutation(answers.n_learners) < max(5, int(HELD_OUT * answers.n_learners))
        is_held = held[answers.learner]
        scaler = StandardScaler().fit(table)
        scaled = scaler.transform(table)
        setting, trees = _choose_trees(table, right, is_held, self.seed)
        penalty, line = _choose_line(scaled, right, is_held)
        by_trees = trees.decision_function(table[is_held])
        by_line = line.decision_function(scaled[is_held])
        losses = [
            log_loss(right[is_held], _chance(share * by_trees + (1.0 - share) * by_line)) for share in SHARES
        ]
        share = SHARES[int(np.argmin(losses))]
        mixed = _chance(share * by_trees + (1.0 - share) * by_line)
        self.calibration_ = _calibrate(mixed, right[is_held])
        self.chosen_ = setting | {
            "penalty": penalty,
            "share_of_trees": share,
            "held_out_loss": float(min(losses)),
            "why": f"least log loss on {int(held.sum())} learners held out",
        }
        self.trees_ = _trees(setting, self.seed).fit(table, right)
        fitted = LogisticRegression(C=penalty, max_iter=500).fit(scaled, right)
        self.scaler_ = scaler.mean_, scaler.scale_
        self.line_ = np.append(fitted.intercept_, fitted.coef_[0])

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write what was learned to one file (npz with a JSON header, the trees as skops writes them).

        :raises NotFittedError: before `fit`
        """
        check_is_fitted(self)
        known = asdict(self.difficulty_)
        state = {f"difficulty_{name}": value for name, value in known.items()} | {"chosen": self.chosen_}
        if self.trees_ is not None and self.scaler_ and self.calibration_:
            from skops.io import dumps

            state |= {"mean": self.scaler_[0], "scale": self.scaler_[1], "line": self.line_}
            state |= {"thresholds": self.calibration_[0], "values": self.calibration_[1]}
            state["trees"] = np.frombuffer(dumps(self.trees_), dtype=np.uint8)
        write_artifact(Path(path), {"estimator": type(self).__name__, "parameters": self.get_params()}, state)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Self:
        """The model that `save` wrote; it answers the same.

        :raises ArtifactError: when the file holds something else, or trees of types that are not trusted
        """
        header, state = read_artifact(Path(path))
        if header["estimator"] != cls.__name__:
            raise ArtifactError(f"{path} holds a {header['estimator']}, not a {cls.__name__}")
        model = cls(**header["parameters"])
        known = {
            name.removeprefix("difficulty_"): one for name, one in state.items() if name[:11] == "difficulty_"
        }
        model.difficulty_, model.chosen_ = Difficulty(**known), state["chosen"]
        model._forget_models()
        if "trees" in state:
            model.scaler_, model.line_ = (state["mean"], state["scale"]), state["line"]
            model.calibration_ = state["thresholds"], state["values"]
            model.trees_ = _read_trees(state["trees"].tobytes())
        return model


def _is_one_sided(answers: Answers) -> bool:
    right = int((answers.correct >= 0.5).sum())
    return min(right, len(answers) - right) < LEAST_ANSWERS // 20


def _trees(setting: Mapping[str, Any], seed: int, **more: Any) -> HistGradientBoostingClassifier:
    return HistGradientBoostingClassifier(
        **({"l2_regularization": 5.0, "early_stopping": False, "random_state": seed} | dict(setting) | more)
    )


def _choose_trees(
    table: NDArray[np.float32], right: NDArray[np.bool_], is_held: NDArray[np.bool_], seed: int
) -> tuple[dict[str, Any], HistGradientBoostingClassifier]:
    """The setting with the least loss on the held-out learners, with its number of trees."""
    inside = np.flatnonzero(~is_held)
    part = np.sort(np.random.default_rng(seed).permutation(inside)[:TRIAL_ROWS])
    trials = []
    for setting in SETTINGS:
        trees = _trees(
            setting, seed, max_iter=MAX_TREES, early_stopping=True, n_iter_no_change=15, scoring="loss"
        )
        trees.fit(table[part], right[part], X_val=table[is_held], y_val=right[is_held])
        loss = log_loss(right[is_held], trees.predict_proba(table[is_held])[:, 1])
        trials.append((loss, {**setting, "max_iter": int(trees.n_iter_)}, trees))
    _, chosen, fitted = min(trials, key=lambda trial: trial[0])
    return chosen, fitted


def _choose_line(
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


def _calibrate(chance: Floats, right: NDArray[np.bool_]) -> tuple[Floats, Floats]:
    """Platt's sigmoid (Platt 1999) as a table; both models have log loss, so that two numbers mend the rest."""
    grid = np.linspace(0.0, 1.0, 501)
    platt = LogisticRegression(C=1e6).fit(_logits(chance), right)
    values: Floats = platt.predict_proba(_logits(grid))[:, 1]
    return grid, values


def _read_trees(data: bytes) -> HistGradientBoostingClassifier:
    from skops.io import get_untrusted_types, loads

    strange = set(get_untrusted_types(data=data)) - set(TRUSTED)
    if strange:
        raise ArtifactError(f"trees hold types that are not trusted: {sorted(strange)}")
    return loads(data, trusted=TRUSTED)


def _chance(logits: Floats) -> Floats:
    chance: Floats = 1.0 / (1.0 + np.exp(-logits))
    return chance


def _logits(chance: Floats) -> Floats:
    """As one column, kept finite."""
    clipped = np.clip(chance, 1e-6, 1 - 1e-6)
    column: Floats = np.log(clipped / (1.0 - clipped))[:, None]
    return column
