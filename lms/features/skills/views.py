"""The pages of skills: one's own, the plan to a goal, modules by description."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from lms.domain.permissions import Permission
from lms.features.skills.finding import find_modules
from lms.features.skills.forms import GoalForm, too_long
from lms.features.skills.my_skills import read_my_skills
from lms.features.skills.plan_page import read_plan_page
from lms.features.taxonomy.queries import list_roles
from lms.web.context import current_actor, db, today
from lms.web.permissions import requires

blueprint = Blueprint("skills", __name__, template_folder="templates")
finding_blueprint = Blueprint("finding", __name__, template_folder="templates")


@blueprint.get("/skills")
@requires(Permission.SKILLS_VIEW_OWN)
def show_skills() -> ResponseReturnValue:
    """The role against the learner; without a role, the question what the work is."""
    page = read_my_skills(db(), current_actor(), today=today(), show=request.args.get("show", "all"))
    if page is None:
        return render_template("skills/ask_role.html", roles=list_roles(db()))
    return render_template("skills/show_skills.html", page=page)


@blueprint.get("/plan")
@requires(Permission.SKILLS_VIEW_OWN)
def show_plan() -> ResponseReturnValue:
    """From a role or a sentence to a plan with dates; without either, the question where to go."""
    page = read_plan_page(db(), current_actor(), GoalForm.of(request.args), today=today())
    return render_template("skills/show_plan.html", page=page)


@finding_blueprint.get("/curriculum/find")
@requires(Permission.CATALOG_VIEW)
def show_found() -> ResponseReturnValue:
    """Modules like what is described."""
    page = find_modules(db(), current_actor(), request.args.get("text", ""), today=today())
    return render_template("skills/show_found.html", page=page, error=too_long(page.text))
