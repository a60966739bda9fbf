"""The few cards: must first, all layers, a third one by chance; picked by hand."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender import pick_slate

NO, YES = False, True


def test_without_need_and_chance_the_best_are_shown() -> None:
    slate = pick_slate(["f", "s", "t", "f"], [NO] * 4, 3)
    assert slate.picked == (0, 1, 2)
    assert slate.propensities == (1, 1, 1)
    assert (slate.guarded, slate.pool, slate.explored) == ((), (), None)


def test_a_missing_layer_takes_the_last_place_of_a_layer_shown_twice() -> None:
    slate = pick_slate(["f", "f", "s", "f", "t", "t"], [NO] * 6, 3)
    assert slate.picked == (0, 2, 4)
    assert slate.guarded == (4,)


def test_two_missing_layers_leave_the_best_its_place() -> None:
    slate = pick_slate(["f", "f", "f", "s", "t"], [NO] * 5, 3)
    assert slate.picked == (0, 3, 4)
    assert slate.guarded == (3, 4)


def test_a_must_gives_way_to_no_layer() -> None:
    assert pick_slate(["f", "f", "f", "s"], [YES, YES, YES, NO], 3).picked == (0, 1, 2)
    assert pick_slate(["f", "f", "f", "s", "t"], [YES, YES, NO, NO, NO], 3).picked == (0, 1, 3)


def test_one_in_ten_third_cards_is_drawn_and_its_chance_is_said() -> None:
    """All of one layer: the pool is the third card and the two behind it."""
    layers, must = ["f"] * 5, [NO] * 5
    usual = pick_slate(layers, must, 3, chance=0.1)
    assert usual.picked == (0, 1, 2)
    assert usual.propensities[2] == Fraction(9, 10) + Fraction(1, 30)
    assert usual.pool == (2, 3, 4)
    shown = [pick_slate(layers, must, 3, chance=chance).picked[2] for chance in (0.0, 0.034, 0.067, 0.0999)]
    assert shown == [2, 3, 4, 4]
    drawn = pick_slate(layers, must, 3, chance=0.05)
    assert (drawn.picked, drawn.explored, drawn.propensities) == ((0, 1, 3), 3, (1, 1, Fraction(1, 30)))


def test_nothing_is_drawn_in_place_of_a_must() -> None:
    slate = pick_slate(["f"] * 5, [YES, YES, YES, NO, NO], 3, chance=0.0)
    assert (slate.picked, slate.pool) == ((0, 1, 2), ())


def test_what_is_drawn_takes_no_layer_away() -> None:
    slate = pick_slate(["f", "s", "t", "f", "s", "t"], [NO] * 6, 3, chance=0.0999)
    assert slate.pool == (2, 5)
    assert slate.picked == (0, 1, 5)


def test_nonsense_is_refused() -> None:
    with pytest.raises(ValueError, match="no slate"):
        pick_slate(["f"], [NO, NO], 1)
    with pytest.raises(ValueError, match="no slate"):
        pick_slate([], [], -1)


@given(
    layers=st.lists(st.sampled_from("fst"), max_size=9),
    n_must=st.integers(0, 9),
    n=st.integers(0, 5),
)
def test_the_chances_of_all_that_may_stand_third_add_up_to_one(
    layers: list[str], n_must: int, n: int
) -> None:
    must = [place < n_must for place in range(len(layers))]
    usual = pick_slate(layers, must, n, chance=0.5)
    total = sum(
        pick_slate(layers, must, n, chance=(place + 0.5) / (10 * len(usual.pool))).propensities[2]
        for place in range(len(usual.pool))
    )
    assert total == (1 if usual.pool else 0)
    assert len(usual.picked) == len(set(usual.picked)) == min(n, len(layers))
    shown_must = {place for place in usual.picked if must[place]}
    assert shown_must == set(range(min(n, n_must, len(layers))))
