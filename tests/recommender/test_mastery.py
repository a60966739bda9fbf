"""`MasteryModel`: better than what it is made of, honest chances, and no look at the answer it foretells."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.sparse import csr_array
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.metrics import roc_auc_score

from recommender import AnswerLog, MasteryModel
from recommender.answers import answers_of
from recommender.artifact import ArtifactError, read_artifact, write_artifact
from recommender.estimators.difficulty import learn_difficulty
from recommender.estimators.history import Pace
from recommender.estimators.mastery_features import known_out_of_fold, online_chance
from tests.recommender.learners import Simulated, calibration_error, part_of, repeat_per_skill, simulate


@pytest.fixture(scope="module")
def world() -> Simulated:
    return simulate(learners=450, seed=3)


@pytest.fixture(scope="module")
def fitted(world: Simulated) -> MasteryModel:
    return MasteryModel().fit(world.split()[0].log)


def log_of(*rows: tuple[int, int, int, tuple[int, ...], float], skills: int = 2) -> AnswerLog:
    """(learner, item, correct, skills, at) by row."""
    learner, item, correct, taken, at = zip(*rows, strict=True)
    matrix = np.zeros((len(rows), skills))
    for row, some in enumerate(taken):
        matrix[row, list(some)] = 1
    return AnswerLog(
        np.array(learner), np.array(item), np.array(correct), csr_array(matrix), np.array(at, dtype=float)
    )


def test_it_foretells_new_learners_better_than_difficulty_or_ability_and_near_the_truth(
    world: Simulated, fitted: MasteryModel
) -> None:
    train, test = world.split()
    chance = fitted.predict(test.log)
    answers = answers_of(test.log)
    known = learn_difficulty(answers_of(train.log), np.ones(len(train.log), dtype=bool)).columns(answers)
    by_difficulty = roc_auc_score(answers.correct, -known[:, 0])
    by_ability = roc_auc_score(answers.correct, online_chance(answers, known, Pace()))
    auc = roc_auc_score(test.log.correct, chance)
    best = roc_auc_score(test.log.correct, test.chance)
    assert by_difficulty + 0.06 < auc
    assert by_ability + 0.005 < auc
    assert auc > best - 0.05
    assert calibration_error(chance, test.log.correct) < 0.03


def test_no_answer_is_foretold_from_itself_or_a_later_one(world: Simulated, fitted: MasteryModel) -> None:
    log = part_of(world.log, world.log.learner < 100)
    place = len(log) // 2
    flipped = log.correct.copy()
    flipped[place] = 1 - flipped[place]
    other = AnswerLog(log.learner, log.item, flipped, log.skills, log.at)
    changed = np.flatnonzero(fitted.predict(log) != fitted.predict(other))
    assert len(changed) > 0
    assert (changed > place).all()
    assert set(log.learner[changed]) == {log.learner[place]}


def test_an_answer_repeated_once_per_skill_is_foretold_as_one(world: Simulated, fitted: MasteryModel) -> None:
    """Trap: taken row by row the second row of a pair would know its result from the first."""
    test = world.split()[1]
    repeated = repeat_per_skill(test)
    assert len(repeated.log) > 1.3 * len(test.log)
    rows = np.repeat(np.arange(len(test.log)), np.diff(test.log.skills.indptr))
    np.testing.assert_allclose(fitted.predict(repeated.log), fitted.predict(test.log)[rows])


def test_repeated_rows_are_found_even_if_other_rows_stand_between() -> None:
    log = log_of(
        (1, 7, 1, (0,), 5), (1, 8, 0, (0,), 5), (2, 7, 1, (0,), 5), (1, 7, 1, (1,), 5), (1, 7, 1, (1,), 6)
    )
    answers = answers_of(log)
    assert answers.of_row.tolist() == [0, 1, 3, 0, 2]
    assert list(zip(answers.entry_answer, answers.entry_skill, strict=True)) == [
        (0, 0),
        (0, 1),
        (1, 0),
        (2, 1),
        (3, 0),
    ]


def test_rows_of_one_answer_at_an_infinite_time_or_with_ids_of_64_bits_are_one_answer() -> None:
    log = log_of((1, 7, 1, (0,), np.inf), (1, 7, 1, (1,), np.inf))
    assert len(answers_of(log)) == 1
    ids = np.array([2**63 + 1, 2**63 + 2] * 2, dtype=np.uint64)  # the same number as floats
    log = log_of((1, 0, 1, (0,), 0), (1, 0, 0, (0,), 0), (1, 0, 1, (1,), 0), (1, 0, 0, (1,), 0))
    answers = answers_of(AnswerLog(log.learner, ids, log.correct, log.skills, log.at))
    assert answers.of_row.tolist() == [0, 1, 0, 1]
    assert answers.correct.tolist() == [1, 0]


def test_what_is_known_of_an_item_is_learnt_from_other_learners() -> None:
    """Trap: results drawn by lot cannot be foretold; an item's rate with the answer in it seems to do so."""
    rng = np.random.default_rng(0)
    n = 4000
    log = AnswerLog(
        np.repeat(np.arange(200), 20),
        rng.integers(0, 2000, n),
        rng.integers(0, 2, n),
        csr_array((n, 1)),
        np.tile(np.arange(20.0), 200),
    )
    answers = answers_of(log)
    with_itself = learn_difficulty(answers, np.ones(n, dtype=bool)).columns(answers)
    out_of_fold = known_out_of_fold(answers, seed=0)
    assert roc_auc_score(answers.correct, with_itself[:, 1]) > 0.7
    assert roc_auc_score(answers.correct, out_of_fold[:, 1]) == pytest.approx(0.5, abs=0.04)
    chance = MasteryModel().fit(log).predict(log)
    assert chance.std() < 0.1


def test_only_the_order_of_the_times_counts(world: Simulated, fitted: MasteryModel) -> None:
    log = world.split()[1].log
    stretched = AnswerLog(log.learner, log.item, log.correct, log.skills, np.exp(log.at / 50) - 1e6)
    np.testing.assert_array_equal(fitted.predict(log), fitted.predict(stretched))
    shuffled = np.random.default_rng(0).permutation(len(log))
    mixed = AnswerLog(
        log.learner[shuffled],
        log.item[shuffled],
        log.correct[shuffled],
        log.skills[shuffled],
        log.at[shuffled],
    )
    np.testing.assert_allclose(fitted.predict(mixed), fitted.predict(log)[shuffled])


def test_new_learners_items_and_answers_without_skills_are_foretold(fitted: MasteryModel) -> None:
    log = log_of((10**12, 10**15, 1, (), 0), (10**12, -4, 0, (3,), 1), skills=20)
    chance = fitted.predict(log)
    assert ((chance > 0.05) & (chance < 0.98)).all()
    assert len(fitted.predict(part_of(log, np.zeros(2, dtype=bool)))) == 0


@pytest.mark.parametrize("results", [[1], [1] * 50, [0] * 50])
def test_with_little_to_learn_from_the_online_ability_answers(results: list[int]) -> None:
    log = log_of(*((1, n, right, (0,), n) for n, right in enumerate(results)))
    model = MasteryModel().fit(log)
    assert "too little" in model.chosen_["why"]
    chance = model.predict(log)
    assert ((chance > 0) & (chance < 1)).all()


def test_where_one_learner_gave_all_wrong_answers_the_online_ability_answers() -> None:
    """Held out or not: one part of the learners has right answers only, from which no model can be fitted."""
    wrong = [(0, n % 30, 0, (0,), n) for n in range(40)]
    right = [(who, n, 1, (0,), n) for who in range(1, 30) for n in range(30)]
    log = log_of(*wrong, *right)
    for seed in range(12):
        model = MasteryModel(seed).fit(log)
        assert "too little" in model.chosen_["why"]
        assert np.isfinite(model.predict(log)).all()


@pytest.mark.parametrize("n", [2, 50, 5000])
def test_right_answers_alone_make_nobody_certain(n: int) -> None:
    """n right answers beside one right and one wrong imagined one are n + 1 of n + 2: a logit of log(n + 1), from
    which abilities and offsets only take away."""
    known = learn_difficulty(
        answers_of(log_of(*((1, one, 1, (), one) for one in range(n)))), np.ones(n, bool)
    )
    assert 0 < known.intercept <= np.log(n + 1)


def test_the_choice_is_told_and_the_seed_repeats_it(world: Simulated, fitted: MasteryModel) -> None:
    assert "held out" in fitted.chosen_["why"]
    assert fitted.chosen_["max_iter"] > 1
    assert clone(MasteryModel(seed=7)).get_params() == {"seed": 7}


def test_a_saved_model_answers_the_same_and_strange_trees_are_refused(
    world: Simulated, fitted: MasteryModel, tmp_path: Path
) -> None:
    path = tmp_path / "mastery.npz"
    fitted.save(path)
    log = world.split()[1].log
    np.testing.assert_array_equal(MasteryModel.load(path).predict(log), fitted.predict(log))

    from sklearn.preprocessing import FunctionTransformer
    from skops.io import dumps

    header, state = read_artifact(path, "MasteryModel")
    state["trees"] = np.frombuffer(dumps(FunctionTransformer(func=np.save)), dtype=np.uint8)
    write_artifact(path, header, state)
    with pytest.raises(ArtifactError, match="not trusted"):
        MasteryModel.load(path)


def test_what_cannot_be_is_refused(fitted: MasteryModel) -> None:
    with pytest.raises(NotFittedError):
        MasteryModel().predict(log_of((1, 1, 1, (0,), 0)))
    with pytest.raises(ValueError, match="fitted on 20"):
        fitted.predict(log_of((1, 1, 1, (0,), 0)))
    with pytest.raises(ValueError, match="without answers"):
        MasteryModel().fit(
            AnswerLog(np.array([]), np.array([]), np.array([]), csr_array((0, 2)), np.array([]))
        )
    with pytest.raises(ValueError, match="0 or 1"):
        log_of((1, 1, 2, (0,), 0))
    with pytest.raises(ValueError, match="different lengths"):
        AnswerLog(np.array([1]), np.array([]), np.array([]), csr_array((0, 2)), np.array([]))
