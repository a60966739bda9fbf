"""The choice of hyper-parameters on a cut of the training data."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

Values = dict[str, float]


def choose(
    axes: Mapping[str, Sequence[float]],
    start: Mapping[str, float],
    score: Callable[[Values], float] | None,
    *,
    measure: str,
    rounds: int = 3,
) -> dict[str, Any]:
    """Coordinate search: along one axis after the other the value with the best score is kept.

    The first round tries every value of an axis, a later one only those beside the value in force.

    :param axes: the values to be tried by name, rising
    :param score: what is to be maximised; None when there is too little to hold out: `start` stands
    :param measure: what the score is and on what it was taken, in words
    :returns: `values`, `score` and `measure`, `why`, and `tried`: all values tried with their scores
    """
    values = dict(start)
    if score is None:
        why = "the usual values: there is too little data to hold some out"
        return {"values": values, "score": None, "measure": measure, "why": why, "tried": []}
    seen: dict[tuple[float, ...], float] = {}

    def look_up(trial: Values) -> float:
        key = tuple(trial.values())
        if key not in seen:
            seen[key] = score(trial)
        return seen[key]

    for turn in range(rounds):
        before = dict(values)
        for name, axis in axes.items():
            options = axis if turn == 0 else _beside(axis, values[name])
            trials = [values, *(values | {name: option} for option in options)]
            values = max(trials, key=look_up)
        if values == before:
            break
    tried = [[dict(zip(values, key, strict=True)), found] for key, found in seen.items()]
    why = f"the best of {len(seen)} settings by {measure}"
    return {"values": values, "score": look_up(values), "measure": measure, "why": why, "tried": tried}


def _beside(axis: Sequence[float], value: float) -> Sequence[float]:
    """The next smaller and the next greater value."""
    smaller, greater = ([one for one in axis if one < value], [one for one in axis if one > value])
    return [*smaller[-1:], *greater[:1]]
