"""Changes of evidence, which is written when something was passed and never altered, of abilities and of kept goals
(REQ-020)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from lms.domain.ability import difficulty_of
from lms.domain.enrollment import EnrollmentStatus
from lms.domain.events import (
    AttemptGraded,
    EvidenceRecorded,
    GoalDropped,
    GoalKept,
    ModuleCompleted,
    ModuleRecognised,
)
from lms.features.accounts.models import User
from lms.features.assessment.models import AttemptQuestion
from lms.features.catalog.models import ModuleVersion, Question
from lms.features.catalog.queries import taught_skills
from lms.features.enrollment.models import Enrollment, Recognition
from lms.features.skills.goal_plan import Goal
from lms.features.skills.models import Evidence, EvidenceKind, KeptGoal, SkillAbility
from lms.features.skills.queries import find_kept_goal
from lms.jobs.outbox import event_time, publish
from recommender import Ability, update_ability


def record_completion(db: Session, event: ModuleCompleted) -> None:
    """A module was completed: its assessment is evidence for every skill the version teaches."""
    completed_at = db.scalar(
        select(Enrollment.completed_at)
        .where(
            Enrollment.learner_id == event.learner_id,
            Enrollment.version_id == event.module_version_id,
            Enrollment.status == EnrollmentStatus.COMPLETED,
        )
        .order_by(Enrollment.id.desc())
    )
    _record(db, event, EvidenceKind.ASSESSMENT, obtained_at=completed_at or event_time(db))


def record_recognition(db: Session, event: ModuleRecognised) -> None:
    """Prior learning was recognised after a passed quiz: the same levels, by another way (REQ-013)."""
    recognised_at = db.scalar(
        select(Recognition.recognised_at)
        .join(ModuleVersion, ModuleVersion.module_id == Recognition.module_id)
        .where(Recognition.learner_id == event.learner_id, ModuleVersion.id == event.module_version_id)
    )
    _record(db, event, EvidenceKind.RECOGNITION, obtained_at=recognised_at or event_time(db))


def note_answers(db: Session, event: AttemptGraded) -> None:
    """An attempt was graded: each of its questions moves the learner's ability in the skill that it examines.

    In the order of the positions; one left unanswered was graded wrong and counts as such. A question that comes
    again in a later attempt counts again: people read and learn between tries, and the estimate has to follow them,
    else it would stay where the first try put it. That a question is easier the second time is the price."""
    answers = db.execute(
        select(
            Question.skill_id,
            Question.difficulty,
            AttemptQuestion.is_right,
            SkillAbility.mean,
            SkillAbility.variance,
            SkillAbility.n_answers,
        )
        .join(Question, Question.id == AttemptQuestion.question_id)
        .outerjoin(
            SkillAbility,
            and_(
                SkillAbility.skill_id == Question.skill_id,
                SkillAbility.learner_id == event.learner_id,
            ),
        )
        .where(AttemptQuestion.attempt_id == event.attempt_id)
        .order_by(AttemptQuestion.position)
    )
    _store_abilities(db, event.learner_id, _moved(answers))


def keep_goal(db: Session, *, learner_id: int, goal: Goal, weekly_periods: int, now: datetime) -> None:
    """Keep `goal` at this pace in place of the one kept so far; another pace alone leaves the day it began."""
    db.get_one(User, learner_id, with_for_update=True)  # two requests must not both find nothing kept
    kept = find_kept_goal(db, learner_id)
    if kept is not None and goal.is_kept_in(kept) and kept.weekly_periods == weekly_periods:
        return
    if kept is None:
        kept = KeptGoal(learner_id=learner_id)
        db.add(kept)
    if not goal.is_kept_in(kept):
        kept.role_id, kept.skill_id, kept.kept_at = goal.role_id, goal.skill_id, now
    kept.weekly_periods = weekly_periods
    db.flush()  # a constraint that is broken must be so before the event
    publish(db, GoalKept(learner_id=learner_id))


def drop_goal(db: Session, *, learner_id: int) -> None:
    """Let the kept goal go; where none is kept, nothing happens."""
    gone = db.execute(
        delete(KeptGoal).where(KeptGoal.learner_id == learner_id).returning(KeptGoal.learner_id)
    )
    if gone.first() is not None:
        publish(db, GoalDropped(learner_id=learner_id))


def _record(
    db: Session, event: ModuleCompleted | ModuleRecognised, kind: EvidenceKind, *, obtained_at: datetime
) -> None:
    for taught in taught_skills(db, [event.module_version_id]):
        db.add(
            Evidence(
                learner_id=event.learner_id,
                skill_id=taught.skill_id,
                level=taught.level,
                kind=kind,
                version_id=event.module_version_id,
                score_percent=event.score_percent,
                obtained_at=obtained_at,
            )
        )
    db.flush()  # listeners read the rows
    publish(db, EvidenceRecorded(learner_id=event.learner_id))


def _moved(answers: Iterable[Row[*tuple[Any, ...]]]) -> dict[int, Ability]:
    """The abilities after these answers, by skill."""
    found: dict[int, Ability] = {}
    for row in answers:
        stored = Ability() if row.mean is None else Ability(row.mean, row.variance, row.n_answers)
        found[row.skill_id] = update_ability(
            found.get(row.skill_id, stored), is_correct=row.is_right, difficulty=difficulty_of(row.difficulty)
        )
    return found


def _store_abilities(db: Session, learner_id: int, abilities: dict[int, Ability]) -> None:
    """In one statement; whoever grades holds the learner's lock, so that nothing is written in between."""
    now = event_time(db)
    rows: list[dict[str, Any]] = [
        {
            "learner_id": learner_id,
            "skill_id": skill_id,
            "mean": ability.mean,
            "variance": ability.variance,
            "n_answers": ability.n,
            "updated_at": now,
        }
        for skill_id, ability in sorted(abilities.items())
    ]
    is_postgres = db.get_bind().dialect.name == "postgresql"
    ability = postgresql.insert(SkillAbility) if is_postgres else sqlite.insert(SkillAbility)
    fresh = {name: ability.excluded[name] for name in ("mean", "variance", "n_answers", "updated_at")}
    statement = ability.on_conflict_do_update(index_elements=["learner_id", "skill_id"], set_=fresh)
    if rows:
        db.execute(statement, rows)
