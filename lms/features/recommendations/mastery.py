"""What the nights learn from graded answers: how likely each is to be right, and what questions come to beside that.

Versions of `mastery.npz` and `mastery_items.npz` lie below `<data_dir>/models/mastery`."""

from __future__ import annotations

import logging
import subprocess
import tempfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, func, null, select
from sqlalchemy.orm import Session

from lms.features.accounts.models import User
from lms.features.assessment.models import Attempt, AttemptQuestion
from lms.features.catalog.models import Question
from lms.features.recommendations.child import run_child
from lms.features.recommendations.versions import VersionStore, read_manifest
from recommender.item_figures import ItemFigures, items_path

if TYPE_CHECKING:
    from recommender import AnswerLog

MASTERY_MODELS = "mastery_models"
MASTERY = "mastery.npz"

log = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)  # arrays have no equality of their own
class MasteryVersion:
    """A version in memory, as far as pages need it."""

    version: str
    made_at: datetime
    figures: ItemFigures
    n_answers: int
    n_learners: int


class MasteryStore(VersionStore[MasteryVersion]):
    """The versions of the model of answers; pages read its figures, nobody unpacks its trees."""

    file = MASTERY

    def read(self, folder: Path) -> MasteryVersion:
        manifest = read_manifest(folder)
        made_at = datetime.fromisoformat(manifest["made_at"])
        figures = ItemFigures.load(items_path(folder / MASTERY))
        counts = manifest["n_answers"], manifest["n_learners"]
        return MasteryVersion(manifest["version"], made_at, figures, *counts)


def mastery_in_force(db: Session) -> MasteryVersion | None:
    """What this installation has learned from answers; None where nothing has been, or nothing keeps it."""
    store: MasteryStore | None = db.info.get(MASTERY_MODELS)
    return store.current() if store else None


def count_answers(db: Session) -> int:
    """How many answers there are to learn from."""
    return db.scalar(_answers(func.count())) or 0


def collect_answers(db: Session, *, least: int) -> AnswerLog | None:
    """What can be learned from, by learner and time; None with fewer than `least` answers.

    Graded attempts only. A question left empty says nothing about its key. Who has switched recommendations off
    is left out: nothing is learned from them."""
    import numpy as np
    from scipy.sparse import csr_array

    from recommender import AnswerLog

    columns = Attempt.learner_id, AttemptQuestion.question_id, AttemptQuestion.is_right, Question.skill_id
    order = Attempt.learner_id, Attempt.graded_at, Attempt.id, AttemptQuestion.position
    rows = db.execute(_answers(*columns).order_by(*order)).all()
    if len(rows) < max(least, 1):
        return None
    learner, item, right, skill_id = np.array([tuple(row) for row in rows], dtype=np.int64).T
    skills, skill = np.unique(skill_id, return_inverse=True)
    n = len(rows)
    table = csr_array((np.ones(n), skill, np.arange(n + 1)), shape=(n, len(skills)))
    return AnswerLog(learner, item, right, table, np.arange(n, dtype=np.float64))


def _answers(*columns: Any) -> Select[Any]:
    return (
        select(*columns)
        .select_from(AttemptQuestion)
        .join(Attempt, Attempt.id == AttemptQuestion.attempt_id)
        .join(Question, Question.id == AttemptQuestion.question_id)
        .join(User, User.id == Attempt.learner_id)
        .where(
            Attempt.graded_at.is_not(None),
            AttemptQuestion.is_right.is_not(None),
            AttemptQuestion.response.is_not(null()),
            User.is_personalised,
        )
    )


def fit_apart(store: MasteryStore, answers: AnswerLog, now: datetime) -> None:
    """Fit in a child process and put the result into force; where that fails, a line in the log says so.

    Called after the commit: a fit takes a minute, and nobody can write to SQLite while a transaction is open."""
    store.folder.mkdir(parents=True, exist_ok=True)
    facts = {"n_answers": len(answers), "n_learners": len(set(answers.learner.tolist()))}
    try:
        with tempfile.TemporaryDirectory(prefix=".fit-", dir=store.folder) as folder:
            source, target = Path(folder) / "answers.npz", Path(folder) / MASTERY
            answers.save(source)
            run_child("recommender.mastery_training", source, target)
            version = store.publish(target, facts, now=now, beside=[items_path(target)])
    except (OSError, subprocess.SubprocessError) as error:
        log.error("the model of answers was not fitted, the last version stays in force: %s", error)
        return
    log.info("version %s of the model of answers is in force", version)
