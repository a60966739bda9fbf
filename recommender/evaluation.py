"""How good rankings are: recall, hit rate and NDCG per learner, with an interval."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array


@dataclass(frozen=True)
class Quality:
    """One value per learner who has something held out.

    :param recall: share of the held-out modules among the best n
    :param hit: 1 where at least one held-out module is among them; the mean is the hit rate (PHR)
    :param ndcg: normalised discounted cumulative gain (Järvelin and Kekäläinen 2002), gains 0 and 1
    """

    recall: NDArray[np.float64]
    hit: NDArray[np.float64]
    ndcg: NDArray[np.float64]


def judge(items: NDArray[np.intp], held: csr_array) -> Quality:
    """The quality of `items`, shape (n_learners, n) with -1 for "none", against the held-out modules.

    :param held: shape (n_learners, n_modules), non-zero where a module was held out
    """
    n_learners, n = items.shape
    wanted = np.diff(held.indptr)
    rows = np.repeat(np.arange(n_learners), wanted)
    targets = rows * held.shape[1] + held.indices
    guesses = np.arange(n_learners)[:, None] * held.shape[1] + items
    hits = np.isin(guesses, targets) & (items >= 0)
    has_some = wanted > 0
    hits, wanted = hits[has_some], wanted[has_some]
    discounts = 1.0 / np.log2(np.arange(2, n + 2))
    ideal = np.cumsum(discounts)[np.minimum(wanted, n) - 1]
    return Quality(hits.sum(axis=1) / wanted, hits.any(axis=1).astype(float), hits @ discounts / ideal)


def interval(
    values: NDArray[np.float64], *, resamples: int = 1000, seed: int = 0
) -> tuple[float, float, float]:
    """The mean and its 95 % interval over bootstrap resamples of the learners (mean, low, high)."""
    rng = np.random.default_rng(seed)
    means = [values[rng.integers(len(values), size=len(values))].mean() for _ in range(resamples)]
    low, high = np.percentile(means, [2.5, 97.5])
    return float(values.mean()), float(low), float(high)
