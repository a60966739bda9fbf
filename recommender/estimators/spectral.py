"""What many modules share: a smooth low-pass filter on the spectrum of the normalised co-completions."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import eigh
from scipy.sparse import csr_array
from sklearn.utils.extmath import randomized_svd

ACTIVITY = 0.5
"""Exponent by which learners who did much are taken back."""

SHARPNESS = 5
"""Order of the filter: at 1 it is a ridge, at infinity it cuts off."""

REACH = 3
"""So many times the rank components are kept: the filter has let go of the rest."""

TINY = 1e-9
FAR_BELOW = 1e4
"""An eigenvalue so many times below the cut passes nothing that a float32 could hold."""

DENSE = 3000
"""Up to so many modules components are exact; above, a random subspace is turned towards them nine times."""

Components: TypeAlias = "tuple[NDArray[np.float32], NDArray[np.float32]]"


def components(done: csr_array, rank: int) -> Components:
    """The leading eigenvalues (falling) and eigenvectors of the normalised co-completions.

    :param done: 0/1, shape (n_learners, n_modules)
    :param rank: the greatest rank the filter will be asked for
    :returns: shapes (n_components,) and (n_modules, n_components), n_components = min(3 · rank, n_modules)
    """
    n = done.shape[1]
    number = min(REACH * rank, n)
    steps = _normalized(done)
    gram = (steps.T @ steps).toarray(order="C")
    if n <= DENSE or 2 * number >= n:
        values, vectors = eigh(gram, subset_by_index=(n - number, n - 1), overwrite_a=True)
        return np.maximum(values[::-1], 0.0), np.ascontiguousarray(vectors[:, ::-1])
    # an iterative solver would not end: beyond the cut eigenvalues lie so close that none is found exactly
    left, sizes, _ = randomized_svd(gram, number, n_iter=4, power_iteration_normalizer="QR", random_state=0)
    return sizes.astype(np.float32), np.ascontiguousarray(left.astype(np.float32, copy=False))


def low_pass(found: Components, rank: int) -> NDArray[np.float32]:
    """The smoothing of a history over modules alike: Butterworth's filter of the eigenvalues, diagonal 0.

    :param rank: how many components pass; at most a quarter of the modules
    """
    values, vectors = found
    cut = values[min(rank, len(vectors) // 4, len(values) - 1)]
    below = np.minimum(cut / np.maximum(values, TINY), FAR_BELOW)  # bounded: its power stays a number
    passing: NDArray[np.float32] = np.where(values > TINY, 1.0 / (1.0 + below**SHARPNESS), 0.0).astype(
        np.float32
    )
    weights: NDArray[np.float32] = ((vectors * passing) @ vectors.T).astype(np.float32, copy=False)
    np.fill_diagonal(weights, 0.0)
    return weights


def _normalized(done: csr_array) -> csr_array:
    """Learners divided by a power of their number of modules, then modules brought to length 1."""
    lengths = np.diff(done.indptr)
    data = np.repeat(np.maximum(lengths, 1) ** (-ACTIVITY / 2), lengths)
    sizes = np.sqrt(np.bincount(done.indices, weights=data**2, minlength=done.shape[1]))
    data /= sizes[done.indices]
    return csr_array((data.astype(np.float32), done.indices, done.indptr), shape=done.shape)
