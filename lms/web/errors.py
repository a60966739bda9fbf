"""Error pages in both languages, each with a way on (403, 404, 413, 419, 429, 500, offline)."""

from __future__ import annotations

from flask import Blueprint, Flask, jsonify, render_template, request, send_from_directory
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, default_exceptions

from lms.domain.errors import Conflict, RuleError
from lms.web.assets import STATIC
from lms.web.permissions import public

PAGES = frozenset({400, 403, 404, 413, 419, 429, 500})
blueprint = Blueprint("errors", __name__)


class SessionEnded(HTTPException):
    """The session ended or the form's token is not valid any more."""

    code = 419
    description = "session ended"


default_exceptions[419] = SessionEnded


def init_errors(app: Flask) -> None:
    app.aborter.mapping[419] = SessionEnded
    app.register_blueprint(blueprint)
    app.register_error_handler(HTTPException, show_error)
    app.register_error_handler(CSRFError, lambda error: show_error(SessionEnded()))
    app.register_error_handler(RuleError, show_rule_error)
    app.register_error_handler(Exception, show_failure)


def show_error(error: HTTPException) -> ResponseReturnValue:
    if error.code is None or error.code < 400:
        return error.get_response()  # a redirect raised by the routing
    if wants_json():
        return jsonify(error=error.code), error.code
    page = error.code if error.code in PAGES else (500 if error.code >= 500 else 400)
    body = render_template(f"errors/{page}.html", error=error)
    return body, error.code, _kept_headers(error)


def show_rule_error(error: RuleError) -> ResponseReturnValue:
    """A rule said no where the page had not expected it: the reason in words, nothing lost."""
    code = 409 if isinstance(error, Conflict) else 422
    if wants_json():
        return jsonify(error=type(error).__name__), code
    return render_template("errors/rule.html", error=error), code


def show_failure(error: Exception) -> ResponseReturnValue:
    from flask import current_app

    if current_app.testing and not isinstance(error, HTTPException):
        raise error
    current_app.logger.exception("unhandled error at %s", request.endpoint)
    return render_template("errors/500.html"), 500


def wants_json() -> bool:
    return request.accept_mimetypes.best == "application/json" or request.is_json


def _kept_headers(error: HTTPException) -> list[tuple[str, str]]:
    return [(k, v) for k, v in error.get_headers() if k.lower() in ("retry-after", "allow")]


@blueprint.get("/offline")
@public
def offline() -> ResponseReturnValue:
    """What the browser shows when it cannot reach the server."""
    return render_template("errors/offline.html")


@blueprint.get("/sw.js")
@public
def service_worker() -> ResponseReturnValue:
    """The script that shows the offline page; it must lie at the root to stand before every page."""
    response = send_from_directory(STATIC / "js", "sw.js", mimetype="text/javascript", max_age=0)
    response.headers["Cache-Control"] = "no-cache"
    return response
