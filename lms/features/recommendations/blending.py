"""What others did, added to what the gap says (REQ-020): for modules that no rule makes compulsory.

The gap's lines stay exact fractions. What was learned is rounded to thousandths first and added as fractions, so that
the sum shown is the sum that ranks."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import NamedTuple

from lms.features.recommendations.model_store import Model
from recommender import GapRanking, RankedModule, Situation, Slate, pick_slate

THOUSAND = 1000


@dataclass(frozen=True)
class Known:
    """What the score rests on beside the gap.

    :param history: ids of the modules done, the earliest first
    :param levels: the level held of each skill, by slug
    """

    role_id: int | None
    history: Sequence[int]
    levels: Mapping[str, int]


@dataclass(frozen=True)
class Weighed:
    """A module with the summands of its score.

    :param worth: what the gap says: its own value, or that of the locked module it owes its place to
    :param parts: what was learned, by name, in thousandths
    :param causes: by name of a part, ids of modules done without which it would be less
    :param features: what the parts were made of, for the log
    """

    entry: RankedModule
    worth: Fraction
    parts: Mapping[str, Fraction]
    causes: Mapping[str, tuple[int, ...]]
    features: Mapping[str, float]

    @property
    def total(self) -> Fraction:
        return self.worth + sum(self.parts.values(), Fraction(0))


@dataclass(frozen=True)
class Blended:
    """The ranking with what was learned.

    :param ranking: compulsory modules first and as they stood, then the others by their whole score
    :param weighed: by slug, the modules that something was added to, best first
    :param must: slugs of the cards that a rule makes compulsory
    """

    ranking: GapRanking
    weighed: Mapping[str, Weighed]
    must: tuple[str, ...]
    version: str

    def pick(self, layers: Mapping[str, str], n: int, *, chance: float | None) -> Slate:
        """The cards to be shown, as positions in `order`."""
        order = self.order
        return pick_slate(
            [layers[slug] for slug in order], [slug in self.must for slug in order], n, chance=chance
        )

    @property
    def order(self) -> tuple[str, ...]:
        """Slugs of all cards, best first."""
        return (*self.must, *self.weighed)

    def put_first(self, slugs: Sequence[str]) -> GapRanking:
        """The ranking with these modules first, each with what stands behind it."""
        return replace(self.ranking, entries=_with_first(self.ranking.entries, slugs))


def blend(
    model: Model,
    ranking: GapRanking,
    known: Known,
    module_ids: Mapping[str, int],
    *,
    hidden: Collection[str] = (),
) -> Blended:
    """Add what was learned to the cards of a ranking that no rule makes compulsory.

    :param module_ids: by slug
    :param hidden: slugs of modules that may not be shown; they stand in no place of the result
    """
    by_slug = {entry.module: entry for entry in ranking.entries}
    cards = [entry for entry in ranking.cards if entry.module not in hidden]
    must = tuple(entry.module for entry in cards if _is_must(entry, by_slug))
    free = [
        _Card(entry, _worth(entry, by_slug), model.rows.get(module_ids[entry.module]))
        for entry in cards
        if entry.module not in must
    ]
    history = [row for module_id in known.history if (row := model.rows.get(module_id)) is not None]
    weighed = _weigh(model, history, _situation(model, known), free)
    weighed.sort(key=lambda one: (-one.total, one.entry.periods, one.entry.module))
    order = {one.entry.module: one for one in weighed}
    shown = [entry for entry in ranking.entries if entry.module not in hidden]
    return Blended(replace(ranking, entries=_with_first(shown, (*must, *order))), order, must, model.version)


def chance_of(version: str, learner_id: int, on: date) -> float:
    """A number from 0 to below 1 that stays the same for a week, so that cards do not flicker."""
    year, week, _ = on.isocalendar()
    digest = hashlib.sha256(f"{version}:{learner_id}:{year}:{week}".encode()).digest()
    return int.from_bytes(digest[:6], "big") / 2**48


class _Card(NamedTuple):
    """What is weighed: an entry, what the gap says of it, its row in the model if it has one."""

    entry: RankedModule
    worth: Fraction
    row: int | None


def _weigh(
    model: Model, history: Sequence[int], situation: Situation, cards: Sequence[_Card]
) -> list[Weighed]:
    """The summands of each card; one that has come since the night has the gap's only."""
    import numpy as np

    way = np.array(history, dtype=np.intp)
    rows = [card.row for card in cards if card.row is not None]
    named = dict(zip(rows, model.mixture.named(way, situation, rows), strict=True))
    features = model.mixture.features(way, situation)
    parts = model.mixture.summands(features)
    found = []
    for entry, worth, row in cards:
        if row is None:
            found.append(Weighed(entry, worth, {}, {}, {}))
            continue
        added = {name: in_thousandths(float(values[row])) for name, values in parts.items() if name != "gap"}
        causes = {name: tuple(model.facts["modules"][one] for one in ids) for name, ids in named[row].items()}
        logged = {name: round(float(values[row]), 4) for name, values in features.items()}
        shown = {name: value for name, value in added.items() if value}
        found.append(Weighed(entry, worth, shown, causes, {**logged, "gap": float(worth)}))
    return found


def in_thousandths(value: float) -> Fraction:
    """The nearest thousandth, exact."""
    return Fraction(round(value * THOUSAND), THOUSAND)


def _situation(model: Model, known: Known) -> Situation:
    import numpy as np

    held = np.array([known.levels.get(slug, 0) for slug in model.facts["skills"]], dtype=np.float64)
    return Situation(cohort=model.cohorts.get(known.role_id or 0), held=held)


def _is_must(entry: RankedModule, by_slug: Mapping[str, RankedModule]) -> bool:
    """Whether a rule decides its place: it closes a compulsory skill, or leads to what does."""
    return entry.closes_must or bool(entry.lifted_by and by_slug[entry.lifted_by].closes_must)


def _worth(entry: RankedModule, by_slug: Mapping[str, RankedModule]) -> Fraction:
    return by_slug[entry.lifted_by].score if entry.lifted_by else entry.score


def _with_first(entries: Sequence[RankedModule], slugs: Sequence[str]) -> tuple[RankedModule, ...]:
    """These modules first, each with the locked ones that stand behind it, then the rest as it was."""
    by_slug = {entry.module: entry for entry in entries}
    first = [by_slug[slug] for top in slugs for slug in (top, *by_slug[top].opens) if slug in by_slug]
    moved = {entry.module for entry in first}
    return (*first, *(entry for entry in entries if entry.module not in moved))
