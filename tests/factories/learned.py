"""Learners with histories, and what is learned from them, without waiting for a night."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.db.transaction import Database
from lms.features.catalog.models import Module, ModuleVersion
from lms.features.catalog.snapshot import read_snapshot
from lms.features.enrollment.models import Enrollment
from lms.features.recommendations.model_store import BLEND, MODELS, ModelStore
from lms.features.recommendations.training import collect
from lms.ports.clock import local_date
from recommender.training import train
from tests.conftest import NOON
from tests.factories.curriculum import make_learner

WAYS = (
    ("digital-literacy", "data-analysis-basics", "information-security-privacy"),
    ("digital-literacy", "information-security-privacy", "generative-ai-at-work"),
    ("rule-of-law-essentials", "contract-basics", "finance-invoice-basics"),
)


def make_crowd(db: Session, n: int, *, role: str = "data-analyst") -> None:
    """`n` people of a role who went one of three ways, three completions each, a day apart."""
    versions = dict(
        db.execute(
            select(Module.slug, ModuleVersion.id)
            .join(ModuleVersion, ModuleVersion.module_id == Module.id)
            .where(ModuleVersion.is_current)
        ).all()
    )
    modules = dict(db.execute(select(Module.slug, Module.id)).all())
    for number in range(n):
        learner_id = make_learner(db, f"crowd.{number}", role=role).id
        for day, slug in enumerate(WAYS[number % len(WAYS)]):
            db.add(_completion(learner_id, modules[slug], versions[slug], days_ago=100 - day))
    db.flush()


def learn(database: Database, folder: Path, *, least: int = 1) -> ModelStore:
    """Fit on what the database holds, in this process, and put the result into force there."""
    store = ModelStore(folder / "models")
    store.folder.mkdir(parents=True, exist_ok=True)
    with database.reading() as db:
        snapshot, _ = read_snapshot(db, today=local_date(NOON))
        material = collect(db, snapshot, least=least)
    assert material is not None
    source, target = folder / "training_data.npz", folder / BLEND
    material.data.save(source)
    train(source, target)
    store.publish(target, material.facts, now=NOON)
    database.info[MODELS] = store
    return store


def completion_of(db: Session, learner_id: int, slugs: Sequence[str]) -> None:
    """A learner's completions as rows, a day apart."""
    for day, slug in enumerate(slugs):
        row = db.execute(
            select(Module.id, ModuleVersion.id)
            .join(ModuleVersion, ModuleVersion.module_id == Module.id)
            .where(Module.slug == slug, ModuleVersion.is_current)
        ).one()
        db.add(_completion(learner_id, row[0], row[1], days_ago=50 - day))
    db.flush()


def _completion(learner_id: int, module_id: int, version_id: int, *, days_ago: int) -> Enrollment:
    at = NOON - timedelta(days=days_ago)
    return Enrollment(
        learner_id=learner_id,
        module_id=module_id,
        version_id=version_id,
        status="completed",
        enrolled_at=at,
        last_active_at=at,
        completed_at=at,
    )
