"""What the answers say about a question (REQ-041: item statistics are a reason to change a module)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from math import sqrt

from lms.domain.rates import percent_of

LOW_DISCRIMINATION = 0.2


@dataclass(frozen=True)
class AnswerSums:
    """Sums over the graded answers of one question, as a database adds them up.

    `right` is 0 or 1 per answer, `score` the percentage of the whole attempt."""

    answers: int
    right: int
    score: int
    score_squared: int
    score_of_right: int

    @property
    def right_percent(self) -> float:
        """The share of right answers in percent; 0 without answers."""
        return 100 * self.right / self.answers if self.answers else 0.0

    @property
    def discrimination(self) -> float | None:
        """How well the question tells strong attempts from weak ones: the point-biserial correlation of the answer
        with the attempt's score, −1 to 1; None where everybody answered alike or scored the same."""
        n = self.answers
        spread_right = n * self.right - self.right**2
        spread_score = n * self.score_squared - self.score**2
        if spread_right <= 0 or spread_score <= 0:
            return None
        return (n * self.score_of_right - self.right * self.score) / sqrt(spread_right * spread_score)

    def is_shown(self, least: int) -> bool:
        """Fewer answers than `least` say nothing yet."""
        return self.answers >= least


@dataclass(frozen=True)
class AnswersAndForetold:
    """A question's answers beside the share that was foretold from its learners alone (REQ-041).

    `expected` is a percentage with one decimal. What fewer than `group_size` people answered is not shown."""

    answers: int
    learners: int
    right: int
    expected: Decimal

    @property
    def right_percent(self) -> Decimal:
        return percent_of(self.right, self.answers) or Decimal("0.0")

    @property
    def difference(self) -> Decimal:
        """Percentage points by which more are right than was foretold; below zero fewer."""
        return self.right_percent - self.expected

    def is_shown(self, group_size: int) -> bool:
        return self.learners >= group_size

    def is_suspect(self, *, least: int, points: int) -> bool:
        """Learners who should know it miss it: the key may be wrong."""
        return self.answers >= least and self.difference < -points
