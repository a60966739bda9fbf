"""One score of everything that is known, with exact reasons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from sklearn.utils.validation import check_is_fitted

from recommender.estimators.base import Recommender, as_completions
from recommender.estimators.choices import Choice, choose_weights
from recommender.estimators.co_learning import CoLearning
from recommender.estimators.cold_start import ColdStart
from recommender.estimators.next_module import NextModule, memories
from recommender.mixture import LEARNED, NOBODY, TABLE, Mixture, Situation
from recommender.ranking import Ranking, best

TIE_BREAK = 1e-6
SHRINKAGE = 20.0
"""A cohort counts as if so many people more were in it who do what everybody does."""

N_SCALE = 2000
"""Histories on which it is learned what a high score is."""


class Blend(Recommender):
    """Rank modules by gap + next + together + content (new modules) + cohort − redundancy − stretch.

    Additive after hard filters (`candidates`, the history): `Ranking.parts` are the summands. Modules that a rule
    makes compulsory stand first; the part `must` lifts them there. The weights are those of a table until there
    are 2,000 completions and enough logged choices; then a logistic ranking of the choices, where it orders
    choices that were kept aside better than the table does. `chosen_` says which and why.

    Parameters: weights (mapping, default None: `recommender.mixture.TABLE`) by part, in levels per period;
    random_state (int) is handed to the estimators within.
    Attributes: see `recommender.mixture.Mixture`, which they make; chosen_ (dict): `values` (the weights in force),
    `source` ("table" or "fitted"), `why`, `measure`, `score`, `tried`, `n_completions`, `n_choices`, and under
    `estimators` what those within have chosen.
    """

    _mixture: Mixture | None = None

    def __init__(self, weights: Mapping[str, float] | None = None, random_state: int = 0) -> None:
        self.weights = weights
        self.random_state = random_state

    def fit(
        self,
        histories: Sequence[NDArray[np.intp]],
        *,
        n_modules: int,
        texts: Sequence[str] | None = None,
        new: NDArray[np.bool_] | None = None,
        cohorts: NDArray[np.intp] | None = None,
        teaches: NDArray[np.float64] | None = None,
        choices: Sequence[Choice] = (),
    ) -> Self:
        """Learn from histories, texts and choices; what is not given stays out of the score.

        :param histories: modules 0 … n_modules − 1 per learner, the earliest first
        :param texts: one per module: what it says of itself; `new`: which modules have no history
        :param cohorts: the number of each learner's group, −1 for none
        :param teaches: levels taught, shape (n_modules, n_skills)
        :param choices: what learners chose of what was shown to them, the earliest first
        :raises ValueError: for a module outside the range, a weight that is negative or unknown
        """
        table = _table(self.weights)
        self.n_modules_ = n_modules
        done = as_completions(histories, n_modules)
        self.new_ = np.zeros(n_modules, dtype=np.bool_) if new is None else np.asarray(new, dtype=np.bool_)
        within = self._learn_from_history(histories, done, texts)
        self.cohorts_ = _lifts(done, cohorts)
        self.teaches_ = np.zeros((n_modules, 0)) if teaches is None else np.asarray(teaches, dtype=np.float64)
        popularity = np.asarray(done.sum(axis=0), dtype=np.float64)
        self.usual_ = TIE_BREAK * popularity / max(1.0, popularity.max(initial=0.0))
        self.scales_ = dict.fromkeys(LEARNED, 1.0)
        self.chosen_: dict[str, Any] = {"values": table}
        self.scales_ = _scales(Mixture.of(vars(self)), histories)
        chosen = choose_weights(choices, table, n_completions=int(done.nnz), random_state=self.random_state)
        self.chosen_ = {**chosen, "estimators": within}
        self._mixture = None
        return self

    def _learn_from_history(
        self, histories: Sequence[NDArray[np.intp]], done: csr_array, texts: Sequence[str] | None
    ) -> dict[str, dict[str, Any]]:
        """Fit the estimators within; what each has chosen, by part."""
        following = NextModule(self.random_state).fit(histories, n_modules=self.n_modules_)
        together = CoLearning(self.random_state).fit(done)
        self.past_, self.recent_ = following.past_, following.recent_
        self.memory_ = {name: float(following.chosen_["values"][name]) for name in ("memory", "recent")}
        self.similarity_ = together.similarity_
        self.content_ = np.zeros((0, self.n_modules_), dtype=np.float32)
        within = {"next": _brief(following.chosen_), "together": _brief(together.chosen_)}
        if texts is not None and self.new_.any():
            cold = ColdStart(self.random_state).fit(done, texts, self.new_)
            self.content_, within["content"] = cold.weights_, _brief(cold.chosen_)
        return within

    @property
    def mixture_(self) -> Mixture:
        """What was learned, in the form that serves a request."""
        if self._mixture is None:
            self._mixture = Mixture.of(vars(self))
        return self._mixture

    def recommend(
        self,
        history: NDArray[np.intp],
        *,
        n: int = 10,
        candidates: NDArray[np.intp] | None = None,
        situation: Situation = NOBODY,
    ) -> Ranking:
        """As every estimator; `situation` adds the gap, what a rule makes compulsory, the cohort, the levels."""
        if situation is NOBODY:
            return super().recommend(history, n=n, candidates=candidates)
        check_is_fitted(self)
        if n < 0:
            raise ValueError(f"n must not be negative: {n}")
        known = self._known(history)
        allowed = self._default_candidates() if candidates is None else self._mask(candidates)
        allowed[known] = False
        parts = self._summands(known, situation)
        if situation.must is not None:
            parts["must"] = _lift(parts, situation.must)
        total = np.sum(list(parts.values()), axis=0)
        items = best(total, np.flatnonzero(allowed), n)
        return Ranking(items, total[items], {name: values[items] for name, values in parts.items()})

    def _parts(self, history: NDArray[np.intp]) -> Mapping[str, NDArray[np.float64]]:
        return self._summands(history, NOBODY)

    def _summands(self, history: NDArray[np.intp], situation: Situation) -> dict[str, NDArray[np.float64]]:
        return {**self.mixture_.parts(history, situation), "usual": self.usual_}

    def _score_block(self, histories: Sequence[NDArray[np.intp]]) -> NDArray[np.float32]:
        mixture = self.mixture_
        scores = np.tile(self.usual_.astype(np.float32), (len(histories), 1))
        for name, found in self._raw_block(histories).items():
            positive = np.maximum(found, 0.0, out=found)
            positive /= positive + np.float32(mixture.scales[name])
            positive *= np.float32(mixture.weights[name])
            scores += positive
        held = np.array([mixture.levels_after(history) for history in histories])
        if held.size:
            scores -= np.float32(mixture.weights["redundancy"]) * mixture.taught.redundancy(held)
            scores -= np.float32(mixture.weights["stretch"]) * mixture.taught.stretch(held)
        return scores

    def _raw_block(self, histories: Sequence[NDArray[np.intp]]) -> dict[str, NDArray[np.float32]]:
        """`Mixture.raw` of many histories."""
        done = as_completions(histories, self.n_modules_)
        following = memories(histories, self.n_modules_, self.memory_["memory"]) @ self.past_
        if len(self.recent_):
            following += memories(histories, self.n_modules_, self.memory_["recent"]) @ self.recent_
        found = {"next": following, "together": done @ self.similarity_}
        if len(self.content_):
            found["content"] = (done @ self.content_) * self.new_
        return found


def _table(weights: Mapping[str, float] | None) -> dict[str, float]:
    """The default table with what the caller says in its place."""
    table = {**TABLE, **(weights or {})}
    if table.keys() != TABLE.keys() or any(weight < 0 for weight in table.values()):
        raise ValueError(f"weights must name parts among {sorted(TABLE)} and not be negative: {weights}")
    return table


def _lift(parts: Mapping[str, NDArray[np.float64]], must: NDArray[np.bool_]) -> NDArray[np.float64]:
    """The part that puts the compulsory modules above all others and keeps their own order."""
    total = np.sum(list(parts.values()), axis=0)
    spread = float(total.max(initial=0.0) - total.min(initial=0.0))
    return np.where(must, spread + 1.0, 0.0)


def _lifts(done: csr_array, cohorts: NDArray[np.intp] | None) -> NDArray[np.float64]:
    """By how much each cohort completes each module more often than everybody, never below 0."""
    n_learners, n_modules = done.shape
    if cohorts is None or not n_learners:
        return np.zeros((0, n_modules))
    share = done.sum(axis=0, dtype=np.float64) / n_learners
    lifts = np.zeros((int(cohorts.max(initial=-1)) + 1, n_modules))
    for cohort in range(len(lifts)):
        members = np.flatnonzero(cohorts == cohort)
        completed = done[members].sum(axis=0, dtype=np.float64)
        smoothed = (completed + SHRINKAGE * share) / (len(members) + SHRINKAGE)
        lifts[cohort] = np.maximum(0.0, smoothed - share)
    return lifts


def _scales(mixture: Mixture, histories: Sequence[NDArray[np.intp]]) -> dict[str, float]:
    """The score that counts one half: the 90th percentile of positive ones, over evenly chosen histories."""
    some = [history for history in histories if len(history)]
    some = some[:: max(1, len(some) // N_SCALE)]
    found: dict[str, list[NDArray[np.float64]]] = {name: [] for name in LEARNED}
    for history in some:
        for name, scores in mixture.raw(np.asarray(history, dtype=np.intp)).items():
            others = np.delete(scores, np.unique(history))
            found[name].append(others[others > 0])
    pooled = {name: np.concatenate([np.empty(0), *values]) for name, values in found.items()}
    return {name: float(np.percentile(values, 90)) if len(values) else 1.0 for name, values in pooled.items()}


def _brief(chosen: Mapping[str, Any]) -> dict[str, Any]:
    """What an estimator within has chosen, without everything it tried."""
    return {name: chosen[name] for name in ("values", "score", "measure", "why")}
