"""A log of answers, and the answers in it: what was said once counts once."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from recommender.artifact import read_artifact, write_artifact

KIND = "AnswerLog"


@dataclass(frozen=True)
class AnswerLog:
    """A row per answer, in time order per learner.

    :param learner: ids, integers with gaps
    :param item: ids of questions, integers with gaps
    :param correct: 0 or 1
    :param skills: shape (n_rows, n_skills), non-zero where the question takes the skill; rows may be empty
    :param at: when; only the order within a learner is used
    :raises ValueError: when lengths differ, `correct` is neither 0 nor 1 or a time is not a number
    """

    learner: NDArray[np.int64]
    item: NDArray[np.int64]
    correct: NDArray[np.int64]
    skills: csr_array
    at: NDArray[np.float64]

    def __post_init__(self) -> None:
        lengths = {len(self.learner), len(self.item), len(self.correct), self.skills.shape[0], len(self.at)}
        if len(lengths) > 1:
            raise ValueError(f"columns of different lengths: {sorted(lengths)}")
        if not np.isin(self.correct, (0, 1)).all():
            raise ValueError("correct must be 0 or 1")
        if np.isnan(self.at).any():
            raise ValueError("`at` holds a time that is not a number")

    def __len__(self) -> int:
        return len(self.learner)

    def save(self, path: Path) -> None:
        """Write it as plain arrays."""
        write_artifact(path, {"estimator": KIND}, {one.name: getattr(self, one.name) for one in fields(self)})

    @classmethod
    def load(cls, path: Path) -> AnswerLog:
        """What `save` wrote.

        :raises ArtifactError: when the file holds something else
        """
        _, state = read_artifact(path, KIND)
        return cls(**state)


@dataclass(frozen=True)
class Answers:
    """The answers of a log, sorted by learner and time.

    A log may repeat an answer once per skill. Were those rows taken one after the other, the second would be
    foretold from its own result: rows of one learner, item and instant are therefore one answer, with all
    their skills.

    :param of_row: for each row of the log the position of its answer
    :param learner: 0 … n_learners−1, rising
    :param item: the id of the question
    :param correct: 0 to 1 (the mean where the rows of one answer disagree)
    :param entry_answer: for each pair of an answer and one of its skills, the answer (rising)
    :param entry_skill: and the skill; an answer without any has one entry with the skill n_skills
    """

    of_row: NDArray[np.intp]
    learner: NDArray[np.intp]
    item: NDArray[np.int64]
    correct: NDArray[np.float64]
    entry_answer: NDArray[np.intp]
    entry_skill: NDArray[np.intp]
    n_skills: int

    def __len__(self) -> int:
        return len(self.learner)

    @property
    def n_learners(self) -> int:
        return int(self.learner[-1]) + 1 if len(self) else 0


def answers_of(log: AnswerLog) -> Answers:
    """The answers in `log`; rows with equal times keep their order, whichever items they are of."""
    order = np.lexsort((np.arange(len(log)), log.at, log.learner))
    order = _gather_repeated(log, order)
    learner, item, at = log.learner[order], log.item[order], log.at[order]
    is_new = np.ones(len(log), dtype=bool)
    is_new[1:] = _differs(learner) | _differs(item) | _differs(at)
    group = np.cumsum(is_new) - 1
    n_answers = int(is_new.sum())
    of_row = np.empty(len(log), dtype=np.intp)
    of_row[order] = group
    correct = np.bincount(group, log.correct[order], n_answers) / np.bincount(group, minlength=n_answers)
    entry_answer, entry_skill = _entries(log.skills, of_row, n_answers)
    return Answers(
        of_row,
        np.unique(learner[is_new], return_inverse=True)[1].astype(np.intp),
        item[is_new],
        correct,
        entry_answer,
        entry_skill,
        log.skills.shape[1],
    )


def _gather_repeated(log: AnswerLog, order: NDArray[np.intp]) -> NDArray[np.intp]:
    """`order` with the rows of one learner, instant and item side by side, at the place of the first."""
    learner, item, at = log.learner[order], log.item[order], log.at[order]
    instant = np.zeros(len(order), dtype=np.intp)
    instant[1:] = np.cumsum(_differs(learner) | _differs(at))
    items, number = np.unique(item, return_inverse=True)
    _, answer = np.unique(instant * len(items) + number, return_inverse=True)
    first = np.full(len(order), len(order), dtype=np.intp)
    np.minimum.at(first, answer, np.arange(len(order)))
    return order[np.argsort(first[answer], kind="stable")]


def _differs(values: NDArray[Any]) -> NDArray[np.bool_]:
    """Where a value is another one than before; a difference would take infinite times for different."""
    differs: NDArray[np.bool_] = values[1:] != values[:-1]
    return differs


def _entries(
    skills: csr_array, of_row: NDArray[np.intp], n_answers: int
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    n_skills = skills.shape[1]
    rows = np.repeat(np.arange(skills.shape[0]), np.diff(skills.indptr))
    present = skills.data != 0
    pairs = of_row[rows[present]].astype(np.int64) * (n_skills + 1) + skills.indices[present]
    without = np.setdiff1d(np.arange(n_answers), pairs // (n_skills + 1))
    pairs = np.unique(np.concatenate([pairs, without * (n_skills + 1) + n_skills]))
    return (pairs // (n_skills + 1)).astype(np.intp), (pairs % (n_skills + 1)).astype(np.intp)
