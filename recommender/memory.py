"""What a history says to a linear model with a decaying memory; NumPy only, fit for a request."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

LEAST_WEIGHT = 1e-3
"""What a module long ago may weigh and be left out."""


def recall(weights: NDArray[np.float32], history: NDArray[np.intp], decay: float) -> NDArray[np.float64]:
    """What one history says with one memory: a score for each module.

    :param weights: shape (n_modules + 1, n_modules); the last row is the start of a history
    :param history: modules done, in time order
    :param decay: what a step back in time leaves of a module's strength
    """
    way = np.concatenate([[len(weights) - 1], history]).astype(np.intp)
    strength = decayed(len(way), decay)
    said: NDArray[np.float32] = strength.astype(np.float32) @ weights[way[-len(strength) :]]
    return said.astype(np.float64)


def decayed(length: int, decay: float) -> NDArray[np.float64]:
    """The strength of the last positions that still weigh something, the latest (1) at the end."""
    strength = np.power(float(decay), np.arange(length - 1, -1, -1, dtype=np.float64))
    return strength[strength >= LEAST_WEIGHT]
