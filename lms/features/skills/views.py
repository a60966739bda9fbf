"""The pages of skills: one's own, the plan to a goal, modules by description."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.domain.permissions import Permission
from lms.features.skills import service
from lms.features.skills.finding import find_modules
from lms.features.skills.forms import GoalForm, too_long
from lms.features.skills.my_skills import read_my_skills
from lms.features.skills.plan_page import read_named_goal, read_plan_page
from lms.features.taxonomy.queries import list_roles
from lms.web.context import clock, current_actor, db, today
from lms.web.permissions import requires
from lms.web.text import gettext as _

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
    """From a role or a sentence to a plan with dates; without either, the kept goal, or the question where to go."""
    page = read_plan_page(db(), current_actor(), GoalForm.of(request.args), today=today())
    return render_template("skills/show_plan.html", page=page)


@blueprint.post("/plan/goal")
@requires(Permission.GOAL_KEEP)
def keep_goal() -> ResponseReturnValue:
    """Keep the goal shown, at its pace, in place of the one kept so far."""
    form = GoalForm.of(request.form)
    goal = read_named_goal(db(), current_actor(), form, today=today())
    if goal is None:
        abort(400)
    learner_id, now = current_actor().user_id, clock().now()
    service.keep_goal(db(), learner_id=learner_id, goal=goal, weekly_periods=form.pace, now=now)
    flash(_("This is your goal now. You find it here and on the page of your skills."), "success")
    return redirect(url_for(".show_plan"))


@blueprint.post("/plan/goal/end")
@requires(Permission.GOAL_KEEP)
def drop_goal() -> ResponseReturnValue:
    """Let the kept goal go; its plan stays on the screen, so that it can be kept again."""
    form = GoalForm.of(request.form)
    service.drop_goal(db(), learner_id=current_actor().user_id)
    flash(_("You keep no goal any more."), "success")
    return redirect(url_for(".show_plan", role=form.role or None, skill=form.skill or None, pace=form.pace))


@finding_blueprint.get("/curriculum/find")
@requires(Permission.CATALOG_VIEW)
def show_found() -> ResponseReturnValue:
    """Modules like what is described."""
    page = find_modules(db(), current_actor(), request.args.get("text", ""), today=today())
    return render_template("skills/show_found.html", page=page, error=too_long(page.text))
