"""What assignments have to say on pages of other features."""

from __future__ import annotations

from typing import Any

from flask import render_template

from lms.features.assignments.queries import find_assignment
from lms.features.catalog.queries import ModuleCard
from lms.web.context import current_actor, db, today


def show_wish(*, card: ModuleCard, is_completed: bool = False, **facts: Any) -> str:
    """Slot `module.facts`: who asked the learner to take the module, and by when; or who waived it, and why."""
    wish = find_assignment(db(), learner_id=current_actor().user_id, module_id=card.module_id)
    if wish is None:
        return ""
    is_late = not is_completed and wish.due_on < today()
    return render_template("assignments/_wish.html", wish=wish, is_completed=is_completed, is_late=is_late)
