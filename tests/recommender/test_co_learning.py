"""Item-item weights against their definition, and on a cut of real enrolments."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.sparse import csr_array

from recommender.estimators.co_learning import CoLearning, hold_out, similarity
from recommender.estimators.linear import inverse, sample_modules, solve
from recommender.evaluation import judge
from tests.recommender import rivals
from tests.recommender.cuts import hold_out_pairs, load_gear
from tests.shared import shared_dir


def draw(n_learners: int = 60, n_modules: int = 12, *, seed: int = 0) -> csr_array:
    rng = np.random.default_rng(seed)
    return csr_array((rng.random((n_learners, n_modules)) < 0.3).astype(np.float32))


def weigh(gram: NDArray[np.float32], **values: float) -> NDArray[np.float32]:
    usual = {"dropout": 0.0, "floor": 1.0, "neighbours": 0.0, "discount": 0.0}
    return similarity(gram, gram.diagonal().copy(), usual | values)


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
