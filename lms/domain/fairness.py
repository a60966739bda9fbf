"""Whether recommendations and their effect reach groups of people alike (REQ-020: exposure ratio within 0.8–1.25)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction


class Finding(StrEnum):
    """What the figure of a group says beside that of everybody."""

    EVEN = "even"
    LOW = "low"
    HIGH = "high"
    TOO_FEW = "too_few"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Limits:
    """Ratios in percent that are still even, both included, and the smallest group that is judged."""

    low_percent: int
    high_percent: int
    group_size: int


@dataclass(frozen=True)
class Share:
    """So much of something for so much of another: recommendations for people, levels closed for levels missing."""

    part: int
    whole: int

    @property
    def value(self) -> Fraction | None:
        """None where there is nothing to divide by."""
        return Fraction(self.part, self.whole) if self.whole else None


def ratio(group: Share, everybody: Share) -> Fraction | None:
    """The group's figure divided by everybody's; None where either cannot be computed or everybody's is 0."""
    if group.value is None or not everybody.value:
        return None
    return group.value / everybody.value


def judge(group: Share, everybody: Share, *, people: int, limits: Limits) -> Finding:
    """What a group's figure says; compared as exact fractions, so that 0.8 and 1.25 themselves are even."""
    if people < limits.group_size:
        return Finding.TOO_FEW
    found = ratio(group, everybody)
    if found is None:
        return Finding.UNKNOWN
    if found * 100 < limits.low_percent:
        return Finding.LOW
    return Finding.HIGH if found * 100 > limits.high_percent else Finding.EVEN


BANDS = (20, 100, 300)
"""Enterprises by people employed: below 20, below 100, below 300, and larger."""


def size_band(people: int) -> int:
    """The number of the band, from 0."""
    return sum(people >= least for least in BANDS)
