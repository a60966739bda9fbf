"""Pages of the graded quiz and of the test of prior learning."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from lms.domain.attempt import AttemptClosed, next_test_in, next_try_in
from lms.domain.errors import RuleError
from lms.domain.permissions import Permission
from lms.features.assessment import answers, service
from lms.features.assessment.forms import Answer, entered_from, read_answer
from lms.features.assessment.queries import (
    AttemptPage,
    AttemptRow,
    find_attempt,
    find_attempt_page,
    find_question_page,
    first_unanswered,
    list_graded,
)
from lms.features.catalog.queries import ModuleCard
from lms.features.learning.queries import find_module_for
from lms.features.policies.queries import get_policy
from lms.ports.clock import SHANGHAI, local_date
from lms.web.context import clock, current_actor, db
from lms.web.errors import wants_json
from lms.web.permissions import requires
from lms.web.text import gettext as _

blueprint = Blueprint("assessment", __name__, template_folder="templates")
Start = Callable[..., UUID]


def load_module(session: Session, slug: str) -> ModuleCard | None:
    return find_module_for(session, current_actor(), slug)


@blueprint.post("/modules/<slug>/quiz")
@requires(Permission.ATTEMPT_START, on=load_module)
def start_quiz(card: ModuleCard) -> ResponseReturnValue:
    """Begin the graded quiz, or go on with the attempt that is open."""
    return _start(service.start_quiz, card)


@blueprint.post("/modules/<slug>/recognition")
@requires(Permission.ATTEMPT_START, on=load_module)
def start_recognition(card: ModuleCard) -> ResponseReturnValue:
    """Begin the test of prior learning (REQ-013)."""
    return _start(service.start_recognition, card)


@blueprint.get("/attempts/<uuid:uuid>/<int:position>")
@requires(Permission.ATTEMPT_VIEW, on=find_question_page)
def show_question(page: AttemptPage) -> ResponseReturnValue:
    """One question; after submission its place is the result."""
    if not page.attempt.is_open:
        return redirect(_after(page.attempt))
    return _question(page, Answer(entered_from(page.question)))


@blueprint.post("/attempts/<uuid:uuid>/<int:position>")
@requires(Permission.ATTEMPT_ANSWER, on=find_question_page)
def save_response(page: AttemptPage) -> ResponseReturnValue:
    """Save what was given and go where the button said; a script gets JSON and stays."""
    answer = read_answer(page.question, request.form)
    if answer.errors and page.attempt.is_open:
        return _refuse(page, answer)
    saved = _save(page, answer)
    if wants_json():
        return jsonify(saved._asdict() | {"saved_at": _seconds(saved.saved_at)})
    go = "stay" if "toggle" in request.form else request.form.get("go", "next")
    return redirect(_next_url(page, go))


def _save(page: AttemptPage, answer: Answer) -> service.SavedResponse:
    return service.save_response(
        db(),
        page.attempt,
        page.position,
        response=answer.response,
        is_flagged=answer.is_flagged,
        sequence=answer.sequence,
        now=clock().now(),
        is_form=not wants_json(),
    )


@blueprint.get("/attempts/<uuid:uuid>/review")
@requires(Permission.ATTEMPT_VIEW, on=find_attempt_page)
def review(page: AttemptPage) -> ResponseReturnValue:
    """What is unanswered or flagged, before submission."""
    if not page.attempt.is_open:
        return redirect(_after(page.attempt))
    return render_template("assessment/review.html", page=page, saved_at=_seconds(page.saved_at))


@blueprint.post("/attempts/<uuid:uuid>/submit")
@requires(Permission.ATTEMPT_ANSWER, on=find_attempt)
def submit(attempt: AttemptRow) -> ResponseReturnValue:
    """Submit; sent twice, it has one result and leads to the same page."""
    service.submit(db(), attempt, now=clock().now())
    return redirect(url_for(".show_result", uuid=attempt.uuid))


@blueprint.get("/attempts/<uuid:uuid>/result")
@requires(Permission.ATTEMPT_VIEW, on=find_attempt)
def show_result(attempt: AttemptRow) -> ResponseReturnValue:
    """The score, every question with its reason, and what changed by it."""
    if not attempt.is_graded:
        return redirect(url_for(".review", uuid=attempt.uuid) if attempt.is_open else _after(attempt))
    questions = list_graded(db(), attempt.attempt_id)
    return render_template(
        "assessment/result.html",
        attempt=attempt,
        questions=questions,
        right=sum(graded.is_right for graded in questions),
        answers=answers,
        wait=_wait_for_next(db(), attempt),
    )


@blueprint.errorhandler(AttemptClosed)
def show_closed(error: AttemptClosed) -> ResponseReturnValue:
    """An answer that came after the submission: nothing is dropped in silence (safety.md §2)."""
    if wants_json():
        return jsonify(error="AttemptClosed"), 409
    uuid = (request.view_args or {})["uuid"]
    return render_template("assessment/closed.html", uuid=uuid, text=_(error.message)), 409


def _start(start: Start, card: ModuleCard) -> ResponseReturnValue:
    try:
        uuid = start(
            db(),
            learner_id=current_actor().user_id,
            module=card,
            now=clock().now(),
            seed=secrets.randbits(63),
        )
    except RuleError as error:
        flash(_(error.message, **error.figures), "warning")
        return redirect(url_for("learning.show_module", slug=card.slug))
    page = find_attempt_page(db(), uuid)
    position = first_unanswered(page.questions) if page else 1
    return redirect(url_for(".show_question", uuid=uuid, position=position))


def _question(page: AttemptPage, answer: Answer) -> str:
    return render_template(
        "assessment/question.html",
        page=page,
        attempt=page.attempt,
        question=page.question,
        answer=answer,
        answers=answers,
        saved_at=_seconds(page.saved_at),
    )


def _refuse(page: AttemptPage, answer: Answer) -> ResponseReturnValue:
    """The question again with what was entered; the response saved before stays."""
    if wants_json():
        return jsonify(errors=answer.errors), 422
    return _question(page, answer), 422


def _next_url(page: AttemptPage, go: str) -> str:
    """Where a button leads: to the question before or after, to one by its number, to the review."""
    last = len(page.questions)
    steps = {"stay": page.position, "previous": max(1, page.position - 1), "next": page.position + 1}
    position = steps.get(go) or (int(go) if go.isascii() and go.isdecimal() and len(go) < 4 else last + 1)
    if not 1 <= position <= last:
        return url_for(".review", uuid=page.attempt.uuid)
    return url_for(".show_question", uuid=page.attempt.uuid, position=position)


def _after(attempt: AttemptRow) -> str:
    """Where a closed attempt leads."""
    if attempt.is_graded:
        return url_for(".show_result", uuid=attempt.uuid)
    return url_for("learning.show_module", slug=attempt.module_slug)


def _wait_for_next(session: Session, attempt: AttemptRow) -> int:
    """How long until the next try: minutes for the quiz, days for the test of prior learning."""
    now = clock().now()
    policy = get_policy(session, on=local_date(now))
    if attempt.is_recognition:
        return next_test_in(last_test_at=attempt.graded_at, now=now, retry_days=policy.recognition_retry_days)
    return next_try_in(last_graded_at=attempt.graded_at, now=now, retry_minutes=policy.quiz_retry_minutes)


def _seconds(instant: datetime | None) -> str:
    """The time of day in Asia/Shanghai with its seconds, as the saved state shows it."""
    return instant.astimezone(SHANGHAI).strftime("%H:%M:%S") if instant else ""
