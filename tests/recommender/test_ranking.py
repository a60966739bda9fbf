"""The best n of scores, and what quality means, by hand."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csr_array

from recommender import Ranking
from recommender.evaluation import interval, judge
from recommender.ranking import best_of_rows, rank
from recommender.tuning import choose

NO = -np.inf


def test_ties_go_to_the_smaller_id() -> None:
    scores = {"a": np.array([1.0, 2.0, 2.0, 0.0, 2.0]), "b": np.array([0.0, 1.0, 1.0, 0.0, 1.0])}
    ranking = rank(scores, np.array([True, False, True, True, True]), 3)
    assert ranking.items.tolist() == [2, 4, 0]
    assert ranking.scores.tolist() == [3.0, 3.0, 1.0]
    assert ranking.parts is not None
    assert ranking.parts["b"].tolist() == [1.0, 1.0, 0.0]
    assert len(ranking) == 3


def test_a_part_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="2 items"):
        Ranking(np.array([1, 2]), np.array([0.5, 0.4]), {"a": np.array([0.5])})


def test_the_best_of_rows_by_hand() -> None:
    scores = np.array([[1, 3, 3, NO], [NO, NO, 5, NO], [NO, NO, NO, NO]], dtype=np.float32)
    items, values = best_of_rows(scores, 2)
    assert items.tolist() == [[1, 2], [2, -1], [-1, -1]]
    assert values.tolist() == [[3, 3], [5, NO], [NO, NO]]


@pytest.mark.parametrize("n", [1, 5, 40])
@pytest.mark.parametrize("levels", [2, 50, 10_000])
def test_the_best_of_rows_is_that_of_sorting_everything(n: int, levels: int) -> None:
    scores = np.random.default_rng(n).integers(levels, size=(30, 3000)).astype(np.float32)
    items, _ = best_of_rows(scores, n)
    np.testing.assert_array_equal(items, np.argsort(-scores, axis=1, kind="stable")[:, :n])


def test_quality_by_hand() -> None:
    """Learner 0: both held out, found second and not at all; learner 1: first; learner 2: none held out."""
    held = csr_array(np.array([[1, 0, 1, 0], [0, 1, 0, 0], [0, 0, 0, 0]]))
    quality = judge(np.array([[3, 0], [1, -1], [0, 1]]), held)
    assert quality.recall.tolist() == [0.5, 1.0]
    assert quality.hit.tolist() == [1.0, 1.0]
    second = 1 / np.log2(3)
    np.testing.assert_allclose(quality.ndcg, [second / (1 + second), 1.0])


def test_missing_answers_hit_nothing() -> None:
    """-1 must not be read as the last module of the learner before."""
    held = csr_array(np.array([[0, 1], [1, 0]]))
    assert judge(np.array([[-1], [-1]]), held).recall.tolist() == [0.0, 0.0]


def test_the_interval_is_that_of_the_mean() -> None:
    mean, low, high = interval(np.repeat([0.0, 1.0], 500))
    assert mean == 0.5
    assert low == pytest.approx(0.5 - 1.96 * 0.5 / 1000**0.5, abs=0.004)
    assert high == pytest.approx(0.5 + 1.96 * 0.5 / 1000**0.5, abs=0.004)


def test_the_best_setting_is_chosen_axis_by_axis() -> None:
    axes = {"x": (0.0, 1.0, 2.0, 3.0), "y": (0.0, 1.0, 2.0)}
    chosen = choose(
        axes,
        {"x": 0.0, "y": 0.0},
        lambda v: -((v["x"] - 2) ** 2) - (v["y"] - 1) ** 2 + v["x"] * v["y"],
        measure="a hill",
    )
    assert chosen["values"] == {"x": 3.0, "y": 2.0}
    assert chosen["score"] == 4.0
    assert chosen["score"] == max(score for _, score in chosen["tried"])
    assert "a hill" in chosen["why"]


def test_with_nothing_to_hold_out_the_usual_values_stand() -> None:
    chosen = choose({"x": (1.0,)}, {"x": 0.5}, None, measure="m")
    assert chosen["values"] == {"x": 0.5}
    assert "too little" in chosen["why"]
