"""The level held of each skill today, from dated evidence that ages (REQ-020)."""

from __future__ import annotations

import calendar
from collections.abc import Collection, Iterable
from datetime import date

from recommender.facts import EvidenceItem, Held


def held_levels(
    evidence: Iterable[EvidenceItem],
    *,
    today: date,
    validity_months: int = 24,
    must_validity_months: int = 12,
    must_skills: Collection[str] = (),
) -> dict[str, Held]:
    """The best level of each skill that has evidence by `today`.

    Evidence older than its validity counts one level lower, never below 0. The day it was obtained on
    is not counted; the validity ends on the corresponding day, or else the last of the month, at 24:00
    (民法典 arts. 201–203). Evidence dated after `today` does not count yet. Among evidence of one
    level the one that stays valid longest is named.

    :param validity_months: how long evidence counts in full; a policy parameter
    :param must_validity_months: the same for `must_skills`, the skills a rule makes compulsory
    """
    best: dict[str, Held] = {}
    for item in evidence:
        if item.obtained_on > today:
            continue
        months = must_validity_months if item.skill in must_skills else validity_months
        held = _age(item, months=months, today=today)
        if item.skill not in best or _strength(held) > _strength(best[item.skill]):
            best[item.skill] = held
    return best


def _age(item: EvidenceItem, *, months: int, today: date) -> Held:
    valid_until = _corresponding_day(item.obtained_on, months)
    is_aged = today > valid_until
    level = max(0, item.level - 1) if is_aged else item.level
    return Held(level, item.level, item.obtained_on, valid_until, is_aged)


def _strength(held: Held) -> tuple[int, date, int]:
    return held.level, held.valid_until, -held.stated


def _corresponding_day(day: date, months: int) -> date:
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))
