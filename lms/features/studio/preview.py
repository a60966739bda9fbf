"""A version as a learner would see it, published or not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import url_for
from sqlalchemy.orm import Session

from lms.features.catalog.models import Lesson, Module, ModuleVersion
from lms.features.catalog.queries import LessonHead, get_lesson, list_lesson_heads
from lms.features.studio.queries import ModuleRow, UploadRow, find_desk_module, find_upload


@dataclass(frozen=True)
class Preview:
    """A version and, when one is open, a lesson of it; `path` tells whose scope it lies in."""

    path: str
    title_zh: str
    title_en: str
    layer: str
    version: ModuleVersion
    lessons: list[LessonHead]
    lesson: Lesson | None
    endpoint: str
    values: dict[str, Any]

    def url(self, position: int) -> str:
        """The address of a lesson's preview, of the module's own for 0."""
        values = {**self.values, "position": position} if position else self.values
        return url_for(self.endpoint, **values)

    @property
    def next(self) -> LessonHead | None:
        here = self.lesson.position if self.lesson else 0
        return next((row for row in self.lessons if row.position == here + 1), None)


def preview_upload(db: Session, uuid: UUID, position: int = 0) -> Preview | None:
    """The draft of an upload; None before it is imported, or without such a lesson."""
    upload = find_upload(db, uuid)
    if upload is None or upload.version_id is None or upload.imported_at is None:
        return None
    return _preview(db, upload, upload.version_id, position, ("uploads.show_preview", {"uuid": uuid}))


def preview_module(db: Session, slug: str, position: int = 0) -> Preview | None:
    """The newest published version of an uploaded module."""
    module = find_desk_module(db, slug, ())
    if module is None or not module.is_upload:
        return None
    return _preview(db, module, module.version_id, position, ("studio.show_preview", {"slug": slug}))


def _preview(
    db: Session,
    row: UploadRow | ModuleRow,
    version_id: int,
    position: int,
    address: tuple[str, dict[str, Any]],
) -> Preview | None:
    version = db.get_one(ModuleVersion, version_id)
    lesson = get_lesson(db, version_id, position) if position else None
    if position and lesson is None:
        return None
    layer = db.get_one(Module, version.module_id).layer
    heads = list_lesson_heads(db, version_id)
    return Preview(row.path, row.title_zh, row.title_en, layer, version, heads, lesson, *address)
