"""What recommendations have to say on pages of other features."""

from __future__ import annotations

from typing import Any

from flask import render_template

from lms.features.assessment.queries import AttemptRow
from lms.features.recommendations.queries import list_slots
from lms.web.context import current_actor, db


def show_next_steps(*, attempt: AttemptRow, **facts: Any) -> str:
    """Slot `result.after`: the next steps as they are after a passed quiz."""
    slots = list_slots(db(), current_actor().user_id) if attempt.is_passed else []
    return render_template("recommendations/_next_steps.html", slots=slots) if slots else ""
