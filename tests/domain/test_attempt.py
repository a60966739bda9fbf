"""Draws, grades and pauses of attempts, with figures worked by hand."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from lms.domain.attempt import (
    QuestionType,
    QuizNotOpen,
    TooEarly,
    check_lessons_read,
    check_next_test,
    check_next_try,
    draw_questions,
    is_right,
    next_test_in,
    next_try_in,
    score_percent,
)
from tests.conftest import NOON

POOL = dict.fromkeys(range(1, 13), ("a", "b", "c", "d"))

GRADES: list[tuple[str, dict[str, Any], Any, bool]] = [
    ("single", {"correct": "b"}, "b", True),
    ("single", {"correct": "b"}, "a", False),
    ("single", {"correct": "b"}, ["b"], False),
    ("single", {"correct": "b"}, None, False),
    ("true_false", {"correct": "true"}, "true", True),
    ("true_false", {"correct": "true"}, True, False),
    ("multiple", {"correct": ["a", "c"]}, ["c", "a"], True),
    ("multiple", {"correct": ["a", "c"]}, ["a"], False),
    ("multiple", {"correct": ["a", "c"]}, ["a", "c", "d"], False),
    ("multiple", {"correct": ["a", "c"]}, ["a", "a", "c"], False),
    ("multiple", {"correct": ["a", "c"]}, "ac", False),
    ("ordering", {"order": ["x", "y", "z"]}, ["x", "y", "z"], True),
    ("ordering", {"order": ["x", "y", "z"]}, ["x", "z", "y"], False),
    ("ordering", {"order": ["x", "y", "z"]}, ["x", None, "z"], False),
    ("matching", {"pairs": {"l": "r", "m": "s"}}, {"m": "s", "l": "r"}, True),
    ("matching", {"pairs": {"l": "r", "m": "s"}}, {"l": "s", "m": "r"}, False),
    ("matching", {"pairs": {"l": "r", "m": "s"}}, {"l": "r"}, False),
    ("fill_in", {"accept": ["GB 6441", "目视"]}, "ＧＢ６４４１。", True),
    ("fill_in", {"accept": ["GB 6441", "目视"]}, " 目 视 ", True),
    ("fill_in", {"accept": ["GB 6441", "目视"]}, "GB 644", False),
    ("fill_in", {"accept": ["GB 6441", "目视"]}, 6441, False),
]
FIGURE = {"value": "1234.5", "tolerance": "0.5"}
FIGURES: list[tuple[Any, bool]] = [
    ("1234.5", True),
    ("1235", True),
    ("1234.0", True),
    ("1235.01", False),
    ("1,234.5", True),
    ("１，２３４．５", True),
    (" 1 234.5 ", True),
    ("1234.5%", True),
    ("+1234.5", True),
    ("-1234.5", False),
    ("\u22121234.5", False),
    ("12,34.5", False),
    ("NaN", False),
    ("Infinity", False),
    ("1e3", False),
    ("1E999999999", False),
    ("1_234.5", False),
    ("9" * 100_000, False),
    ("about 1234.5", False),
    ("", False),
    ([1234.5], False),
    (1234.5, False),
    (None, False),
]


@pytest.mark.parametrize(("kind", "key", "response", "expected"), GRADES)
def test_each_type_is_graded_by_its_key(
    kind: str, key: dict[str, Any], response: Any, expected: bool
) -> None:
    assert is_right(QuestionType(kind), key, response) is expected


@pytest.mark.parametrize(("response", "expected"), FIGURES)
def test_a_figure_is_right_within_its_tolerance_however_it_is_written(response: Any, expected: bool) -> None:
    assert is_right(QuestionType.NUMBER, FIGURE, response) is expected


def test_a_negative_figure_may_be_written_with_the_typographic_minus() -> None:
    assert is_right(QuestionType.NUMBER, {"value": "-3", "tolerance": "0"}, "\u22123")


@pytest.mark.parametrize(("right", "score"), [(0, 0), (7, 70), (8, 80), (10, 100)])
def test_the_score_of_ten_questions(right: int, score: int) -> None:
    assert score_percent(right=right, drawn=10) == score


def test_the_score_is_rounded_down_so_that_79_9_is_no_pass() -> None:
    assert score_percent(right=799, drawn=1000) == 79
    assert score_percent(right=2, drawn=3) == 66
    assert score_percent(right=0, drawn=0) == 0


def test_a_draw_has_ten_questions_and_none_twice() -> None:
    for seed in range(200):
        draw = draw_questions(POOL, n=10, seed=seed)
        assert len(set(draw.question_ids)) == 10
        assert all(sorted(order) == ["a", "b", "c", "d"] for order in draw.choice_orders)


def test_the_same_seed_gives_the_same_draw_and_another_seed_another() -> None:
    assert draw_questions(POOL, n=10, seed=7) == draw_questions(POOL, n=10, seed=7)
    assert len({draw_questions(POOL, n=10, seed=seed) for seed in range(50)}) == 50


def test_the_next_draw_takes_every_question_that_the_last_one_left_out() -> None:
    for seed in range(100):
        first = draw_questions(POOL, n=10, seed=seed)
        second = draw_questions(POOL, n=10, seed=seed + 1000, previous=frozenset(first.question_ids))
        left_out = set(POOL) - set(first.question_ids)
        assert len(left_out) == 2
        assert left_out <= set(second.question_ids)


def test_a_bank_of_two_draws_repeats_nothing() -> None:
    pool = dict.fromkeys(range(20), ("a", "b", "c"))
    first = draw_questions(pool, n=10, seed=1)
    second = draw_questions(pool, n=10, seed=2, previous=frozenset(first.question_ids))
    assert not set(first.question_ids) & set(second.question_ids)


def test_a_bank_smaller_than_the_draw_is_drawn_whole() -> None:
    assert sorted(draw_questions({1: (), 2: ()}, n=10, seed=1).question_ids) == [1, 2]


def test_the_quiz_opens_with_the_last_lesson() -> None:
    check_lessons_read(lessons=6, lessons_read=6)
    with pytest.raises(QuizNotOpen) as refused:
        check_lessons_read(lessons=6, lessons_read=4)
    assert refused.value.figures == {"n": 2}


def test_ten_minutes_pass_before_the_next_try() -> None:
    def at(**step: float) -> dict[str, Any]:
        return {"last_graded_at": NOON, "now": NOON + timedelta(**step), "retry_minutes": 10}

    assert next_try_in(last_graded_at=None, now=NOON, retry_minutes=10) == 0
    assert next_try_in(**at(seconds=1)) == 10
    assert next_try_in(**at(minutes=9, seconds=59)) == 1
    assert next_try_in(**at(minutes=10)) == 0
    check_next_try(**at(minutes=10))
    with pytest.raises(TooEarly) as refused:
        check_next_try(**at(minutes=3, seconds=30))
    assert refused.value.figures == {"n": 7}


def test_prior_learning_is_tested_once_in_thirty_days() -> None:
    assert next_test_in(last_test_at=None, now=NOON, retry_days=30) == 0
    assert next_test_in(last_test_at=NOON, now=NOON + timedelta(days=29, hours=1), retry_days=30) == 1
    check_next_test(last_test_at=NOON, now=NOON + timedelta(days=30), retry_days=30)
    with pytest.raises(TooEarly) as refused:
        check_next_test(last_test_at=NOON, now=NOON + timedelta(days=1), retry_days=30)
    assert refused.value.figures == {"n": 29}
