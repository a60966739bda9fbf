"""Pages of proposed job roles."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.domain.errors import RuleError
from lms.domain.permissions import Permission
from lms.features.organizations import pages
from lms.features.organizations.forms import AnswerForm
from lms.features.organizations.import_knowledge import IN_CHARGE
from lms.features.organizations.proposals import (
    ProposalRow,
    answer_proposal,
    count_proposals,
    get_proposal,
    list_proposals,
)
from lms.web.context import clock, current_actor, db
from lms.web.pagination import page_number, page_of
from lms.web.permissions import requires
from lms.web.text import gettext as _

blueprint = Blueprint("proposals", __name__, template_folder="templates")


@blueprint.get("/role-proposals")
@requires(Permission.PROPOSALS_VIEW)
def show_proposals() -> ResponseReturnValue:
    """What people propose as their job role, the oldest first."""
    paths = current_actor().paths(*IN_CHARGE)
    rows = page_of(
        lambda skip: list_proposals(db(), paths, limit=pages.PAGE_SIZE, offset=skip),
        number=page_number(request.args.get("page")),
        size=pages.PAGE_SIZE,
        total=count_proposals(db(), paths),
        url=lambda n: url_for(".show_proposals", page=n),
    )
    return render_template("organizations/show_proposals.html", rows=rows, now=clock().now())


@blueprint.post("/role-proposals/<int:proposal_id>")
@requires(Permission.PROPOSAL_ANSWER, on=get_proposal)
def answer(row: ProposalRow) -> ResponseReturnValue:
    """Accept a proposed job role, or refuse it with a reason."""
    form = AnswerForm.read(request.form)
    try:
        answer_proposal(db(), row, actor=current_actor(), now=clock().now(), **vars(form))
    except RuleError as error:
        flash(_(error.message, **error.figures), "error")
    else:
        flash(_("Answered. %(name)s is told.", name=row.display_name), "success")
    return redirect(url_for(".show_proposals"))
