"""The trail for auditors, and for everybody who looked at their own record."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue

from lms.domain.permissions import Permission
from lms.features.trail import pages
from lms.features.trail.looks import note_export
from lms.web.context import current_actor, db, today
from lms.web.pagination import page_number
from lms.web.permissions import requires
from lms.web.spreadsheets import send_table

blueprint = Blueprint("trail", __name__, template_folder="templates")


@blueprint.get("/trail")
@requires(Permission.TRAIL_VIEW)
def show_trail() -> ResponseReturnValue:
    """What happened in the auditor's part of the tree."""
    asked = pages.Asked.of(request.args)
    number = page_number(request.args.get("page"))
    page = pages.read_trail(db(), current_actor(), asked, number=number, today=today())
    return render_template("trail/show_trail.html", page=page, asked=asked, pages=pages)


@blueprint.get("/trail/<any(csv,xlsx):kind>")
@requires(Permission.TRAIL_VIEW)
def export_trail(kind: str) -> Response:
    """The same as a file; taking it is an entry of the trail itself."""
    asked = pages.Asked.of(request.args)
    lines = pages.read_file(db(), current_actor(), asked, today=today())
    note_export("trail", rows=len(lines), file_format=kind)
    return send_table(f"trail-{today()}", kind, pages.file_heads(), lines)


@blueprint.get("/profile/looks")
@requires(Permission.LOOKS_VIEW_OWN)
def show_looks() -> ResponseReturnValue:
    """Who looked at the person's record, when, at what."""
    number = page_number(request.args.get("page"))
    page = pages.read_looks(db(), current_actor().user_id, number=number)
    return render_template("trail/show_looks.html", page=page)
