"""The one suite that every estimator with `recommend` passes.

To add an estimator: a function that fits it on histories, and its name in ESTIMATORS.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.sparse import csr_array, csr_matrix
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from recommender.artifact import ArtifactError
from recommender.estimators.base import Recommender, as_completions
from recommender.estimators.blend import Blend
from recommender.estimators.co_learning import CoLearning
from recommender.estimators.cold_start import ColdStart
from recommender.estimators.next_module import NextModule

History = NDArray[np.intp]
Fit = Callable[[Recommender, Sequence[History], int], Recommender]
N_GROUP = 6
N_MODULES = 2 * N_GROUP
UNKNOWN = 999


def fit_co_learning(model: Recommender, histories: Sequence[History], n_modules: int) -> Recommender:
    assert isinstance(model, CoLearning)
    return model.fit(as_completions(histories, n_modules))


def fit_next_module(model: Recommender, histories: Sequence[History], n_modules: int) -> Recommender:
    assert isinstance(model, NextModule)
    return model.fit(histories, n_modules=n_modules)


def fit_cold_start(model: Recommender, histories: Sequence[History], n_modules: int) -> Recommender:
    """Even modules are about fire safety, odd ones about trade; none is new."""
    assert isinstance(model, ColdStart)
    texts = [("消防 安全 演练 S_1", "customs and trade S_2")[module % 2] for module in range(n_modules)]
    return model.fit(as_completions(histories, n_modules), texts, np.zeros(n_modules, dtype=np.bool_))


def fit_blend(model: Recommender, histories: Sequence[History], n_modules: int) -> Recommender:
    assert isinstance(model, Blend)
    return model.fit(histories, n_modules=n_modules)


ESTIMATORS: dict[type[Recommender], Fit] = {
    CoLearning: fit_co_learning,
    NextModule: fit_next_module,
    ColdStart: fit_cold_start,
    Blend: fit_blend,
}


def ids(*modules: int) -> History:
    return np.array(modules, dtype=np.intp)


def checkerboard() -> list[History]:
    """40 learners do the even modules, 40 the odd ones, each but one, in rising order."""
    return [np.delete(np.arange(side, N_MODULES, 2), turn % N_GROUP) for turn in range(40) for side in (0, 1)]


@pytest.fixture(params=ESTIMATORS.items(), ids=lambda item: item[0].__name__)
def kind(request: pytest.FixtureRequest) -> tuple[type[Recommender], Fit]:
    chosen: tuple[type[Recommender], Fit] = request.param
    return chosen


@pytest.fixture
def model(kind: tuple[type[Recommender], Fit]) -> Recommender:
    estimator, fit = kind
    return fit(estimator(), checkerboard(), N_MODULES)


@pytest.mark.parametrize("side", [0, 1])
@pytest.mark.parametrize("left_out", range(N_GROUP))
def test_it_recommends_the_held_out_module_of_a_checkerboard(
    model: Recommender, side: int, left_out: int
) -> None:
    group = np.arange(side, N_MODULES, 2)
    assert model.recommend(np.delete(group, left_out), n=3).items[0] == group[left_out]


def test_it_never_repeats_history(model: Recommender) -> None:
    history = ids(0, 3, 4, 4)
    items = model.recommend(history, n=N_MODULES).items
    assert not set(items) & set(history)
    assert len(set(items)) == len(items) == N_MODULES - 3


def test_scores_fall_and_are_finite(model: Recommender) -> None:
    scores = model.recommend(ids(0, 2), n=N_MODULES).scores
    assert scores.dtype == np.float64
    assert np.isfinite(scores).all()
    assert (np.diff(scores) <= 0).all()
    assert scores[0] > scores[-1]


def test_parts_add_up_to_the_scores(model: Recommender) -> None:
    ranking = model.recommend(ids(1, 5), n=4)
    assert ranking.parts
    np.testing.assert_allclose(sum(ranking.parts.values()), ranking.scores, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize(("n", "expected"), [(0, 0), (1, 1), (4, 4), (10_000, N_MODULES - 1)])
def test_n_may_be_anything_from_zero_to_more_than_there_is(model: Recommender, n: int, expected: int) -> None:
    assert len(model.recommend(ids(2), n=n).items) == expected


def test_a_negative_n_is_refused(model: Recommender) -> None:
    with pytest.raises(ValueError, match="negative"):
        model.recommend(ids(2), n=-1)
    with pytest.raises(ValueError, match="negative"):
        model.recommend_all([ids(2)], -1)


def test_candidates_are_respected(model: Recommender) -> None:
    ranking = model.recommend(ids(0, 2), candidates=ids(1, 2, 4, UNKNOWN))
    assert ranking.items.tolist() == [4, 1]
    assert model.recommend(ids(0), candidates=ids()).items.size == 0


def test_the_same_seed_gives_the_same_answer(kind: tuple[type[Recommender], Fit]) -> None:
    estimator, fit = kind
    answers = [
        fit(estimator(random_state=7), checkerboard(), N_MODULES).recommend(ids(0, 3)) for _ in range(2)
    ]
    np.testing.assert_array_equal(answers[0].items, answers[1].items)
    np.testing.assert_array_equal(answers[0].scores, answers[1].scores)


def test_a_clone_keeps_parameters_and_is_unfitted(kind: tuple[type[Recommender], Fit]) -> None:
    estimator, fit = kind
    one = estimator(random_state=3)
    fit(one, checkerboard(), N_MODULES)
    two = clone(one)
    assert two.get_params() == one.get_params()
    with pytest.raises(NotFittedError):
        two.recommend(ids(0))


def test_unfitted_raises(kind: tuple[type[Recommender], Fit], tmp_path: Path) -> None:
    model = kind[0]()
    for use in (
        lambda: model.recommend(ids(0)),
        lambda: model.recommend_all([ids(0)]),
        lambda: model.save(tmp_path / "m"),
    ):
        with pytest.raises(NotFittedError):
            use()


def test_fit_returns_the_estimator_and_takes_no_parameter_away(kind: tuple[type[Recommender], Fit]) -> None:
    estimator, fit = kind
    one = estimator(random_state=5)
    assert fit(one, checkerboard(), N_MODULES) is one
    assert one.get_params() == estimator(random_state=5).get_params()
    assert one.n_modules_ == N_MODULES


def test_it_says_what_was_chosen_and_why(model: Recommender) -> None:
    chosen = model.chosen_  # type: ignore[attr-defined]
    assert chosen["values"]
    assert chosen["measure"]
    assert chosen["why"]


def test_saved_and_loaded_answers_the_same(model: Recommender, tmp_path: Path) -> None:
    path = tmp_path / "model.npz"
    model.save(path)
    again = type(model).load(path)
    assert [file.name for file in tmp_path.iterdir()] == ["model.npz"]
    assert again.get_params() == model.get_params()
    assert again.chosen_ == model.chosen_  # type: ignore[attr-defined]
    for history in (ids(), ids(0), ids(1, 3, 5)):
        before, after = model.recommend(history, n=20), again.recommend(history, n=20)
        np.testing.assert_array_equal(before.items, after.items)
        np.testing.assert_array_equal(before.scores, after.scores)


def test_another_estimators_file_is_refused(model: Recommender, tmp_path: Path) -> None:
    model.save(tmp_path / "m")
    other = next(kind for kind in ESTIMATORS if kind is not type(model))
    with pytest.raises(ArtifactError, match=type(model).__name__):
        other.load(tmp_path / "m")


def test_an_empty_history_is_answered_by_what_is_usual(kind: tuple[type[Recommender], Fit]) -> None:
    estimator, fit = kind
    often = [*checkerboard(), *[ids(0, 2)] * 40]
    ranking = fit(estimator(), often, N_MODULES).recommend(ids(), n=N_MODULES)
    assert len(ranking.items) == N_MODULES
    assert ranking.items[0] % 2 == 0


def test_unknown_modules_say_nothing(model: Recommender) -> None:
    with_unknown, without = model.recommend(ids(UNKNOWN, 0, -1)), model.recommend(ids(0))
    np.testing.assert_array_equal(with_unknown.items, without.items)
    only_unknown = model.recommend(ids(UNKNOWN), n=N_MODULES)
    np.testing.assert_array_equal(only_unknown.items, model.recommend(ids(), n=N_MODULES).items)


def test_a_module_that_nobody_did_can_stand_in_the_history(kind: tuple[type[Recommender], Fit]) -> None:
    estimator, fit = kind
    model = fit(estimator(), checkerboard(), N_MODULES + 1)
    items = model.recommend(ids(N_MODULES, *range(2, N_MODULES, 2)), n=N_MODULES + 1).items
    assert items[0] == 0
    assert N_MODULES not in items


@pytest.mark.parametrize("histories", [[ids(0, 1, 2)], [ids()], []], ids=["one", "empty", "none"])
def test_one_learner_or_none_is_enough(kind: tuple[type[Recommender], Fit], histories: list[History]) -> None:
    estimator, fit = kind
    ranking = fit(estimator(), histories, 4).recommend(ids(0))
    assert set(ranking.items.tolist()) == {1, 2, 3}
    assert np.isfinite(ranking.scores).all()


def test_one_module_is_enough(kind: tuple[type[Recommender], Fit]) -> None:
    estimator, fit = kind
    model = fit(estimator(), [ids(0)] * 3, 1)
    assert model.recommend(ids()).items.tolist() == [0]
    assert model.recommend(ids(0)).items.tolist() == []


def test_all_at_once_gives_what_one_after_the_other_gives(
    model: Recommender, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("recommender.estimators.base.BLOCK", 3 * N_MODULES)
    histories = [*checkerboard()[:20], ids(), ids(UNKNOWN), np.arange(N_MODULES)]
    items, scores = model.recommend_all(histories, 4)
    assert items.shape == scores.shape == (23, 4)
    for history, row, values in zip(histories, items, scores, strict=True):
        one = model.recommend(history, n=4)
        np.testing.assert_array_equal(row[row >= 0], one.items)
        np.testing.assert_allclose(values[row >= 0], one.scores, rtol=1e-4, atol=1e-5)
    assert items[-1].tolist() == [-1] * 4
    assert np.isneginf(scores[-1]).all()


@pytest.mark.parametrize("kind_of_matrix", [csr_array, csr_matrix])
def test_completions_do_for_histories(model: Recommender, kind_of_matrix: type[csr_array]) -> None:
    """A stored zero is no completion."""
    completions = kind_of_matrix(as_completions([ids(0, 2, 4), ids(1)], N_MODULES))
    completions.data[1] = 0
    items, _ = model.recommend_all(completions, 3)
    np.testing.assert_array_equal(items, model.recommend_all([ids(0, 4), ids(1)], 3)[0])


def test_all_of_nobody_is_nothing(model: Recommender) -> None:
    items, scores = model.recommend_all([], 5)
    assert items.shape == scores.shape == (0, 5)


def test_what_a_module_says_lies_together_in_memory(model: Recommender) -> None:
    """A request gathers rows of the learned weights: by columns it would take five times as long."""
    learned = {
        name: one for name, one in vars(model).items() if isinstance(one, np.ndarray) and one.ndim == 2
    }
    assert learned
    assert [name for name, one in learned.items() if not one.flags.c_contiguous] == []
