"""Pages of the organisation tree: a node with its departments and people, and what may be changed there."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.domain.errors import RuleError
from lms.domain.permissions import Permission
from lms.features.organizations import pages, service
from lms.features.organizations.forms import NamesForm, PeopleWish, whole_number
from lms.features.organizations.queries import OrganizationRow, get_organization
from lms.features.trail.looks import note_export
from lms.web.context import clock, current_actor, db
from lms.web.permissions import requires
from lms.web.spreadsheets import send_table
from lms.web.text import gettext as _

blueprint = Blueprint("organizations", __name__, template_folder="templates")


@blueprint.get("/organizations")
@requires(Permission.ORGANIZATIONS_VIEW)
def show_organizations() -> ResponseReturnValue:
    """Where the person's hats hold; with one place only, that place."""
    rows = pages.own_places(db(), current_actor())
    if len(rows) == 1:
        return redirect(url_for(".show_organization", organization_id=rows[0].organization_id))
    return render_template("organizations/show_organizations.html", rows=rows)


@blueprint.get("/organizations/<int:organization_id>")
@requires(Permission.ORGANIZATION_VIEW, on=get_organization)
def show_organization(organization: OrganizationRow) -> ResponseReturnValue:
    """A node with what stands below it, and its people."""
    wanted = PeopleWish.of(request.args)
    page = pages.read_page(db(), current_actor(), organization, wanted, request.args, now=clock().now())
    chips = pages.filter_chips(page)
    return render_template("organizations/show_organization.html", page=page, chips=chips)


@blueprint.get("/organizations/<int:organization_id>/people.<any(xlsx,csv):kind>")
@requires(
    Permission.PEOPLE_EDIT,
    on=lambda session, organization_id, kind: get_organization(session, organization_id),
)
def export_people(organization: OrganizationRow) -> ResponseReturnValue:
    """The people as the page shows them, all pages of them."""
    kind = (request.view_args or {})["kind"]
    heads, rows = pages.people_table(db(), current_actor(), organization, PeopleWish.of(request.args))
    note_export("people", rows=len(rows), file_format=kind, path=organization.path)
    return send_table(f"people-{organization.organization_id}", kind, heads, rows)


@blueprint.get("/organizations/<int:organization_id>/edit")
@requires(Permission.ORGANIZATION_EXTEND, on=get_organization)
def edit_organization(organization: OrganizationRow) -> ResponseReturnValue:
    """Add below it, rename it, move it."""
    return _edit_page(organization)


@blueprint.post("/organizations/<int:organization_id>/below")
@requires(Permission.ORGANIZATION_EXTEND, on=get_organization)
def add_organization(organization: OrganizationRow) -> ResponseReturnValue:
    form = NamesForm.read(request.form, pages.kinds_for(current_actor(), organization))
    if form.errors or form.kind is None:
        return _edit_page(organization, form), 422
    made = service.create_organization(
        db(),
        kind=form.kind,
        name_zh=form.name_zh,
        name_en=form.name_en,
        parent_id=organization.organization_id,
    )
    flash(_("%(name)s now stands below.", name=pages.name_of(made)), "success")
    return redirect(url_for(".show_organization", organization_id=organization.organization_id))


@blueprint.post("/organizations/<int:organization_id>/names")
@requires(Permission.ORGANIZATION_EDIT, on=get_organization)
def rename_organization(organization: OrganizationRow) -> ResponseReturnValue:
    form = NamesForm.read(request.form)
    if form.errors:
        return _edit_page(organization, form, part="names"), 422
    service.rename_organization(
        db(), organization.organization_id, name_zh=form.name_zh, name_en=form.name_en
    )
    flash(_("The name is changed."), "success")
    return redirect(url_for(".show_organization", organization_id=organization.organization_id))


@blueprint.post("/organizations/<int:organization_id>/place")
@requires(Permission.ORGANIZATION_EDIT, on=get_organization)
def move_organization(organization: OrganizationRow) -> ResponseReturnValue:
    """Put it, with all below it, somewhere else in the actor's own part of the tree."""
    target = get_organization(db(), whole_number(request.form.get("parent_id")))
    if target is None or not pages.is_in_charge(current_actor(), target.path):
        abort(404)
    names = {"name": pages.name_of(organization), "place": pages.name_of(target)}
    try:
        service.move_organization(db(), organization.organization_id, parent_id=target.organization_id)
    except RuleError as error:
        flash(_(error.message, **error.figures), "error")
    else:
        flash(_("%(name)s now stands below %(place)s.", **names), "success")
    return redirect(url_for(".edit_organization", organization_id=organization.organization_id))


def _edit_page(organization: OrganizationRow, form: NamesForm | None = None, *, part: str = "below") -> str:
    page = pages.read_edit_page(db(), current_actor(), organization)
    return render_template("organizations/edit_organization.html", page=page, form=form, part=part)
