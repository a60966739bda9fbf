"""Modules that are completed by the same learners."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from recommender.estimators.base import Recommender, as_completions, binary
from recommender.estimators.linear import inverse, sample_modules
from recommender.estimators.spectral import Components, components, low_pass
from recommender.evaluation import judge
from recommender.ranking import best_of_rows
from recommender.tuning import Values, choose

AXES = {
    "shared": (0.0, 0.25, 0.5, 0.75, 0.9, 1.0),
    "rank": (25, 50, 75, 100, 150, 200),
    "tilt": (0.0, 0.1, 0.2, 0.3, 0.4),
    "dropout": (0.5, 0.65, 0.8, 0.9, 0.95),
    "floor": (0.1, 0.4, 1.5, 5.0),
    "neighbours": (0.0, 0.1, 0.2, 0.35, 0.5, 0.7),
    "discount": (0.0, 0.05, 0.1, 0.15, 0.2, 0.3),
}
USUAL = {
    "shared": 0.9, "rank": 100, "tilt": 0.3, "dropout": 0.8, "floor": 0.4, "neighbours": 0.2, "discount": 0.0,
}  # fmt: skip
MEASURE = "NDCG@20 on a tenth of each learner's modules, held out"
N = 20
TIE_BREAK = 1e-4
"""What the most popular module gains by being so: it orders modules of which nothing else is known."""


class CoLearning(Recommender):
    """Rank modules completed by learners with a similar history: a linear item-item model in closed form.

    The model predicts each module of a learner from the others (EASE, Steck 2019) under dropout of the
    others, which in closed form is a ridge that grows with a module's popularity (EDLAE, Steck 2020).
    Cosine neighbours are mixed in, which helps where there are few learners, and so is a low-pass filter
    of the normalised co-completions (graph filters, Shen et al. 2021), which helps where tastes are broad.

    Parameters: random_state (int) draws what is held out.
    Attributes: similarity_ (float32, shape (n_modules, n_modules)): row: a module done, column: what it
    adds to the score of another; usual_ (float64, shape (n_modules,)): tie break by popularity;
    chosen_ (dict): the measure and the settings tried; values: shared (share of the filter), rank (how
    many components it lets pass), tilt (exponent by which it favours the rare that point to the popular),
    dropout (0 … 1), floor (of the ridge, in multiples of the mean popularity), neighbours (share of the
    cosines in the rest), discount (exponent by which popular modules are taken back).
    """

    def __init__(self, random_state: int = 0) -> None:
        self.random_state = random_state

    def fit(self, completions: csr_array) -> Self:
        """Learn from who completed what.

        :param completions: shape (n_learners, n_modules), non-zero where completed
        """
        done = binary(completions)
        self.n_modules_ = int(done.shape[1])
        self.chosen_ = choose_similarity(done, self.random_state)
        gram = (done.T @ done).toarray(order="C")
        popularity, values = gram.diagonal().copy(), self.chosen_["values"]
        found = components(done, int(values["rank"])) if values["shared"] else None
        self.similarity_ = similarity(gram, values, found)
        self.usual_ = TIE_BREAK * popularity.astype(np.float64) / max(1.0, popularity.max(initial=0.0))
        return self

    def _parts(self, history: NDArray[np.intp]) -> Mapping[str, NDArray[np.float64]]:
        together = self.similarity_[np.unique(history)].sum(axis=0, dtype=np.float64)
        return {"together": together, "usual": self.usual_}

    def _score_block(self, histories: Sequence[NDArray[np.intp]]) -> NDArray[np.float32]:
        scores: NDArray[np.float32] = as_completions(histories, self.n_modules_) @ self.similarity_
        scores += self.usual_.astype(np.float32)
        return scores


def similarity(
    gram: NDArray[np.float32], values: Values, found: Components | None = None
) -> NDArray[np.float32]:
    """The item-item weights for one choice of hyper-parameters, shape (n_modules, n_modules).

    :param gram: numbers of learners who did both modules
    :param values: see `CoLearning`
    :param found: the components of the same completions, needed where `shared` is not 0
    """
    popularity = gram.diagonal().copy()
    weights = np.zeros_like(gram)
    for name, share in shares(values).items():
        if share:
            part = MODELS[name](gram, found, *(values[one] for one in SETTINGS[name]))
            part *= share
            weights += part
    weights *= discounts(popularity, values["discount"])
    return weights


def shares(values: Values) -> dict[str, np.float32]:
    """What each of the three models weighs; together 1."""
    rest = 1.0 - values["shared"]
    near = rest * values["neighbours"]
    found = {"linear": rest - near, "near": near, "shared": values["shared"]}
    return {name: np.float32(share) for name, share in found.items()}


def closed_form(
    gram: NDArray[np.float32], _: Components | None, dropout: float, floor: float
) -> NDArray[np.float32]:
    """The linear autoencoder, brought to a standard deviation of 1."""
    regular, popularity = gram.copy(), gram.diagonal()
    np.fill_diagonal(regular, popularity / (1.0 - dropout) + floor * mean_popularity(popularity))
    weights = inverse(regular)
    weights /= -weights.diagonal().copy()
    np.fill_diagonal(weights, 0.0)
    return standardized(weights)


def cosines(gram: NDArray[np.float32], _: Components | None = None) -> NDArray[np.float32]:
    """Cosine similarities, brought to a standard deviation of 1."""
    lengths: NDArray[np.float32] = np.sqrt(np.maximum(gram.diagonal(), np.float32(1.0)))
    weights: NDArray[np.float32] = gram / lengths
    weights /= lengths[:, None]
    np.fill_diagonal(weights, 0.0)
    return standardized(weights)


def smoothed(
    gram: NDArray[np.float32], found: Components | None, rank: float, tilt: float
) -> NDArray[np.float32]:
    """The low-pass filter from rare modules towards popular ones, brought to a standard deviation of 1."""
    if found is None:
        raise ValueError("the low-pass filter needs the components of the completions")
    weights = low_pass(found, int(rank))
    weights *= discounts(gram.diagonal(), tilt)[:, None]
    weights *= discounts(gram.diagonal(), -tilt)
    return standardized(weights)


MODELS: dict[str, Callable[..., NDArray[np.float32]]] = {
    "linear": closed_form,
    "near": cosines,
    "shared": smoothed,
}
SETTINGS = {"linear": ("dropout", "floor"), "near": (), "shared": ("rank", "tilt")}
"""The three models, and what each depends on."""


def standardized(weights: NDArray[np.float32]) -> NDArray[np.float32]:
    """`weights` divided by their standard deviation, in place; all-equal ones stay."""
    spread = float(weights.std(dtype=np.float64)) if weights.size else 0.0
    if spread > 0.0:
        weights /= np.float32(spread)
    return weights


def mean_popularity(popularity: NDArray[np.float32]) -> float:
    """At least 1, so that it can divide."""
    return max(1.0, float(popularity.mean())) if len(popularity) else 1.0


def discounts(popularity: NDArray[np.float32], exponent: float) -> NDArray[np.float32]:
    """(popularity ÷ mean) to the power of −exponent; a module nobody did counts as done once."""
    relative = np.maximum(popularity, 1.0) / mean_popularity(popularity)
    factors: NDArray[np.float32] = (relative**-exponent).astype(np.float32)
    return factors


def choose_similarity(done: csr_array, random_state: int) -> dict[str, Any]:
    """Choose the hyper-parameters of `similarity` on modules held out of each learner."""
    rng = np.random.default_rng(random_state)
    kept, held = hold_out(sample_modules(done, rng), rng)
    if not held.nnz:
        return choose(AXES, USUAL, None, measure=MEASURE)
    return choose(AXES, USUAL, SimilarityTrial(kept, held, rng).score, measure=MEASURE)


def hold_out(done: csr_array, rng: np.random.Generator, share: float = 0.1) -> tuple[csr_array, csr_array]:
    """Split the modules of each learner who has at least two: (kept, held out), of equal shape."""
    lengths = np.diff(done.indptr)
    rows = np.repeat(np.arange(len(lengths)), lengths)
    order = np.lexsort((rng.random(done.nnz), rows))
    n_held = np.where(lengths > 1, np.maximum(1, np.round(share * lengths)), 0)
    is_held = np.zeros(done.nnz, dtype=np.bool_)
    is_held[order] = np.arange(done.nnz) - np.repeat(done.indptr[:-1], lengths) < np.repeat(n_held, lengths)

    def part(mask: NDArray[np.bool_]) -> csr_array:
        pairs = (rows[mask], done.indices[mask])
        return csr_array((done.data[mask], pairs), shape=done.shape)

    return part(~is_held), part(is_held)


class SimilarityTrial:
    """Scores settings on at most 6,000 learners; what two settings share is reckoned once."""

    def __init__(self, kept: csr_array, held: csr_array, rng: np.random.Generator) -> None:
        self.gram = (kept.T @ kept).toarray(order="C")
        some = np.sort(rng.permutation(np.flatnonzero(np.diff(held.indptr)))[:6000])
        self.kept, self.held = csr_array(kept[some]), csr_array(held[some])
        self.done = np.repeat(np.arange(len(some)), np.diff(self.kept.indptr)), self.kept.indices
        self.components = components(kept, int(max(AXES["rank"])))
        self.known: dict[str, tuple[tuple[float, ...], NDArray[np.float32]]] = {}

    def score(self, values: Values) -> float:
        scores = np.zeros(self.kept.shape, dtype=np.float32)
        for name, share in shares(values).items():
            if share:
                scores += share * self._scores(name, tuple(values[one] for one in SETTINGS[name]))
        scores *= discounts(self.gram.diagonal(), values["discount"])
        scores[self.done] = -np.inf
        return float(judge(best_of_rows(scores, N)[0], self.held).ndcg.mean())

    def _scores(self, name: str, settings: tuple[float, ...]) -> NDArray[np.float32]:
        """The scores of one of the three models; those of its last settings are kept."""
        if name not in self.known or self.known[name][0] != settings:
            weights = MODELS[name](self.gram, self.components, *settings)
            self.known[name] = settings, self.kept @ weights
        return self.known[name][1]
