"""The learner's record: modules taken or recognised, and every try at a quiz."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from lms.domain.curriculum import ModuleState
from lms.domain.permissions import Actor
from lms.features.assessment.queries import AttemptRow, list_attempts
from lms.features.learning.queries import LearnerModule, LearningFacts, learner_map, learning_facts


@dataclass(frozen=True)
class RecordRow:
    """A module with the learner's tries at its quiz, the newest first."""

    module: LearnerModule
    attempts: list[AttemptRow]

    @property
    def best_percent(self) -> int | None:
        """The best score of the graded tries."""
        return max((a.score_percent for a in self.attempts if a.score_percent is not None), default=None)


@dataclass(frozen=True)
class Record:
    """What the learner can show."""

    rows: list[RecordRow]
    facts: LearningFacts

    @property
    def completed(self) -> int:
        return sum(row.module.state == ModuleState.COMPLETED for row in self.rows)

    @property
    def periods(self) -> int:
        """Periods of completed and recognised modules."""
        return sum(row.module.card.periods for row in self.rows if row.module.state == ModuleState.COMPLETED)


def read_record(db: Session, actor: Actor, *, today: date) -> Record:
    """All modules the learner has begun, completed or had recognised; the last worked on first."""
    whole = learner_map(db, actor, today=today)
    tries: dict[int, list[AttemptRow]] = {}
    for attempt in list_attempts(db, actor.user_id):
        tries.setdefault(attempt.module_id, []).append(attempt)
    mine = [
        row
        for row in whole.modules.values()
        if row.enrollment or row.is_recognised or row.card.module_id in tries
    ]
    mine.sort(
        key=lambda row: row.enrollment.last_active_at.timestamp() if row.enrollment else 0, reverse=True
    )
    return Record(
        rows=[RecordRow(row, tries.get(row.card.module_id, [])) for row in mine],
        facts=learning_facts(db, actor.user_id, today=today),
    )
