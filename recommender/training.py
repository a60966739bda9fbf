"""Training in a process of its own: arrays in, arrays out, no database.

`python -m recommender.training training_data.npz blend.npz` reads what `TrainingData.save` wrote,
fits a `Blend` and saves it.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recommender.artifact import read_artifact, write_artifact
from recommender.estimators.choices import Choice
from recommender.mixture import TABLE

KIND = "TrainingData"


@dataclass(frozen=True)
class TrainingData:
    """What a `Blend` learns from; see `Blend.fit`.

    :param cohorts: the number of each learner's group, −1 for none, shape (n_learners,)
    :param teaches: levels taught, shape (n_modules, n_skills)
    """

    histories: Sequence[NDArray[np.intp]]
    texts: Sequence[str]
    new: NDArray[np.bool_]
    cohorts: NDArray[np.intp]
    teaches: NDArray[np.float64]
    choices: Sequence[Choice] = field(default=())

    @property
    def n_completions(self) -> int:
        return sum(map(len, self.histories))

    def save(self, path: Path) -> None:
        """Write it as plain arrays."""
        cards = [np.column_stack([one.features[name] for name in TABLE]) for one in self.choices]
        state = {
            "items": _join(self.histories),
            "ends": np.cumsum([0, *map(len, self.histories)]),
            "texts": list(self.texts),
            "new": self.new,
            "cohorts": self.cohorts,
            "teaches": self.teaches,
            "cards": np.concatenate([np.zeros((0, len(TABLE))), *cards]),
            "card_ends": np.cumsum([0, *map(len, cards)]),
            "chosen": np.array([one.chosen for one in self.choices], dtype=np.intp),
        }
        write_artifact(path, {"estimator": KIND}, state)

    @classmethod
    def load(cls, path: Path) -> TrainingData:
        """What `save` wrote.

        :raises ArtifactError: when the file holds something else
        """
        _, state = read_artifact(path, KIND)
        cards = _split(state["cards"], state["card_ends"])
        choices = [
            Choice(dict(zip(TABLE, table.T, strict=True)), int(chosen))
            for table, chosen in zip(cards, state["chosen"], strict=True)
        ]
        return cls(
            histories=_split(state["items"], state["ends"]),
            texts=state["texts"],
            new=state["new"],
            cohorts=state["cohorts"],
            teaches=state["teaches"],
            choices=choices,
        )


def train(source: Path, target: Path) -> None:
    """Fit a `Blend` on the data in `source` and save it as `target`."""
    from recommender.estimators.blend import Blend

    data = TrainingData.load(source)
    Blend().fit(
        data.histories,
        n_modules=len(data.new),
        texts=data.texts,
        new=data.new,
        cohorts=data.cohorts,
        teaches=data.teaches,
        choices=data.choices,
    ).save(target)


def _join(histories: Sequence[NDArray[np.intp]]) -> NDArray[np.intp]:
    return np.concatenate([np.empty(0, dtype=np.intp), *histories])


def _split(rows: NDArray[Any], ends: NDArray[np.intp]) -> list[NDArray[Any]]:
    return [rows[start:end] for start, end in pairwise(ends)]


if __name__ == "__main__":
    train(Path(sys.argv[1]), Path(sys.argv[2]))
