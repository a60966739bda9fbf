"""What the answers to each question came to, beside what was foretold: plain arrays, readable without scikit-learn."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from recommender.artifact import read_artifact, write_artifact

KIND = "ItemFigures"


@dataclass(frozen=True, eq=False)  # arrays have no equality of their own
class ItemFigures:
    """One entry per item, by rising id.

    :param items: ids of the questions
    :param answers: answers to each
    :param learners: how many people gave them
    :param right: how many of the answers were right
    :param expected: mean chance of a right answer, 0 to 1, foretold from the learners alone as if nobody had met
        the item before: what a question of these skills and of middling difficulty would come to with them
    :param calibration_error: expected calibration error of all foretold answers over ten bins of equal width
    :param auc: chance that a right answer was foretold higher than a wrong one; NaN where there is only one kind
    """

    items: NDArray[np.int64]
    answers: NDArray[np.int64]
    learners: NDArray[np.int64]
    right: NDArray[np.int64]
    expected: NDArray[np.float64]
    calibration_error: float
    auc: float

    def save(self, path: Path) -> None:
        """Write it as plain arrays."""
        state = {one.name: getattr(self, one.name) for one in fields(self)}
        state |= {"calibration_error": np.array([self.calibration_error]), "auc": np.array([self.auc])}
        write_artifact(path, {"estimator": KIND}, state)

    @classmethod
    def load(cls, path: Path) -> ItemFigures:
        """What `save` wrote.

        :raises ArtifactError: when the file holds something else
        """
        _, state = read_artifact(path, KIND)
        state |= {name: float(state[name][0]) for name in ("calibration_error", "auc")}
        return cls(**state)


def items_path(model: Path) -> Path:
    """Where the figures stand that belong to the model in this file."""
    return model.with_name(f"{model.stem}_items.npz")
