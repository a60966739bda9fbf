"""The columns from which `MasteryModel` foretells an answer: difficulty, history, recency, trend."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from recommender.answers import Answers
from recommender.estimators.difficulty import KNOWN_COLUMNS, learn_difficulty
from recommender.estimators.history import (
    ITEM_COLUMNS,
    LEARNER_COLUMNS,
    NEVER,
    SKILL_COLUMNS,
    Floats,
    Pace,
    follow,
)

RATE_STRENGTH = 3.0
"""Answers that the usual rate is worth when a learner's own is smoothed."""

FOLDS = 5
"""Parts of the learners whose answers are kept out of what is known of their items."""

Columns = dict[str, Floats]


def feature_table(answers: Answers, known: Floats, pace: Pace) -> NDArray[np.float32]:
    """One row per answer, from earlier answers of the same learner and from `known` only.

    :param known: `Difficulty.columns` of each answer, learnt without the answer's learner where it is fitted on
    """
    columns = _columns(answers, known, pace)
    table = np.empty((len(answers), len(columns)), dtype=np.float32)
    for place, column in enumerate(columns):
        table[:, place] = column
    return table


def online_chance(answers: Answers, known: Floats, pace: Pace) -> Floats:
    """The chance by difficulty and online ability alone."""
    tracks = follow(answers, known[:, 0], known[:, 1], pace)
    ability = tracks.learner[:, 2] + _mean(tracks.skill[:, 2], answers)
    chance: Floats = 1.0 / (1.0 + np.exp(known[:, 0] - ability))
    return chance


def known_out_of_fold(answers: Answers, seed: int) -> Floats:
    """`Difficulty.columns` for each learner as learnt from the learners of the other folds.

    An item that few have answered would otherwise carry its own result into the model that learns from it.
    Counts are scaled up to all folds: a model that is asked later sees those of everybody, and where all items have
    nearly equal counts the missing fifth would be many standard deviations.
    """
    fold = np.random.default_rng(seed).permutation(answers.n_learners) % FOLDS
    of_answer = fold[answers.learner]
    known = np.empty((len(answers), KNOWN_COLUMNS))
    for one in range(min(FOLDS, answers.n_learners)):
        inside = of_answer == one
        learnt = learn_difficulty(answers, ~inside)
        scale = len(answers) / np.count_nonzero(~inside)
        learnt = replace(learnt, item_count=scale * learnt.item_count, skill_count=scale * learnt.skill_count)
        known[inside] = learnt.columns(answers)[inside]
    return known


def _columns(answers: Answers, known: Floats, pace: Pace) -> list[Floats]:
    hardness, usual = known[:, 0], known[:, 1]
    tracks = follow(answers, hardness, usual, pace)
    learner = dict(zip(LEARNER_COLUMNS, tracks.learner.T, strict=True))
    skill = dict(zip(SKILL_COLUMNS, tracks.skill.T, strict=True))
    item = dict(zip(ITEM_COLUMNS, tracks.item.T, strict=True))
    own = _mean(skill["ability"], answers)
    logit = learner["ability"] + own - hardness
    place = learner["count"]
    columns = [hardness, _logit(usual), known[:, 2], _logit(known[:, 3]), _logit(known[:, 4]), known[:, 5]]
    columns += [logit, learner["ability"] - hardness, learner["ability"], own]
    columns += [known[:, 6], logit + known[:, 6] * (learner["ability"] + own)]
    columns += _of_learner(learner, usual)
    columns += _of_skills(skill, usual, place, answers)
    columns += _of_item(item, place)
    columns += [np.bincount(answers.entry_answer, minlength=len(answers)).astype(float)]
    columns += [np.log1p(_run_length(answers))]
    return columns


def _of_learner(learner: Columns, usual: Floats) -> Iterator[Floats]:
    yield np.log1p(learner["count"])
    yield _smoothed(learner["right"], learner["count"], usual) - usual
    yield learner["variance"]
    yield _squashed(learner["streak"])
    yield from (learner[name] for name in ("decay_0", "decay_1", "decay_2", "surprise", "last"))
    yield learner["decay_0"] - learner["decay_2"]


def _of_skills(skill: Columns, usual: Floats, place: Floats, answers: Answers) -> Iterator[Floats]:
    usual_here, now = usual[answers.entry_answer], place[answers.entry_answer]
    wrong = skill["count"] - skill["right"]
    rate = _smoothed(skill["right"], skill["count"], usual_here) - usual_here
    since = np.where(skill["place"] == NEVER, -1.0, np.log(np.maximum(now - skill["place"], 1.0)))
    for column in (np.log1p(skill["right"]), np.log1p(wrong), rate, _squashed(skill["streak"])):
        yield _mean(column, answers)
    for column in (skill["decay_0"], skill["decay_1"], skill["surprise"], skill["variance"], since):
        yield _mean(column, answers)
    for column in (skill["ability"], rate, skill["decay_0"], np.log1p(skill["count"])):
        yield _least(column, answers)


def _of_item(item: Columns, place: Floats) -> Iterator[Floats]:
    yield np.log1p(item["count"])
    yield item["last"]
    yield np.log1p(item["right"])
    yield np.where(item["place"] == NEVER, -1.0, np.log(np.maximum(place - item["place"], 1.0)))


def _run_length(answers: Answers) -> Floats:
    """How many answers in a row, up to the one before, took the same skills as this one."""
    n = len(answers)
    # a random number per skill makes a sum that tells sets of skills apart
    code = np.random.default_rng(0).random(answers.n_skills + 1)
    sums = np.bincount(answers.entry_answer, code[answers.entry_skill], n)
    is_new = np.ones(n, dtype=bool)
    is_new[1:] = (np.abs(np.diff(sums)) > 1e-12) | (np.diff(answers.learner) != 0)
    places = np.arange(n).astype(np.float64)
    length: Floats = places - places[is_new][np.cumsum(is_new) - 1]
    return length


def _smoothed(right: Floats, count: Floats, usual: Floats) -> Floats:
    rate: Floats = (right + RATE_STRENGTH * usual) / (count + RATE_STRENGTH)
    return rate


def _logit(rate: Floats) -> Floats:
    clipped = np.clip(rate, 1e-3, 1 - 1e-3)
    value: Floats = np.log(clipped / (1.0 - clipped))
    return value


def _squashed(run: Floats) -> Floats:
    value: Floats = np.sign(run) * np.log1p(np.abs(run))
    return value


def _mean(entries: Floats, answers: Answers) -> Floats:
    n = len(answers)
    return np.bincount(answers.entry_answer, entries, n) / np.bincount(answers.entry_answer, minlength=n)


def _least(entries: Floats, answers: Answers) -> Floats:
    starts = np.searchsorted(answers.entry_answer, np.arange(len(answers)))
    least: Floats = np.minimum.reduceat(entries, starts)
    return least
