"""Reads of modules, versions, lessons."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from sqlalchemy import Row, case, select
from sqlalchemy.orm import Session

from lms.domain.curriculum import Layer
from lms.features.catalog.models import (
    Lesson,
    MediaFile,
    Module,
    ModulePrerequisite,
    ModuleSkill,
    ModuleVersion,
)


class ModuleCard(NamedTuple):
    """A module in its current version, as tiles, lists and rankings need it."""

    module_id: int
    slug: str
    layer: str
    place_row: int
    place_column: int
    version_id: int
    version_number: int
    title_zh: str
    title_en: str
    short_title_zh: str
    short_title_en: str
    summary_zh: str
    summary_en: str
    periods: int
    credit_halves: int
    delivery: str
    industries: tuple[str, ...]
    is_complete: bool
    lesson_count: int

    @property
    def credit(self) -> str:
        """The credit in words of figures: 1.5."""
        return f"{self.credit_halves / 2:.1f}"


class TaughtSkill(NamedTuple):
    """A skill that a version teaches, and the level reached."""

    version_id: int
    skill_id: int
    level: int


class LessonHead(NamedTuple):
    """A lesson without its text."""

    lesson_id: int
    position: int
    slug: str
    title_zh: str
    title_en: str
    minutes_zh: int
    minutes_en: int
    sections_zh: list[dict[str, str]]
    sections_en: list[dict[str, str]]


LESSON_HEAD = (
    Lesson.id,
    Lesson.position,
    Lesson.slug,
    Lesson.title_zh,
    Lesson.title_en,
    Lesson.minutes_zh,
    Lesson.minutes_en,
    Lesson.sections_zh,
    Lesson.sections_en,
)
"""The columns of a `LessonHead`, for those who read it together with something else."""

_LAYER_ORDER = case({layer.value: n for n, layer in enumerate(Layer)}, value=Module.layer)
_CARD = (
    Module.id,
    Module.slug,
    Module.layer,
    Module.place_row,
    Module.place_column,
    ModuleVersion.id,
    ModuleVersion.number,
    ModuleVersion.title_zh,
    ModuleVersion.title_en,
    ModuleVersion.short_title_zh,
    ModuleVersion.short_title_en,
    ModuleVersion.summary_zh,
    ModuleVersion.summary_en,
    ModuleVersion.periods,
    ModuleVersion.credit_halves,
    ModuleVersion.delivery,
    ModuleVersion.industries,
    ModuleVersion.is_complete,
    ModuleVersion.lesson_count,
)
_CARDS = (
    select(*_CARD)
    .join(ModuleVersion, ModuleVersion.module_id == Module.id)
    .where(ModuleVersion.is_current)
    .order_by(_LAYER_ORDER, Module.place_row, Module.place_column, Module.slug)
)


def list_module_cards(db: Session) -> list[ModuleCard]:
    """All modules in their current version, from the ground up, by their place on the map."""
    return [_card(row) for row in db.execute(_CARDS)]


def find_module_card(db: Session, slug: str) -> ModuleCard | None:
    """The module with this slug, None when there is none."""
    row = db.execute(_CARDS.where(Module.slug == slug)).first()
    return _card(row) if row else None


def prerequisite_ids(db: Session) -> dict[int, tuple[int, ...]]:
    """Module id → ids of its prerequisites, of current versions; modules without one are left out."""
    query = (
        select(ModuleVersion.module_id, ModulePrerequisite.prerequisite_id)
        .join(ModuleVersion, ModuleVersion.id == ModulePrerequisite.version_id)
        .where(ModuleVersion.is_current)
        .order_by(ModulePrerequisite.id)
    )
    found: dict[int, tuple[int, ...]] = {}
    for module_id, prerequisite_id in db.execute(query):
        found[module_id] = (*found.get(module_id, ()), prerequisite_id)
    return found


def taught_skills(db: Session, version_ids: Iterable[int] | None = None) -> list[TaughtSkill]:
    """What versions teach: of the given ones, or of all current ones."""
    query = select(ModuleSkill.version_id, ModuleSkill.skill_id, ModuleSkill.level).order_by(ModuleSkill.id)
    if version_ids is None:
        query = query.join(ModuleVersion, ModuleVersion.id == ModuleSkill.version_id).where(
            ModuleVersion.is_current
        )
    else:
        query = query.where(ModuleSkill.version_id.in_(list(version_ids)))
    return [TaughtSkill(*row) for row in db.execute(query)]


def list_lesson_heads(db: Session, version_id: int) -> list[LessonHead]:
    """The lessons of a version in their order, without their texts."""
    query = select(*LESSON_HEAD).where(Lesson.version_id == version_id).order_by(Lesson.position)
    return [LessonHead(*row) for row in db.execute(query)]


def get_lesson(db: Session, version_id: int, position: int) -> Lesson | None:
    """The lesson at a position (from 1) of a version."""
    return db.scalar(select(Lesson).where(Lesson.version_id == version_id, Lesson.position == position))


def find_media(db: Session, sha256: str) -> MediaFile | None:
    """A figure by the hash of its bytes."""
    return db.scalar(select(MediaFile).where(MediaFile.sha256 == sha256).limit(1))


def _card(row: Row[Any]) -> ModuleCard:
    values = list(row)
    values[16] = tuple(values[16])
    return ModuleCard(*values)
