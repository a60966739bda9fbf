"""Pages of learning: the map and list of the curriculum, a module, a lesson."""

from __future__ import annotations

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from lms.domain.enrollment import ModuleInPreparation, PrerequisiteMissing
from lms.domain.permissions import Permission
from lms.features.catalog.queries import ModuleCard
from lms.features.enrollment.service import enroll
from lms.features.learning import pages, service
from lms.features.learning.module_page import read_module_page
from lms.features.learning.player import LessonPage, find_lesson_page
from lms.features.learning.queries import find_module_for
from lms.web.context import clock, current_actor, db, today
from lms.web.errors import wants_json
from lms.web.kept_pages import render_kept
from lms.web.pagination import page_number, paginate
from lms.web.permissions import requires
from lms.web.text import gettext as _

blueprint = Blueprint("learning", __name__, template_folder="templates")


def load_module(session: Session, slug: str, position: int = 1) -> ModuleCard | None:
    return find_module_for(session, current_actor(), slug)


def load_lesson_page(session: Session, slug: str, position: int) -> LessonPage | None:
    return find_lesson_page(session, current_actor(), slug=slug, position=position)


@blueprint.get("/curriculum")
@requires(Permission.CATALOG_VIEW)
def show_curriculum() -> ResponseReturnValue:
    """The three layers as one picture."""
    page = pages.read_curriculum(
        db(), current_actor(), pages.CurriculumFilter.of(request.args), today=today()
    )
    return render_kept("learning/show_curriculum.html", facts=(page, today()), page=page, pages=pages)


@blueprint.get("/curriculum/list")
@requires(Permission.CATALOG_VIEW)
def show_curriculum_list() -> ResponseReturnValue:
    """The same data as a filtered list."""
    wanted = pages.CurriculumFilter.of(request.args)
    page = pages.read_curriculum(db(), current_actor(), wanted, today=today())
    number = page_number(request.args.get("page"))
    rows = paginate(
        page.matching,
        number=number,
        size=pages.PAGE_SIZE,
        url=lambda n: wanted.url("learning.show_curriculum_list", page=str(n)),
    )
    return render_kept(
        "learning/show_curriculum_list.html", facts=(page, number, today()), page=page, rows=rows, pages=pages
    )


@blueprint.get("/modules/<slug>")
@requires(Permission.CATALOG_VIEW, on=load_module)
def show_module(card: ModuleCard) -> ResponseReturnValue:
    """A module with the learner's own state."""
    page = read_module_page(db(), current_actor(), card, today=today())
    return render_template("learning/show_module.html", page=page, pages=pages)


@blueprint.post("/modules/<slug>/enrollment")
@requires(Permission.MODULE_ENROLL, on=load_module)
def begin_module(card: ModuleCard) -> ResponseReturnValue:
    """Begin a module: its gate must be open (REQ-013)."""
    try:
        enroll(db(), learner_id=current_actor().user_id, module=card, now=clock().now())
    except PrerequisiteMissing as error:
        flash(pages.missing_sentence(error.figures["n"]), "error")
        return redirect(url_for(".show_module", slug=card.slug))
    except ModuleInPreparation:
        flash(_("This module is still in preparation."), "error")
        return redirect(url_for(".show_module", slug=card.slug))
    return redirect(url_for(".show_lesson", slug=card.slug, position=1))


@blueprint.post("/modules/<slug>/watch")
@requires(Permission.MODULE_WATCH, on=load_module)
def watch_module(card: ModuleCard) -> ResponseReturnValue:
    """Tell me when this module is ready; or do not, when `off` is sent."""
    learner_id = current_actor().user_id
    if request.form.get("off"):
        service.unwatch_module(db(), learner_id=learner_id, module_id=card.module_id)
    else:
        service.watch_module(db(), learner_id=learner_id, module_id=card.module_id, now=clock().now())
        flash(_("You will be told on your start page when this module is ready."), "success")
    return redirect(url_for(".show_module", slug=card.slug))


@blueprint.get("/modules/<slug>/lessons/<int:position>")
@requires(Permission.CATALOG_VIEW, on=load_module)
def show_lesson(card: ModuleCard) -> ResponseReturnValue:
    """A lesson, where the learner left it."""
    position = (request.view_args or {})["position"]
    page = find_lesson_page(db(), current_actor(), slug=card.slug, position=position)
    if page is None:
        flash(_("Begin the module to read its lessons."), "info")
        return redirect(url_for(".show_module", slug=card.slug))
    return render_template("learning/show_lesson.html", page=page)


@blueprint.post("/modules/<slug>/lessons/<int:position>/place")
@requires(Permission.ENROLLMENT_STUDY, on=load_lesson_page)
def note_place(page: LessonPage) -> ResponseReturnValue:
    """The section on screen, told by the page while it is being read."""
    section = request.form.get("section", "0")
    number = min(int(section), len(page.sections)) if section.isdecimal() and len(section) < 4 else 0
    now = clock().now()
    service.note_place(db(), enrollment=page.enrollment, lesson_id=page.lesson_id, section=number, now=now)
    return jsonify(saved_at=page.saved_text(now))


@blueprint.post("/modules/<slug>/lessons/<int:position>/end")
@requires(Permission.ENROLLMENT_STUDY, on=load_lesson_page)
def finish_lesson(page: LessonPage) -> ResponseReturnValue:
    """The end of the lesson was reached: tick it and go on."""
    now = clock().now()
    service.finish_lesson(db(), enrollment=page.enrollment, lesson_id=page.lesson_id, now=now)
    if wants_json():
        return jsonify(saved_at=page.saved_text(now))
    return redirect(page.next_url)
