"""Reads of a learner's way through the curriculum."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from sqlalchemy import ColumnElement, String, and_, bindparam, cast, exists, func, select
from sqlalchemy.orm import Session

from lms.domain.curriculum import ModuleState, module_state
from lms.domain.enrollment import EnrollmentStatus
from lms.domain.permissions import Actor
from lms.domain.progress import minutes_left
from lms.features.catalog.models import Lesson, Module, ModuleVersion
from lms.features.catalog.queries import (
    LESSON_HEAD,
    LessonHead,
    ModuleCard,
    cards_of_versions,
    find_card_for,
)
from lms.features.catalog.snapshot import Snapshot, read_snapshot
from lms.features.enrollment.models import Enrollment, Recognition
from lms.features.enrollment.queries import EnrollmentRow, list_enrollments
from lms.features.learning.models import LessonProgress, ModuleWatch, StudyDay
from lms.features.taxonomy.queries import RoleRow


@dataclass(frozen=True)
class LearnerModule:
    """A module with a learner's own state in it."""

    card: ModuleCard
    state: ModuleState
    enrollment: EnrollmentRow | None
    prerequisites: tuple[int, ...]
    missing: tuple[int, ...]
    is_recognised: bool
    is_on_path: bool

    @property
    def percent(self) -> int:
        return self.enrollment.percent if self.enrollment else 0


@dataclass(frozen=True)
class LearnerMap:
    """The whole curriculum as one learner sees it, by module id, from the ground up."""

    modules: dict[int, LearnerModule]
    role: RoleRow | None
    snapshot: Snapshot = field(repr=False)  # what it gives to this map stands in `modules`

    def count(self, state: ModuleState) -> int:
        return sum(1 for row in self.modules.values() if row.state == state)

    def followers(self, module_id: int) -> list[LearnerModule]:
        """Modules for which this one is a prerequisite."""
        return [row for row in self.modules.values() if module_id in row.prerequisites]


class LessonRow(NamedTuple):
    """A lesson of the outline with the learner's progress; `section` counts from 0."""

    head: LessonHead
    section: int
    is_begun: bool
    is_read: bool

    @property
    def state(self) -> str:
        """The tick: done, begun, todo."""
        return "done" if self.is_read else "begun" if self.is_begun else "todo"


@dataclass(frozen=True)
class ContinuePoint:
    """Where Continue leads: a lesson, or the quiz when every lesson has been read."""

    enrollment: EnrollmentRow
    card: ModuleCard
    lesson: LessonRow | None

    def minutes(self, language: str) -> int:
        """Reading minutes left of the lesson."""
        if self.lesson is None:
            return 0
        head = self.lesson.head
        sections = len(head.sections_zh)
        total = head.minutes_zh if language == "zh" else head.minutes_en
        return minutes_left(total, sections=sections, section=self.lesson.section)

    def section_title(self, language: str) -> str | None:
        """The section last on screen, None before the first."""
        if self.lesson is None or not self.lesson.is_begun:
            return None
        sections = self.lesson.head.sections_zh if language == "zh" else self.lesson.head.sections_en
        return sections[self.lesson.section]["title"] if self.lesson.section < len(sections) else None


def learner_map(db: Session, actor: Actor, *, today: date) -> LearnerMap:
    """The curriculum with the actor's own state, in three queries."""
    snapshot, _policy = read_snapshot(db, today=today, reader_id=actor.user_id)
    rows = list_enrollments(db, actor.user_id)
    recognised = set(db.scalars(select(Recognition.module_id).where(Recognition.learner_id == actor.user_id)))
    snapshot = with_begun(db, snapshot, rows)
    return combine(snapshot, actor, enrollments=rows, recognised=recognised)


def with_begun(db: Session, snapshot: Snapshot, enrollments: list[EnrollmentRow]) -> Snapshot:
    """With what the learner has begun and is not offered, or not shown to them, any more: nothing disappears."""
    gone = [row.version_id for row in enrollments if row.module_id not in snapshot.cards]
    return snapshot.with_cards(cards_of_versions(db, gone)) if gone else snapshot


def find_module_for(db: Session, actor: Actor, slug: str) -> ModuleCard | None:
    """The module that this person may open: shown to them, or begun before; None otherwise."""
    card = find_card_for(db, actor.user_id, slug)
    if card is not None:
        return card
    begun = select(Enrollment.version_id).join(Module, Module.id == Enrollment.module_id)
    begun = begun.where(Module.slug == slug, Enrollment.learner_id == actor.user_id)
    version_id = db.scalar(begun.where(Enrollment.status != EnrollmentStatus.WITHDRAWN))
    return next(iter(cards_of_versions(db, [version_id])), None) if version_id else None


def has_begun(learner_id: int) -> ColumnElement[bool]:
    """Condition on a joined `ModuleVersion`: the learner has a place in it."""
    place = select(Enrollment.id).where(
        Enrollment.version_id == ModuleVersion.id,
        Enrollment.learner_id == learner_id,
        Enrollment.status != EnrollmentStatus.WITHDRAWN,
    )
    return exists(place.correlate(ModuleVersion))


def combine(
    snapshot: Snapshot, actor: Actor, *, enrollments: list[EnrollmentRow], recognised: Collection[int]
) -> LearnerMap:
    """The curriculum and what the learner has done in it, put together without a query."""
    by_module = {row.module_id: row for row in enrollments}
    held = set(recognised) | {row.module_id for row in enrollments if row.is_completed}
    role = snapshot.roles.get(actor.role_id) if actor.role_id else None
    path = frozenset(role.path) if role else frozenset()
    modules = {}
    for card in snapshot.cards.values():
        needed = snapshot.prerequisites.get(card.module_id, ())
        missing = tuple(i for i in needed if i not in held)
        place = by_module.get(card.module_id)
        modules[card.module_id] = LearnerModule(
            card=card,
            state=module_state(
                is_complete=card.is_complete,
                is_active=place is not None and place.is_active,
                is_done=card.module_id in held,
                missing_prerequisites=len(missing),
            ),
            enrollment=place,
            prerequisites=needed,
            missing=missing,
            is_recognised=card.module_id in recognised,
            is_on_path=card.slug in path,
        )
    return LearnerMap(modules, role, snapshot)


_OUTLINE = (
    select(
        *LESSON_HEAD,
        LessonProgress.section,
        LessonProgress.read_at,
    )
    .outerjoin(
        LessonProgress,
        and_(
            LessonProgress.lesson_id == Lesson.id, LessonProgress.enrollment_id == bindparam("enrollment_id")
        ),
    )
    .where(Lesson.version_id == bindparam("version_id"))
    .order_by(Lesson.position)
)


def outline(db: Session, *, version_id: int, enrollment_id: int | None) -> list[LessonRow]:
    """The lessons of a version with the progress made in an enrollment, in one query."""
    rows = db.execute(_OUTLINE, {"version_id": version_id, "enrollment_id": enrollment_id})
    return [
        LessonRow(LessonHead(*row[:9]), row[9] or 0, row[9] is not None, row[10] is not None) for row in rows
    ]


def continue_point(db: Session, enrollment: EnrollmentRow, card: ModuleCard) -> ContinuePoint:
    """Where the learner left this module: the first lesson not yet read, else the quiz."""
    lessons = outline(db, version_id=enrollment.version_id, enrollment_id=enrollment.enrollment_id)
    return ContinuePoint(enrollment, card, next((row for row in lessons if not row.is_read), None))


_SECONDS = select(func.coalesce(func.sum(StudyDay.seconds), 0)).where(
    StudyDay.learner_id == bindparam("learner_id")
)
_FACTS = select(
    _SECONDS.where(StudyDay.on == bindparam("today")).scalar_subquery(),
    _SECONDS.where(StudyDay.on.between(bindparam("new_year"), bindparam("today"))).scalar_subquery(),
    select(func.count())
    .where(ModuleWatch.learner_id == bindparam("learner_id"), ModuleWatch.ready_at.is_not(None))
    .scalar_subquery(),
    select(func.aggregate_strings(cast(Recognition.module_id, String), " "))
    .where(Recognition.learner_id == bindparam("learner_id"))
    .scalar_subquery(),
)


class LearningFacts(NamedTuple):
    """What the start page needs besides the enrollments, read in one query."""

    seconds_today: int
    seconds_year: int
    ready_watches: int
    recognised: frozenset[int]


def learning_facts(db: Session, learner_id: int, *, today: date) -> LearningFacts:
    """Study time credited today and this year, wishes that came true, modules recognised."""
    values = {"learner_id": learner_id, "today": today, "new_year": date(today.year, 1, 1)}
    row = db.execute(_FACTS, values).one()
    return LearningFacts(row[0], row[1], row[2], frozenset(map(int, (row[3] or "").split())))


def is_watching(db: Session, learner_id: int, module_id: int) -> bool:
    """Whether the learner asked to be told when a module is ready."""
    return (
        db.scalar(
            select(ModuleWatch.id).where(
                ModuleWatch.learner_id == learner_id, ModuleWatch.module_id == module_id
            )
        )
        is not None
    )


def ready_watches(db: Session, learner_id: int) -> list[tuple[str, str, str]]:
    """Modules that have become ready since the learner asked: slug, title zh, title en."""
    query = (
        select(Module.slug, ModuleVersion.title_zh, ModuleVersion.title_en)
        .join(ModuleWatch, ModuleWatch.module_id == Module.id)
        .join(ModuleVersion, and_(ModuleVersion.module_id == Module.id, ModuleVersion.is_current))
        .where(ModuleWatch.learner_id == learner_id, ModuleWatch.ready_at.is_not(None))
        .order_by(ModuleWatch.ready_at.desc())
    )
    return [(slug, zh, en) for slug, zh, en in db.execute(query)]
