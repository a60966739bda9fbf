"""What a user would have instead: the usual models, as published, to be beaten in tests and benchmarks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from sklearn.feature_extraction.text import TfidfVectorizer

from recommender.ranking import best_of_rows

Weights = NDArray[Any]


def popularity(done: csr_array) -> Weights:
    """Item-item weights that rank by popularity whatever the history (which must not be empty)."""
    return np.tile(done.sum(axis=0), (done.shape[1], 1))


def ease(done: csr_array, ridge: float) -> Weights:
    """Embarrassingly shallow autoencoder (Steck 2019)."""
    gram = (done.T @ done).toarray().astype(np.float64)
    gram[np.diag_indices_from(gram)] += ridge
    inverse = np.linalg.inv(gram)
    weights = inverse / -inverse.diagonal()
    np.fill_diagonal(weights, 0.0)
    return weights


def rp3_beta(done: csr_array, beta: float) -> Weights:
    """Three-step random walk with a discount of popular items (Paudel et al. 2017)."""
    of_learners, of_items = (np.maximum(1.0, done.sum(axis=axis)) for axis in (1, 0))
    steps = csr_array(done / of_learners[:, None])
    weights = (done.T @ steps).toarray() / of_items[:, None] / of_items**beta
    np.fill_diagonal(weights, 0.0)
    return weights


def neighbours(vectors: csr_array, k: int | None) -> Weights:
    """Cosine similarities, of each column only the `k` greatest."""
    weights = (vectors @ vectors.T).toarray()
    np.fill_diagonal(weights, 0.0)
    if k is not None and k < len(weights):
        weights[weights < np.partition(weights, -k, axis=0)[-k]] = 0.0
    return weights


def tfidf(texts: Sequence[str], *, analyzer: str = "char_wb") -> csr_array:
    """TF-IDF of character n-grams, the usual recipe for text without blanks."""
    return csr_array(
        TfidfVectorizer(analyzer=analyzer, ngram_range=(1, 3), sublinear_tf=True).fit_transform(texts)
    )


def answer(
    done: csr_array, weights: Weights, n: int, *, candidates: NDArray[np.bool_] | None = None
) -> NDArray[np.intp]:
    """The best `n` modules of each learner, none of those done."""
    found = []
    for start in range(0, done.shape[0], 2000):
        block = csr_array(done[start : start + 2000])
        scores = (block @ weights).astype(np.float32)
        scores[np.repeat(np.arange(block.shape[0]), np.diff(block.indptr)), block.indices] = -np.inf
        if candidates is not None:
            scores[:, ~candidates] = -np.inf
        found.append(best_of_rows(scores, n)[0])
    return np.concatenate(found)
