"""New modules: what they are about and who teaches them says who will come."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from recommender.estimators.base import Recommender, as_completions, binary
from recommender.estimators.co_learning import TIE_BREAK, closed_form, standardized
from recommender.estimators.linear import MANY_MODULES, solve
from recommender.evaluation import judge
from recommender.ranking import best_of_rows
from recommender.text_features import vectors_by_kind
from recommender.tuning import Values, choose

AXES = {
    "words": (0.2, 0.4, 0.6),
    "ridge": (0.3, 0.6, 1.0, 2.0),
    "evenness": (0.0, 0.3, 0.6, 0.8),
}
USUAL = {"words": 0.4, "ridge": 1.0, "evenness": 0.6}
DROPOUT, FLOOR = 0.8, 0.4
"""Of the item-item weights that are predicted; the choice matters little (0.5 … 0.8)."""
MEASURE = "Recall@20 among modules treated as new: twelve times 15 % of those with a history"
N = 20
N_FOLDS = 12


class ColdStart(Recommender):
    """Rank modules without a history: kernel ridge regression from texts to item-item weights.

    What `CoLearning` learns about a module with a history (a column of weights, one per module done) is
    predicted for every module from its text. The kernel is the cosine of TF-IDF vectors: character
    n-grams for Han, words and identifiers for the rest, so that it works in Chinese and in English. Two
    readings of the rest, as one text and with identifiers apart, are predicted from and averaged: which of
    the two is better depends on a few popular modules.

    `recommend` ranks the new modules unless candidates are named; all modules where none is new.

    Parameters: random_state (int) draws the modules treated as new.
    Attributes: weights_ (float32, shape (n_modules, n_modules)): row: a module done, column: what it adds
    to the score of another; new_ (bool, shape (n_modules,)); usual_ (float64, shape (n_modules,)): tie
    break by the score for an average learner; chosen_ (dict): words (what words and identifiers weigh
    beside Han), ridge, evenness (how far columns are brought to one size).
    """

    def __init__(self, random_state: int = 0) -> None:
        self.random_state = random_state

    def fit(self, completions: csr_array, texts: Sequence[str], new: NDArray[np.bool_]) -> Self:
        """Learn from who completed what and from what modules say of themselves.

        :param completions: shape (n_learners, n_modules); columns of new modules are not read
        :param texts: one per module, new ones included
        :param new: shape (n_modules,), True where a module has no history
        :raises ValueError: when texts or `new` are not as long as there are modules
        """
        done = binary(completions)
        self.n_modules_ = int(done.shape[1])
        self.new_ = np.asarray(new, dtype=np.bool_).copy()
        if not len(texts) == len(self.new_) == self.n_modules_:
            raise ValueError(f"{self.n_modules_} modules, {len(texts)} texts, {len(self.new_)} marks")
        vectors = vectors_by_kind(texts)
        old = np.flatnonzero(~self.new_)
        known = csr_array(done[:, old])
        self.chosen_ = choose_kernel(known, [csr_array(one[old]) for one in vectors], self.random_state)
        self.weights_ = np.zeros((self.n_modules_, self.n_modules_), dtype=np.float32)
        if len(old):
            self.weights_[old] = self._predicted(known, vectors, old)
        self.usual_ = self._usual(done)
        return self

    def _predicted(
        self, known: csr_array, vectors: Sequence[csr_array], old: NDArray[np.intp]
    ) -> NDArray[np.float32]:
        """The rows of `weights_` of modules with a history: the mean of the readings."""
        values, weights = self.chosen_["values"], together(known)
        found = np.zeros((len(old), self.n_modules_), dtype=np.float32)
        for shares in readings(values["words"]):
            kernel = cosines(vectors, shares)
            columns = predict_columns(weights, kernel[np.ix_(old, old)], kernel[:, old], values["ridge"])
            found += evened(columns, values["evenness"])
        return found

    def _usual(self, done: csr_array) -> NDArray[np.float64]:
        """The scores for an average learner, brought to the size of a tie break."""
        share = done.sum(axis=0) / max(1, done.shape[0])  # new modules have no row in the weights
        scores = share @ self.weights_
        usual: NDArray[np.float64] = (
            TIE_BREAK * scores.astype(np.float64) / max(1.0, np.abs(scores).max(initial=0.0))
        )
        return usual

    def _default_candidates(self) -> NDArray[np.bool_]:
        return self.new_.copy() if self.new_.any() else np.ones(self.n_modules_, dtype=np.bool_)

    def _parts(self, history: NDArray[np.intp]) -> Mapping[str, NDArray[np.float64]]:
        content = self.weights_[np.unique(history)].sum(axis=0, dtype=np.float64)
        return {"content": content, "usual": self.usual_}

    def _score_block(self, histories: Sequence[NDArray[np.intp]]) -> NDArray[np.float32]:
        scores: NDArray[np.float32] = as_completions(histories, self.n_modules_) @ self.weights_
        scores += self.usual_.astype(np.float32)
        return scores


def readings(words: float) -> tuple[tuple[float, ...], ...]:
    """What Han, the rest, its words and its identifiers weigh: the rest as one text, then taken apart."""
    return (1.0 - words, words, 0.0, 0.0), (1.0 - words, 0.0, words / 2, words / 2)


def cosines(vectors: Sequence[csr_array], shares: Sequence[float]) -> NDArray[np.float32]:
    """The weighted sum of the cosines between all texts, shape (n_texts, n_texts).

    Block by block: as a sparse array the products would take three times the memory.
    """
    n = vectors[0].shape[0]
    kernel = np.zeros((n, n), dtype=np.float32)
    for one, share in zip(vectors, shares, strict=True):
        columns = (one * np.float32(share)).T.tocsr() if share else None
        for start in range(0, n if share else 0, 1000):
            kernel[start : start + 1000] += (one[start : start + 1000] @ columns).toarray()
    return kernel


def mix(kernels: Sequence[NDArray[np.float32]], shares: Sequence[float]) -> NDArray[np.float32]:
    """The same sum of kernels that stand already."""
    mixed = np.zeros_like(kernels[0])
    for kernel, share in zip(kernels, shares, strict=True):
        if share:
            mixed += np.float32(share) * kernel
    return mixed


def together(done: csr_array) -> NDArray[np.float32]:
    """Item-item weights of modules with a history."""
    gram = (done.T @ done).toarray()
    return closed_form(gram, None, DROPOUT, FLOOR)


def predict_columns(
    weights: NDArray[np.float32],
    among: NDArray[np.float32],
    towards: NDArray[np.float32],
    ridge: float,
) -> NDArray[np.float32]:
    """The columns of `weights` carried over by the kernel, shape (n_old, n_targets).

    :param among: kernel between modules with a history, shape (n_old, n_old); used up
    :param towards: kernel from the targets to those, shape (n_targets, n_old); used up
    """
    among[np.diag_indices(len(among))] += np.float32(ridge)
    columns: NDArray[np.float32] = weights @ solve(among, np.asfortranarray(towards.T))
    return columns


def evened(columns: NDArray[np.float32], evenness: float) -> NDArray[np.float32]:
    """Columns divided by a power of their mean size (at 1 all are of one size), brought to a deviation of 1."""
    size = np.abs(columns).mean(axis=0)
    return standardized(columns / np.maximum(size, 1e-12) ** np.float32(evenness))


def choose_kernel(done: csr_array, vectors: Sequence[csr_array], random_state: int) -> dict[str, Any]:
    """Choose the hyper-parameters on modules with a history that are treated as new."""
    rng = np.random.default_rng(random_state)
    some = np.flatnonzero(np.bincount(done.indices, minlength=done.shape[1]))
    some = np.sort(rng.permutation(some)[:MANY_MODULES])
    if len(some) < 40:
        return choose(AXES, USUAL, None, measure=MEASURE)
    done, kernels = csr_array(done[:, some]), [cosines([one[some]], [1.0]) for one in vectors]
    size = round(0.15 * len(some))
    folds = [_Fold(done, kernels, rng.permutation(len(some))[:size], rng) for _ in range(N_FOLDS)]
    return choose(
        AXES, USUAL, lambda values: float(np.mean([fold.score(values) for fold in folds])), measure=MEASURE
    )


class _Fold:
    """Some modules treated as new; scores settings on at most 3,000 learners who did one of them."""

    def __init__(
        self,
        done: csr_array,
        kernels: Sequence[NDArray[np.float32]],
        new: NDArray[np.intp],
        rng: np.random.Generator,
    ) -> None:
        self.kernels, self.new = kernels, new
        self.old = np.setdiff1d(np.arange(done.shape[1]), new)
        self.weights = together(csr_array(done[:, self.old]))
        held = csr_array(done[:, new])
        learners = np.sort(rng.permutation(np.flatnonzero(np.diff(held.indptr)))[:3000])
        self.done, self.held = csr_array(done[:, self.old])[learners], held[learners]
        self.predicted: tuple[tuple[float, ...], list[NDArray[np.float32]]] = (), []

    def score(self, values: Values) -> float:
        key = values["words"], values["ridge"]
        if self.predicted[0] != key:
            self.predicted = key, [self._predict(shares, key[1]) for shares in readings(key[0])]
        columns = np.sum([evened(one, values["evenness"]) for one in self.predicted[1]], axis=0)
        return float(judge(best_of_rows(self.done @ columns, N)[0], self.held).recall.mean())

    def _predict(self, shares: Sequence[float], ridge: float) -> NDArray[np.float32]:
        among, towards = (
            mix([kernel[np.ix_(rows, self.old)] for kernel in self.kernels], shares)
            for rows in (self.old, self.new)
        )
        return predict_columns(self.weights, among, towards, ridge)
