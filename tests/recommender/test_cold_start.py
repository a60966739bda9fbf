"""Modules without a history are found through their texts, in both languages."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csr_array

from recommender.estimators.base import as_completions
from recommender.estimators.cold_start import (
    ColdStart,
    cosines,
    evened,
    mix,
    predict_columns,
    readings,
)
from recommender.evaluation import judge
from recommender.text_features import han_grams, identifiers, vectors_by_kind, words
from tests.recommender import rivals
from tests.recommender.cuts import load_gear, rob_modules
from tests.shared import shared_dir


def ids(*modules: int) -> np.ndarray[tuple[int], np.dtype[np.intp]]:
    return np.array(modules, dtype=np.intp)


TEXTS = [
    "消防安全基础 T_1",
    "消防演练 T_1",
    "Customs documents T_2",
    "Trade documents and customs T_2",
    "消防安全演练 T_9",
    "Customs and trade T_8",
]
NEW = np.array([False] * 4 + [True] * 2)
DONE = as_completions([ids(0, 1)] * 20 + [ids(2, 3)] * 20, 6)


def test_a_new_module_is_recommended_to_those_who_did_its_like() -> None:
    model = ColdStart().fit(DONE, TEXTS, NEW)
    assert model.recommend(ids(0, 1)).items.tolist() == [4, 5]
    assert model.recommend(ids(2)).items.tolist() == [5, 4]


def test_old_modules_are_ranked_when_asked_for() -> None:
    model = ColdStart().fit(DONE, TEXTS, NEW)
    assert model.recommend(ids(0), candidates=np.arange(6)).items.tolist()[:2] in ([1, 4], [4, 1])


def test_all_at_once_ranks_new_modules_only() -> None:
    items, _ = ColdStart().fit(DONE, TEXTS, NEW).recommend_all(DONE, 3)
    assert items[0].tolist() == [4, 5, -1]
    assert items[20].tolist() == [5, 4, -1]


def test_columns_of_new_modules_are_not_read() -> None:
    leaky = DONE.copy().tolil()
    leaky[:20, 5] = 1.0
    one, two = (ColdStart().fit(done, TEXTS, NEW) for done in (DONE, csr_array(leaky)))
    np.testing.assert_array_equal(one.recommend(ids(0)).scores, two.recommend(ids(0)).scores)


def test_without_texts_nothing_breaks() -> None:
    ranking = ColdStart().fit(DONE, [""] * 6, NEW).recommend(ids(0))
    assert ranking.items.tolist() == [4, 5]
    assert np.isfinite(ranking.scores).all()


def test_all_modules_may_be_new() -> None:
    model = ColdStart().fit(csr_array((3, 6), dtype=np.float32), TEXTS, np.ones(6, dtype=np.bool_))
    assert model.recommend(ids()).items.tolist() == [0, 1, 2, 3, 4, 5]


@pytest.mark.parametrize(("texts", "new"), [(TEXTS[:5], NEW), (TEXTS, NEW[:5])])
def test_lengths_must_agree(texts: list[str], new: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> None:
    with pytest.raises(ValueError, match="6 modules"):
        ColdStart().fit(DONE, texts, new)


def test_scripts_are_told_apart() -> None:
    assert han_grams("消防员 Fire 安") == ["消", "防", "员", "消防", "防员", "安"]
    assert words("消防 Fire-safety T_9898安") == ["fire", "safety"]
    assert identifiers("消防 Fire-safety T_9898安 ISO9001") == ["t_9898", "iso9001"]


def test_a_term_of_one_text_only_does_not_count() -> None:
    han, *others = vectors_by_kind(["消防 alone T_1", "消防", "贸易"])
    assert han.shape[1] == 3  # 消, 防, 消防
    assert [other.nnz for other in others] == [0, 0, 0]
    np.testing.assert_allclose((han @ han.T).toarray(), [[1, 1, 0], [1, 1, 0], [0, 0, 0]], atol=1e-6)


def test_cosines_are_weighted_by_kind_and_add_up() -> None:
    """Texts 0 and 1 share their Han and no identifier, 1 and 2 the identifier and no Han."""
    vectors = vectors_by_kind(["消 T_1", "消 T_2", "贸 T_2", "贸 T_1"])
    joint, apart = (cosines(vectors, shares) for shares in readings(0.4))
    for kernel, alike in ((joint, 0.4), (apart, 0.2)):
        np.testing.assert_allclose(kernel[0, 1:3], [0.6, 0.0], atol=1e-6)
        assert kernel[1, 2] == pytest.approx(alike)
    dense = mix([cosines([one], [1.0]) for one in vectors], readings(0.4)[1])
    np.testing.assert_allclose(dense, apart, atol=1e-6)


def test_the_ridge_shrinks_what_is_carried_over() -> None:
    """Texts alike only to themselves: the column of a module comes back divided by 1 + ridge."""
    weights = np.arange(9, dtype=np.float32).reshape(3, 3)
    found = predict_columns(weights, np.eye(3, dtype=np.float32), np.eye(3, dtype=np.float32), 3.0)
    np.testing.assert_allclose(found, weights / 4, rtol=1e-5)


def test_evenness_brings_columns_to_one_size() -> None:
    columns = np.array([[4.0, -1.0], [8.0, 1.0]], dtype=np.float32)
    mean_of = [np.abs(evened(columns, evenness)).mean(axis=0) for evenness in (0.0, 0.5, 1.0)]
    assert [sizes[0] / sizes[1] for sizes in mean_of] == pytest.approx([6.0, 6.0**0.5, 1.0], rel=1e-5)
    assert evened(columns, 0.5).std() == pytest.approx(1.0, rel=1e-5)


def test_on_real_courses_it_is_far_above_neighbours_by_text() -> None:
    """MOOCCubeX, 15 % of the 1,200 most taken courses robbed of all history; the whole is in the benchmark."""
    gear = load_gear(shared_dir())
    often = np.sort(np.argsort(-gear.done.sum(axis=0), kind="stable")[:1200])
    texts = [gear.texts[module] for module in often]
    stays, taken, new = rob_modules(csr_array(gear.done[:4000][:, often]), seed=2)
    own = judge(ColdStart().fit(stays, texts, new).recommend_all(stays, 20)[0], taken)
    by_text = rivals.tfidf(texts)
    for k in (None, 20):
        rival = judge(rivals.answer(stays, rivals.neighbours(by_text, k), 20, candidates=new), taken)
        assert own.recall.mean() > 1.25 * rival.recall.mean(), k
    assert own.recall.mean() > 0.165
