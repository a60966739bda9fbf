"""The order of a history is a signal that models of sets cannot use."""

from __future__ import annotations

import numpy as np
import pytest

from recommender.estimators.base import as_completions
from recommender.estimators.next_module import (
    USUAL,
    MemoryTrial,
    NextModule,
    choose_memory,
    learn,
    memories,
)
from recommender.estimators.pairs import Pairs
from recommender.evaluation import Quality, judge
from tests.recommender import rivals
from tests.recommender.cuts import History, cut_ends
from tests.recommender.simulator import World, simulate

WORLD = World()
N = 10


def ids(*modules: int) -> History:
    return np.array(modules, dtype=np.intp)


@pytest.fixture(scope="module")
def learners() -> list[History]:
    return [history for history in simulate(WORLD, 1200, seed=11) if len(history) > 2]


@pytest.fixture(scope="module")
def rival_qualities(learners: list[History]) -> dict[str, Quality]:
    begun, held = cut_ends(learners, WORLD.n_modules)
    done = as_completions(begun, WORLD.n_modules)
    weights = {"popularity": rivals.popularity(done)}
    weights |= {f"EASE {ridge}": rivals.ease(done, ridge) for ridge in (10, 30, 100, 300)}
    weights |= {f"RP3 beta {beta}": rivals.rp3_beta(done, beta) for beta in (0.2, 0.4, 0.6)}
    return {name: judge(rivals.answer(done, one, N), held) for name, one in weights.items()}


def test_it_beats_models_of_sets_clearly(
    learners: list[History], rival_qualities: dict[str, Quality]
) -> None:
    begun, held = cut_ends(learners, WORLD.n_modules)
    model = NextModule().fit(begun, n_modules=WORLD.n_modules)
    own = judge(model.recommend_all(begun, N)[0], held)
    for name, rival in rival_qualities.items():
        assert own.recall.mean() > 1.15 * rival.recall.mean(), name
        assert own.ndcg.mean() > 1.25 * rival.ndcg.mean(), name
        assert own.hit.mean() > rival.hit.mean(), name


def test_learners_it_never_saw_are_served_as_well(learners: list[History]) -> None:
    seen, unseen = learners[:900], learners[900:]
    begun, held = cut_ends(unseen, WORLD.n_modules)
    of_unseen = NextModule().fit(seen, n_modules=WORLD.n_modules).recommend_all(begun, N)[0]
    all_begun = cut_ends(learners, WORLD.n_modules)[0]
    of_seen = NextModule().fit(all_begun, n_modules=WORLD.n_modules).recommend_all(begun, N)[0]
    difference = judge(of_unseen, held).recall.mean() - judge(of_seen, held).recall.mean()
    assert abs(difference) < 0.05


def test_the_order_of_a_history_matters() -> None:
    ways = [ids(0, 1, 2, 3)] * 20 + [ids(2, 1, 0, 4)] * 20
    model = NextModule().fit(ways, n_modules=5)
    assert model.recommend(ids(0, 1, 2), n=1).items.tolist() == [3]
    assert model.recommend(ids(2, 1, 0), n=1).items.tolist() == [4]


def test_an_empty_history_is_answered_by_what_learners_begin_with() -> None:
    ways = [ids(2, 0, 1)] * 30
    assert NextModule().fit(ways, n_modules=3).recommend(ids()).items.tolist()[0] == 2


def test_a_module_outside_the_catalogue_is_refused() -> None:
    for history in (ids(0, 3), ids(-1)):
        with pytest.raises(ValueError, match="from 0 to 2"):
            NextModule().fit([history], n_modules=3)


@pytest.mark.parametrize(("a", "b"), [(0.5, 0.25), (0.5, 0.5), (0.5, 0.0), (1.0, 0.5)])
def test_the_sums_over_pairs_are_those_of_the_positions(a: float, b: float) -> None:
    """One history (start, 0, 1, 0), summed position by position as the definition says."""
    way = [2, 0, 1, 0]
    gram, cross = np.zeros((3, 3)), np.zeros((3, 3))
    for t in range(len(way) - 1):
        past, second, future = np.zeros(3), np.zeros(3), np.zeros(3)
        for s, module in enumerate(way):
            if s <= t:
                past[module] += a ** (t - s)
                second[module] += b ** (t - s)
            else:
                future[module] += b ** (s - t - 1)
        gram += np.outer(past, second)
        cross += np.outer(past, future)
    np.fill_diagonal(cross, 0.0)
    pairs = Pairs([ids(0, 1, 0)], 2)
    np.testing.assert_allclose(pairs.gram(a, b, 0.0), gram, atol=1e-6)
    np.testing.assert_allclose(pairs.cross(a, b, 0.0), cross, atol=1e-6)


def test_a_memory_halves_with_each_step() -> None:
    row = memories([ids(1, 0)], 2, 0.5).toarray()
    np.testing.assert_allclose(row, [[1.0, 0.5, 0.25]])


def test_long_histories_do_not_need_all_their_past() -> None:
    assert memories([np.arange(1000)], 1000, 0.5).nnz == 10


def test_evenness_lets_every_learner_count_alike() -> None:
    pairs = Pairs([ids(0, 1), ids(*range(2, 9))], 9)
    assert pairs.gram(0.5, 0.5, 1.0)[0, 0] == pytest.approx(pairs.gram(0.5, 0.5, 0.0)[0, 0] / 3)
    assert pairs.cross(0.5, 0.5, 1.0)[2, 3] == pytest.approx(pairs.cross(0.5, 0.5, 0.0)[2, 3] / 8)


def test_above_many_modules_the_choice_is_made_on_a_sample(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two pairs (2k, 2k + 1) of 240 modules, 120 of them sampled; the last module is held out.

    Where it is in the sample, so is the module before it in half of the cases, and tells it; the rest counts
    as no target (it would be one in half of the cases, and easily told) and hides which module it was.
    """
    monkeypatch.setattr("recommender.estimators.next_module.MANY_MODULES", 200)
    monkeypatch.setattr("recommender.estimators.next_module.N_SAMPLED", 120)
    rng = np.random.default_rng(0)
    ways = [np.ravel([(first, first + 1) for first in 2 * rng.integers(120, size=2)]) for _ in range(1800)]
    model = NextModule().fit(ways, n_modules=240)
    assert 0.45 < model.chosen_["score"] < 0.65
    known = ways[0][-2]
    assert model.recommend(ids(known), n=1).items.tolist() == [known + 1]


def test_what_is_not_in_the_sample_is_neither_target_nor_rival() -> None:
    """Module 2 stands for the rest and always comes next; were it ranked, 1 would be the second."""
    trial = MemoryTrial([ids(0, 2, 1)] * 20, [ids(0, 1), ids(0, 1, 2)], np.array([True, True, False]))
    assert trial.score(USUAL) == 1.0
    assert trial.held.toarray().tolist() == [[0, 1, 0], [0, 0, 0]]


def test_of_many_learners_some_are_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("recommender.estimators.next_module.MANY_LEARNERS", 30)
    some = choose_memory([ids(0, 1, 2)] * 100, 3, np.random.default_rng(0))
    assert some["score"] is None  # a quarter of 30 are too few to be left out


def test_popular_modules_are_taken_back() -> None:
    """Module 1 is done three times, 0 and 2 once or twice: factors are (popularity ÷ 2) to the power of −0.5."""
    ways = [ids(0, 1), ids(0, 1), ids(2, 1)]
    plain, less = (learn(ways, 3, USUAL | {"discount": discount})[0] for discount in (0.0, 0.5))
    np.testing.assert_allclose(less, plain * np.array([1, 1.5**-0.5, 0.5**-0.5]), rtol=1e-5)
