"""Will this learner answer rightly? A calibrated model of every next answer, fitted by night."""

from __future__ import annotations

import os
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
from recommender.estimators.history import Floats, Pace
from recommender.estimators.mastery_features import feature_table, known_out_of_fold, online_chance
from recommender.estimators.mastery_settings import (
    SHARES,
    calibrate,
    chance_of,
    choose_line,
    choose_pace,
    choose_trees,
    make_trees,
)

LEAST_LEARNERS, LEAST_ANSWERS = 20, 500
"""Below either the online ability and the difficulties answer alone: too little to fit more on."""

HELD_OUT = 0.15
"""Share of the learners on whom settings are chosen and the chances calibrated."""

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
        is_held = self._held_out(answers)
        if (
            answers.n_learners < LEAST_LEARNERS
            or len(answers) < LEAST_ANSWERS
            or _is_one_sided(answers)
            or not _has_both(answers, is_held)
        ):
            self.chosen_: dict[str, Any] = {
                "pace": asdict(Pace()),
                "why": "online ability and difficulty alone: too little to fit more on",
            }
            return self
        self._fit_models(answers, is_held)
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
        known, pace = self.difficulty_.columns(answers), Pace(**self.chosen_["pace"])
        return self._foretell(answers, known, pace)[answers.of_row]

    def _foretell(self, answers: Answers, known: Floats, pace: Pace) -> Floats:
        if self.trees_ is None or self.scaler_ is None or self.line_ is None or self.calibration_ is None:
            return online_chance(answers, known, pace)
        table = feature_table(answers, known, pace)
        mean, scale = self.scaler_
        by_line = (table - mean) / scale @ self.line_[1:] + self.line_[0]
        share = float(self.chosen_["share_of_trees"])
        mixed = share * self.trees_.decision_function(table) + (1.0 - share) * by_line
        return np.interp(chance_of(mixed), *self.calibration_)

    def _forget_models(self) -> None:
        self.trees_: HistGradientBoostingClassifier | None = None
        self.scaler_: tuple[Floats, Floats] | None = None
        self.line_: Floats | None = None
        self.calibration_: tuple[Floats, Floats] | None = None

    def _held_out(self, answers: Answers) -> NDArray[np.bool_]:
        """The answers of the learners on whom settings are chosen."""
        held: NDArray[np.bool_] = np.random.default_rng(self.seed).permutation(answers.n_learners) < max(
            5, int(HELD_OUT * answers.n_learners)
        )
        return held[answers.learner]

    def _fit_models(self, answers: Answers, is_held: NDArray[np.bool_]) -> None:
        known = known_out_of_fold(answers, self.seed)
        pace = choose_pace(answers, known)
        table = feature_table(answers, known, Pace(**pace))
        right = answers.correct >= 0.5
        scaler = StandardScaler().fit(table)
        scaled = scaler.transform(table)
        setting, trees = choose_trees(table, right, is_held, self.seed)
        penalty, line = choose_line(scaled, right, is_held)
        by_trees = trees.decision_function(table[is_held])
        by_line = line.decision_function(scaled[is_held])
        losses = [
            log_loss(right[is_held], chance_of(share * by_trees + (1.0 - share) * by_line))
            for share in SHARES
        ]
        share = SHARES[int(np.argmin(losses))]
        mixed = chance_of(share * by_trees + (1.0 - share) * by_line)
        self.calibration_ = calibrate(mixed, right[is_held])
        self.chosen_ = setting | {
            "pace": pace,
            "penalty": penalty,
            "share_of_trees": share,
            "held_out_loss": float(min(losses)),
            "why": f"least log loss on {len(np.unique(answers.learner[is_held]))} learners held out",
        }
        self.trees_ = make_trees(setting, self.seed).fit(table, right)
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
        header, state = read_artifact(Path(path), cls.__name__)
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


def _has_both(answers: Answers, is_held: NDArray[np.bool_]) -> bool:
    """Whether there are right and wrong answers among those held out and among the others."""
    right = answers.correct >= 0.5
    return all(0 < right[part].sum() < part.sum() for part in (is_held, ~is_held))


def _read_trees(data: bytes) -> HistGradientBoostingClassifier:
    from skops.io import get_untrusted_types, loads

    strange = set(get_untrusted_types(data=data)) - set(TRUSTED)
    if strange:
        raise ArtifactError(f"trees hold types that are not trusted: {sorted(strange)}")
    return loads(data, trusted=TRUSTED)
