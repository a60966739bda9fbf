"""The night's work on answers: a wrong key stands out, a right one does not, and chances are honest."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from scipy.sparse import csr_array

from recommender import AnswerLog, ItemFigures, MasteryModel
from recommender.artifact import ArtifactError
from recommender.item_figures import items_path
from recommender.mastery_training import calibration_error, judge

WRONG_KEY = 107
N_ITEMS, N_SKILLS = 24, 4


def four_hundred(*, seed: int = 5) -> AnswerLog:
    """400 learners answer twelve of 24 questions of four skills; strong ones know five times in six, weak ones one
    time in two, and question 107 takes wrong answers for right ones."""
    rng = np.random.default_rng(seed)
    learner = np.repeat(np.arange(400), 12)
    item = np.concatenate([rng.permutation(N_ITEMS)[:12] for _ in range(400)])
    chance = np.where(learner % 2 == 0, 5 / 6, 1 / 2)
    correct = rng.random(len(learner)) < chance
    correct = np.where(item + 100 == WRONG_KEY, ~correct, correct).astype(np.int64)
    n = len(learner)
    skills = csr_array((np.ones(n), item % N_SKILLS, np.arange(n + 1)), shape=(n, N_SKILLS))
    return AnswerLog(learner, item + 100, correct, skills, np.arange(n, dtype=float))


@pytest.fixture(scope="module")
def log() -> AnswerLog:
    return four_hundred()


@pytest.fixture(scope="module")
def files(log: AnswerLog, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the command makes of the log."""
    folder = tmp_path_factory.mktemp("night")
    log.save(folder / "answers.npz")
    command = [sys.executable, "-m", "recommender.mastery_training"]
    subprocess.run([*command, str(folder / "answers.npz"), str(folder / "mastery.npz")], check=True)
    return folder


@pytest.fixture(scope="module")
def figures(files: Path) -> ItemFigures:
    return ItemFigures.load(items_path(files / "mastery.npz"))


def test_a_wrong_key_is_the_most_striking_and_a_right_one_is_not(figures: ItemFigures) -> None:
    """Two thirds know an answer on average; where the key is wrong one third is right."""
    difference = figures.right / figures.answers - figures.expected
    place = int(np.flatnonzero(figures.items == WRONG_KEY)[0])
    assert np.argmin(difference) == place
    assert figures.expected[place] == pytest.approx(2 / 3, abs=0.08)
    assert figures.right[place] / figures.answers[place] == pytest.approx(1 / 3, abs=0.08)
    assert difference[place] < -0.25
    assert np.abs(np.delete(difference, place)).max() < 0.15


def test_answers_and_people_are_counted(log: AnswerLog, figures: ItemFigures) -> None:
    assert figures.items.tolist() == list(range(100, 100 + N_ITEMS))
    assert figures.answers.sum() == len(log) == 4800
    assert (figures.learners == figures.answers).all()  # everybody has met a question once
    assert figures.right.sum() == log.correct.sum()


def test_the_chances_are_honest_and_better_than_none(figures: ItemFigures) -> None:
    assert figures.calibration_error < 0.03
    assert 0.6 < figures.auc < 0.75


def test_the_model_answers_as_if_it_had_been_fitted_here(log: AnswerLog, files: Path) -> None:
    loaded = MasteryModel.load(files / "mastery.npz")
    np.testing.assert_array_equal(loaded.predict(log), MasteryModel().fit(log).predict(log))


def test_calibration_error_by_hand() -> None:
    """Two of four at 0.25 are right, one of two at 0.75: (4 · 0.25 + 2 · 0.25) / 6."""
    chance = np.array([0.25, 0.25, 0.25, 0.25, 0.75, 0.75])
    assert calibration_error(chance, np.array([1, 1, 0, 0, 1, 0])) == pytest.approx(0.25)


def test_a_few_answers_of_a_few_are_judged_too_and_of_fewer_not() -> None:
    """Five learners who are always right: nothing can be told apart, and the file says so."""
    skills = csr_array(np.ones((10, 1)))
    learner = np.arange(10) // 2
    ones = np.ones(10, dtype=np.int64)
    log = AnswerLog(learner, np.arange(10) % 2, ones, skills, np.arange(10.0))
    found = judge(log)
    assert (found.right.tolist(), found.learners.tolist()) == ([5, 5], [5, 5])
    assert np.isnan(found.auc)
    alone = AnswerLog(learner[:4], np.arange(4) % 2, ones[:4], skills[np.arange(4)], np.arange(4.0))
    with pytest.raises(ValueError, match="2 learners, 5 are needed"):
        judge(alone)


def test_another_file_is_refused(files: Path) -> None:
    with pytest.raises(ArtifactError, match="not ItemFigures"):
        ItemFigures.load(files / "answers.npz")
    with pytest.raises(ArtifactError, match="not AnswerLog"):
        AnswerLog.load(items_path(files / "mastery.npz"))
