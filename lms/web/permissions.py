"""Permission is declared on the route; a route with neither `@requires` nor `@public` stops start-up (Z1)."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Flask, abort, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from lms.domain.permissions import Permission, is_allowed
from lms.web.context import SAFE_METHODS, current_actor, db

View = Callable[..., ResponseReturnValue]
Loader = Callable[..., Any]
DECLARED = "declared_permission"
PUBLIC = "public"
CHANGE_PAGE = "accounts.change_password"


def public(view: View) -> View:
    """Anybody may call this route, signed in or not."""
    setattr(view, DECLARED, PUBLIC)
    return view


def requires(permission: Permission, *, on: Loader | None = None) -> Callable[[View], View]:
    """Only an actor whom `permission` allows may call this route.

    `on(db, **url values)` loads the resource, which the view gets in place of the URL's values; a missing
    resource and a foreign one both answer 404, because existence is private."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(**values: Any) -> ResponseReturnValue:
            actor = current_actor()
            if not actor.is_signed_in:
                return send_to_sign_in()
            if actor.must_change_password and request.endpoint != CHANGE_PAGE:
                return send_to_password_page()
            if on is None:
                if not is_allowed(actor, permission):
                    _note_refusal(permission)
                    abort(403)
                return view(**values)
            resource = _load(on, db(), values)
            if resource is None:
                abort(404)
            if not is_allowed(actor, permission, resource):
                _note_refusal(permission)
                abort(404)
            return view(resource)

        setattr(guarded, DECLARED, permission)
        return guarded

    return decorate


def _note_refusal(permission: Permission) -> None:
    """Somebody asked for what they may not have: the feature that keeps the trail is told (safety.md L1)."""
    note: Callable[[str], None] | None = current_app.extensions.get("note_refusal")
    if note is not None:
        note(permission.value)


def _load(on: Loader, session: Session, values: dict[str, Any]) -> Any:
    return on(session, **values)


def send_to_sign_in() -> ResponseReturnValue:
    """To the sign-in page and back to the page first asked for; work in progress is told that its session ended."""
    if request.method not in SAFE_METHODS or request.accept_mimetypes.best == "application/json":
        abort(419)
    return redirect(url_for("accounts.sign_in", next=request.full_path.rstrip("?")))


def send_to_password_page() -> ResponseReturnValue:
    """A password that somebody else has set is replaced before anything else (A6)."""
    if request.method not in SAFE_METHODS:
        abort(403)
    return redirect(url_for(CHANGE_PAGE, next=request.full_path.rstrip("?")))


def check_every_route_declares(app: Flask) -> None:
    """Stop start-up when a route says nothing about who may call it.

    :raises RuntimeError: naming the routes
    """
    silent = [
        rule.rule
        for rule in app.url_map.iter_rules()
        if not hasattr(app.view_functions[rule.endpoint], DECLARED)
    ]
    if silent:
        raise RuntimeError(f"routes without a declared permission: {', '.join(sorted(silent))}")
