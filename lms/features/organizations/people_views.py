"""Pages of one person's work, hats and account; codes for the first sign-in."""

from __future__ import annotations

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from lms.domain.errors import RuleError
from lms.domain.permissions import Permission
from lms.features.organizations import codes, pages, people
from lms.features.organizations.forms import HatForm, WorkForm, day_of, whole_number
from lms.features.organizations.people_queries import GrantRow, PersonRow, find_person, get_grant
from lms.features.organizations.person_page import read_person_page
from lms.features.organizations.queries import OrganizationRow, get_organization
from lms.features.trail.looks import note_look
from lms.web.context import clock, close_db, current_actor, database, db, settings
from lms.web.permissions import requires
from lms.web.text import gettext as _

blueprint = Blueprint("people", __name__, template_folder="templates")


def load_grant(session: Session, grant_id: int) -> GrantRow | None:
    return get_grant(session, grant_id, now=clock().now())


@blueprint.get("/people/<int:user_id>")
@requires(Permission.PERSON_EDIT, on=find_person)
def show_person(person: PersonRow) -> ResponseReturnValue:
    """Where somebody works, as what, below whom, with which hats; the look is noted and shown to them."""
    note_look(person.user_id, "person")
    page = read_person_page(db(), current_actor(), person, now=clock().now())
    return render_template("organizations/show_person.html", page=page)


@blueprint.post("/people/<int:user_id>/role")
@requires(Permission.PERSON_EDIT, on=find_person)
def set_role(person: PersonRow) -> ResponseReturnValue:
    role_id = whole_number(request.form.get("role_id"))
    try:
        people.set_role(db(), person, actor=current_actor(), role_id=role_id, now=clock().now())
    except RuleError as error:
        return _refused(person, error)
    return _done(person, _("The job role is entered. %(name)s is told.", name=person.display_name))


@blueprint.post("/people/<int:user_id>/work")
@requires(Permission.PERSON_EDIT, on=find_person)
def change_work(person: PersonRow) -> ResponseReturnValue:
    form = WorkForm.read(request.form)
    place = get_organization(db(), form.organization_id)
    try:
        if place is None or not pages.is_in_charge(current_actor(), place.path):
            raise people.WorkRefused("Choose one of the departments in the list.")
        work = people.Work(place, form.staff_number, form.line_manager)
        people.change_work(db(), person, work, actor=current_actor(), now=clock().now())
    except RuleError as error:
        return _refused(person, error)
    return _done(person, _("The work is changed. %(name)s is told.", name=person.display_name))


@blueprint.post("/people/<int:user_id>/end")
@requires(Permission.PERSON_EDIT, on=find_person)
def end_employment(person: PersonRow) -> ResponseReturnValue:
    on = day_of(request.form.get("ended_on", ""))
    try:
        if on is None:
            raise people.WorkRefused("Enter the last day.")
        people.end_employment(db(), person, actor=current_actor(), ended_on=on, now=clock().now())
    except RuleError as error:
        return _refused(person, error)
    flash(
        _("%(name)s does not work here any more. Their records are kept.", name=person.display_name),
        "success",
    )
    return redirect(url_for("organizations.show_organization", organization_id=person.organization_id))


@blueprint.post("/people/<int:user_id>/suspension")
@requires(Permission.PERSON_EDIT, on=find_person)
def suspend(person: PersonRow) -> ResponseReturnValue:
    """Close the account, or open it again when `off` is sent."""
    change = people.reinstate if request.form.get("off") else people.suspend
    try:
        change(db(), person, actor=current_actor(), now=clock().now())
    except RuleError as error:
        return _refused(person, error)
    if request.form.get("off"):
        return _done(person, _("%(name)s can sign in again.", name=person.display_name))
    return _done(person, _("%(name)s is signed out everywhere and cannot sign in.", name=person.display_name))


@blueprint.post("/people/<int:user_id>/hats")
@requires(Permission.HAT_GRANT, on=find_person)
def grant_hat(person: PersonRow) -> ResponseReturnValue:
    form = HatForm.read(request.form)
    try:
        if form.hat is None or form.ends_on is None:
            raise people.WorkRefused("Choose a hat, a place and the last day.")
        wish = people.HatWish(form.hat, form.organization_id, form.ends_on)
        people.grant_hat(db(), person, wish, actor=current_actor(), now=clock().now())
    except RuleError as error:
        return _refused(person, error)
    return _done(person, _("The hat is granted. %(name)s is told.", name=person.display_name))


@blueprint.post("/hats/<int:grant_id>/end")
@requires(Permission.HAT_GRANT, on=load_grant)
def end_hat(grant: GrantRow) -> ResponseReturnValue:
    """Take a hat away, with the person's next request everywhere."""
    try:
        people.end_hat(db(), grant, actor=current_actor(), now=clock().now())
    except RuleError as error:
        flash(_(error.message, **error.figures), "error")
    else:
        flash(_("The hat has ended."), "success")
    return redirect(url_for(".show_person", user_id=grant.user_id))


@blueprint.post("/people/<int:user_id>/code")
@requires(Permission.PERSON_EDIT, on=find_person)
def make_code(person: PersonRow) -> ResponseReturnValue:
    """A first password for one person, who may have forgotten theirs; their sessions end."""
    if not people.may_act_on_account(db(), person, current_actor(), now=clock().now()):
        return _refused(person, people.NotYourRank(people.RANK))
    return _print([person], is_for_waiting=False)


@blueprint.post("/organizations/<int:organization_id>/codes")
@requires(Permission.PEOPLE_EDIT, on=get_organization)
def make_codes(organization: OrganizationRow) -> ResponseReturnValue:
    """Codes for the next people of an organisation who have never signed in."""
    return _print(codes.list_without_code(db(), organization.path, now=clock().now()), is_for_waiting=True)


def _print(rows: list[PersonRow], *, is_for_waiting: bool) -> str:
    close_db()  # hashing belongs into no transaction, least of all into the one that writes
    slips = codes.make_codes(
        database(),
        current_app.extensions["passwords"],
        rows,
        actor=current_actor(),
        now=clock().now(),
        is_for_waiting=is_for_waiting,
    )
    days = codes.valid_days(db(), now=clock().now())
    return render_template(
        "organizations/show_codes.html",
        slips=slips,
        days=days,
        address=settings().base_url,
        language_switch_url="",
    )


def _done(person: PersonRow, sentence: str) -> ResponseReturnValue:
    flash(sentence, "success")
    return redirect(url_for(".show_person", user_id=person.user_id))


def _refused(person: PersonRow, error: RuleError) -> ResponseReturnValue:
    """The page again, with what was not possible and why."""
    flash(_(error.message, **error.figures), "error")
    return redirect(url_for(".show_person", user_id=person.user_id))
