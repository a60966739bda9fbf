"""The manager's pages: the team, one person, the gaps, the matrix – and each of them as a file."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from lms.domain.permissions import Hat, Permission
from lms.features.catalog.snapshot import read_snapshot
from lms.features.organizations.people_queries import PersonRow, find_person
from lms.features.reporting import team_pages as pages
from lms.features.reporting import team_tables as tables
from lms.features.reporting.team_filter import State, TeamFilter
from lms.features.reporting.team_gaps import read_gaps_page
from lms.features.reporting.team_matrix import part_name, read_matrix
from lms.features.reporting.team_pages import Ground, read_ground, read_team_page
from lms.features.reporting.team_person import list_waived, read_person
from lms.features.reporting.team_queries import find_line
from lms.features.trail.looks import note_export, note_look
from lms.web.context import current_actor, db, today
from lms.web.kept_pages import render_kept
from lms.web.permissions import requires
from lms.web.spreadsheets import send_table

blueprint = Blueprint("team", __name__, template_folder="templates")


def load_person(session: Session, user_id: int) -> PersonRow | None:
    return find_person(session, user_id)


def ground() -> Ground:
    """What this request asks about; 404 for a part of the tree that is not the actor's."""
    wanted = TeamFilter.of(request.args, request.args.getlist("columns"))
    found = read_ground(db(), current_actor(), wanted, today=today())
    return found or abort(404)


def send(what: str, kind: str, found: Ground, read: Callable[[], tables.Table]) -> ResponseReturnValue:
    """A table as a file, which the trail keeps in mind."""
    heads, rows = read()
    note_export(what, rows=len(rows), file_format=kind, **found.wanted.facts())
    return send_table(tables.file_name(what, found.today), kind, heads, rows)


@blueprint.get("/team")
@requires(Permission.TEAM_VIEW)
def show_team() -> ResponseReturnValue:
    """Who is late, who lacks what, and everybody below."""
    page = read_team_page(db(), ground())
    if page.opened:
        note_look(page.opened.line.user_id, "person")
    return render_kept("reporting/team_show.html", facts=page, page=page, pages=pages)


@blueprint.get("/team.<any(xlsx,csv):kind>")
@requires(Permission.TEAM_VIEW)
def export_team(kind: str) -> ResponseReturnValue:
    """The people that the filters leave, as a file."""
    found = ground()
    return send("team", kind, found, lambda: tables.team_table(db(), found))


@blueprint.get("/team/people/<int:user_id>")
@requires(Permission.PERSON_VIEW, on=load_person)
def show_person(person: PersonRow) -> ResponseReturnValue:
    """One person: required learning, tries, skills; the person sees who looked."""
    line = find_line(db(), person.user_id) or abort(404)
    snapshot, policy = read_snapshot(db(), today=today())
    facts = read_person(db(), line, snapshot, policy, today=today())
    note_look(person.user_id, "person")
    can_assign = current_actor().covers(person.path, Hat.MANAGER)
    waived = list_waived(db(), line, snapshot)
    return render_template("reporting/team_person.html", facts=facts, waived=waived, can_assign=can_assign)


@blueprint.get("/team/gaps")
@requires(Permission.TEAM_VIEW)
def show_gaps() -> ResponseReturnValue:
    """Who lacks what, and which modules close it."""
    page = read_gaps_page(db(), ground())
    return render_kept("reporting/team_gaps.html", facts=page, page=page, pages=pages)


@blueprint.get("/team/gaps.<any(xlsx,csv):kind>")
@requires(Permission.TEAM_VIEW)
def export_gaps(kind: str) -> ResponseReturnValue:
    """Every gap of every person, as a file."""
    found = ground()
    return send("team-gaps", kind, found, lambda: tables.gaps_table(db(), found))


@blueprint.get("/team/closing-modules.<any(xlsx,csv):kind>")
@requires(Permission.TEAM_VIEW)
def export_closers(kind: str) -> ResponseReturnValue:
    """The gaps of the team with the modules that close them, as a file."""
    found = ground()
    return send("closing-modules", kind, found, lambda: tables.closers_table(db(), found))


@blueprint.get("/team/modules")
@requires(Permission.TEAM_VIEW)
def show_modules() -> ResponseReturnValue:
    """How far the departments are in each required module."""
    page = read_matrix(db(), ground())
    return render_kept(
        "reporting/team_modules.html", facts=page, page=page, pages=pages, State=State, part_name=part_name
    )


@blueprint.get("/team/modules.<any(xlsx,csv):kind>")
@requires(Permission.TEAM_VIEW)
def export_modules(kind: str) -> ResponseReturnValue:
    """The matrix as a file."""
    found = ground()
    return send(
        "team-modules", kind, found, lambda: tables.matrix_table(read_matrix(db(), found, is_whole=True))
    )
