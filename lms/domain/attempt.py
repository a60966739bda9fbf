"""Attempts at a quiz: the draw, the grading, the next try (issue 2; exam rules of safety.md §2)."""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from lms.domain.errors import Conflict, RuleError


class AttemptStatus(StrEnum):
    STARTED = "started"
    GRADED = "graded"


class QuestionType(StrEnum):
    SINGLE = "single"
    MULTIPLE = "multiple"
    TRUE_FALSE = "true_false"
    NUMBER = "number"
    ORDERING = "ordering"
    MATCHING = "matching"
    FILL_IN = "fill_in"


class TooEarly(RuleError):
    """The next try opens later."""


class AttemptClosed(Conflict):
    """Answers after submission change nothing and are not dropped in silence."""


@dataclass(frozen=True)
class Draw:
    """Which questions an attempt shows, and in which order their choices stand."""

    question_ids: tuple[int, ...]
    choice_orders: tuple[tuple[str, ...], ...]


def check_next_try(*, last_graded_at: datetime | None, now: datetime, retry_minutes: int) -> None:
    """Raise while the pause after the last try runs.

    :raises TooEarly: with the minutes left, rounded up
    """
    if last_graded_at is None:
        return
    left = last_graded_at + timedelta(minutes=retry_minutes) - now
    if left > timedelta(0):
        minutes = -(-int(left.total_seconds()) // 60)
        raise TooEarly("The next try opens in %(n)d minutes.", n=minutes)


def draw_questions(
    pool: Mapping[int, Sequence[str]], *, n: int, seed: int, previous: frozenset[int] = frozenset()
) -> Draw:
    """Draw `n` questions of `pool` (question id → ids of its choices) and shuffle both.

    Questions of the last try come only when the rest does not suffice, and the drawn set always differs from
    the previous one when the pool is larger than `n`. The same seed gives the same draw."""
    rng = random.Random(seed)
    fresh = sorted(set(pool) - previous)
    seen = sorted(set(pool) & previous)
    rng.shuffle(fresh)
    rng.shuffle(seen)
    chosen = (fresh + seen)[:n]
    rng.shuffle(chosen)
    orders = []
    for question_id in chosen:
        order = list(pool[question_id])
        rng.shuffle(order)
        orders.append(tuple(order))
    return Draw(tuple(chosen), tuple(orders))


def is_right(kind: QuestionType, key: Mapping[str, Any], response: Any) -> bool:
    """Whether a response is right; anything that is no answer is wrong, never an error."""
    grade = _GRADERS[kind]
    return response is not None and grade(key, response)


def score_percent(*, right: int, drawn: int) -> int:
    """Right answers as whole percent, rounded down, so that 79.9 never passes 80."""
    return right * 100 // drawn if drawn else 0


def folded(text: str) -> str:
    """A fill-in answer without differences of case, width, blanks and closing stops."""
    wide = unicodedata.normalize("NFKC", text).casefold()
    return "".join(wide.split()).strip(".。")


def _same_choice(key: Mapping[str, Any], response: Any) -> bool:
    return bool(response == key["correct"])


def _same_set(key: Mapping[str, Any], response: Any) -> bool:
    return isinstance(response, list) and sorted(map(str, response)) == sorted(key["correct"])


def _near(key: Mapping[str, Any], response: Any) -> bool:
    text = unicodedata.normalize("NFKC", str(response)).replace(",", "").replace(" ", "").rstrip("%")
    try:
        given = Decimal(text)
    except InvalidOperation:
        return False
    return given.is_finite() and abs(given - Decimal(str(key["value"]))) <= Decimal(str(key["tolerance"]))


def _same_order(key: Mapping[str, Any], response: Any) -> bool:
    return isinstance(response, list) and response == key["order"]


def _same_pairs(key: Mapping[str, Any], response: Any) -> bool:
    return isinstance(response, dict) and response == key["pairs"]


def _accepted(key: Mapping[str, Any], response: Any) -> bool:
    return isinstance(response, str) and folded(response) in {folded(text) for text in key["accept"]}


_GRADERS = {
    QuestionType.SINGLE: _same_choice,
    QuestionType.TRUE_FALSE: _same_choice,
    QuestionType.MULTIPLE: _same_set,
    QuestionType.NUMBER: _near,
    QuestionType.ORDERING: _same_order,
    QuestionType.MATCHING: _same_pairs,
    QuestionType.FILL_IN: _accepted,
}
