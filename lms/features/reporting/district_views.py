"""The supervisor's pages: the district's figures, the rows behind each, and both as files."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from lms.domain.permissions import Permission
from lms.features.reporting import district_pages as pages
from lms.features.reporting import fairness_page as fairness
from lms.features.reporting.district_filter import PAGE_NAMES, DistrictFilter
from lms.features.reporting.district_list import Listing, read_listing
from lms.features.reporting.district_numbers import read_figures
from lms.features.reporting.district_pages import DistrictPage
from lms.features.reporting.district_public import read_public_page
from lms.features.reporting.district_rows import Number
from lms.features.reporting.district_tables import figure_heads, figure_rows
from lms.features.trail.looks import note_export
from lms.web.context import clock, current_actor, db, today
from lms.web.pagination import page_number
from lms.web.permissions import public, requires
from lms.web.spreadsheets import send_table

blueprint = Blueprint("district", __name__, template_folder="templates")


def load_listing(session: Session, number: str, kind: str = "") -> Listing | None:
    """The rows that this request asks for; None for a figure that does not exist."""
    if number not in tuple(Number):
        return None
    wanted = DistrictFilter.of(request.args, today=today())
    return read_listing(session, current_actor(), Number(number), wanted, today=today())


def read_page() -> DistrictPage:
    """The figures that this request asks for."""
    wanted = DistrictFilter.of(request.args, today=today()).only(*PAGE_NAMES)
    scope = wanted.scope(current_actor())
    return DistrictPage(read_figures(db(), scope, area_id=wanted.area_id, now=clock().now()), wanted)


def fairness_filter() -> DistrictFilter:
    """The days and the subdistrict of this request."""
    return DistrictFilter.of(request.args, today=today()).only(*PAGE_NAMES)


@blueprint.get("/district")
@requires(Permission.DISTRICT_VIEW)
def show_district() -> ResponseReturnValue:
    """The figures of the supervisor's part of the district."""
    return render_template("reporting/district_show.html", body=pages.draw(read_page()))


@blueprint.get("/district.<any(xlsx,csv):kind>")
@requires(Permission.DISTRICT_VIEW)
def export_district(kind: str) -> ResponseReturnValue:
    """The same figures as a file."""
    page = read_page()
    rows = list(figure_rows(page))
    note_export("district", rows=len(rows), file_format=kind, **page.wanted.facts())
    return send_table(f"district-{page.wanted.window.last_on}", kind, figure_heads(), rows)


@blueprint.get("/district/rows/<number>")
@requires(Permission.DISTRICT_VIEW, on=load_listing)
def list_rows(listing: Listing) -> ResponseReturnValue:
    """The rows behind a figure."""
    page = listing.page(db(), page_number(request.args.get("page")))
    return render_template("reporting/district_rows.html", listing=listing, page=page, pages=pages)


@blueprint.get("/district/rows/<number>.<any(xlsx,csv):kind>")
@requires(Permission.DISTRICT_VIEW, on=load_listing)
def export_rows(listing: Listing) -> ResponseReturnValue:
    """All rows behind a figure, filtered as on the page, as a file."""
    kind = (request.view_args or {})["kind"]
    number = str(listing.number)
    rows = listing.cells(db())
    note_export("district", rows=len(rows), file_format=kind, origin=number, **listing.filter.facts())
    heads = [column.label for column in listing.columns]
    return send_table(f"{number}-{listing.filter.window.last_on}", kind, heads, rows)


@blueprint.get("/district/fairness")
@requires(Permission.DISTRICT_VIEW)
def show_fairness() -> ResponseReturnValue:
    """Whether recommendations and their effect reach groups of people alike (REQ-020)."""
    report = fairness.read_report(db(), current_actor(), fairness_filter(), today=today())
    return render_template("reporting/district_fairness.html", report=report, pages=fairness)


@blueprint.get("/district/fairness.<any(xlsx,csv):kind>")
@requires(Permission.DISTRICT_VIEW)
def export_fairness(kind: str) -> ResponseReturnValue:
    """The same lines as a file."""
    report = fairness.read_report(db(), current_actor(), fairness_filter(), today=today())
    rows = list(report.rows())
    note_export("fairness", rows=len(rows), file_format=kind, **report.wanted.facts())
    return send_table(f"fairness-{report.wanted.window.last_on}", kind, fairness.report_heads(), rows)


@blueprint.get("/public")
@public
def show_public() -> ResponseReturnValue:
    """What anybody may know about the programme (REQ-040)."""
    page = read_public_page(db(), today=today(), now=clock().now())
    return render_template("reporting/district_public.html", page=page, pages=pages)
