"""Pages of a module's drill and of the shipping-trade scenarios: pure GET."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.domain.permissions import Permission
from lms.features.catalog.queries import ModuleCard
from lms.features.catalog.reference import shipping_scenarios
from lms.features.catalog.scenarios import NoSuchChoice
from lms.features.learning.drill import find_drill_page
from lms.features.learning.pages import state_words
from lms.features.learning.queries import learner_map
from lms.features.learning.views import load_module
from lms.web.context import current_actor, db, settings, today
from lms.web.permissions import requires
from lms.web.text import gettext as _

blueprint = Blueprint("drills", __name__, template_folder="templates")


@blueprint.get("/modules/<slug>/scenario")
@requires(Permission.CATALOG_VIEW, on=load_module)
def walk_drill(card: ModuleCard) -> ResponseReturnValue:
    """One situation of the drill after the choices in the address; without `path` what it is about."""
    form, path = request.args.get("form", "a"), request.args.get("path")
    try:
        page = find_drill_page(db(), current_actor(), card, form=form, path=path)
    except NoSuchChoice:
        flash(_("This way is not in the present version of the drill. Begin again."), "info")
        return redirect(url_for(".walk_drill", slug=card.slug, form=form))
    if page is None:
        flash(_("Begin the module to walk through its drill."), "info")
        return redirect(url_for("learning.show_module", slug=card.slug))
    return render_template("learning/walk_drill.html", page=page)


@blueprint.get("/curriculum/shipping-trade")
@requires(Permission.CATALOG_VIEW)
def show_shipping_trade() -> ResponseReturnValue:
    """The twelve shipping-trade scenarios together (REQ-018)."""
    whole = learner_map(db(), current_actor(), today=today())
    modules = {row.card.slug: row for row in whole.modules.values()}
    rows = [
        (row, modules[row.module])
        for row in shipping_scenarios(settings().content_dir)
        if row.module in modules
    ]
    return render_template("learning/show_shipping_trade.html", rows=rows, states=state_words())
