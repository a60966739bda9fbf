"""The module page: everything a learner wants to know before and while taking a module."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from lms.domain.curriculum import ModuleState
from lms.domain.permissions import Actor
from lms.features.catalog.models import ModuleVersion
from lms.features.catalog.queries import ModuleCard
from lms.features.enrollment.queries import EnrollmentRow
from lms.features.learning.queries import (
    LearnerModule,
    LessonRow,
    is_watching,
    learner_map,
    outline,
)


@dataclass(frozen=True)
class ModulePage:
    """A module in the version the learner sees: the one begun, else the current one."""

    card: ModuleCard
    module: LearnerModule
    version: ModuleVersion
    lessons: list[LessonRow]
    prerequisites: list[LearnerModule]
    followers: list[LearnerModule]
    industries: list[tuple[str, str]]
    is_watched: bool

    @property
    def state(self) -> ModuleState:
        return self.module.state

    @property
    def enrollment(self) -> EnrollmentRow | None:
        return self.module.enrollment

    @property
    def details(self) -> dict[str, Any]:
        return self.version.details

    @property
    def lessons_read(self) -> int:
        return sum(row.is_read for row in self.lessons)

    @property
    def next_lesson(self) -> LessonRow | None:
        """The first lesson not yet read; None when only the quiz is left."""
        return next((row for row in self.lessons if not row.is_read), None)

    @property
    def is_newer_version_out(self) -> bool:
        """The learner goes on with the version begun while a newer one is current."""
        return self.version.id != self.card.version_id

    def reading_minutes(self, language: str) -> int:
        """Computed reading time of all lessons, shown apart from the plan's periods."""
        heads = [row.head for row in self.lessons]
        return sum(head.minutes_zh if language == "zh" else head.minutes_en for head in heads)


def read_module_page(db: Session, actor: Actor, card: ModuleCard, *, today: date) -> ModulePage:
    """All facts of a module page."""
    whole = learner_map(db, actor, today=today)
    module = whole.modules[card.module_id]
    place = module.enrollment
    version = db.get_one(ModuleVersion, place.version_id if place else card.version_id)
    names = whole.snapshot.industries
    return ModulePage(
        card=card,
        module=module,
        version=version,
        lessons=outline(db, version_id=version.id, enrollment_id=place.enrollment_id if place else None),
        prerequisites=[whole.modules[i] for i in module.prerequisites],
        followers=whole.followers(card.module_id),
        industries=[names[slug] for slug in version.industries if slug in names],
        is_watched=is_watching(db, actor.user_id, card.module_id),
    )
