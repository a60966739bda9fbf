"""What authors' marks and the programme's levels mean on the scale of abilities (logits, Rasch model).

At ability = difficulty one answers rightly every second time, one logit above it in 73 % of cases. The scale is
that of `recommender.update_ability` and `recommender.PlacementTest`.
"""

from __future__ import annotations

from lms.domain.attempt import QuestionType

MIDDLE_MARK = 3
"""Of the marks 1 (easy) to 5 (hard) that authors give their questions."""

LEVEL_THRESHOLDS = (-1.0, 0.0, 1.0, 2.0)
"""Abilities from which answers speak for level 1, 2, 3 and 4: level n from where every second question marked
n + 1 is answered rightly. No answer speaks for level 5, which two assessors judge by a portfolio."""

GUESSED = {QuestionType.SINGLE: 0.25, QuestionType.TRUE_FALSE: 0.5}
"""Chances of answering rightly without knowing; a single choice has three to five choices, the other types are
seldom guessed."""


def difficulty_of(mark: int | None) -> float:
    """The difficulty in logits of a question with an author's mark: −2, −1, 0, 1, 2; 0 without a mark."""
    return 0.0 if mark is None else float(mark - MIDDLE_MARK)


def guess_of(kind: str) -> float:
    """The chance of guessing a question of this type."""
    return GUESSED.get(QuestionType(kind), 0.0)
