"""New modules: what they are about and who teaches them says who will come."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from recommender.estimators.base import Recommender, as_completions, binary
from recommender.estimators.co_learning import TIE_BREAK, closed_form, smoothed, standardized
from recommender.estimators.linear import solve
from recommender.estimators.spectral import components
from recommender.evaluation import judge
from recommender.ranking import best_of_rows
from recommender.text_features import Vectors, views
from recommender.tuning import Values, choose

AXES = {
    "opening": (0.0, 0.6, 1.2),
    "topics": (0.0, 0.4, 0.8, 1.5),
    "words": (0.2, 0.6, 1.2),
    "ridge": (0.5, 1.0, 2.0),
    "evenness": (0.0, 0.15, 0.4, 0.7),
}
FAMILY_AXIS = (0.0, 0.4, 1.0, 1.6, 2.5)
"""What a family of identifiers may weigh beside the body of a text, which weighs 1."""

USUAL = {"opening": 1.0, "topics": 0.6, "words": 0.6, "ridge": 1.0, "evenness": 0.15}
USUAL_FAMILIES = 1.0
"""What all families of identifiers weigh together before the choice."""

DROPOUT, FLOOR, RANK, TILT = 0.8, 0.4, 200, 0.3
"""Of the item-item weights that are predicted; the choice matters little."""
MEASURE = "Recall@20 among modules treated as new: ten times 15 % of those with a history"
N = 20
N_FOLDS = 10
MANY_MODULES, N_SAMPLED = 2500, 1500
"""Above so many modules hyper-parameters are chosen on so many: a setting costs the cube of them."""


class ColdStart(Recommender):
    """Rank modules without a history: kernel ridge regression from texts to item-item weights.

    What `CoLearning` learns about a module with a history (a column of weights, one per module done) is
    predicted for every module from its text. The kernel is a weighted sum of cosines between several views
    of the texts (`recommender.text_features.views`): Han by character n-grams, other scripts by words, the
    opening (the name), latent topics, and each family of identifiers (who teaches, which school) by itself.

    `recommend` ranks the new modules unless candidates are named; all modules where none is new.

    Parameters: random_state (int) draws the modules treated as new.
    Attributes: weights_ (float32, shape (n_modules, n_modules)): row: a module done, column: what it adds
    to the score of another; new_ (bool, shape (n_modules,)); usual_ (float64, shape (n_modules,)): tie
    break by the score for an average learner; chosen_ (dict): by name what each view weighs beside the body,
    ridge, evenness (how far columns are brought to one size).
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
        vectors = views(texts)
        old = np.flatnonzero(~self.new_)
        known = csr_array(done[:, old])
        of_old = {name: one[old] for name, one in vectors.items()}
        self.chosen_ = choose_kernel(known, of_old, self.random_state)
        self.weights_ = np.zeros((self.n_modules_, self.n_modules_), dtype=np.float32)
        if len(old):
            self.weights_[old] = self._predicted(known, vectors, old)
        self.usual_ = self._usual(done)
        return self

    def _predicted(
        self, known: csr_array, vectors: Mapping[str, Vectors], old: NDArray[np.intp]
    ) -> NDArray[np.float32]:
        """The rows of `weights_` of modules with a history."""
        values, weights = self.chosen_["values"], together(known)
        # the kernels, the largest arrays of a fit, are held by nobody else and gone when the columns stand
        columns = predict_columns(
            weights, *kernels_of(vectors, shares(values, vectors), self.n_modules_, old), values["ridge"]
        )
        del weights
        return evened(columns, values["evenness"])

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


def shares(values: Values, vectors: Mapping[str, Vectors]) -> dict[str, float]:
    """What the views that there are weigh; together 1. The body weighs 1 before that."""
    found = {name: values.get(name, 1.0) for name in vectors}
    total = sum(found.values())
    return {name: share / total for name, share in found.items() if share}


def add_cosines(kernel: NDArray[np.float32], vectors: Vectors, share: float) -> None:
    """Add `share` times the cosines between all texts to `kernel`, shape (n_texts, n_texts).

    Sparse ones block by block: as one sparse array the products would take three times the memory.
    """
    if isinstance(vectors, np.ndarray):
        kernel += vectors @ (np.float32(share) * vectors.T)
        return
    columns = (vectors * np.float32(share)).T.tocsr()
    for start in range(0, len(kernel), 1000):
        kernel[start : start + 1000] += (vectors[start : start + 1000] @ columns).toarray()


def kernels_of(
    vectors: Mapping[str, Vectors], weights: Mapping[str, float], n: int, old: NDArray[np.intp]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """The weighted sum of cosines among the texts `old`, and from all `n` texts to those."""
    kernel = np.zeros((n, n), dtype=np.float32)
    for name, share in weights.items():
        add_cosines(kernel, vectors[name], share)
    return kernel[np.ix_(old, old)], np.take(kernel, old, axis=1)  # row by row: solved without a copy


def together(done: csr_array) -> NDArray[np.float32]:
    """Item-item weights of modules with a history: the linear autoencoder and the low-pass filter in equal parts."""
    gram = (done.T @ done).toarray(order="C")
    weights = closed_form(gram, None, DROPOUT, FLOOR)
    weights += smoothed(gram, components(done, RANK), RANK, TILT)
    return weights


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


def choose_kernel(done: csr_array, vectors: Mapping[str, Vectors], random_state: int) -> dict[str, Any]:
    """Choose the hyper-parameters on modules with a history that are treated as new."""
    rng = np.random.default_rng(random_state)
    some = np.flatnonzero(np.bincount(done.indices, minlength=done.shape[1]))
    if len(some) > MANY_MODULES:
        some = np.sort(rng.permutation(some)[:N_SAMPLED])
    families = [name for name in vectors if name not in USUAL and name != "body"]
    axes = dict.fromkeys(families, FAMILY_AXIS) | AXES
    usual = dict.fromkeys(families, USUAL_FAMILIES / max(1, len(families))) | USUAL
    if len(some) < 40:
        return choose(axes, usual, None, measure=MEASURE)
    trial = KernelTrial(csr_array(done[:, some]), {name: one[some] for name, one in vectors.items()}, rng)
    return choose(axes, usual, trial.score, measure=MEASURE)


class KernelTrial:
    """Scores settings on folds of modules treated as new; one that differs in the evenness only is cheap."""

    def __init__(self, done: csr_array, vectors: Mapping[str, Vectors], rng: np.random.Generator) -> None:
        n = done.shape[1]
        self.kernels = {name: np.zeros((n, n), dtype=np.float32) for name in vectors}
        for name, kernel in self.kernels.items():
            add_cosines(kernel, vectors[name], 1.0)
        self.vectors = vectors
        self.folds = [_Fold(done, rng.permutation(n)[: round(0.15 * n)], rng) for _ in range(N_FOLDS)]
        self.predicted: tuple[tuple[float, ...], list[NDArray[np.float32]]] = (), []

    def score(self, values: Values) -> float:
        key = tuple(value for name, value in values.items() if name != "evenness")
        if self.predicted[0] != key:
            kernel = np.zeros_like(next(iter(self.kernels.values())))
            for name, share in shares(values, self.vectors).items():
                kernel += np.float32(share) * self.kernels[name]
            self.predicted = key, [fold.predict(kernel, values["ridge"]) for fold in self.folds]
        columns = [evened(one, values["evenness"]) for one in self.predicted[1]]
        return float(np.mean([fold.score(one) for fold, one in zip(self.folds, columns, strict=True)]))


class _Fold:
    """Some modules treated as new, and at most 3,000 learners who did one of them."""

    def __init__(self, done: csr_array, new: NDArray[np.intp], rng: np.random.Generator) -> None:
        self.new, self.old = new, np.setdiff1d(np.arange(done.shape[1]), new)
        self.weights = together(csr_array(done[:, self.old]))
        held = csr_array(done[:, new])
        learners = np.sort(rng.permutation(np.flatnonzero(np.diff(held.indptr)))[:3000])
        self.done, self.held = csr_array(done[:, self.old])[learners], held[learners]

    def predict(self, kernel: NDArray[np.float32], ridge: float) -> NDArray[np.float32]:
        among, towards = (kernel[np.ix_(rows, self.old)] for rows in (self.old, self.new))
        return predict_columns(self.weights, among, towards, ridge)

    def score(self, columns: NDArray[np.float32]) -> float:
        return float(judge(best_of_rows(self.done @ columns, N)[0], self.held).recall.mean())
