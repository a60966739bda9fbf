"""The glossary's page."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from lms.domain.permissions import Permission
from lms.features.catalog.reference import glossary_terms
from lms.features.learning.glossary import by_initial, matching
from lms.web.context import language, settings
from lms.web.permissions import requires

blueprint = Blueprint("glossary", __name__, template_folder="templates")
LONGEST = 80


@blueprint.get("/glossary")
@requires(Permission.CATALOG_VIEW)
def show_glossary() -> ResponseReturnValue:
    """Every term with its definition; `q` keeps those that contain it."""
    words = request.args.get("q", "").strip()[:LONGEST]
    found = matching(glossary_terms(settings().content_dir), words)
    groups = by_initial(found, language())
    return render_template("learning/show_glossary.html", groups=groups, count=len(found), words=words)
