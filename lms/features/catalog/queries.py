"""Reads of modules, versions, lessons."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Row,
    ScalarSelect,
    Select,
    case,
    exists,
    false,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.orm import Session, aliased

from lms.domain.curriculum import Layer, Origin
from lms.features.catalog.models import (
    Lesson,
    MediaFile,
    Module,
    ModulePrerequisite,
    ModuleSkill,
    ModuleVersion,
)
from lms.features.organizations.models import Employment, Organization


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
    origin: str = Origin.CURRICULUM
    visible_path: str | None = None  # who works there or below may see it; None: everybody

    @property
    def is_upload(self) -> bool:
        """Whether an enterprise brought it."""
        return self.origin == Origin.UPLOAD

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
    Module.origin,
    Organization.path,
)
_ALL = (
    select(*_CARD)
    .join(ModuleVersion, ModuleVersion.module_id == Module.id)
    .outerjoin(Organization, Organization.id == Module.visible_organization_id)
    .order_by(_LAYER_ORDER, Module.place_row, Module.place_column, Module.slug)
)
_CARDS = _ALL.where(ModuleVersion.is_current)
_PUBLIC = Module.visible_organization_id.is_(None)


def list_module_cards(db: Session) -> list[ModuleCard]:
    """The modules that everybody may see, in their current version, from the ground up, by place on the map.

    Uploaded ones are left out here and in `find_module_card`: who asks for them says on whose behalf."""
    return _cards(db, _CARDS.where(_PUBLIC))


def list_private_cards(db: Session) -> list[ModuleCard]:
    """Published modules that only some may see; `visible_path` tells who."""
    return _cards(db, _CARDS.where(~_PUBLIC))


def list_cards_within(db: Session, paths: Iterable[str]) -> list[ModuleCard]:
    """What people in these parts of the tree may be asked to learn: the curriculum, and what is shown there."""
    places = [or_(Organization.path.like(f"{path}%"), _starts(path, Organization.path)) for path in paths]
    return _cards(db, _CARDS.where(or_(_PUBLIC, *places)))


def find_module_card(db: Session, slug: str) -> ModuleCard | None:
    """The curriculum's module with this slug, None when there is none."""
    row = db.execute(_CARDS.where(Module.slug == slug, _PUBLIC)).first()
    return _card(row) if row else None


def find_card_for(db: Session, user_id: int, slug: str) -> ModuleCard | None:
    """The module with this slug if this person may see it, None when not or when there is none."""
    row = db.execute(_CARDS.where(Module.slug == slug, visible_to(user_id))).first()
    return _card(row) if row else None


def cards_of_versions(db: Session, version_ids: Iterable[int]) -> list[ModuleCard]:
    """Cards of exactly these versions, whether they are offered any more or not: for who has begun them."""
    return _cards(db, _ALL.where(ModuleVersion.id.in_(list(version_ids))))


def work_path(user_id: int | BindParameter[int]) -> ScalarSelect[str]:
    """Where in the tree this person works now, as part of another query."""
    query = (
        select(func.min(Organization.path))
        .join(Employment, Employment.organization_id == Organization.id)
        .where(Employment.user_id == user_id, Employment.ended_on.is_(None))
    )
    return query.scalar_subquery()


def visible_to(user_id: int) -> ColumnElement[bool]:
    """Condition on a joined `Module`: everybody's, or shown where this person works."""
    work, shown = aliased(Organization), aliased(Organization)
    there = (
        select(work.id)
        .join(Employment, Employment.organization_id == work.id)
        .join(shown, work.path.like(shown.path + "%"))
        .where(
            Employment.user_id == user_id,
            Employment.ended_on.is_(None),
            shown.id == Module.visible_organization_id,
        )
    )
    return or_(_PUBLIC, exists(there.correlate(Module)))


def _starts(text: str, with_column: Any) -> ColumnElement[bool]:
    """Condition: this text begins with the column's value."""
    return literal(text).like(with_column + "%")


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


def find_media(db: Session, sha256: str, *where: ColumnElement[bool]) -> MediaFile | None:
    """A figure by the hash of its bytes, of a module that fulfils one of these conditions."""
    query = (
        select(MediaFile)
        .join(ModuleVersion, ModuleVersion.id == MediaFile.version_id)
        .join(Module, Module.id == ModuleVersion.module_id)
        .where(MediaFile.sha256 == sha256, or_(*where))
    )
    return db.scalar(query.limit(1))


def owned_within(paths: Iterable[str]) -> ColumnElement[bool]:
    """Condition on a joined `Module`: its owner lies in these parts of the tree."""
    owner = aliased(Organization)
    query = select(owner.id).where(
        owner.id == Module.owner_organization_id, or_(false(), *(owner.path.like(f"{p}%") for p in paths))
    )
    return exists(query.correlate(Module))


def _cards(db: Session, query: Select[Any]) -> list[ModuleCard]:
    return [_card(row) for row in db.execute(query)]


def _card(row: Row[Any]) -> ModuleCard:
    values = list(row)
    values[16] = tuple(values[16])
    return ModuleCard(*values)
