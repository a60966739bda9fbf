"""The real curriculum's numbers as rows, every module complete and without lessons: what rankings are tested on."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

import yaml
from sqlalchemy import select
from sqlalchemy.orm import Session

import content
from lms.domain.curriculum import VersionState
from lms.domain.events import CurriculumSynced
from lms.features.catalog.models import (
    CatalogRevision,
    Module,
    ModulePrerequisite,
    ModuleSkill,
    ModuleVersion,
)
from lms.features.catalog.queries import find_module_card
from lms.features.enrollment.service import enroll, note_quiz_passed
from lms.features.taxonomy.service import (
    RoleFacts,
    SkillFacts,
    store_industries,
    store_roles,
    store_skills,
)
from lms.jobs.outbox import publish
from tests.conftest import NOON

ROOT = Path(content.__file__).parent


def make_programme(db: Session, *, in_preparation: Collection[str] = ()) -> None:
    """All skills, roles and modules; every module is complete but those named."""
    skill_ids = _store_taxonomy(db)
    modules = {meta["slug"]: _module(db, meta) for meta in _read_modules()}
    db.flush()
    for meta in _read_modules():
        is_complete = meta["slug"] not in in_preparation
        version = _version(modules[meta["slug"]], meta, is_complete=is_complete)
        db.add(version)
        db.flush()
        for taught in meta["teaches"]:
            db.add(
                ModuleSkill(version_id=version.id, skill_id=skill_ids[taught["skill"]], level=taught["level"])
            )
        for slug in meta.get("prerequisites") or ():
            db.add(ModulePrerequisite(version_id=version.id, prerequisite_id=modules[slug].id))
    db.flush()
    publish(db, CurriculumSynced())
    db.merge(CatalogRevision(id=1, token=secrets.token_hex(8)))
    db.flush()


def complete(db: Session, learner_id: int, slug: str, *, now: datetime = NOON, score: int = 86) -> None:
    """The learner begins the module and passes its quiz; there are no lessons to read."""
    card = find_module_card(db, slug)
    assert card is not None
    place = enroll(db, learner_id=learner_id, module=card, now=now)
    note_quiz_passed(db, place.id, attempt_id=1, score_percent=score, now=now)


def module_id(db: Session, slug: str) -> int:
    return db.scalars(select(Module.id).where(Module.slug == slug)).one()


@cache
def _read(name: str) -> Any:
    return yaml.safe_load((ROOT / name).read_text(encoding="utf-8"))


@cache
def _read_modules() -> list[dict[str, Any]]:
    paths = sorted(ROOT.glob("*/*/module.yaml"))
    return [yaml.safe_load(path.read_text(encoding="utf-8")) for path in paths]


def _store_taxonomy(db: Session) -> dict[str, int]:
    layers, skills, roles = _read("layers.yaml"), _read("skills.yaml"), _read("roles.yaml")
    store_industries(db, [(row["slug"], row["zh"], row["en"]) for row in layers["industries"]])
    ids = store_skills(
        db,
        [
            SkillFacts(
                row["slug"],
                row["group"],
                (row["group"], row["group"]),
                (row["zh"], row["en"]),
                (row["desc"]["zh"], row["desc"]["en"]),
            )
            for row in skills["skills"]
        ],
    )
    store_roles(db, [_role(row) for row in roles["roles"]], ids)
    return ids


def _role(row: dict[str, Any]) -> RoleFacts:
    needs = tuple((need["skill"], need["level"], need.get("must", False)) for need in row["requires"])
    return RoleFacts(row["slug"], (row["zh"], row["en"]), row["industry"], row["key_industry"], needs)


def _module(db: Session, meta: dict[str, Any]) -> Module:
    row = Module(uuid=UUID(meta["uuid"]), slug=meta["slug"], origin="curriculum", layer=meta["layer"])
    row.place_row, row.place_column = meta["place"]["row"], meta["place"]["column"]
    db.add(row)
    return row


def _version(module: Module, meta: dict[str, Any], *, is_complete: bool) -> ModuleVersion:
    texts = {
        f"{name}_{language}": meta[name][language]
        for name in ("title", "short_title", "summary")
        for language in ("zh", "en")
    }
    return ModuleVersion(
        module_id=module.id,
        number=1,
        state=VersionState.PUBLISHED,
        is_current=True,
        is_complete=is_complete,
        content_hash="1",
        **texts,
        periods=sum(meta["periods"].values()),
        credit_halves=round(meta["credit"] * 2),
        delivery=meta["delivery"],
        industries=meta["industries"],
        period_split=meta["periods"],
        details={
            "outcomes": [],
            "basis": [],
            "lessons": [],
            "owner": {"zh": "", "en": ""},
            "review_cadence": meta["review"]["cadence"],
            "scenario_number": None,
            "practice_clock_hours": None,
            "question_count": 0,
        },
        lesson_count=0,
        published_at=NOON,
    )
