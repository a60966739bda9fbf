"""What is published about groups gives no small one away."""

from __future__ import annotations

from lms.domain.publication import Group, hidden_groups, is_publishable


def hidden(**people: int) -> set[str]:
    return set(hidden_groups({k: Group(n * 2, n) for k, n in people.items()}, smallest=5))


def test_large_groups_and_empty_ones_are_shown() -> None:
    assert hidden(a=5, b=0, c=90) == set()


def test_a_small_group_takes_the_next_smallest_along() -> None:
    """The total minus the others would tell its figure."""
    assert hidden(a=4, b=40, c=9) == {"a", "c"}


def test_two_small_groups_hide_each_other() -> None:
    assert hidden(a=4, b=1, c=9) == {"a", "b"}


def test_a_small_group_alone() -> None:
    assert hidden(a=4, b=0, c=0) == {"a"}


def test_one_figure() -> None:
    assert [is_publishable(n, smallest=5) for n in (0, 1, 4, 5)] == [True, False, False, True]
