"""The one score: gap + next + together + content + cohort − redundancy − stretch; NumPy only, fit for a request.

What `Blend` has learned stands here as plain arrays. Every feature lies between 0 and 1 (the gap is in levels per
period), is multiplied by its weight and added: a reason shown is a summand of the score.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from recommender.artifact import read_artifact
from recommender.memory import recall
from recommender.taught import Taught

TABLE: Mapping[str, float] = {
    "gap": 1.0,
    "next": 0.10,
    "together": 0.05,
    "content": 0.10,
    "cohort": 0.05,
    "redundancy": 0.05,
    "stretch": 0.05,
}
"""The weights until they can be learned, in levels closed per period: what others did may outweigh a twentieth to
a tenth of a level per period, about a fifth of what a good module closes, and no more."""

PENALTIES = frozenset({"redundancy", "stretch"})
"""What is taken away."""

LEARNED = ("next", "together", "content")
"""Features that rest on the history and can name modules of it."""


@dataclass(frozen=True)
class Situation:
    """What is known of the learner beside the history.

    :param gap: what each module closes, in levels per period, shape (n_modules,); None: nothing is asked
    :param must: which modules close a skill that a rule makes compulsory: they stand first
    :param cohort: the number of the group (the role) the learner belongs to; None: of no group
    :param held: the level held of each skill, shape (n_skills,); None: what the history has taught
    """

    gap: NDArray[np.float64] | None = None
    must: NDArray[np.bool_] | None = None
    cohort: int | None = None
    held: NDArray[np.float64] | None = None


NOBODY = Situation()


@dataclass(frozen=True, eq=False)  # arrays have no equality of their own
class Mixture:
    """Features and weights of all modules for one learner.

    :param past: weights of the long memory, shape (n_modules + 1, n_modules); `recent` of the short one, or no rows
    :param decays: of the long and of the short memory
    :param together: item-item weights of modules completed by the same people, shape (n_modules, n_modules)
    :param content: the same for new modules, predicted from texts; no rows without texts
    :param new: which modules have no history
    :param cohorts: by how much a cohort completes a module more often than everybody, shape (n_cohorts, n_modules)
    :param teaches: the level each module teaches of each skill, shape (n_modules, n_skills)
    :param scales: by learned feature, the score that counts one half
    """

    past: NDArray[np.float32]
    recent: NDArray[np.float32]
    decays: tuple[float, float]
    together: NDArray[np.float32]
    content: NDArray[np.float32]
    new: NDArray[np.bool_]
    cohorts: NDArray[np.float64]
    teaches: NDArray[np.float64]
    scales: Mapping[str, float]
    weights: Mapping[str, float] = field(default_factory=lambda: dict(TABLE))

    @classmethod
    def of(cls, state: Mapping[str, Any]) -> Self:
        """From the learned attributes of a `Blend`, by name."""
        values = state["memory_"]
        return cls(
            past=state["past_"],
            recent=state["recent_"],
            decays=(values["memory"], values["recent"]),
            together=state["similarity_"],
            content=state["content_"],
            new=state["new_"],
            cohorts=state["cohorts_"],
            teaches=state["teaches_"],
            scales=state["scales_"],
            weights=state["chosen_"]["values"],
        )

    @classmethod
    def load(cls, path: Path) -> tuple[Self, dict[str, Any]]:
        """What `Blend.save` wrote, without scikit-learn, and how the weights were chosen.

        :raises ArtifactError: when the file holds something else
        """
        _, state = read_artifact(path, "Blend")
        return cls.of(state), state["chosen_"]

    @cached_property
    def taught(self) -> Taught:
        """What the modules teach, in the form that is compared with what is held."""
        return Taught(self.teaches)

    @property
    def n_modules(self) -> int:
        return len(self.new)

    def raw(self, history: NDArray[np.intp]) -> dict[str, NDArray[np.float64]]:
        """The scores of the learned features before they are brought to 0 … 1."""
        scores = recall(self.past, history, self.decays[0])
        if len(self.recent):
            scores = scores + recall(self.recent, history, self.decays[1])
        done = np.unique(history)
        content = np.zeros(self.n_modules)
        if len(self.content):
            content = self.content[done].sum(axis=0, dtype=np.float64) * self.new
        together: NDArray[np.float64] = self.together[done].sum(axis=0, dtype=np.float64)
        return {"next": scores, "together": together, "content": content}

    def features(
        self, history: NDArray[np.intp], situation: Situation = NOBODY
    ) -> dict[str, NDArray[np.float64]]:
        """By name the features of all modules, penalties as positive numbers."""
        found = {"gap": np.zeros(self.n_modules) if situation.gap is None else situation.gap}
        for name, scores in self.raw(history).items():
            positive = np.maximum(scores, 0.0)
            found[name] = positive / (positive + self.scales[name])
        of_none = situation.cohort is None or not 0 <= situation.cohort < len(self.cohorts)
        found["cohort"] = np.zeros(self.n_modules) if of_none else self.cohorts[situation.cohort]
        held = self.levels_after(history) if situation.held is None else situation.held
        penalties = {"redundancy": self.taught.redundancy(held), "stretch": self.taught.stretch(held)}
        return found | {name: values.astype(np.float64) for name, values in penalties.items()}

    def parts(
        self, history: NDArray[np.intp], situation: Situation = NOBODY
    ) -> dict[str, NDArray[np.float64]]:
        """By name the summands of the scores: features times weights, penalties as negative numbers."""
        return self.summands(self.features(history, situation))

    def summands(self, features: Mapping[str, NDArray[np.float64]]) -> dict[str, NDArray[np.float64]]:
        """`parts` of `features` that stand already."""
        return {name: signed_weight(self.weights, name) * values for name, values in features.items()}

    def named(
        self, history: NDArray[np.intp], situation: Situation, modules: Sequence[int], *, most: int = 2
    ) -> list[dict[str, tuple[int, ...]]]:
        """For each of `modules`, by learned feature, the modules of the history that speak for it, strongest first.

        One is named only if without it both the summand and the score are lower, also when every summand is
        rounded to thousandths.
        """
        columns = np.asarray(modules, dtype=np.intp)
        whole = {name: values[columns] for name, values in self.parts(history, situation).items()}
        drops: list[dict[str, list[tuple[float, int]]]] = [{name: [] for name in LEARNED} for _ in modules]
        for done in np.unique(history):
            without = self.parts(history[history != done], situation)
            lost = {name: values - without[name][columns] for name, values in whole.items()}
            steps = {
                name: np.round(1000 * values) - np.round(1000 * without[name][columns])
                for name, values in whole.items()
            }
            is_less = (np.sum(list(lost.values()), axis=0) > 0) & (np.sum(list(steps.values()), axis=0) > 0)
            for name in LEARNED:
                for place in np.flatnonzero(is_less & (lost[name] > 0) & (steps[name] > 0)):
                    drops[place][name].append((-float(lost[name][place]), int(done)))
        return [
            {name: tuple(done for _, done in sorted(found)[:most]) for name, found in one.items()}
            for one in drops
        ]

    def levels_after(self, history: NDArray[np.intp]) -> NDArray[np.float64]:
        """The levels that the modules done have taught."""
        levels: NDArray[np.float64] = self.teaches[history].max(axis=0, initial=0.0)
        return levels


def signed_weight(weights: Mapping[str, float], name: str) -> float:
    """What a feature is multiplied by."""
    return -weights[name] if name in PENALTIES else weights[name]
