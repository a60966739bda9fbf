"""Assigning learning to a person or an organisation, waiving it, and what stands for joiners."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from lms.domain.assignment import DueDateRefused
from lms.domain.errors import RuleError
from lms.domain.permissions import Hat, Permission
from lms.features.assignments import rules, service
from lms.features.assignments.forms import AssignForm, read_day
from lms.features.assignments.pages import (
    AssignPage,
    carry_out,
    outcome_words,
    read_organization_page,
    read_person_page,
    read_rules_page,
)
from lms.features.assignments.queries import AssignmentRow, get_assignment
from lms.features.catalog.queries import ModuleCard
from lms.features.catalog.snapshot import read_snapshot
from lms.features.organizations.people_queries import PersonRow, find_person
from lms.features.organizations.queries import OrganizationRow, get_organization, list_organizations
from lms.web.context import clock, current_actor, db, today
from lms.web.permissions import requires
from lms.web.text import gettext as _

blueprint = Blueprint("assignments", __name__, template_folder="templates")


def load_person(session: Session, user_id: int) -> PersonRow | None:
    return find_person(session, user_id)


def load_organization(session: Session, organization_id: int) -> OrganizationRow | None:
    return get_organization(session, organization_id)


def load_assignment(session: Session, assignment_id: int) -> AssignmentRow | None:
    return get_assignment(session, assignment_id)


def load_rule(session: Session, rule_id: int) -> rules.RuleRow | None:
    return rules.get_rule(session, rule_id)


@blueprint.get("/team/assign")
@requires(Permission.TEAM_VIEW)
def choose_target() -> ResponseReturnValue:
    """To the page of the organisation that the actor manages, the topmost of several."""
    paths = current_actor().paths(Hat.MANAGER)
    ids = [scope.organization_id for scope in current_actor().scopes if scope.path in paths]
    tops = list_organizations(db(), ids)
    if not tops:
        abort(403)
    modules, path = request.args.getlist("module"), request.args.get("path")
    here = url_for(".ask_organization", organization_id=tops[0].organization_id, module=modules, path=path)
    return redirect(here)


@blueprint.get("/team/people/<int:user_id>/assign")
@requires(Permission.ASSIGN, on=load_person)
def ask_person(person: PersonRow) -> ResponseReturnValue:
    """What to assign to one person, by when."""
    form = AssignForm.empty(request.args, request.args.getlist("module"), today=today())
    return show(read_person_page(db(), person, form, today=today()))


@blueprint.post("/team/people/<int:user_id>/assign")
@requires(Permission.ASSIGN, on=load_person)
def assign_to_person(person: PersonRow) -> ResponseReturnValue:
    """Ask one person to take modules."""
    form = AssignForm.read(request.form, request.form.getlist("module"), asks_whom=False)
    page = read_person_page(db(), person, form, today=today())
    return finish(page, url_for("team.show_person", user_id=person.user_id))


@blueprint.get("/team/organizations/<int:organization_id>/assign")
@requires(Permission.ASSIGN, on=load_organization)
def ask_organization(organization: OrganizationRow) -> ResponseReturnValue:
    """What to assign to an organisation and everything below it, by when, and whether to joiners too."""
    form = AssignForm.empty(request.args, request.args.getlist("module"), today=today())
    return show(read_organization_page(db(), current_actor(), organization, form, today=today()))


@blueprint.post("/team/organizations/<int:organization_id>/assign")
@requires(Permission.ASSIGN, on=load_organization)
def assign_to_organization(organization: OrganizationRow) -> ResponseReturnValue:
    """Ask the people of an organisation, all or those in one role, to take modules."""
    form = AssignForm.read(request.form, request.form.getlist("module"), asks_whom=True)
    page = read_organization_page(db(), current_actor(), organization, form, today=today())
    target = ".show_rules" if form.asks_joiners else "team.show_team"
    return finish(page, url_for(target))


@blueprint.post("/team/assignments/<int:assignment_id>/waive")
@requires(Permission.ASSIGN, on=load_assignment)
def waive(row: AssignmentRow) -> ResponseReturnValue:
    """Do not ask for a module any more; the learner reads the reason."""
    reason = request.form.get("reason", "")
    try:
        service.waive(db(), row, card=card_of(row), actor=current_actor(), reason=reason, now=clock().now())
        flash(_("Waived. The learner is told, with your reason."), "success")
    except RuleError as error:
        flash(_(error.message, **error.figures), "error")
    return redirect(url_for("team.show_person", user_id=row.learner_id))


@blueprint.post("/team/assignments/<int:assignment_id>/due")
@requires(Permission.ASSIGN, on=load_assignment)
def change_due(row: AssignmentRow) -> ResponseReturnValue:
    """Give an assignment another date."""
    due_on = read_day(request.form.get("due_on", ""))
    try:
        if due_on is None:
            raise RuleError("Enter a day, as 2026-12-31.")
        service.change_due(db(), row, card=card_of(row), due_on=due_on, now=clock().now())
        flash(_("The date is changed. The learner is told."), "success")
    except RuleError as error:
        flash(_(error.message, **error.figures), "error")
    return redirect(url_for("team.show_person", user_id=row.learner_id))


@blueprint.get("/team/rules")
@requires(Permission.TEAM_VIEW)
def show_rules() -> ResponseReturnValue:
    """What stands for joiners."""
    page = read_rules_page(db(), current_actor(), today=today())
    return render_template("assignments/show_rules.html", page=page)


@blueprint.post("/team/rules/<int:rule_id>/end")
@requires(Permission.ASSIGN, on=load_rule)
def end_rule(rule: rules.RuleRow) -> ResponseReturnValue:
    """Do not ask joiners any more."""
    rules.end_rule(db(), rule, actor=current_actor(), now=clock().now())
    flash(_("Joiners are not asked any more. What was asked of people stays."), "success")
    return redirect(url_for(".show_rules"))


def card_of(row: AssignmentRow) -> ModuleCard:
    """The module of an assignment, as it is offered where the learner works."""
    snapshot, _policy = read_snapshot(db(), today=today())
    return snapshot.for_path(row.path).cards.get(row.module_id) or abort(404)


def show(page: AssignPage, status: int = 200) -> ResponseReturnValue:
    """The page with its form."""
    return render_template("assignments/assign.html", page=page), status


def finish(page: AssignPage, target: str) -> ResponseReturnValue:
    """Carry out a form without errors; one with errors comes back with everything that was entered."""
    if not page.form.errors:
        try:
            asked = carry_out(db(), page, current_actor(), now=clock().now())
        except RuleError as error:
            name = "due_on" if isinstance(error, DueDateRefused) else "modules"
            page.form.errors[name] = _(error.message, **error.figures)
        else:
            flash(" ".join(outcome_words(asked)) or _("Nobody works there."), "success")
            return redirect(target)
    return show(page, 422)
