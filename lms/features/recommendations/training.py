"""What the nightly fit learns from, and the process of its own that does it (issue: models work in a child)."""

from __future__ import annotations

import logging
import subprocess
import tempfile
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import func, select, union_all
from sqlalchemy.orm import Session

import recommender
from lms.domain.enrollment import EnrollmentStatus
from lms.features.accounts.models import User
from lms.features.catalog.queries import ModuleCard
from lms.features.catalog.snapshot import Snapshot
from lms.features.enrollment.models import Enrollment, Recognition
from lms.features.recommendations.child import run_child
from lms.features.recommendations.log import read_choices
from lms.features.recommendations.model_store import BLEND, ModelStore
from recommender import TrainingData

NEW_BELOW = 5
"""A module that fewer people have completed is judged by its text."""

log = logging.getLogger(__name__)


class Completion(NamedTuple):
    """Somebody's completion or recognition of a module."""

    learner_id: int
    role_id: int | None
    module_id: int
    at: datetime


@dataclass(frozen=True)
class Material:
    """Training data with what their rows and columns stand for."""

    data: TrainingData
    facts: dict[str, Any]


def list_completions(db: Session) -> list[Completion]:
    """What everybody has completed, person by person, the earliest first.

    Who has switched recommendations off is left out: nothing is learned from them either."""
    done_at = Enrollment.completed_at
    completed = select(Enrollment.learner_id, Enrollment.module_id, done_at.label("at")).where(
        Enrollment.status == EnrollmentStatus.COMPLETED, done_at.is_not(None)
    )
    recognised = select(Recognition.learner_id, Recognition.module_id, Recognition.recognised_at)
    done = union_all(completed, recognised).subquery()
    first = func.min(done.c.at)
    query = (
        select(done.c.learner_id, User.role_id, done.c.module_id, first)
        .join(User, User.id == done.c.learner_id)
        .where(User.is_personalised)
        .group_by(done.c.learner_id, User.role_id, done.c.module_id)
        .order_by(done.c.learner_id, first, done.c.module_id)
    )
    return [Completion(*row) for row in db.execute(query)]


def collect(db: Session, snapshot: Snapshot, *, least: int) -> Material | None:
    """What can be learned from; None with fewer than `least` completions."""
    done = list_completions(db)
    if len(done) < least:
        return None
    cards = snapshot.cards | {card.module_id: card for card in snapshot.private}
    modules = sorted({*cards, *(row.module_id for row in done)})
    return _material(done, read_choices(db), modules, cards, snapshot)


def _material(
    done: list[Completion],
    choices: list[recommender.Choice],
    modules: list[int],
    cards: Mapping[int, ModuleCard],
    snapshot: Snapshot,
) -> Material:
    import numpy as np

    row_of = {module_id: row for row, module_id in enumerate(modules)}
    roles = sorted(snapshot.roles)
    number = {role_id: n for n, role_id in enumerate(roles)}
    people: dict[int, list[int]] = {}
    role_of: dict[int, int] = {}
    for one in done:
        people.setdefault(one.learner_id, []).append(row_of[one.module_id])
        role_of[one.learner_id] = number.get(one.role_id or 0, -1)
    counts = Counter(one.module_id for one in done)
    skills = sorted(snapshot.skills)
    data = TrainingData(
        histories=[np.array(way, dtype=np.intp) for way in people.values()],
        texts=[text_of(cards.get(module_id), snapshot) for module_id in modules],
        new=np.array([counts[module_id] < NEW_BELOW for module_id in modules]),
        cohorts=np.array(list(role_of.values()), dtype=np.intp),
        teaches=np.array([_taught(cards.get(one), snapshot, skills) for one in modules], dtype=np.float64),
        choices=choices,
    )
    facts = {
        "modules": modules,
        "roles": roles,
        "skills": [snapshot.skills[skill_id].slug for skill_id in skills],
        "n_learners": len(people),
        "n_completions": len(done),
        "n_choices": len(choices),
    }
    return Material(data, facts)


def text_of(card: ModuleCard | None, snapshot: Snapshot) -> str:
    """What a module says of itself in both languages, with the skills it teaches; nothing for a retired one."""
    if card is None:
        return ""
    skills = [snapshot.skills[row.skill_id] for row in snapshot.taught.get(card.version_id, ())]
    words = [card.title_zh, card.title_en, card.summary_zh, card.summary_en, *card.industries]
    return " ".join([*words, *(f"{skill.name_zh} {skill.name_en}" for skill in skills)])


def _taught(card: ModuleCard | None, snapshot: Snapshot, skills: list[int]) -> list[int]:
    levels = {row.skill_id: row.level for row in snapshot.taught.get(card.version_id, ())} if card else {}
    return [levels.get(skill_id, 0) for skill_id in skills]


def train_apart(store: ModelStore, material: Material, now: datetime) -> None:
    """Fit in a child process and put the result into force; where that fails, a line in the log says so.

    Called after the commit: a fit takes minutes, and nobody can write to SQLite while a transaction is open."""
    store.folder.mkdir(parents=True, exist_ok=True)
    try:
        with tempfile.TemporaryDirectory(prefix=".fit-", dir=store.folder) as folder:
            source, target = Path(folder) / "training_data.npz", Path(folder) / BLEND
            material.data.save(source)
            run_child("recommender.training", source, target)
            version = store.publish(target, material.facts, now=now)
    except (OSError, subprocess.SubprocessError) as error:
        log.error("the recommender was not fitted, the last version stays in force: %s", error)
        return
    log.info("recommender version %s is in force", version)
