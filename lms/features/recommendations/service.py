"""Changes of recommendations and of the answers given to them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, insert
from sqlalchemy.orm import Session

from lms.domain.enrollment import EnrollmentStatus
from lms.domain.events import CurriculumSynced, EnrollmentChanged, ModuleUnpublished
from lms.features.accounts.models import User
from lms.features.catalog.queries import list_module_cards, prerequisite_ids, taught_skills
from lms.features.catalog.snapshot import read_snapshot
from lms.features.organizations.queries import employment_paths
from lms.features.policies.queries import get_policy
from lms.features.recommendations.inputs import LearnerRow, list_learners, list_states
from lms.features.recommendations.log import ENROLLED, RECOGNISED, Shown, note_answer, note_shown, shown_of
from lms.features.recommendations.model_store import model_in_force
from lms.features.recommendations.models import (
    Recommendation,
    RecommendationAnswer,
    RecommendationAnswerKind,
)
from lms.features.recommendations.ranking import Frame, fill_slots, module_facts
from lms.features.skills.queries import level_facts
from lms.features.taxonomy.queries import all_requirements, list_roles, skill_names
from lms.features.taxonomy.service import set_role_path
from lms.jobs.outbox import event_time
from lms.ports.clock import local_date
from recommender import ModuleFacts, Requirement, UnreachableLevel, role_path


def store_role_paths(db: Session, event: CurriculumSynced) -> None:
    """The exact minimum path of every role, for the map and for the order without personalisation."""
    modules = _read_modules(db)
    requirements = all_requirements(db)
    for role in list_roles(db):
        rows = requirements.get(role.role_id, ())
        needs = [Requirement(row.skill_slug, row.level, row.is_must) for row in rows]
        set_role_path(db, role.role_id, _reachable_path(needs, modules))


def forget_module(db: Session, event: ModuleUnpublished) -> None:
    """A module that is not offered any more is nobody's next step; the job fills the places anew."""
    db.execute(delete(Recommendation).where(Recommendation.module_id == event.module_id))


def refresh_for_event(db: Session, event: Any) -> None:
    """Something that the ranking rests on has changed: the next page already shows what follows."""
    refresh(db, event.learner_id, event_time(db))


def note_choice(db: Session, event: EnrollmentChanged) -> None:
    """What somebody begins may be what was recommended: the log keeps it, before the cards become other ones."""
    answer = ENROLLED if event.status == EnrollmentStatus.ACTIVE else event.status
    if answer in (ENROLLED, RECOGNISED):
        note_answer(
            db, learner_id=event.learner_id, module_id=event.module_id, answer=answer, now=event_time(db)
        )


def refresh(db: Session, learner_id: int, now: datetime) -> None:
    """Compute a learner's next steps anew."""
    refresh_many(db, (learner_id,), now)


def refresh_many(db: Session, learner_ids: Collection[int], now: datetime) -> None:
    """Compute the next steps of several learners anew, in eight queries for all of them; the log notes changes.

    Nobody who switched recommendations off, or has no role yet, keeps a row: their pages show the catalogue.
    """
    learners = [row for row in list_learners(db, learner_ids) if row.is_personalised and row.role_id]
    rows: list[dict[str, Any]] = []
    shown = []
    for one, of_one in _slots(db, learners, now) if learners else ():
        shown.append(one)
        rows += of_one
    before = _take_away(db, learner_ids)
    if rows:
        db.execute(insert(Recommendation).execution_options(render_nulls=True), rows)  # one statement for all
    note_shown(db, before, shown, now)


def answer(
    db: Session, *, learner_id: int, module_id: int, kind: RecommendationAnswerKind | None, now: datetime
) -> None:
    """Note what the learner says to a recommendation, or take it back (`kind` None); acts at once."""
    db.get_one(User, learner_id, with_for_update=True)  # a double click must not answer twice
    db.execute(
        delete(RecommendationAnswer).where(
            RecommendationAnswer.learner_id == learner_id, RecommendationAnswer.module_id == module_id
        )
    )
    if kind is not None:
        days = get_policy(db, on=local_date(now)).later_days
        until = now + timedelta(days=days) if kind == RecommendationAnswerKind.LATER else None
        db.add(
            RecommendationAnswer(
                learner_id=learner_id, module_id=module_id, kind=kind, until_at=until, answered_at=now
            )
        )
        note_answer(db, learner_id=learner_id, module_id=module_id, answer=kind, now=now)
    db.flush()  # the ranking reads the answers
    refresh(db, learner_id, now)


def _take_away(db: Session, learner_ids: Collection[int]) -> dict[int, list[int | None]]:
    """Delete the slots of learners; what stood in them, by place."""
    gone = (
        delete(Recommendation)
        .where(Recommendation.learner_id.in_(learner_ids))
        .returning(Recommendation.learner_id, Recommendation.position, Recommendation.module_id)
    )
    before: dict[int, list[int | None]] = {}
    for learner_id, _, module_id in sorted(db.execute(gone), key=lambda row: (row[0], row[1])):
        before.setdefault(learner_id, []).append(module_id)
    return before


def _slots(
    db: Session, learners: Sequence[LearnerRow], now: datetime
) -> Iterator[tuple[Shown, list[dict[str, Any]]]]:
    """By learner what is shown and the rows to be stored."""
    ids = [row.learner_id for row in learners]
    today = local_date(now)
    snapshot, policy = read_snapshot(db, today=today)
    frames = _Frames(db, ids, Frame(snapshot, policy, today, model_in_force(db)))
    states, evidence = list_states(db, ids, now=now), level_facts(db, ids)
    for learner in learners:
        state, frame = states[learner.learner_id], frames.of(learner.learner_id)
        filling = fill_slots(frame, learner, state, evidence[learner.learner_id])
        yield (
            shown_of(frame, learner.learner_id, filling),
            [
                {
                    "learner_id": learner.learner_id,
                    "position": position,
                    "module_id": frame.module_ids[slot.slug] if slot.slug else None,
                    "reasons": slot.reasons,
                    "computed_at": now,
                }
                for position, slot in enumerate(filling.slots, start=1)
            ],
        )


class _Frames:
    """The frame of each learner: everybody's, with the modules that are shown where the learner works."""

    def __init__(self, db: Session, learner_ids: Collection[int], everybody: Frame) -> None:
        self._everybody = everybody
        self._paths = employment_paths(db, learner_ids) if everybody.snapshot.private else {}
        self._made: dict[frozenset[int], Frame] = {}

    def of(self, learner_id: int) -> Frame:
        path = self._paths.get(learner_id)
        snapshot = self._everybody.snapshot.for_path(path)
        if snapshot is self._everybody.snapshot:
            return self._everybody
        return self._made.setdefault(frozenset(snapshot.cards), replace(self._everybody, snapshot=snapshot))


def _read_modules(db: Session) -> list[ModuleFacts]:
    """Everybody's modules as they stand in this transaction; the snapshot of the revision is made after it."""
    taught: dict[int, list[Any]] = {}
    for row in taught_skills(db):
        taught.setdefault(row.version_id, []).append(row)
    return module_facts(list_module_cards(db), prerequisite_ids(db), taught, skill_names(db))


def _reachable_path(needs: list[Requirement], modules: Sequence[ModuleFacts]) -> tuple[str, ...]:
    """The path to the levels that modules teach; a level beyond, such as 5, takes a portfolio review."""
    while True:
        try:
            return role_path(needs, modules)
        except UnreachableLevel as unreachable:
            needs = [need for need in needs if need.skill != unreachable.skill]
