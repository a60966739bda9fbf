"""Which module stands where, and what stands behind it (REQ-020)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from fractions import Fraction

from recommender.reasons import RankedModule, Reason, ReasonKind

Worth = tuple[bool, Fraction]


def put_in_order(ranked: Collection[RankedModule]) -> tuple[RankedModule, ...]:
    """All of `ranked`, best first; each locked module that contributes follows its first step at once."""
    behind: defaultdict[str, list[RankedModule]] = defaultdict(list)
    for entry in sorted(ranked, key=_standing):
        if entry.first_step and entry.contributes:
            behind[entry.first_step].append(entry)
    placed = {id for entries in behind.values() for id in _ids(entries)}
    rows = [_open(entry, behind[entry.module]) for entry in ranked if entry.module not in placed]
    rows.sort(key=lambda row: (_tier(row[0]), row[1], row[0].periods, row[0].module))
    return tuple(entry for row in rows for entry in (row[0], *behind[row[0].module]))


def _open(step: RankedModule, locked: Sequence[RankedModule]) -> tuple[RankedModule, Worth]:
    """`step` with what stands behind it, and the worth that decides its place.

    A prerequisite is inserted where the best locked module would stand; but one that waits for a
    module in preparation must not push aside what leads somewhere today.
    """
    worth, lifted_by = _worth(step), None
    for entry in locked:
        if not entry.waits_for and _worth(entry) < worth:
            worth, lifted_by = _worth(entry), entry.module
    reasons = (*step.reasons, *(_opening_line(entry) for entry in locked))
    return replace(step, opens=_ids(locked), lifted_by=lifted_by, reasons=reasons), worth


def _opening_line(entry: RankedModule) -> Reason:
    return Reason(
        ReasonKind.OPENS,
        module=entry.module,
        levels=entry.levels,
        periods=entry.periods,
        score=entry.score,
        is_must=entry.closes_must,
        waits_for=entry.waits_for,
    )


def _worth(entry: RankedModule) -> Worth:
    """Smaller is better: what closes a must skill first, then the higher score."""
    return not entry.closes_must, -entry.score


def _standing(entry: RankedModule) -> tuple[Worth, int, str]:
    return _worth(entry), entry.periods, entry.module


def _tier(entry: RankedModule) -> int:
    """Cards, then what can be started to no use, locked ones, those in preparation, done ones."""
    if entry.is_done:
        return 5
    if entry.is_in_preparation:
        return 4
    if entry.is_locked:
        return 2 if entry.first_step else 3
    return 0 if entry.is_card else 1


def _ids(entries: Iterable[RankedModule]) -> tuple[str, ...]:
    return tuple(entry.module for entry in entries)
