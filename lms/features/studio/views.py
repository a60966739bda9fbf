"""Pages of the instructor's desk: modules, statistics, questions; the supervisor's wishes from enterprises."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from lms.domain.errors import RuleError
from lms.domain.permissions import Hat, Permission
from lms.features.learning.player import LessonPage, find_lesson_page
from lms.features.organizations.queries import OrganizationRow, get_organization
from lms.features.organizations.service import set_second_approval
from lms.features.policies.queries import get_policy
from lms.features.studio import questions, service, showing
from lms.features.studio.answer_page import read_answers
from lms.features.studio.desk import read_desk
from lms.features.studio.forms import read_text
from lms.features.studio.preview import Preview, preview_module
from lms.features.studio.queries import ModuleRow, find_desk_module
from lms.features.studio.statistics import question_statistics
from lms.web.context import clock, current_actor, db, today
from lms.web.limits import limiter, per_person
from lms.web.pagination import page_number
from lms.web.permissions import requires
from lms.web.text import gettext as _

blueprint = Blueprint("studio", __name__, template_folder="templates")


def load_module(session: Session, slug: str) -> ModuleRow | None:
    """A module with the figures of the people whom the actor teaches or manages."""
    return find_desk_module(session, slug, current_actor().paths(Hat.INSTRUCTOR, Hat.MANAGER))


def load_own_module(session: Session, slug: str) -> ModuleRow | None:
    """An uploaded module; those of the curriculum are nobody's to change here."""
    module = load_module(session, slug)
    return module if module and module.is_upload else None


def load_lesson_page(session: Session, slug: str, position: int) -> LessonPage | None:
    return find_lesson_page(session, current_actor(), slug=slug, position=position)


@blueprint.get("/studio")
@requires(Permission.STUDIO_USE)
def show_desk() -> ResponseReturnValue:
    """The instructor's start page."""
    return render_template("studio/show_desk.html", desk=read_desk(db(), current_actor(), today=today()))


@blueprint.get("/studio/modules/<slug>")
@requires(Permission.MODULE_FIGURES, on=load_module)
def show_module(module: ModuleRow) -> ResponseReturnValue:
    """Learners, completion and what the answers say about each question."""
    paths = current_actor().paths(Hat.INSTRUCTOR, Hat.MANAGER)
    least = get_policy(db(), on=today()).question_statistics_answers
    rows = question_statistics(db(), module.version_id, paths, least=least)
    wish = showing.find_open_wish(db(), module.module_id)
    is_own = module.is_upload and current_actor().covers(module.path, Hat.INSTRUCTOR, Hat.MANAGER)
    return render_template(
        "studio/show_module.html", module=module, rows=rows, least=least, wish=wish, is_own=is_own
    )


@blueprint.get("/studio/answers")
@requires(Permission.ANSWERS_COMPARE)
def show_answers() -> ResponseReturnValue:
    """Questions of one's modules beside what was foretold of their learners."""
    answers = read_answers(
        db(),
        current_actor(),
        policy=get_policy(db(), on=today()),
        slug=request.args.get("module"),
        number=page_number(request.args.get("page")),
    )
    return render_template("studio/show_answers.html", answers=answers)


@blueprint.post("/studio/modules/<slug>/withdrawal")
@requires(Permission.MODULE_MANAGE, on=load_own_module)
def unpublish(module: ModuleRow) -> ResponseReturnValue:
    """Offer the module to nobody new."""
    reason = read_text(request.form, "reason")
    if not reason:
        flash(_("Say why the module is not offered any more."), "error")
    elif service.unpublish(db(), module, actor=current_actor(), reason=reason, now=clock().now()):
        flash(_("The module is not offered any more. Who has begun it goes on."), "success")
    return redirect(url_for(".show_module", slug=module.slug))


@blueprint.post("/studio/modules/<slug>/district")
@requires(Permission.MODULE_MANAGE, on=load_own_module)
def ask_to_show(module: ModuleRow) -> ResponseReturnValue:
    """Ask the district to show the module to everybody there."""
    try:
        showing.ask_to_show(db(), module, actor=current_actor(), now=clock().now())
    except RuleError as error:
        flash(_(error.message), "error")
    else:
        flash(_("The district's supervisors are asked. You will be told what they decide."), "success")
    return redirect(url_for(".show_module", slug=module.slug))


@blueprint.get("/studio/modules/<slug>/preview")
@blueprint.get("/studio/modules/<slug>/preview/<int:position>")
@requires(Permission.MODULE_PREVIEW, on=preview_module)
def show_preview(preview: Preview) -> ResponseReturnValue:
    """The published version as a learner sees it."""
    return render_template("studio/preview.html", preview=preview)


@blueprint.get("/studio/questions")
@requires(Permission.STUDIO_USE)
def show_questions() -> ResponseReturnValue:
    """What learners asked, open questions first."""
    rows = questions.list_questions(db(), current_actor().paths(Hat.INSTRUCTOR))
    return render_template("studio/show_questions.html", rows=rows)


@blueprint.post("/studio/questions/<int:question_id>")
@requires(Permission.QUESTION_ANSWER, on=questions.get_question)
def answer_question(question: questions.QuestionRow) -> ResponseReturnValue:
    """Answer; the learner is told."""
    text = read_text(request.form, "text")
    if not text:
        flash(_("Write an answer first."), "error")
        return redirect(url_for(".show_questions"))
    questions.answer_question(db(), question, actor=current_actor(), text=text, now=clock().now())
    flash(_("Answered. %(name)s is told.", name=question.asked_by), "success")
    return redirect(url_for(".show_questions"))


@blueprint.post("/modules/<slug>/lessons/<int:position>/questions")
@limiter.limit("30 per hour", key_func=per_person)
@requires(Permission.ENROLLMENT_STUDY, on=load_lesson_page)
def ask_question(page: LessonPage) -> ResponseReturnValue:
    """A learner asks about a lesson."""
    text = read_text(request.form, "text")
    try:
        if text:
            questions.ask_question(
                db(), actor=current_actor(), lesson=page.lesson, text=text, now=clock().now()
            )
            flash(_("Your question is on its way. You will be told when it is answered."), "success")
        else:
            flash(_("Write your question first."), "error")
    except questions.NobodyToAsk as error:
        flash(_(error.message), "error")
    return redirect(f"{page.url_of(page.row)}#questions")


@blueprint.get("/studio/shared")
@requires(Permission.SHARED_VIEW)
def show_wishes() -> ResponseReturnValue:
    """Modules that enterprises would like to show to the district."""
    rows = showing.list_show_requests(db(), current_actor().paths(Hat.SUPERVISOR))
    return render_template("studio/show_wishes.html", rows=rows)


@blueprint.post("/studio/shared/<int:request_id>")
@requires(Permission.SHARED_DECIDE, on=showing.get_show_request)
def decide_wish(wish: showing.ShowRow) -> ResponseReturnValue:
    """The supervisor's yes, or a no with its reason."""
    is_granted, reason = request.form.get("decision") == "yes", read_text(request.form, "reason")
    if not is_granted and not reason:
        flash(_("Say why, so that the enterprise can mend it."), "error")
        return redirect(url_for(".show_wishes"))
    now = clock().now()
    showing.decide_show_request(
        db(), wish, actor=current_actor(), is_granted=is_granted, reason=reason, now=now
    )
    flash(_("Decided. The enterprise is told."), "success")
    return redirect(url_for(".show_wishes"))


@blueprint.post("/studio/organizations/<int:organization_id>/second-approval")
@requires(Permission.STUDIO_SETTINGS, on=get_organization)
def switch_second_approval(organization: OrganizationRow) -> ResponseReturnValue:
    """Whether uploads of this enterprise are published by a second person."""
    if organization.kind != "enterprise":
        abort(404)
    is_needed = request.form.get("is_needed") == "1"
    set_second_approval(db(), organization.organization_id, is_needed=is_needed)
    words = _("A second person publishes uploads now.") if is_needed else _("One person may publish now.")
    flash(words, "success")
    return redirect(url_for("organizations.show_organization", organization_id=organization.organization_id))
