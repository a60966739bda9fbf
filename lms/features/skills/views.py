"""The page "my skills"."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from lms.domain.permissions import Permission
from lms.features.skills.my_skills import read_my_skills
from lms.features.taxonomy.queries import list_roles
from lms.ports.clock import local_date
from lms.web.context import clock, current_actor, db
from lms.web.permissions import requires

blueprint = Blueprint("skills", __name__, template_folder="templates")


@blueprint.get("/skills")
@requires(Permission.SKILLS_VIEW_OWN)
def show_skills() -> ResponseReturnValue:
    """The role against the learner; without a role, the question what the work is."""
    today = local_date(clock().now())
    page = read_my_skills(db(), current_actor(), today=today, show=request.args.get("show", "all"))
    if page is None:
        return render_template("skills/ask_role.html", roles=list_roles(db()))
    return render_template("skills/show_skills.html", page=page)
