"""One score: what it adds up, which weights are in force and why, and that each cause named is one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from recommender import Blend, Choice, Mixture, Situation
from recommender.artifact import ArtifactError
from recommender.mixture import LEARNED, PENALTIES, TABLE
from recommender.taught import Taught
from tests.recommender.simulator import World, simulate
from tests.recommender.test_face import modules_after

SMALL = World(n_modules=40, n_topics=5, curriculum_length=12, mean_length=7)
History = NDArray[np.intp]


@pytest.fixture(scope="module")
def histories() -> list[History]:
    return simulate(SMALL, 400, seed=5)


@pytest.fixture(scope="module")
def model(histories: list[History]) -> Blend:
    """Two cohorts: those who did module 0 and the rest; the last module is new and about what module 1 is."""
    texts = [f"topic_{module % 5} S_{module}" for module in range(39)] + ["topic_1 S_1"]
    shown = [history[history != 39] for history in histories]
    new = np.arange(40) == 39
    cohorts = np.array([int(0 not in history) for history in shown])
    teaches = np.random.default_rng(0).integers(0, 5, size=(40, 6)).astype(float)
    return Blend().fit(shown, n_modules=40, texts=texts, new=new, cohorts=cohorts, teaches=teaches)


def made_up(n: int, *, seed: int, weights: dict[str, float]) -> list[Choice]:
    """Choices among three cards by a known weighting, the softmax over 12 × score."""
    rng = np.random.default_rng(seed)
    found = []
    for _ in range(n):
        features = {name: rng.random(3) * (0.4 if name == "gap" else 1.0) for name in TABLE}
        score = sum((-1 if name in PENALTIES else 1) * weights[name] * features[name] for name in features)
        chances = np.exp(12 * score)
        found.append(Choice(features, int(rng.choice(3, p=chances / chances.sum()))))
    return found


def test_the_table_is_in_force_below_two_thousand_completions(histories: list[History]) -> None:
    choices = made_up(900, seed=1, weights={**TABLE, "together": 0.5})
    few = Blend().fit(histories[:60], n_modules=40, choices=choices)
    assert few.chosen_["source"] == "table"
    assert few.chosen_["values"] == TABLE
    assert "fewer than 2000" in few.chosen_["why"]


def test_few_choices_leave_the_table_in_force(histories: list[History]) -> None:
    model = Blend().fit(histories, n_modules=40, choices=made_up(199, seed=1, weights=dict(TABLE)))
    assert model.chosen_["n_completions"] >= 2000
    assert "199 logged choices, fewer than 200" in model.chosen_["why"]


def test_weights_are_learned_from_choices_and_order_new_ones_better(histories: list[History]) -> None:
    truth = {**TABLE, "together": 0.5, "next": 0.0, "stretch": 0.3}
    model = Blend().fit(histories, n_modules=40, choices=made_up(3000, seed=1, weights=truth))
    found = model.chosen_
    assert found["source"] == "fitted"
    assert found["values"]["gap"] == 1.0
    for name in TABLE:
        assert found["values"][name] == pytest.approx(truth[name], abs=0.08), name
    (_, by_table), (_, by_fit) = found["tried"]
    assert by_fit == found["score"] > by_table + 0.05


def test_choices_by_the_table_leave_it_in_force_or_keep_its_order(histories: list[History]) -> None:
    """Nothing is to be gained: what is fitted may not be worse."""
    model = Blend().fit(histories, n_modules=40, choices=made_up(600, seed=4, weights=dict(TABLE)))
    scores = [score for _, score in model.chosen_["tried"]]
    assert model.chosen_["score"] == max(scores)


def test_choices_against_the_gap_leave_the_table_in_force(histories: list[History]) -> None:
    model = Blend().fit(histories, n_modules=40, choices=made_up(600, seed=4, weights={**TABLE, "gap": -1.0}))
    assert (model.chosen_["source"], model.chosen_["values"]) == ("table", TABLE)


def test_a_weight_of_ones_own_stands_in_the_table() -> None:
    assert Blend({"next": 0.4}).fit([], n_modules=3).chosen_["values"] == {**TABLE, "next": 0.4}
    for wrong in ({"luck": 1.0}, {"next": -0.1}):
        with pytest.raises(ValueError, match="weights must name"):
            Blend(wrong).fit([], n_modules=3)


def test_parts_are_signed_features_and_add_up(model: Blend) -> None:
    gap, must = np.linspace(0, 0.5, 40), np.arange(40) == 7
    situation = Situation(gap=gap, must=must, cohort=0, held=np.ones(6))
    ranking = model.recommend(np.array([1, 2]), n=40, situation=situation)
    assert ranking.parts is not None
    assert {*ranking.parts} == {*TABLE, "usual", "must"}
    np.testing.assert_allclose(sum(ranking.parts.values()), ranking.scores, atol=1e-12)
    for name in PENALTIES:
        assert (ranking.parts[name] <= 0).all()
        assert (ranking.parts[name] < 0).any()
    for name in {*TABLE} - PENALTIES:
        assert (ranking.parts[name] >= 0).all()
        assert (ranking.parts[name] > 0).any(), name
    for name in (*LEARNED, "cohort", *PENALTIES):
        assert np.abs(ranking.parts[name]).max() <= TABLE[name]


def test_must_stands_first_in_its_own_order(model: Blend) -> None:
    must = np.isin(np.arange(40), (5, 30, 31))
    gap = np.where(np.arange(40) == 30, 0.01, np.where(must, 0.0, 0.9))
    ranking = model.recommend(np.array([1, 2]), n=40, situation=Situation(gap=gap, must=must))
    assert set(ranking.items[:3]) == {5, 30, 31}
    assert (np.diff(ranking.scores) <= 0).all()
    plain = model.recommend(np.array([1, 2]), n=40, situation=Situation(gap=gap)).items
    assert [item for item in plain if must[item]] == ranking.items[:3].tolist()


def test_a_new_module_is_found_by_its_text(model: Blend) -> None:
    parts = model.recommend(np.array([1, 6]), n=40).parts
    items = model.recommend(np.array([1, 6]), n=40).items.tolist()
    assert parts is not None
    assert parts["content"][items.index(39)] > 0
    assert np.count_nonzero(parts["content"]) == 1


def test_a_cohort_speaks_for_what_it_does_more_often() -> None:
    """8 of 10 in cohort 0 and nobody else did module 1: (8 + 20·0.4) ÷ 30 − 0.4."""
    histories = [np.array([0, 1])] * 8 + [np.array([0])] * 12
    cohorts = np.array([0] * 10 + [1] * 10)
    model = Blend().fit(histories, n_modules=3, cohorts=cohorts)
    assert model.cohorts_[0, 1] == pytest.approx(16 / 30 - 0.4)
    assert model.cohorts_[1, 1] == 0.0
    parts = model.recommend(np.array([0]), situation=Situation(cohort=0)).parts
    assert parts is not None
    assert parts["cohort"][0] == pytest.approx(0.05 * (16 / 30 - 0.4))
    for other in (None, 1, 2, -1):
        parts = model.recommend(np.array([0]), situation=Situation(cohort=other)).parts
        assert parts is not None
        assert not parts["cohort"].any()


def test_what_is_held_and_what_is_far_by_hand() -> None:
    teaches = np.array([[2.0, 0, 2], [0, 5, 0], [0, 0, 0]])
    held = np.array([1.0, 1, 3])
    taught = Taught(teaches)
    assert taught.redundancy(held).tolist() == pytest.approx([3 / 4, 1 / 5, 0])
    assert taught.stretch(held).tolist() == pytest.approx([0, 2 / 3, 0])
    both = np.array([held, [0, 0, 0]])
    assert taught.redundancy(both).ravel().tolist() == pytest.approx([3 / 4, 1 / 5, 0, 0, 0, 0])
    assert taught.stretch(both).ravel().tolist() == pytest.approx([0, 2 / 3, 0, 0, 1, 0])


def test_everybody_at_once_gets_what_each_would_get(model: Blend, histories: list[History]) -> None:
    """The conformance suite has no texts and no levels; here are all parts that need no situation."""
    some = [history[history != 39] for history in histories[:60]]
    items, scores = model.recommend_all(some, 5)
    for history, row, values in zip(some, items, scores, strict=True):
        one = model.recommend(history, n=5)
        np.testing.assert_allclose(values, one.scores, rtol=1e-4, atol=1e-6)
        np.testing.assert_array_equal(row, one.items)


def test_each_cause_named_is_one(model: Blend, histories: list[History]) -> None:
    """Without it the score falls; and the causes of all three kinds occur."""
    mixture, situation = model.mixture_, Situation(cohort=0, held=np.zeros(6))
    seen = dict.fromkeys(LEARNED, 0)
    for history in histories[:80]:
        known = history[(history != 39)]
        items = [*model.recommend(known, n=3, situation=situation).items, 39]
        whole = model.recommend(known, n=40, situation=situation)
        score = dict(zip(whole.items.tolist(), whole.scores.tolist(), strict=True))
        for module, named in zip(items, mixture.named(known, situation, items), strict=True):
            for name, causes in named.items():
                seen[name] += len(causes)
                for cause in causes:
                    without = model.recommend(
                        known[known != cause], candidates=np.array([module]), situation=situation
                    )
                    assert without.scores[0] < score[int(module)]
    assert min(seen.values()) > 10


def test_what_serves_a_request_answers_the_same_and_loads_neither_scikit_learn_nor_scipy(
    model: Blend, tmp_path: Path
) -> None:
    path = tmp_path / "blend.npz"
    model.save(path)
    mixture, chosen = Mixture.load(path)
    assert chosen == model.chosen_
    before, after = model.mixture_.parts(np.array([3, 4])), mixture.parts(np.array([3, 4]))
    for name, values in before.items():
        np.testing.assert_array_equal(after[name], values)
    loaded = modules_after(
        f"from pathlib import Path; from recommender import Mixture; Mixture.load(Path({str(path)!r}))"
    )
    assert "recommender.mixture" in loaded
    assert not loaded & {"sklearn", "scipy"}


def test_another_estimators_file_is_no_mixture(model: Blend, tmp_path: Path) -> None:
    from recommender import CoLearning
    from recommender.estimators.base import as_completions

    CoLearning().fit(as_completions([np.array([0, 1])], 2)).save(tmp_path / "m")
    with pytest.raises(ArtifactError, match="CoLearning"):
        Mixture.load(tmp_path / "m")
    (tmp_path / "m").write_bytes(b"no archive")
    with pytest.raises(ArtifactError):
        Mixture.load(tmp_path / "m")


def test_a_choice_without_the_chosen_is_refused() -> None:
    with pytest.raises(ValueError, match="place 3"):
        Choice({"gap": np.ones(3)}, 3)
