"""The few cards shown: must first, all layers, and now and then a third one by chance; plain Python.

The chance with which a card could come to its place (its propensity) is part of the answer, so that another
weighting can be judged from what was shown under this one (`recommender.off_policy`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from fractions import Fraction

RATE = Fraction(1, 10)
"""How often the third card is drawn by chance."""

DRAWN_PLACE = 2
"""The third card; the places above are never drawn."""


@dataclass(frozen=True)
class Slate:
    """The places shown, in order, as positions in the ranking they were picked from.

    :param propensities: with which chance each could stand in its place; 1 where nothing is drawn
    :param guarded: positions shown so that their layer is there
    :param pool: what the drawn card could have been, best first; empty where nothing was drawn
    :param explored: the position shown by chance in place of the best; None where the best is shown
    """

    picked: tuple[int, ...]
    propensities: tuple[Fraction, ...]
    guarded: tuple[int, ...] = ()
    pool: tuple[int, ...] = ()
    explored: int | None = None


def pick_slate(
    layers: Sequence[Hashable],
    must: Sequence[bool],
    n: int,
    *,
    chance: float | None = None,
    rate: Fraction = RATE,
) -> Slate:
    """Pick `n` of a ranking, best first.

    Every layer of the ranking is among the picked where there is room; a must is never replaced, neither for a
    layer nor by chance, and the drawn card never takes a layer away.

    :param layers: of each position of the ranking; `must`: which of them a rule makes compulsory
    :param chance: a number from 0 to below 1, drawn evenly; None: nothing is left to chance
    :raises ValueError: when `n` is negative or the arguments differ in length
    """
    if n < 0 or len(layers) != len(must):
        raise ValueError(f"no slate of {n} from {len(layers)} layers and {len(must)} marks")
    picked, guarded = _with_all_layers(layers, must, n)
    certain = (Fraction(1),) * len(picked)
    if chance is None or len(picked) <= DRAWN_PLACE or must[picked[DRAWN_PLACE]]:
        return Slate(tuple(picked), certain, guarded)
    usual = picked[DRAWN_PLACE]
    pool = _pool(layers, must, picked)
    drawn = pool[min(len(pool) - 1, int(chance / rate * len(pool)))] if chance < rate else usual
    propensity = rate / len(pool) + (1 - rate if drawn == usual else 0)
    shown = [*picked[:DRAWN_PLACE], drawn, *picked[DRAWN_PLACE + 1 :]]
    return Slate(
        picked=tuple(shown),
        propensities=(*certain[:DRAWN_PLACE], propensity, *certain[DRAWN_PLACE + 1 :]),
        guarded=tuple(place for place in guarded if place in shown),
        pool=tuple(pool),
        explored=drawn if drawn != usual else None,
    )


def _with_all_layers(
    layers: Sequence[Hashable], must: Sequence[bool], n: int
) -> tuple[list[int], tuple[int, ...]]:
    """The first `n` positions, the last of a layer shown twice giving way to a layer that is missing."""
    picked = list(range(min(n, len(layers))))
    guarded = []
    for place in range(len(picked), len(layers)):
        shown = Counter(layers[one] for one in picked)
        if layers[place] in shown:
            continue
        spare = [one for one in picked if shown[layers[one]] > 1 and not must[one]]
        if not spare:
            break
        picked.remove(spare[-1])
        picked.append(place)
        guarded.append(place)
    return sorted(picked), tuple(guarded)


def _pool(layers: Sequence[Hashable], must: Sequence[bool], picked: Sequence[int]) -> list[int]:
    """What may stand third: the usual card and all that are not shown; its layer must not be lost."""
    usual = picked[DRAWN_PLACE]
    others = {layers[place] for place in picked if place != usual}
    keeps = layers[usual] not in others
    return [
        place
        for place in range(len(layers))
        if place == usual
        or (place not in picked and not must[place] and (not keeps or layers[place] == layers[usual]))
    ]
