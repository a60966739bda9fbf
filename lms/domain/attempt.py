"""Attempts at a quiz: when one may begin, the draw, the grading, the next try (safety.md §2, exam rules)."""

from __future__ import annotations

import random
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any

from lms.domain.errors import Conflict, RuleError

MAX_NUMBER_LENGTH = 40
NUMBER = re.compile(r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?", re.ASCII)


class AttemptStatus(StrEnum):
    STARTED = "started"
    GRADED = "graded"
    ABANDONED = "abandoned"  # begun for a place that the learner does not have any more


class AttemptPurpose(StrEnum):
    """The graded quiz of an enrollment, or the test of prior learning without one (REQ-013)."""

    QUIZ = "quiz"
    RECOGNITION = "recognition"


class QuestionType(StrEnum):
    SINGLE = "single"
    MULTIPLE = "multiple"
    TRUE_FALSE = "true_false"
    NUMBER = "number"
    ORDERING = "ordering"
    MATCHING = "matching"
    FILL_IN = "fill_in"


class QuizNotOpen(RuleError):
    """The quiz opens when the learner is enrolled and has read every lesson."""


class NothingToTest(RuleError):
    """The module has no questions yet, or counts as held already."""


class TooEarly(RuleError):
    """The next try opens later."""


class AttemptClosed(Conflict):
    """Answers after submission change nothing and are not dropped in silence."""


@dataclass(frozen=True)
class Draw:
    """Which questions an attempt shows, and in which order their choices stand."""

    question_ids: tuple[int, ...]
    choice_orders: tuple[tuple[str, ...], ...]


def check_lessons_read(*, lessons: int, lessons_read: int) -> None:
    """Raise while a lesson of the learner's version is unread.

    :raises QuizNotOpen: with the number of lessons to go
    """
    if lessons_read < lessons:
        raise QuizNotOpen(
            "The graded quiz opens when every lesson is read: %(n)d to go.", n=lessons - lessons_read
        )


def next_try_in(*, last_graded_at: datetime | None, now: datetime, retry_minutes: int) -> int:
    """Minutes until the next try opens, rounded up; 0 when it is open."""
    if last_graded_at is None:
        return 0
    left = last_graded_at + timedelta(minutes=retry_minutes) - now
    return max(0, -(-left // timedelta(minutes=1)))


def check_next_try(*, last_graded_at: datetime | None, now: datetime, retry_minutes: int) -> None:
    """Raise while the pause after the last try runs.

    :raises TooEarly: with the minutes left, rounded up
    """
    minutes = next_try_in(last_graded_at=last_graded_at, now=now, retry_minutes=retry_minutes)
    if minutes:
        raise TooEarly("The next try opens in %(n)d min.", n=minutes)


def next_test_in(*, last_test_at: datetime | None, now: datetime, retry_days: int) -> int:
    """Days until prior learning may be tested again in a module, rounded up; 0 when it may (REQ-013)."""
    if last_test_at is None:
        return 0
    left = last_test_at + timedelta(days=retry_days) - now
    return max(0, -(-left // timedelta(days=1)))


def check_next_test(*, last_test_at: datetime | None, now: datetime, retry_days: int) -> None:
    """Raise while the pause after the last test of prior learning runs.

    :raises TooEarly: with the days left, rounded up
    """
    days = next_test_in(last_test_at=last_test_at, now=now, retry_days=retry_days)
    if days:
        raise TooEarly("Prior learning in this module can be tested again in %(n)d days.", n=days)


def draw_questions(
    pool: Mapping[int, Sequence[str]], *, n: int, seed: int, previous: frozenset[int] = frozenset()
) -> Draw:
    """Draw `n` questions of `pool` (question id → ids of its choices) and shuffle both.

    Questions of the last try come only when the rest does not suffice, and the drawn set always differs from
    the previous one when the pool is larger than `n`. The same seed gives the same draw."""
    rng = random.Random(seed)  # noqa: S311 a draw can be repeated from its seed, which is secret
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


def parse_number(text: str) -> Decimal | None:
    """The figure that a learner wrote, None when it is none.

    Full-width digits, thousands separators, blanks and a closing percent sign are fine."""
    if len(text) > MAX_NUMBER_LENGTH:
        return None
    plain = "".join(unicodedata.normalize("NFKC", text).replace("\u2212", "-").split()).removesuffix("%")
    return Decimal(plain.replace(",", "")) if NUMBER.fullmatch(plain) else None


def _same_choice(key: Mapping[str, Any], response: Any) -> bool:
    return bool(response == key["correct"])


def _same_set(key: Mapping[str, Any], response: Any) -> bool:
    return isinstance(response, list) and sorted(map(str, response)) == sorted(key["correct"])


def _near(key: Mapping[str, Any], response: Any) -> bool:
    given = parse_number(response) if isinstance(response, str) else None
    return given is not None and abs(given - Decimal(key["value"])) <= Decimal(key["tolerance"])


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
