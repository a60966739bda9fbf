"""The player: a lesson beside its outline, with the rule of its completion."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import url_for
from sqlalchemy.orm import Session

from lms.domain.permissions import Actor
from lms.features.catalog.models import Lesson
from lms.features.catalog.queries import ModuleCard, get_lesson
from lms.features.enrollment.queries import EnrollmentRow, find_enrollment
from lms.features.learning.queries import LessonRow, find_module_for, outline
from lms.web.context import language
from lms.web.localisation import clock_time, pick
from lms.web.text import gettext as _


@dataclass(frozen=True)
class LessonPage:
    """A lesson of the version that the learner has begun; `learner_id` says whose it is."""

    card: ModuleCard
    enrollment: EnrollmentRow
    lesson: Lesson
    outline: list[LessonRow]

    @property
    def learner_id(self) -> int:
        return self.enrollment.learner_id

    @property
    def lesson_id(self) -> int:
        return self.lesson.id

    @property
    def row(self) -> LessonRow:
        return self.outline[self.lesson.position - 1]

    @property
    def sections(self) -> list[dict[str, str]]:
        return self.lesson.sections_zh if language() == "zh" else self.lesson.sections_en

    @property
    def minutes(self) -> int:
        return self.lesson.minutes_zh if language() == "zh" else self.lesson.minutes_en

    @property
    def previous(self) -> LessonRow | None:
        return self.outline[self.lesson.position - 2] if self.lesson.position > 1 else None

    @property
    def next(self) -> LessonRow | None:
        return self.outline[self.lesson.position] if self.lesson.position < len(self.outline) else None

    @property
    def next_title(self) -> str:
        return pick(self.next.head, "title") if self.next else _("To the quiz")

    @property
    def next_url(self) -> str:
        """The next lesson; after the last one the module page, where the quiz waits."""
        if self.next is None:
            return url_for("learning.show_module", slug=self.card.slug, _anchor="quiz")
        return url_for("learning.show_lesson", slug=self.card.slug, position=self.next.head.position)

    def url_of(self, row: LessonRow) -> str:
        return url_for("learning.show_lesson", slug=self.card.slug, position=row.head.position)

    def saved_text(self, at: datetime) -> str:
        return _("Progress saved %(time)s", time=clock_time(at))


def find_lesson_page(db: Session, actor: Actor, *, slug: str, position: int) -> LessonPage | None:
    """The lesson of the learner's own version; None without a live enrollment or such a lesson."""
    card = find_module_for(db, actor, slug)
    enrollment = find_enrollment(db, actor.user_id, card.module_id) if card else None
    lesson = get_lesson(db, enrollment.version_id, position) if enrollment else None
    if card is None or enrollment is None or lesson is None:
        return None
    lessons = outline(db, version_id=enrollment.version_id, enrollment_id=enrollment.enrollment_id)
    return LessonPage(card, enrollment, lesson, lessons)
