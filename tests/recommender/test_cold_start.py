"""Modules without a history are found through their texts, in both languages."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csr_array

from recommender.estimators.base import as_completions
from recommender.estimators.cold_start import (
    ColdStart,
    add_cosines,
    evened,
    predict_columns,
    shares,
)
from recommender.evaluation import judge
from recommender.text_features import families, family, han_grams, identifiers, views, words
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
    found = views(["消防 alone T_1", "消防", "贸易"])
    assert "words" not in found
    assert "t_" not in found
    np.testing.assert_allclose(
        (found["body"] @ found["body"].T).toarray(), [[1, 1, 0], [1, 1, 0], [0, 0, 0]], atol=1e-6
    )


def test_identifiers_are_told_apart_by_what_they_begin_with() -> None:
    """Three kinds stand in every text, a fourth in one of thirty, which is fewer than one in twenty."""
    texts = [f"消防 S_1 T_{number % 2} ISO900{number % 3}" for number in range(29)] + ["消防 GB2008 S_1 T_1"]
    assert [family(one) for one in ("s_9", "t_9898", "iso9001", "2008")] == ["s_", "t_", "iso", ""]
    assert families(texts) == ["s_", "t_", "iso"]
    kinds = views(texts)
    assert {"s_", "t_", "iso"} <= kinds.keys()
    np.testing.assert_allclose((kinds["s_"] @ kinds["s_"].T).toarray(), 1.0, atol=1e-6)
    alike = (kinds["t_"] @ kinds["t_"].T).toarray()
    assert alike[0, :4] == pytest.approx([1, 0, 1, 0])


def test_identifiers_of_no_family_are_words() -> None:
    found = views(["fire 2008", "fire 2008", "trade 2008"])
    assert found["words"].shape[1] == 2  # fire, 2008
    assert found.keys() == {"words", "opening", "topics"}


def test_the_opening_is_the_beginning_only() -> None:
    long = "消" * 39
    found = views([long + "防" + "贸" * 5, long + "防", long + "易" + "贸" * 5])
    opening = (found["opening"] @ found["opening"].T).toarray()
    assert opening[0, 1] == pytest.approx(1.0)
    assert 0.0 < opening[0, 2] < 1.0


def test_topics_bring_texts_together_that_share_no_word(monkeypatch: pytest.MonkeyPatch) -> None:
    """Texts 0 and 2 have nothing in common, but each a word with the one between them."""
    monkeypatch.setattr("recommender.text_features.N_TOPICS", 2)
    found = views(["甲乙", "乙丙", "丙丁", "子丑", "丑寅", "寅卯"] * 5)
    assert (found["body"] @ found["body"].T).toarray()[0, 2] == 0.0
    topics = found["topics"] @ found["topics"].T
    np.testing.assert_allclose(topics[:6, :6], np.kron(np.eye(2), np.ones((3, 3))), atol=1e-5)


def test_cosines_are_weighted_by_view_and_add_up() -> None:
    """Texts 0 and 1 share their Han and no identifier, 1 and 2 the identifier and no Han."""
    texts = ["消 T_1", "消 T_2", "贸 T_2", "贸 T_1"]
    found = {name: one for name, one in views(texts).items() if name in ("body", "t_")}
    weights = shares({"t_": 0.25, "ridge": 9.0}, found)
    assert weights == pytest.approx({"body": 0.8, "t_": 0.2})
    kernel = np.zeros((4, 4), dtype=np.float32)
    for name, share in weights.items():
        add_cosines(kernel, found[name], share)
    np.testing.assert_allclose(
        kernel, [[1, 0.8, 0, 0.2], [0.8, 1, 0.2, 0], [0, 0.2, 1, 0.8], [0.2, 0, 0.8, 1]], atol=1e-6
    )


def test_who_teaches_weighs_more_where_it_says_more() -> None:
    """Learners follow a school through all topics: the choice finds that out, and a new module is found by it."""
    rng = np.random.default_rng(0)
    han = "消防贸易税务采购"
    texts = [f"{''.join(rng.permutation(list(han)))}{number % 7} S_{number % 6}" for number in range(180)]
    ways = [rng.permutation(np.arange(school, 180, 6))[:12] for school in np.arange(400) % 6]
    new = np.arange(180) >= 150
    done = as_completions([way[way < 150] for way in ways], 180)
    model = ColdStart().fit(done, texts, new)
    assert model.chosen_["values"]["s_"] >= 1.0
    for school in range(6):
        best = model.recommend(ids(school, school + 6, school + 12), n=5).items
        assert (best % 6 == school).all()


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
