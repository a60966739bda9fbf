"""Weights learned from what learners chose of what was shown to them: a logistic ranking."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recommender.mixture import PENALTIES, signed_weight

LEAST_COMPLETIONS = 2000
LEAST_CHOICES = 200
RIDGE = 1.0
KEPT_ASIDE = 5
"""One choice in so many is kept aside to judge the weights on: the last ones."""

MEASURE = "the share of pairs (chosen, passed over) in the right order, on the last fifth of the choices"


@dataclass(frozen=True)
class Choice:
    """Cards shown together, best place first, and which of them was chosen.

    :param features: by name the values at the time when they were shown, each of length n_cards; penalties positive
    :param chosen: the place of the chosen one
    :raises ValueError: when the lengths differ or nothing could be chosen
    """

    features: Mapping[str, NDArray[np.float64]]
    chosen: int

    def __post_init__(self) -> None:
        lengths = {len(values) for values in self.features.values()}
        if len(lengths) != 1 or not 0 <= self.chosen < min(lengths):
            raise ValueError(f"place {self.chosen} among cards of lengths {sorted(lengths)}")


def choose_weights(
    choices: Sequence[Choice], table: Mapping[str, float], *, n_completions: int, random_state: int
) -> dict[str, Any]:
    """The weights in force and why: fitted ones where there is enough to learn and they order better, else `table`."""
    facts = {"measure": MEASURE, "n_completions": n_completions, "n_choices": len(choices)}
    if n_completions < LEAST_COMPLETIONS:
        why = f"the table: {n_completions} completions, fewer than {LEAST_COMPLETIONS}"
    elif len(choices) < LEAST_CHOICES:
        why = f"the table: {len(choices)} logged choices, fewer than {LEAST_CHOICES}"
    else:
        names = list(table)
        n_aside = len(choices) // KEPT_ASIDE
        learned = fit_weights(choices[:-n_aside], names, random_state)
        aside = choices[-n_aside:]
        scores = [share_in_order(aside, dict(table)), share_in_order(aside, learned) if learned else 0.0]
        tried = [[dict(table), scores[0]], *([[learned, scores[1]]] if learned else [])]
        if learned and scores[1] > scores[0]:
            why = f"fitted: {scores[1]:.3f} of the pairs in order, {scores[0]:.3f} by the table"
            return {
                **facts,
                "values": learned,
                "source": "fitted",
                "score": scores[1],
                "why": why,
                "tried": tried,
            }
        why = "the table: what was fitted does not order the choices kept aside better"
        return {
            **facts,
            "values": dict(table),
            "source": "table",
            "score": scores[0],
            "why": why,
            "tried": tried,
        }
    return {**facts, "values": dict(table), "source": "table", "score": None, "why": why, "tried": []}


def fit_weights(
    choices: Sequence[Choice], names: Sequence[str], random_state: int
) -> dict[str, float] | None:
    """Logistic regression on differences between the chosen card and each passed over, in units of the gap.

    The place of a card is a feature of its own, which is not kept: people choose what stands first. Weights are
    never negative and at most that of the gap. None where the gap itself speaks for nothing.
    """
    from sklearn.linear_model import LogisticRegression

    rows, shares = [], []
    for choice in choices:
        matrix = _matrix(choice, names)
        others = np.delete(matrix, choice.chosen, axis=0)
        rows.append(matrix[choice.chosen] - others)
        shares.append(np.full(len(others), 1.0 / max(1, len(others))))
    pairs, share = np.concatenate(rows), np.concatenate(shares)
    if not len(pairs):
        return None
    model = LogisticRegression(C=1.0 / RIDGE, fit_intercept=False, max_iter=1000, random_state=random_state)
    wins = np.repeat([1, 0], len(pairs))
    model.fit(np.concatenate([pairs, -pairs]), wins, sample_weight=np.concatenate([share, share]) / 2)
    found = dict(zip(names, model.coef_[0][:-1].tolist(), strict=True))
    if found["gap"] <= 0:
        return None
    return {name: float(np.clip(weight / found["gap"], 0.0, 1.0)) for name, weight in found.items()}


def share_in_order(choices: Sequence[Choice], weights: Mapping[str, float]) -> float:
    """The share of pairs (chosen, passed over) whose chosen one has the higher score; a tie counts one half."""
    right, total = 0.0, 0
    for choice in choices:
        scores = np.sum([signed_weight(weights, name) * choice.features[name] for name in weights], axis=0)
        others = np.delete(scores, choice.chosen)
        right += float((scores[choice.chosen] > others).sum() + 0.5 * (scores[choice.chosen] == others).sum())
        total += len(others)
    return right / total if total else 0.0


def _matrix(choice: Choice, names: Sequence[str]) -> NDArray[np.float64]:
    """Features with their signs, and the place, shape (n_cards, n_names + 1)."""
    columns = [choice.features[name] * (-1.0 if name in PENALTIES else 1.0) for name in names]
    place = -np.arange(len(columns[0]), dtype=np.float64)
    return np.column_stack([*columns, place])
