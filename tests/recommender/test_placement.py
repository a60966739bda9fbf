"""The placement test and the online ability: how well, with how few questions, and what is not yet known."""

from __future__ import annotations

from math import inf, nan

import numpy as np
import pytest
from scipy.integrate import quad

from recommender import Ability, Estimate, PlacementTest, known_level, update_ability
from tests.recommender.sittings import Bank, sit_adaptively, sit_fixed
from tests.recommender.test_face import modules_after

LEVELS = np.random.default_rng(1).normal(0, 1, 400)


def test_the_error_of_a_fixed_test_of_twenty_with_two_fifths_fewer_questions() -> None:
    bank = Bank.draw(200, seed=0)
    fixed, adaptive = sit_fixed(bank, LEVELS, seed=2), sit_adaptively(bank, LEVELS, seed=2)
    assert adaptive.rmse <= fixed.rmse
    assert adaptive.questions <= 12
    assert abs(adaptive.bias) < 0.06
    assert adaptive.coverage > 0.92
    assert adaptive.exposure.max() <= 0.25
    # without the cap the best questions are asked far more often: the cap is what holds them
    assert sit_adaptively(bank, LEVELS[:100], seed=2, exposure=1).exposure.max() > 0.5


def test_the_first_question_is_the_most_informative_at_the_prior() -> None:
    test = PlacementTest([-3.0, 0.1, 3.0], exposure=1)
    assert test.next_item([]) == 1
    assert test.next_item([(1, True)]) == 2
    assert test.next_item([(1, False)]) == 0


def test_the_estimate_by_hand() -> None:
    """Two questions of difficulty 0, one right and one wrong: the posterior is e^(−θ²/2) · p · (1 − p)."""
    test = PlacementTest([0.0, 0.0], exposure=1)
    prior = test.estimate([])
    assert (prior.level, prior.n) == (pytest.approx(0, abs=1e-9), 0)
    assert prior.high == pytest.approx(1.96, abs=0.01)
    both = test.estimate([(0, True), (1, False)])
    assert both.level == pytest.approx(0, abs=1e-9)

    def weight(level: float) -> float:
        p = 1 / (1 + np.exp(-level))
        return float(np.exp(-(level**2) / 2) * p * (1 - p))

    above = quad(weight, both.high, 8)[0] / quad(weight, -8, 8)[0]
    assert above == pytest.approx(0.025, abs=0.0005)
    assert both.low == pytest.approx(-both.high)
    assert test.estimate([(0, True)]).level > 0 > test.estimate([(0, False)]).level
    assert isinstance(both, Estimate)


def test_a_right_answer_that_can_be_guessed_says_less() -> None:
    sure, guessed = PlacementTest([0.0]), PlacementTest([0.0], guess=[0.5])
    assert sure.estimate([(0, True)]).level > guessed.estimate([(0, True)]).level > 0


def test_it_ends_when_narrow_enough_or_at_the_most_or_when_nothing_is_left() -> None:
    bank = [0.0] * 40
    responses = [(item, item % 2 == 0) for item in range(30)]
    wide = PlacementTest(bank, width=1.5, max_items=40, exposure=1)
    done = next(n for n in range(31) if wide.next_item(responses[:n]) is None)
    assert wide.estimate(responses[:done]).width <= 1.5 < wide.estimate(responses[: done - 1]).width
    assert PlacementTest(bank, width=0.1, max_items=5, exposure=1).next_item(responses[:5]) is None
    assert PlacementTest(bank[:2], width=0.1, exposure=1).next_item(responses[:2]) is None


def test_a_bank_too_small_says_so() -> None:
    rng = np.random.default_rng(0)
    assert PlacementTest(rng.normal(0, 1, 12)).is_bank_too_small
    large = PlacementTest(rng.uniform(-2.5, 2.5, 400), [1.8] * 400, exposure=0.5)
    assert not large.is_bank_too_small
    assert large.reachable_width < large.width
    # easy questions only: nobody far above them can be placed
    assert PlacementTest([-2.0] * 400, [1.8] * 400, exposure=0.5).is_bank_too_small


def test_the_same_sitting_asks_the_same_and_another_one_other_questions() -> None:
    bank = Bank.draw(80, seed=5).difficulty
    first = [PlacementTest(bank, sitting=number).next_item([]) for number in range(8)]
    assert first == [PlacementTest(bank, sitting=number).next_item([]) for number in range(8)]
    assert len(set(first[:4])) == 4


@pytest.mark.parametrize(
    ("bank", "settings"),
    [
        ([], {}),
        ([0.0], {"discrimination": [0.0]}),
        ([0.0], {"guess": [1.0]}),
        ([0.0], {"guess": [0.1, 0.2]}),
        ([0.0], {"exposure": 0}),
        ([0.0], {"width": 0}),
        ([0.0], {"max_items": 0}),
        ([0.0, nan], {}),
        ([0.0, inf], {}),
        ([0.0], {"discrimination": [nan]}),
        ([0.0], {"guess": [nan]}),
        ([0.0], {"width": nan}),
    ],
)
def test_banks_and_settings_that_cannot_be_are_refused(
    bank: list[float], settings: dict[str, object]
) -> None:
    with pytest.raises(ValueError, match=r"bank|above|numbers"):
        PlacementTest(bank, **settings)


def test_answers_against_all_expectation_leave_a_level() -> None:
    """Right where nobody can be right and wrong where nobody can be wrong: they say the same of every level."""
    test = PlacementTest([900.0, -900.0], exposure=1)
    assert test.estimate([(0, True), (1, False)]).level == pytest.approx(0.0)


def test_responses_to_no_question_are_refused() -> None:
    test = PlacementTest([0.0, 1.0])
    for responses in ([(2, True)], [(-1, True)], [(0, True), (0, False)]):
        with pytest.raises(ValueError, match="no such questions"):
            test.estimate(responses)


def test_the_ability_moves_by_the_surprise_by_hand() -> None:
    # prior mean 0, variance 1, difficulty 0: p = 0.5, information 0.25, gain 1 / 1.25 = 0.8
    once = update_ability(Ability(), is_correct=True, difficulty=0.0)
    assert (once.mean, once.variance, once.n) == (pytest.approx(0.4), pytest.approx(0.8 + 0.01), 1)
    assert update_ability(Ability(), is_correct=True, difficulty=2.0).mean > once.mean
    assert update_ability(Ability(), is_correct=False, difficulty=0.0).mean == pytest.approx(-0.4)


def test_the_ability_finds_the_truth() -> None:
    rng = np.random.default_rng(4)
    ability = Ability()
    for difficulty in rng.normal(1.0, 1.0, 400):
        chance = 1 / (1 + np.exp(difficulty - 1.3))
        ability = update_ability(
            ability, is_correct=bool(rng.random() < chance), difficulty=float(difficulty)
        )
    assert ability.mean == pytest.approx(1.3, abs=3 * ability.deviation)
    assert 0.2 < ability.deviation < 0.5


def test_below_five_answers_the_level_is_not_yet_known() -> None:
    thresholds = (-1.0, 0.0, 1.0, 2.0)
    assert [known_level(Ability(mean, 0.3, 5), thresholds) for mean in (-1.1, -1.0, 0.4, 9.0)] == [0, 1, 2, 4]
    assert known_level(Ability(9.0, 0.3, 4), thresholds) is None


def test_plan_ability_and_placement_need_no_scikit_learn() -> None:
    loaded = modules_after(
        "from recommender import Ability, ModuleSpec, PlacementTest, plan_path;"
        "PlacementTest([0.0]).next_item([]);"
        "m = [ModuleSpec(a + b, 3, (), {a: 1, b: 1}) for a in 'abcdef' for b in 'abcdef'];"
        "plan_path(dict.fromkeys('abcdef', 1), m, held={})"
    )
    assert "scipy.optimize" in loaded
    assert not loaded & {"sklearn", "sentence_transformers", "torch"}


def test_a_plan_with_few_choices_does_not_even_load_numpy() -> None:
    loaded = modules_after(
        "from recommender import ModuleSpec, plan_path;"
        "m = [ModuleSpec(i, 3, (), {s: 1 for s in i}) for i in ('ab', 'bc', 'ca')];"
        "plan_path({'a': 1, 'b': 1, 'c': 1}, m, held={})"
    )
    assert not loaded & {"numpy", "scipy"}
