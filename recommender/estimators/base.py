"""What all estimators with `recommend` share: scikit-learn's contract, serving, saving."""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Self, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, issparse
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from recommender.artifact import read_artifact, write_artifact
from recommender.ranking import Ranking, best_of_rows, rank

BLOCK = 4_000_000
"""Scores worked on at once by one thread: 16 MB."""

Histories: TypeAlias = "Sequence[NDArray[np.intp]] | csr_array"


class Recommender(BaseEstimator, ABC):  # type: ignore[misc]  # scikit-learn has no types
    """The base of estimators that rank modules for a history.

    A subclass learns attributes with a trailing underscore in `fit` (arrays, sparse arrays or JSON
    values, so that `save` can write them), among them `n_modules_`, and says in `_parts` what each
    module scores for one history, in `_score_block` what all modules score for many.
    """

    n_modules_: int

    @abstractmethod
    def _parts(self, history: NDArray[np.intp]) -> Mapping[str, NDArray[np.float64]]:
        """Named summands of the scores of all modules; `history` holds only known modules."""

    @abstractmethod
    def _score_block(self, histories: Sequence[NDArray[np.intp]]) -> NDArray[np.float32]:
        """The scores of all modules, a new array of shape (n_histories, n_modules)."""

    def _default_candidates(self) -> NDArray[np.bool_]:
        """Which modules are ranked when the caller names none: all of them."""
        return np.ones(self.n_modules_, dtype=np.bool_)

    def recommend(
        self, history: NDArray[np.intp], *, n: int = 10, candidates: NDArray[np.intp] | None = None
    ) -> Ranking:
        """The best `n` modules that are not in `history`, with falling scores.

        Modules that `fit` has not seen (ids outside 0 … n_modules − 1) say nothing and are never
        recommended. With fewer than `n` modules left the ranking is shorter.

        :param history: modules done, in time order where the estimator learns from the order
        :param candidates: the modules to choose among; None for the estimator's own choice
        :raises NotFittedError: before `fit`
        :raises ValueError: when `n` is negative
        """
        check_is_fitted(self)
        _check_n(n)
        known = self._known(history)
        allowed = self._default_candidates() if candidates is None else self._mask(candidates)
        allowed[known] = False
        return rank(self._parts(known), allowed, n)

    def recommend_all(
        self, histories: Histories, n: int = 10, *, n_jobs: int | None = None
    ) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
        """The best `n` modules of every learner: (items, scores), both of shape (n_learners, n).

        Works in blocks, so that memory does not grow with the learners. Where fewer than `n` modules
        are left, the rest of the row is -1 and -inf. Single precision: scores agree with those of
        `recommend` to about six digits.

        :param histories: one history per learner, or their completions of shape (n_learners, n_modules)
        :param n_jobs: threads; None for one per core
        :raises NotFittedError: before `fit`
        :raises ValueError: when `n` is negative
        """
        check_is_fitted(self)
        _check_n(n)
        learners = _Learners(histories)
        size = max(1, BLOCK // max(1, self.n_modules_))
        starts = range(0, len(learners), size)
        with ThreadPoolExecutor(n_jobs or os.cpu_count() or 1) as pool:
            blocks = list(pool.map(lambda start: self._best_of(learners[start : start + size], n), starts))
        if not blocks:
            return np.empty((0, n), dtype=np.intp), np.empty((0, n))
        return np.concatenate([items for items, _ in blocks]), np.concatenate(
            [scores for _, scores in blocks]
        )

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write parameters and what was learned to one file (npz with a JSON header), at once.

        :raises NotFittedError: before `fit`
        """
        check_is_fitted(self)
        header = {"estimator": type(self).__name__, "parameters": self.get_params(deep=False)}
        state = {name: value for name, value in vars(self).items() if name.endswith("_")}
        write_artifact(Path(path), header, state)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Self:
        """The estimator that `save` wrote; it answers the same.

        :raises ArtifactError: when the file holds something else
        """
        header, state = read_artifact(Path(path), cls.__name__)
        estimator = cls(**header["parameters"])
        for name, value in state.items():
            setattr(estimator, name, value)
        return estimator

    def _best_of(
        self, histories: Sequence[NDArray[np.intp]], n: int
    ) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
        known = [self._known(history) for history in histories]
        scores = self._score_block(known)
        scores[:, ~self._default_candidates()] = -np.inf
        rows = np.repeat(np.arange(len(known)), [len(history) for history in known])
        scores[rows, _join(known)] = -np.inf
        return best_of_rows(scores, n)

    def _known(self, history: NDArray[np.intp]) -> NDArray[np.intp]:
        ids = np.asarray(history, dtype=np.intp).reshape(-1)
        return ids[(ids >= 0) & (ids < self.n_modules_)]

    def _mask(self, ids: NDArray[np.intp]) -> NDArray[np.bool_]:
        mask = np.zeros(self.n_modules_, dtype=np.bool_)
        mask[self._known(ids)] = True
        return mask


class _Learners:
    """Histories by slices, whether they came as a list or as completions."""

    def __init__(self, histories: Histories) -> None:
        self._rows = binary(histories) if issparse(histories) else None
        self._list = [] if issparse(histories) else histories

    def __len__(self) -> int:
        return len(self._list) if self._rows is None else int(self._rows.shape[0])

    def __getitem__(self, place: slice) -> Sequence[NDArray[np.intp]]:
        if self._rows is None:
            return self._list[place]
        ends, items = self._rows.indptr, self._rows.indices
        return [items[ends[row] : ends[row + 1]] for row in range(*place.indices(len(self)))]


def as_completions(histories: Sequence[NDArray[np.intp]], n_modules: int) -> csr_array:
    """Histories as a 0/1 matrix of shape (n_histories, n_modules), float32; repeats count once."""
    unique = [np.unique(history) for history in histories]
    ends = np.concatenate([[0], np.cumsum([len(history) for history in unique])])
    items = _join(unique)
    return csr_array((np.ones(len(items), dtype=np.float32), items, ends), shape=(len(unique), n_modules))


def binary(completions: csr_array) -> csr_array:
    """The 0/1 pattern of `completions` as float32; stored zeros are no completions.

    :raises ValueError: when it is not two-dimensional
    """
    if completions.ndim != 2:
        raise ValueError(f"completions must have two dimensions, not {completions.ndim}")
    pattern = csr_array(completions, dtype=np.float32, copy=True)
    pattern.sum_duplicates()
    pattern.eliminate_zeros()
    pattern.data[:] = 1.0
    return pattern


def _join(histories: Sequence[NDArray[np.intp]]) -> NDArray[np.intp]:
    return np.concatenate(histories) if len(histories) else np.empty(0, dtype=np.intp)


def _check_n(n: int) -> None:
    if n < 0:
        raise ValueError(f"n must not be negative: {n}")
