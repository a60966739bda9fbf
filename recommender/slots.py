"""From the ranking to the few cards a learner sees; an empty slot says why (REQ-020)."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from recommender.reasons import EmptyReason, GapRanking, NextStep, RankedModule, Slot


def recommend(ranking: GapRanking, n: int = 3) -> tuple[Slot, ...]:
    """`n` slots: the best cards, then empty slots with the reason why there is no further card.

    Each empty slot tells something new: first what becomes possible next and after which steps, then
    what is in preparation, then what only a renewal would close; after that nothing more is startable.

    :raises ValueError: when `n` is negative
    """
    if n < 0:
        raise ValueError(f"slots must not be negative: {n}")
    cards = [Slot(card=entry) for entry in ranking.cards[:n]]
    return (*cards, *islice(_explain(ranking), n - len(cards)))


def _explain(ranking: GapRanking) -> Iterator[Slot]:
    """Without end: the reasons why there are no more cards than there are."""
    if all(gap.gap == 0 for gap in ranking.gaps):
        while True:
            yield Slot(reason=EmptyReason.NO_GAP)
    useful = [entry for entry in ranking.entries if entry.contributes and not entry.can_start]
    if steps := _next_steps(ranking, useful):
        yield Slot(reason=EmptyReason.BECOMES_POSSIBLE_NEXT, next_steps=steps)
    if waiting := tuple(entry.module for entry in useful if _is_waiting(entry)):
        yield Slot(reason=EmptyReason.ALL_IN_PREPARATION, modules=waiting)
    if done := tuple(entry.module for entry in useful if entry.is_done):
        yield Slot(reason=EmptyReason.ONLY_RENEWAL, modules=done)
    while True:
        yield Slot(reason=EmptyReason.NOTHING_MORE_STARTABLE)


def _is_waiting(entry: RankedModule) -> bool:
    return not entry.is_done and (entry.is_in_preparation or bool(entry.waits_for))


def _next_steps(ranking: GapRanking, useful: list[RankedModule]) -> tuple[NextStep, ...]:
    """What the cards together make possible; if nothing, what needs the fewest steps."""
    locked = [entry for entry in useful if entry.first_step and not entry.waits_for]
    cards = {entry.module for entry in ranking.cards}
    near = [entry for entry in locked if cards.issuperset(entry.missing)]
    if not near:
        fewest = min((len(entry.missing) for entry in locked), default=0)
        near = [entry for entry in locked if len(entry.missing) == fewest]
    near.sort(key=lambda entry: len(entry.missing))
    return tuple(NextStep(entry.module, entry.missing) for entry in near)
