"""Pages of lists of people: the file, what would become of each row, taking it over, what was refused."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from lms.domain.errors import RuleError
from lms.domain.people_list import Outcome
from lms.domain.permissions import Permission
from lms.features.organizations import import_pages, imports
from lms.features.organizations.forms import column_words, one_person
from lms.features.organizations.imports import ImportRow, find_import
from lms.features.organizations.queries import OrganizationRow, get_organization
from lms.features.organizations.sheet import read_list
from lms.features.policies.queries import get_policy
from lms.features.trail.looks import note_export
from lms.web.context import clock, close_db, current_actor, db, today
from lms.web.limits import limiter, per_person
from lms.web.permissions import requires
from lms.web.spreadsheets import send_table
from lms.web.text import gettext as _

blueprint = Blueprint("people_lists", __name__, template_folder="templates")


def load_place(session: Session, organization_id: int, kind: str = "") -> OrganizationRow | None:
    return get_organization(session, organization_id)


def load_list(session: Session, uuid: UUID, kind: str = "") -> ImportRow | None:
    return find_import(session, uuid)


@blueprint.get("/organizations/<int:organization_id>/people/new")
@requires(Permission.PEOPLE_EDIT, on=load_place)
def add_people(organization: OrganizationRow) -> ResponseReturnValue:
    """One person by a form, or many by a file."""
    return _add_page(organization)


@blueprint.get("/organizations/<int:organization_id>/people/template.<any(xlsx,csv):kind>")
@requires(Permission.PEOPLE_EDIT, on=load_place)
def send_template(organization: OrganizationRow) -> ResponseReturnValue:
    """An empty list with the right heads in the reader's language."""
    return send_table("people", (request.view_args or {})["kind"], list(column_words().values()), [])


@blueprint.post("/organizations/<int:organization_id>/people")
@requires(Permission.PEOPLE_EDIT, on=load_place)
def add_person(organization: OrganizationRow) -> ResponseReturnValue:
    row, now = one_person(request.form), clock().now()
    try:
        errors = import_pages.add_one(db(), current_actor(), organization, row, now=now)
    except RuleError as error:
        errors = {"name": _(error.message, **error.figures)}
    if errors:
        return _add_page(organization, errors), 422
    flash(_("%(name)s is entered. Print a code for the first sign-in.", name=row.get("name")), "success")
    return redirect(url_for("organizations.show_organization", organization_id=organization.organization_id))


@blueprint.post("/organizations/<int:organization_id>/people/lists")
@limiter.limit("30 per hour", key_func=per_person)
@requires(Permission.PEOPLE_EDIT, on=load_place)
def check_list(organization: OrganizationRow) -> ResponseReturnValue:
    """Read a file and check each row; nothing is written yet."""
    data, name = _sent_file()
    most, now = get_policy(db(), on=today()).import_rows, clock().now()
    close_db()  # reading a file takes seconds, and nobody else could write meanwhile
    try:
        read = read_list(data, most_rows=most)
        uuid = imports.check_list(
            db(), actor=current_actor(), organization=organization, read=read, file_name=name, now=now
        )
    except RuleError as error:
        return _add_page(organization, {"file": _(error.message, **error.figures)}), 422
    return redirect(url_for(".show_list", uuid=uuid))


@blueprint.get("/people-lists/<uuid:uuid>")
@requires(Permission.PEOPLE_IMPORT, on=load_list)
def show_list(row: ImportRow) -> ResponseReturnValue:
    """What would become of each row, or what has become of it."""
    page = import_pages.read_list_page(db(), current_actor(), row, request.args)
    return render_template("organizations/show_list.html", page=page, columns=column_words)


@blueprint.post("/people-lists/<uuid:uuid>/good")
@requires(Permission.PEOPLE_IMPORT, on=load_list)
def take_over(row: ImportRow) -> ResponseReturnValue:
    """The good rows are taken over; a second click changes nothing."""
    counts = imports.apply_list(db(), row, actor=current_actor(), now=clock().now())
    flash(
        _("Taken over: %(good)s, left out: %(bad)s", good=counts.good, bad=counts.refused),
        "success",
    )
    return redirect(url_for(".show_list", uuid=row.uuid))


@blueprint.post("/people-lists/<uuid:uuid>/end")
@requires(Permission.PEOPLE_IMPORT, on=load_list)
def discard(row: ImportRow) -> ResponseReturnValue:
    imports.discard_list(db(), row)
    flash(_("The list is discarded. Nothing was changed."), "success")
    return redirect(url_for("organizations.show_organization", organization_id=row.organization_id))


@blueprint.get("/people-lists/<uuid:uuid>/refused.<any(xlsx,csv):kind>")
@requires(Permission.PEOPLE_IMPORT, on=load_list)
def send_refused(row: ImportRow) -> ResponseReturnValue:
    """The rows that cannot be taken over as a file, each with its reasons, to be mended and sent again."""
    kind = (request.view_args or {})["kind"]
    refused = imports.list_rows(db(), row.import_id, [Outcome.REFUSED])
    heads, lines = import_pages.refused_table(refused)
    note_export("people_list", rows=len(lines), file_format=kind, path=row.path)
    return send_table("people-refused", kind, heads, lines)


def _sent_file() -> tuple[bytes, str]:
    """What the form's file holds, and its name; nothing when none was chosen."""
    file = request.files.get("file")
    return (file.read(), file.filename or "") if file else (b"", "")


def _add_page(organization: OrganizationRow, errors: dict[str, str] | None = None) -> str:
    page = import_pages.read_add_page(db(), current_actor(), organization, today=today())
    return render_template("organizations/add_people.html", page=page, errors=errors or {}, form=request.form)
