"""What the studio shows on a lesson's page: the learner's questions, and a form to ask one."""

from __future__ import annotations

from flask import render_template

from lms.features.learning.player import LessonPage
from lms.features.studio.questions import list_own_questions
from lms.web.context import current_actor, db


def show_questions(*, page: LessonPage) -> str:
    """The learner's own questions about this lesson."""
    rows = list_own_questions(db(), learner_id=current_actor().user_id, lesson_id=page.lesson_id)
    return render_template("studio/lesson_questions.html", page=page, rows=rows)
