"""What the answers to questions say of a learner's skills, and whether the questions are enough for a placement test.

An estimate beside the evidence: levels held, gaps and recommendations rest on evidence alone (REQ-011, REQ-013).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.domain.ability import LEVEL_THRESHOLDS, MIDDLE_MARK, difficulty_of, guess_of
from lms.features.catalog.models import Question
from lms.features.skills.models import SkillAbility
from recommender import Ability, PlacementTest, known_level
from recommender.ability import MIN_ANSWERS

MARKS = range(1, 2 * MIDDLE_MARK)

Bank = tuple[tuple[float, float, int], ...]
"""Difficulty in logits, chance of guessing, and how many questions have both; in a fixed order."""


@dataclass(frozen=True)
class FromAnswers:
    """What a learner's answers say of a skill: the level they speak for (0: below 1), None while not yet known."""

    n: int
    level: int | None
    least: int = MIN_ANSWERS  # from how many answers on it is known


@dataclass(frozen=True)
class BankSize:
    """Questions that examine a skill, and from how many a placement test can be given; None: from these."""

    n: int
    needed: int | None


NO_ANSWERS = FromAnswers(0, None)


def levels_from_answers(db: Session, learner_id: int) -> dict[int, FromAnswers]:
    """What the answers say, by skill, in one query; skills without an answer are not in it."""
    query = select(
        SkillAbility.skill_id, SkillAbility.mean, SkillAbility.variance, SkillAbility.n_answers
    ).where(SkillAbility.learner_id == learner_id)
    return {
        row.skill_id: FromAnswers(
            row.n_answers, known_level(Ability(row.mean, row.variance, row.n_answers), LEVEL_THRESHOLDS)
        )
        for row in db.execute(query)
    }


def bank_sizes(db: Session, skill_ids: Collection[int], version_ids: Collection[int]) -> dict[int, BankSize]:
    """The questions of these versions by skill, each skill with its size, in one query."""
    query = (
        select(Question.skill_id, Question.kind, Question.difficulty, func.count().label("n"))
        .where(Question.version_id.in_(version_ids), Question.skill_id.in_(skill_ids))
        .group_by(Question.skill_id, Question.kind, Question.difficulty)
    )
    banks: dict[int, list[tuple[float, float, int]]] = {skill_id: [] for skill_id in skill_ids}
    for row in db.execute(query):
        banks[row.skill_id].append((difficulty_of(row.difficulty), guess_of(row.kind), row.n))
    return {skill_id: size_of(tuple(sorted(bank))) for skill_id, bank in banks.items()}


@lru_cache(maxsize=1024)  # the same bank is asked about on every page until its module changes
def size_of(bank: Bank) -> BankSize:
    """How large a bank is, and the least size that would do.

    For that it grows by questions spread evenly over the authors' marks that nobody can guess: with others it
    takes more."""
    n = sum(row[2] for row in bank)
    if not _is_too_small(bank, more=0):
        return BankSize(n, None)
    enough = 1
    while _is_too_small(bank, more=enough):
        enough *= 2
    missing = bisect_left(range(enough), True, key=lambda more: not _is_too_small(bank, more=more))
    return BankSize(n, n + missing)


def _is_too_small(bank: Bank, *, more: int) -> bool:
    difficulties = [difficulty for difficulty, _, n in bank for _ in range(n)]
    guesses = [guess for _, guess, n in bank for _ in range(n)]
    difficulties += [difficulty_of(MARKS[k % len(MARKS)]) for k in range(more)]
    guesses += [0.0] * more
    return not difficulties or PlacementTest(difficulties, guess=guesses).is_bank_too_small
