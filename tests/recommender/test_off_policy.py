"""The worth of another weighting from the log of this one, against a truth that the simulator knows."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from recommender.off_policy import Logged, compare, estimate, greedy

OLD = {"gap": 1.0, "next": 0.0}
NEW = {"gap": 0.0, "next": 1.0}
RATE = Fraction(1, 10)


def chance_of_choice(gap: np.ndarray, following: np.ndarray) -> np.ndarray:
    """What learners really do: they follow others more than their gaps."""
    return 0.1 + 0.1 * gap + 0.6 * following


def simulate(n: int, *, seed: int) -> tuple[list[Logged], float]:
    """A log of the policy OLD, and the true worth of NEW: the mean over the same cards of what it would gain."""
    rng = np.random.default_rng(seed)
    old, new = greedy(OLD, RATE), greedy(NEW, RATE)
    log, truth = [], []
    for number in range(n):
        pool = {"gap": rng.random(6), "next": rng.random(6)}
        blank = Logged(pool, 0, 1.0, 0.0, learner=number // 4)
        chances = np.array([old(replace(blank, shown=place)) for place in range(6)])
        shown = int(rng.choice(6, p=chances))
        choice = chance_of_choice(pool["gap"], pool["next"])
        reward = float(rng.random() < choice[shown])
        log.append(replace(blank, shown=shown, propensity=float(chances[shown]), reward=reward))
        truth.append(sum(new(replace(blank, shown=place)) * choice[place] for place in range(6)))
    return log, float(np.mean(truth))


def test_the_estimate_finds_the_truth_where_the_plain_mean_does_not() -> None:
    """The best by NEW is shown once in 60 unless both agree (1 in 6): the mean square of the ratios is
    5/6 · (55²/60 + 4/60 + …) + 1/6 = 42.2, so that 6,000 cards tell what 142 would."""
    log, truth = simulate(6000, seed=1)
    worth = estimate(log, greedy(NEW, RATE))
    plain = float(np.mean([card.reward for card in log]))
    assert worth.low <= truth <= worth.high
    assert abs(worth.value - truth) < 0.05 < truth - plain
    assert worth.high - worth.low < 2 * 1.96 * 0.5 / 110**0.5
    assert worth.n == 6000
    assert 110 < worth.effective < 180


def test_the_interval_holds_the_truth_about_nineteen_times_in_twenty() -> None:
    inside = 0
    for seed in range(40):
        log, truth = simulate(600, seed=100 + seed)
        worth = estimate(log, greedy(NEW, RATE), resamples=200)
        inside += worth.low <= truth <= worth.high
    assert inside >= 34


def test_the_policy_in_force_is_worth_what_was_gained() -> None:
    log, _ = simulate(500, seed=2)
    worth = estimate(log, greedy(OLD, RATE))
    assert worth.value == pytest.approx(np.mean([card.reward for card in log]))
    assert worth.effective == pytest.approx(500)


def test_three_cards_by_hand() -> None:
    """Ratios 0.5, 2 and 1: (0.5·1 + 2·0 + 1·1) ÷ 3.5."""
    pool = {"gap": np.array([1.0, 0.0])}
    log = [Logged(pool, 0, 0.8, 1.0, 1), Logged(pool, 0, 0.2, 0.0, 2), Logged(pool, 0, 0.4, 1.0, 3)]
    worth = estimate(log, lambda card: 0.4)
    assert worth.value == pytest.approx(1.5 / 3.5)
    assert worth.effective == pytest.approx(3.5**2 / (0.25 + 4 + 1))


def test_a_log_that_says_nothing_gives_no_figure() -> None:
    assert np.isnan(estimate([], greedy(NEW)).value)
    log, _ = simulate(20, seed=3)
    nothing = estimate(log, lambda card: 0.0)
    assert np.isnan(nothing.value)
    assert (nothing.n, nothing.effective) == (20, 0.0)


def test_what_had_no_chance_cannot_have_been_shown() -> None:
    with pytest.raises(ValueError, match="chance"):
        estimate([Logged({"gap": np.ones(2)}, 0, 0.0, 1.0)], greedy(NEW))


def test_a_comparison_by_hand() -> None:
    """Ratios of the one policy 0.5, 2, 1, of the other 1, 0, 1: 1.5 ÷ 3.5 − 2 ÷ 2."""
    pool = {"gap": np.array([1.0, 0.0])}
    log = [Logged(pool, 0, 0.8, 1.0, 1), Logged(pool, 1, 0.2, 0.0, 2), Logged(pool, 0, 0.4, 1.0, 3)]
    other = {0.8: 0.8, 0.2: 0.0, 0.4: 0.4}
    worth = compare(log, lambda card: 0.4, lambda card: other[card.propensity])
    assert worth.value == pytest.approx(1.5 / 3.5 - 1.0)
    assert worth.low <= worth.value <= worth.high <= 0.0
    assert worth.n == 3


def test_a_policy_against_itself_gains_nothing_for_certain() -> None:
    log, _ = simulate(200, seed=4)
    worth = compare(log, greedy(OLD, RATE), greedy(OLD, RATE))
    assert (worth.value, worth.low, worth.high) == (0.0, 0.0, 0.0)


def test_the_difference_holds_the_truth_about_nineteen_times_in_twenty() -> None:
    """The truth of both policies is known of every pool, so is that of their difference."""
    inside, new, old = 0, greedy(NEW, RATE), greedy(OLD, RATE)
    for seed in range(40):
        log, truth = simulate(600, seed=200 + seed)
        gains = [
            old(replace(card, shown=place)) * chance_of_choice(card.pool["gap"], card.pool["next"])[place]
            for card in log
            for place in range(6)
        ]
        worth = compare(log, new, old, resamples=200)
        inside += worth.low <= truth - sum(gains) / len(log) <= worth.high
    assert inside >= 34


def test_a_comparison_with_what_was_never_shown_gives_no_figure() -> None:
    log, _ = simulate(20, seed=5)
    assert np.isnan(compare(log, greedy(NEW), lambda card: 0.0).value)
    assert np.isnan(compare([], greedy(NEW), greedy(OLD)).value)
