"""Linear algebra that the closed forms share; single precision, in place where it can be."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cho_factor, cho_solve, lapack
from scipy.sparse import csr_array

MANY_MODULES = 3000
"""Above so many modules hyper-parameters are chosen on a sample of so many."""


def inverse(matrix: NDArray[np.float32]) -> NDArray[np.float32]:
    """The inverse of a symmetric positive definite matrix, which is used up.

    :raises ValueError: when it is not positive definite
    """
    n = len(matrix)
    if n == 0:
        return matrix
    factor, info = lapack.spotrf(matrix.T, lower=True, overwrite_a=True)
    if info == 0:
        found, info = lapack.spotri(factor, lower=True, overwrite_c=True)
    if info:
        raise ValueError(f"the matrix is not positive definite (LAPACK says {info})")
    for row in range(n - 1):  # LAPACK fills one triangle; row by row needs no second matrix
        found[row, row + 1 :] = found[row + 1 :, row]
    return found.T  # type: ignore[no-any-return]


def solve(matrix: NDArray[np.float32], right: NDArray[np.float32]) -> NDArray[np.float32]:
    """The solution X of matrix · X = right, matrix symmetric positive definite; both are used up."""
    factor = cho_factor(matrix.T, lower=True, overwrite_a=True, check_finite=False)
    return cho_solve(factor, right, overwrite_b=True, check_finite=False)  # type: ignore[no-any-return]


def add_transposed(matrix: NDArray[np.float32], share: float, size: int = 1000) -> None:
    """matrix + share · matrixᵀ for a square matrix, in place: block by block needs no second matrix."""
    for row in range(0, len(matrix), size):
        for column in range(row, len(matrix), size):
            one = matrix[row : row + size, column : column + size]
            other = matrix[column : column + size, row : row + size]
            before = one.copy()
            one += np.float32(share) * other.T.copy()
            if row != column:
                other += np.float32(share) * before.T


def sample_modules(done: csr_array, rng: np.random.Generator) -> csr_array:
    """`done` itself, or its columns of 3,000 modules drawn from those somebody completed."""
    if done.shape[1] <= MANY_MODULES:
        return done
    some = np.flatnonzero(np.bincount(done.indices, minlength=done.shape[1]))
    return csr_array(done[:, np.sort(rng.permutation(some)[:MANY_MODULES])])
