"""Answers to recommendations, the switch, and the page that explains them."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from lms.domain.permissions import Permission
from lms.features.accounts.service import set_personalised
from lms.features.catalog.queries import ModuleCard
from lms.features.learning.queries import find_module_for
from lms.features.recommendations import service
from lms.features.recommendations.explanation import explain_to
from lms.features.recommendations.forms import read_answer
from lms.web.context import clock, current_actor, db
from lms.web.localisation import pick
from lms.web.permissions import requires
from lms.web.text import gettext as _
from lms.web.urls import safe_next

blueprint = Blueprint("recommendations", __name__, template_folder="templates")


def load_module(session: Session, slug: str) -> ModuleCard | None:
    return find_module_for(session, current_actor(), slug)


@blueprint.get("/recommendations/how")
@requires(Permission.RECOMMENDATION_ANSWER)
def explain() -> ResponseReturnValue:
    """The published principle, with the reader's own full ranking (算法推荐管理规定 art. 16)."""
    page = explain_to(db(), current_actor(), now=clock().now())
    return render_template("recommendations/explain.html", page=page)


@blueprint.post("/recommendations/<slug>/answer")
@requires(Permission.RECOMMENDATION_ANSWER, on=load_module)
def answer(card: ModuleCard) -> ResponseReturnValue:
    """Later, not relevant, or taken back; the next page shows what follows."""
    said = read_answer(request.form)
    if said is None:
        abort(400)
    learner_id, now = current_actor().user_id, clock().now()
    service.answer(db(), learner_id=learner_id, module_id=card.module_id, kind=said.kind, now=now)
    words = said.confirmation(pick(card, "title"))
    if said.is_undo:
        flash(words, "success")
    else:
        flash((words, url_for(".answer", slug=card.slug)), "undo")  # type: ignore[arg-type]
    return redirect(safe_next(request.form.get("next", "")))


@blueprint.post("/recommendations/switch")
@requires(Permission.RECOMMENDATION_ANSWER)
def switch() -> ResponseReturnValue:
    """Personal recommendations on or off, effective at once (算法推荐管理规定 art. 17, PIPL art. 24)."""
    is_on = request.form.get("is_on") == "1"
    set_personalised(db(), user_id=current_actor().user_id, is_on=is_on)
    words = _("Personal recommendations are on.") if is_on else _("Personal recommendations are off.")
    flash(words, "success")
    return redirect(safe_next(request.form.get("next", ""), default=url_for(".explain")))
