"""Where a learner goes on, and study time by the server's clock."""

from __future__ import annotations

from datetime import datetime


def credited_seconds(last_beat_at: datetime | None, now: datetime, *, segment_seconds: int) -> int:
    """Study time since the last sign of life: the whole gap within a segment, nothing when it was longer.

    The browser only says "still here"; the figure comes from the server's clock, so a script that beats faster
    earns no more than time that really passed."""
    if last_beat_at is None:
        return 0
    gap = int((now - last_beat_at).total_seconds())
    return gap if 0 < gap <= segment_seconds else 0


def minutes_left(minutes: int, *, sections: int, section: int) -> int:
    """Reading minutes left of a lesson when `section` (from 0) is on screen; at least one."""
    if sections <= 0:
        return max(minutes, 1)
    return max(1, minutes * (sections - min(section, sections - 1)) // sections)
