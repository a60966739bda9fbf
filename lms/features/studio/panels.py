"""What the studio shows on pages of other features: questions below a lesson, a switch on an enterprise's page."""

from __future__ import annotations

from flask import render_template

from lms.domain.permissions import Hat
from lms.features.learning.player import LessonPage
from lms.features.organizations.models import OrganizationKind
from lms.features.organizations.queries import OrganizationRow
from lms.features.studio.queries import is_second_approval_needed
from lms.features.studio.questions import list_own_questions
from lms.web.context import current_actor, db


def show_questions(*, page: LessonPage) -> str:
    """The learner's own questions about this lesson."""
    rows = list_own_questions(db(), learner_id=current_actor().user_id, lesson_id=page.lesson_id)
    return render_template("studio/lesson_questions.html", page=page, rows=rows)


def show_second_approval(*, organization: OrganizationRow) -> str:
    """For the enterprise's managers: whether uploads are published by a second person."""
    is_enterprise = organization.kind == OrganizationKind.ENTERPRISE
    if not is_enterprise or not current_actor().covers(organization.path, Hat.MANAGER):
        return ""
    is_needed = is_second_approval_needed(db(), organization.organization_id)
    return render_template("studio/second_approval.html", organization=organization, is_needed=is_needed)
