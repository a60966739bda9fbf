"""Sign-in, sign-out, profile, password, own sessions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast
from urllib.parse import urlsplit

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    flash,
    g,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue
from flask_login import login_user
from sqlalchemy.orm import Session
from werkzeug.exceptions import HTTPException

from lms.domain.errors import RuleError
from lms.domain.password import MIN_LENGTH, PasswordRefused
from lms.domain.permissions import Hat, Permission
from lms.domain.sign_in import SignInPaused, SignInRefused
from lms.features.accounts import hats, service
from lms.features.accounts import sign_in as door
from lms.features.accounts.forms import PasswordForm, ProfileForm, SignInForm, device_label, device_token
from lms.features.accounts.queries import list_sessions
from lms.features.taxonomy.queries import list_roles
from lms.ports.passwords import Argon2Passwords, Passwords
from lms.web.context import clock, close_db, current_actor, database, db, settings
from lms.web.login import LoginUser
from lms.web.permissions import public, requires
from lms.web.text import gettext as _
from lms.web.urls import safe_next

blueprint = Blueprint("accounts", __name__, template_folder="templates")
YEAR = service.DEVICE_DAYS * 24 * 3600


@blueprint.record_once
def make_hasher(state: BlueprintSetupState) -> None:
    """One hasher per application: its cap on concurrent hashes is the process's."""
    chosen = state.app.extensions["settings"]
    state.app.extensions["passwords"] = Argon2Passwords(
        memory_kib=chosen.argon2_memory_kib,
        time_cost=chosen.argon2_time_cost,
        parallelism=chosen.argon2_parallelism,
    )


@blueprint.route("/sign-in", methods=("GET", "POST"))
@public
def sign_in() -> ResponseReturnValue:
    form = SignInForm.read(request.form, request.args)
    if request.method != "POST":
        return redirect(form.next) if current_actor().is_signed_in else _sign_in_page(form)
    try:
        # nothing before this may ask for the database: the sign-in opens and ends its own transactions
        entered = door.sign_in(_door(), _browser(), name=form.name, password=form.password)
    except (SignInPaused, SignInRefused) as error:
        return _sign_in_page(form, error)
    hat = entered.signed_in.actor.hat
    return _enter(redirect(_start_page(hat) if form.next == "/" else form.next), entered)


@blueprint.post("/sign-out")
@public
def sign_out() -> ResponseReturnValue:
    service.end_session(db(), _session_token())
    session.clear()
    return redirect(url_for(".sign_in"))


@blueprint.post("/hat/<any(learner,instructor,manager,supervisor,auditor):name>")
@requires(Permission.HAT_WEAR)
def wear_hat(name: str) -> ResponseReturnValue:
    """Act as somebody else that one is, and go to that hat's start page."""
    hat, actor = Hat(name), current_actor()
    if hat not in actor.hats:
        abort(404)
    hats.wear_hat(db(), token=_session_token(), user_id=actor.user_id, hat=hat)
    return redirect(_start_page(hat))


@blueprint.get("/profile")
@requires(Permission.PROFILE_EDIT_OWN)
def show_profile() -> ResponseReturnValue:
    actor = current_actor()
    return _profile_page(ProfileForm(actor.language, actor.role_id))


@blueprint.post("/profile")
@requires(Permission.PROFILE_EDIT_OWN)
def save_profile() -> ResponseReturnValue:
    form = ProfileForm.read(request.form, list_roles(db()))
    if form.errors:
        return _profile_page(form), 422
    user_id, now = current_actor().user_id, clock().now()
    service.remember_language(user_id, form.language)
    g.language = form.language  # the answer already speaks it
    if current_app.extensions["wish_role"](db(), user_id=user_id, role_id=form.role_id, now=now):
        flash(_("Your profile is saved. Your manager decides about the role you propose."), "success")
    else:
        flash(_("Your profile is saved."), "success")
    return redirect(safe_next(request.form.get("next", ""), default=url_for(".show_profile")))


@blueprint.route("/profile/password", methods=("GET", "POST"))
@requires(Permission.PROFILE_EDIT_OWN)
def change_password() -> ResponseReturnValue:
    form = PasswordForm.read(request.form, request.args)
    if request.method != "POST" or not form.check():
        return _password_page(form, 422 if form.errors else 200)
    try:
        entered = _change_password(form)
    except RuleError as error:
        return _refused_password(form, error)
    answer = _enter(redirect(form.next or url_for(".show_profile")), entered)
    flash(_("Your password is changed. Other devices have been signed out."), "success")
    return answer


@blueprint.post("/profile/sessions/<int:session_id>/end")
@requires(Permission.PROFILE_EDIT_OWN)
def end_session(session_id: int) -> ResponseReturnValue:
    if not service.end_own_session(db(), user_id=current_actor().user_id, session_id=session_id):
        abort(404)
    flash(_("The device has been signed out."), "success")
    return redirect(url_for(".show_profile"))


@blueprint.post("/profile/sessions/end-others")
@requires(Permission.PROFILE_EDIT_OWN)
def end_other_sessions() -> ResponseReturnValue:
    service.end_other_sessions(db(), user_id=current_actor().user_id, token=_session_token())
    flash(_("All other devices have been signed out."), "success")
    return redirect(url_for(".show_profile"))


def _sign_in_page(form: SignInForm, error: RuleError | None = None) -> ResponseReturnValue:
    """The form, after an error with the name kept and the minutes to wait in words and in Retry-After."""
    text = _(error.message, **error.figures) if error else None
    body = render_template("accounts/sign_in.html", form=form, error=text, destination=_name_of(form.next))
    if isinstance(error, SignInPaused):
        return body, 429, {"Retry-After": str(error.minutes * 60)}
    return body, 422 if error else 200


def _start_page(hat: Hat) -> str:
    """Where somebody begins who wears this hat."""
    return url_for(current_app.extensions["start_pages"][hat])


def _profile_page(form: ProfileForm) -> str:
    sessions = list_sessions(db(), user_id=current_actor().user_id, token=_session_token(), now=clock().now())
    return render_template("accounts/profile.html", form=form, roles=list_roles(db()), sessions=sessions)


def _password_page(form: PasswordForm, status: int) -> ResponseReturnValue:
    body = render_template(
        "accounts/change_password.html",
        form=form,
        min_length=MIN_LENGTH,
        is_initial=current_actor().must_change_password,
    )
    return body, status


def _change_password(form: PasswordForm) -> door.NewSession:
    user_id, own_words = current_actor().user_id, _own_words()
    close_db()  # the request's writing transaction must not wait for the hashes
    return door.change_password(
        _door(), _browser(), user_id=user_id, current=form.current, new=form.new, own_words=own_words
    )


def _refused_password(form: PasswordForm, error: RuleError) -> ResponseReturnValue:
    name = "new" if isinstance(error, PasswordRefused) else "current"
    form.errors[name] = _(error.message, **error.figures)
    if isinstance(error, SignInPaused):
        body, _status = cast(tuple[str, int], _password_page(form, 429))
        return body, 429, {"Retry-After": str(error.minutes * 60)}
    return _password_page(form, 422)


def _enter(answer: Any, entered: door.NewSession) -> Response:
    """Cookies of a session just begun; the old cookie's content is dropped first (S1)."""
    session.clear()
    login_user(LoginUser(entered.token, entered.signed_in))
    g.language = entered.signed_in.actor.language
    response = cast(Response, answer)
    response.set_cookie(
        _device_cookie(),
        entered.device_token,
        max_age=YEAR,
        path="/",
        secure=settings().is_https,
        httponly=True,
        samesite="Lax",
    )
    return response


def _door() -> door.Door:
    passwords: Passwords = current_app.extensions["passwords"]
    return door.Door(database(), passwords, settings(), clock().now())


def _browser() -> door.Browser:
    return door.Browser(
        address=request.remote_addr or "",
        device=device_label(request.headers.get("User-Agent", "")),
        device_token=device_token(request.cookies.get(_device_cookie())),
        token=_session_token(),
    )


def _session_token() -> str:
    return str(session.get("_user_id", ""))


def _device_cookie() -> str:
    return "__Host-terrace-device" if settings().is_https else "terrace-device"


def _own_words() -> tuple[str, ...]:
    """Names of the person's enterprise, from the feature to the right that knows them."""
    words: Callable[[Session, int], tuple[str, ...]] | None = current_app.extensions.get("password_words")
    return words(db(), current_actor().user_id) if words else ()


def _name_of(target: str) -> str:
    """Where one goes after signing in, in words; empty for the start page."""
    if target == "/":
        return ""
    try:
        endpoint, values = current_app.url_map.bind("").match(urlsplit(target).path, method="GET")
    except HTTPException:
        return str(_("the page you asked for"))
    name = current_app.extensions.get("destination_names", {}).get(endpoint)
    with database().reading() as own:  # after a refused sign-in the request's session would be a writing one
        return str((name(own, **values) if name else "") or _("the page you asked for"))
