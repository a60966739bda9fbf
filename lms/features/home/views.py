"""The start page and the record."""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue

from lms.domain.permissions import Permission
from lms.features.home.record import read_record
from lms.features.home.start_page import greeting, read_start_page, situation
from lms.web.context import clock, current_actor, db, today
from lms.web.kept_pages import render_kept
from lms.web.permissions import requires

blueprint = Blueprint("home", __name__, template_folder="templates")


@blueprint.get("/")
@requires(Permission.HOME_VIEW)
def show_home() -> ResponseReturnValue:
    """What to do now, what must be done, what to learn next and why."""
    actor = current_actor()
    page = read_start_page(db(), actor, today=today())
    welcome = greeting(actor.display_name, clock().now())
    return render_kept(
        "home/show_home.html",
        facts=(page, welcome),
        page=page,
        greeting=welcome,
        sentence=situation(page),
    )


@blueprint.get("/record")
@requires(Permission.HOME_VIEW)
def show_record() -> ResponseReturnValue:
    """Everything the learner has taken, with progress and tries."""
    record = read_record(db(), current_actor(), today=today())
    return render_kept("home/show_record.html", facts=(record, today()), record=record)
