"""What many modules share: a smooth low-pass filter on the spectrum of the normalised co-completions."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import eigh
from scipy.sparse import csr_array
from scipy.sparse.linalg import LinearOperator, eigsh

ACTIVITY = 0.5
"""Exponent by which learners who did much are taken back."""

SHARPNESS = 5
"""Order of the filter: at 1 it is a ridge, at infinity it cuts off."""

REACH = 3
"""So many times the rank components are kept: the filter has let go of the rest."""

DENSE = 3000
"""Up to so many modules all components are found at once."""

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
    if n <= DENSE or 2 * number >= n:
        gram = (steps.T @ steps).toarray()
        values, vectors = eigh(gram, subset_by_index=(n - number, n - 1), overwrite_a=True)
    else:
        back = steps.T.tocsr()
        product = LinearOperator((n, n), matvec=lambda one: back @ (steps @ one), dtype=np.float32)
        values, vectors = eigsh(product, k=number, v0=np.ones(n, dtype=np.float32), tol=1e-4)
    return np.maximum(values[::-1], 0.0), np.ascontiguousarray(vectors[:, ::-1])


def low_pass(found: Components, rank: int) -> NDArray[np.float32]:
    """The smoothing of a history over modules alike: Butterworth's filter of the eigenvalues, diagonal 0.

    :param rank: how many components pass; at most a quarter of the modules
    """
    values, vectors = found
    cut = values[min(rank, len(vectors) // 4, len(values) - 1)]
    relative = (values / max(float(cut), 1e-9)) ** SHARPNESS
    weights: NDArray[np.float32] = (vectors * (relative / (1.0 + relative)).astype(np.float32)) @ vectors.T
    np.fill_diagonal(weights, 0.0)
    return weights


def _normalized(done: csr_array) -> csr_array:
    """Learners divided by a power of their number of modules, then modules brought to length 1."""
    lengths = np.diff(done.indptr)
    data = np.repeat(np.maximum(lengths, 1) ** (-ACTIVITY / 2), lengths)
    sizes = np.sqrt(np.bincount(done.indices, weights=data**2, minlength=done.shape[1]))
    data /= sizes[done.indices]
    return csr_array((data.astype(np.float32), done.indices, done.indptr), shape=done.shape)
