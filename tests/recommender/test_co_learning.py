"""Item-item weights against their definition, and on a cut of real enrolments."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.sparse import csr_array

from recommender.estimators.co_learning import (
    CoLearning,
    SimilarityTrial,
    hold_out,
    shares,
    similarity,
    smoothed,
)
from recommender.estimators.linear import add_transposed, inverse, sample_modules, solve
from recommender.estimators.spectral import components, low_pass
from recommender.evaluation import judge
from recommender.ranking import best_of_rows
from tests.recommender import rivals
from tests.recommender.cuts import hold_out_pairs, load_gear
from tests.shared import shared_dir


def draw(n_learners: int = 60, n_modules: int = 12, *, seed: int = 0) -> csr_array:
    rng = np.random.default_rng(seed)
    return csr_array((rng.random((n_learners, n_modules)) < 0.3).astype(np.float32))


def weigh(gram: NDArray[np.float32], **values: float) -> NDArray[np.float32]:
    usual = {"shared": 0.0, "dropout": 0.0, "floor": 1.0, "neighbours": 0.0, "discount": 0.0}
    return similarity(gram, usual | values)


def together(done: csr_array) -> NDArray[np.float32]:
    return (done.T @ done).toarray()


def test_without_dropout_it_is_the_published_model() -> None:
    """EASE with a ridge of floor × mean popularity, up to one factor."""
    gram = together(draw())
    ease = rivals.ease(draw(), 2.0 * gram.diagonal().mean())
    np.testing.assert_allclose(weigh(gram, floor=2.0), ease / ease.std(), atol=1e-4)


def test_dropout_is_a_ridge_that_grows_with_popularity() -> None:
    """Dropout 0.5 doubles the diagonal: each weight is minus the inverse's cell by its column's diagonal."""
    gram = together(draw())
    popularity = gram.diagonal()
    full = np.linalg.inv(gram + np.diag(popularity) + np.eye(12) * popularity.mean())
    found = weigh(gram, dropout=0.5)
    ratio = (full[2, 5] / full[5, 5]) / (full[4, 7] / full[7, 7])
    assert found[2, 5] / found[4, 7] == pytest.approx(ratio, rel=1e-3)
    assert not found.diagonal().any()


def test_neighbours_alone_are_the_cosines() -> None:
    gram = np.array([[4, 2, 0], [2, 9, 3], [0, 3, 16]], dtype=np.float32)
    cosines = np.array([[0, 1 / 3, 0], [1 / 3, 0, 1 / 4], [0, 1 / 4, 0]])
    np.testing.assert_allclose(weigh(gram, neighbours=1.0), cosines / cosines.std(), rtol=1e-5)


def test_the_filter_lets_broad_tastes_pass_and_single_ones_not() -> None:
    """By hand: two groups of four modules that nobody mixes are the two components with eigenvalue 1.

    Within a group everybody did all four, so that the normalised matrix is 1/4 there and 0 elsewhere; a
    filter of rank 1 has its cut at the second eigenvalue, which is as great as the first: one half passes.
    """
    done = csr_array(np.repeat(np.kron(np.eye(2), np.ones(4)), 5, axis=0).astype(np.float32))
    values, vectors = components(done, 1)
    np.testing.assert_allclose(values / values[0], [1, 1, 0], atol=1e-6)
    expected = np.kron(np.eye(2), np.full((4, 4), 1 / 8)) * (1 - np.eye(8))
    np.testing.assert_allclose(low_pass((values, vectors), 1), expected, atol=1e-6)


def test_the_filter_is_sharp() -> None:
    """Eigenvalues 2, 1 and 1/2 with the cut at 1: 32/33, 1/2 and 1/33 of them pass."""
    vectors = np.linalg.qr(np.random.default_rng(0).normal(size=(8, 8)))[0].astype(np.float32)
    found = np.array([2, 1, 0.5], dtype=np.float32), vectors[:, :3]
    expected = (vectors[:, :3] * np.array([32, 16.5, 1]) / 33) @ vectors[:, :3].T
    np.fill_diagonal(expected, 0.0)
    np.testing.assert_allclose(low_pass(found, 1), expected, atol=1e-6)


def test_components_of_many_modules_are_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    done = draw(200, 40)
    dense = components(done, 4)
    monkeypatch.setattr("recommender.estimators.spectral.DENSE", 10)
    sparse = components(done, 4)
    np.testing.assert_allclose(sparse[0], dense[0], rtol=1e-3)
    np.testing.assert_allclose(np.abs(np.sum(sparse[1][:, :4] * dense[1][:, :4], axis=0)), 1.0, atol=1e-2)


def test_learners_who_did_much_count_less() -> None:
    """A learner of n modules counts n^(-1/2): 1 and 1/2 here, so that module 0 has 3/2 and the pair 1/2."""
    done = csr_array(np.array([[1, 0, 0, 0], [1, 1, 1, 1]], dtype=np.float32))
    values, vectors = components(done, 4)
    found = (vectors * values) @ vectors.T
    np.testing.assert_allclose(np.diag(found), 1.0, atol=1e-5)
    assert found[0, 1] == pytest.approx(0.5 / np.sqrt(1.5 * 0.5), rel=1e-4)


def test_the_tilt_leads_from_rare_modules_to_popular_ones() -> None:
    done = csr_array(
        (np.random.default_rng(0).random((300, 8)) < np.linspace(0.1, 0.8, 8)).astype(np.float32)
    )
    gram, found = together(done), components(done, 2)
    flat, tilted = smoothed(gram, found, 2, 0.0), smoothed(gram, found, 2, 0.5)
    popularity = gram.diagonal()
    relative = (tilted[0, 7] / flat[0, 7]) / (tilted[7, 0] / flat[7, 0])
    assert relative == pytest.approx(popularity[7] / popularity[0], rel=1e-3)


def test_shares_add_up() -> None:
    found = shares({"shared": 0.25, "neighbours": 0.2})
    assert found == pytest.approx({"linear": 0.6, "near": 0.15, "shared": 0.25})


def test_the_discount_takes_from_popular_modules() -> None:
    gram = np.array([[40, 5, 5], [5, 10, 2], [5, 2, 10]], dtype=np.float32)
    plain, less = weigh(gram), weigh(gram, discount=1.0)
    np.testing.assert_allclose(less[:, 0], plain[:, 0] / 2, rtol=1e-5)  # 40 is twice the mean of 20
    np.testing.assert_allclose(less[:, 1], plain[:, 1] * 2, rtol=1e-5)


def test_the_inverse_and_the_solution_are_right() -> None:
    rng = np.random.default_rng(0)
    half = rng.normal(size=(30, 20)).astype(np.float32)
    matrix = half.T @ half + np.eye(20, dtype=np.float32)
    np.testing.assert_allclose(inverse(matrix.copy()) @ matrix, np.eye(20), atol=1e-4)
    right = rng.normal(size=(20, 3)).astype(np.float32)
    np.testing.assert_allclose(matrix @ solve(matrix.copy(), right.copy()), right, atol=1e-4)
    with pytest.raises(ValueError, match="positive definite"):
        inverse(-np.eye(3, dtype=np.float32))


def test_a_tenth_of_each_learner_is_held_out_and_nothing_is_lost() -> None:
    done = csr_array(np.vstack([np.ones((1, 20)), np.eye(1, 20), np.eye(1, 20, 3) + np.eye(1, 20, 4)]))
    kept, held = hold_out(done, np.random.default_rng(0))
    np.testing.assert_array_equal((kept + held).toarray(), done.toarray())
    assert held.sum(axis=1).tolist() == [2, 0, 1]


def test_the_choice_judges_what_the_fit_would_give() -> None:
    done = draw(400, 30, seed=3)
    kept, held = hold_out(done, np.random.default_rng(0))
    values = {
        "shared": 0.5, "rank": 10, "tilt": 0.2, "dropout": 0.5, "floor": 1.0, "neighbours": 0.3, "discount": 0.7,
    }  # fmt: skip
    scores = (kept @ similarity(together(kept), values, components(kept, 10))).astype(np.float32)
    scores[kept.toarray() > 0] = -np.inf
    expected = judge(best_of_rows(scores, 20)[0], held).ndcg.mean()
    trial = SimilarityTrial(kept, held, np.random.default_rng(1))
    assert trial.score(values) == pytest.approx(expected, rel=1e-3)
    assert trial.score(values | {"discount": 0.0}) != pytest.approx(expected, rel=1e-3)


def test_above_three_thousand_modules_a_sample_is_tried() -> None:
    done = csr_array((np.ones(5000), (np.zeros(5000, dtype=int), np.arange(5000))), shape=(3, 6000))
    assert sample_modules(done, np.random.default_rng(0)).shape == (3, 3000)
    assert sample_modules(done, np.random.default_rng(0)).sum() == 3000  # none of those nobody did


def test_stored_zeros_and_counts_are_no_signal() -> None:
    done = draw()
    noisy = csr_array(done * 3)
    noisy.data[0] = 0
    clean = done.copy()
    clean.data[0] = 0
    clean.eliminate_zeros()
    np.testing.assert_array_equal(CoLearning().fit(noisy).similarity_, CoLearning().fit(clean).similarity_)


def test_on_real_enrolments_it_is_far_above_neighbours() -> None:
    """A fifth of each learner's courses in MOOCCubeX held out; the benchmark has more cuts and rivals."""
    kept, held = hold_out_pairs(load_gear(shared_dir()).done, seed=1)
    own = judge(CoLearning().fit(kept).recommend_all(kept, 20)[0], held)
    cosine = judge(rivals.answer(kept, rivals.neighbours(normalised(kept), None), 20), held)
    assert own.ndcg.mean() > 1.04 * cosine.ndcg.mean()
    assert own.recall.mean() > 1.04 * cosine.recall.mean()


def normalised(done: csr_array) -> csr_array:
    """Modules as rows of length 1."""
    return csr_array(done.T / np.sqrt(np.maximum(1, done.sum(axis=0)))[:, None])


def test_the_filter_of_a_poor_spectrum_is_a_number() -> None:
    """One component and no other: with room for more it passes whole, and what does not exist passes not at all."""
    vectors = np.linalg.qr(np.random.default_rng(0).normal(size=(8, 8)))[0].astype(np.float32)
    with np.errstate(all="raise"):
        found = low_pass((np.eye(8, dtype=np.float32)[0], vectors), 4)
    expected = np.outer(vectors[:, 0], vectors[:, 0])
    np.fill_diagonal(expected, 0.0)
    np.testing.assert_allclose(found, expected, atol=1e-6)


@pytest.mark.parametrize("size", [1, 3, 7, 100])
def test_a_matrix_and_its_mirror_are_added_in_place(size: int) -> None:
    matrix = np.random.default_rng(0).normal(size=(7, 7)).astype(np.float32)
    expected = matrix + np.float32(0.25) * matrix.T
    add_transposed(matrix, 0.25, size)
    np.testing.assert_allclose(matrix, expected, rtol=1e-6)
