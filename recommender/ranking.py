"""The answer of every estimator, and the choice of the best n out of scores."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

CHUNK = 64
"""Columns whose maximum is taken together when the best of a row are sought."""


@dataclass(frozen=True)
class Ranking:
    """Modules with falling scores.

    :param items: ids of modules, best first; of equal scores the smaller id comes first
    :param scores: one per item, falling
    :param parts: named summands of the scores, each as long as `items`; together they add up to them
    :raises ValueError: when a part or the scores are not as long as the items
    """

    items: NDArray[np.intp]
    scores: NDArray[np.float64]
    parts: Mapping[str, NDArray[np.float64]] | None = None

    def __post_init__(self) -> None:
        lengths = {len(self.scores), *map(len, (self.parts or {}).values())}
        if lengths != {len(self.items)}:
            raise ValueError(f"{len(self.items)} items, but scores or parts of lengths {sorted(lengths)}")

    def __len__(self) -> int:
        return len(self.items)


def rank(parts: Mapping[str, NDArray[np.float64]], allowed: NDArray[np.bool_], n: int) -> Ranking:
    """The best `n` of the allowed modules by the sum of `parts` (each one value per module)."""
    total = np.sum(list(parts.values()), axis=0)
    items = best(total, np.flatnonzero(allowed), n)
    return Ranking(items, total[items], {name: values[items] for name, values in parts.items()})


def best(scores: NDArray[np.float64], among: NDArray[np.intp], n: int) -> NDArray[np.intp]:
    """The `n` of `among` (rising ids) with the highest scores, best first; ties go to the smaller id."""
    values = scores[among]
    if 0 < n < len(among):
        least = np.partition(values, len(among) - n)[len(among) - n]
        among = among[values >= least]
        values = scores[among]
    return among[np.argsort(-values, kind="stable")[:n]]


def best_of_rows(scores: NDArray[np.float32], n: int) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """The best `n` columns of each row and their scores, best first; ties go to the smaller column.

    A score of -inf means "not allowed"; where a row runs out of allowed columns, -1 and -inf stand.
    """
    n_rows = len(scores)
    items = np.full((n_rows, n), -1, dtype=np.intp)
    values = np.full((n_rows, n), -np.inf)
    if n == 0 or scores.size == 0:
        return items, values
    rows, columns = np.nonzero((scores >= _least_needed(scores, n)[:, None]) & (scores > -np.inf))
    found = scores[rows, columns]
    order = np.lexsort((columns, -found, rows))
    rows, columns, found = rows[order], columns[order], found[order]
    place = np.arange(len(rows)) - np.searchsorted(rows, rows)
    keep = place < n
    items[rows[keep], place[keep]] = columns[keep]
    values[rows[keep], place[keep]] = found[keep]
    return items, values


def _least_needed(scores: NDArray[np.float32], n: int) -> NDArray[np.float32]:
    """Per row a value that at least `n` columns reach, so that few columns need sorting.

    The n-th greatest maximum of chunks of columns: one pass over the scores instead of a partition.
    """
    n_rows, n_columns = scores.shape
    n_whole = n_columns // CHUNK
    if n_whole < n:
        n = min(n, n_columns)
        least: NDArray[np.float32] = np.partition(scores, n_columns - n, axis=1)[:, n_columns - n]
        return least
    chunks = scores[:, : n_whole * CHUNK].reshape(n_rows, n_whole, CHUNK).max(axis=2)
    least = np.partition(chunks, n_whole - n, axis=1)[:, n_whole - n]
    return least
