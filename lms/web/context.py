"""What a request can reach: the database, the clock, the settings, the acting person."""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import date
from typing import cast

from flask import current_app, g, has_request_context, request
from flask_login import current_user
from sqlalchemy.orm import Session

from lms.config import Settings
from lms.db.transaction import Database
from lms.domain.permissions import Actor
from lms.ports.clock import Clock, local_date

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
NOBODY = Actor(
    user_id=0, display_name="", language="zh", role_id=None, is_personalised=False, is_signed_in=False
)


def database() -> Database:
    return cast(Database, current_app.extensions["database"])


def clock() -> Clock:
    return cast(Clock, current_app.extensions["clock"])


def today() -> date:
    """The calendar day of this request in Asia/Shanghai."""
    return local_date(clock().now())


def settings() -> Settings:
    return cast(Settings, current_app.extensions["settings"])


def db() -> Session:
    """The request's session, opened at first use: read-only for safe methods, writing otherwise.

    The transaction begins and ends with the view (`Application.dispatch_request`). What runs before or after
    it, such as the check of a form's token or an error page, reads: nobody would end a writing session."""
    if "db" not in g:
        is_writing = request.method not in SAFE_METHODS and g.get("is_in_view", False)
        g.db_door = database().writing() if is_writing else database().reading()
        g.db = g.db_door.__enter__()
    return cast(Session, g.db)


def close_db(error: BaseException | None = None) -> None:
    """End the request's transaction: commit what a writing view did, or undo it when it failed."""
    door: AbstractContextManager[Session] | None = g.pop("db_door", None)
    g.pop("db", None)
    if door is None:
        return
    if error is None:
        door.__exit__(None, None, None)
        return
    try:
        door.__exit__(type(error), error, error.__traceback__)
    except BaseException as same:
        if same is not error:
            raise


def current_actor() -> Actor:
    """The signed-in person, or nobody."""
    return cast(Actor, getattr(current_user, "actor", NOBODY))


def known_actor() -> Actor:
    """The acting person as far as this request has asked who that is; asks no database, outside of a request
    nobody."""
    known = g.get("_login_user") if has_request_context() else None  # where Flask-Login keeps whom it loaded
    return cast(Actor, getattr(known, "actor", NOBODY))


def language() -> str:
    """The language of this page, `zh` or `en`: the person's, else the browser's choice."""
    if "language" not in g:
        actor = current_actor()
        chosen = actor.language if actor.is_signed_in else request.cookies.get("language", "")
        g.language = (
            chosen if chosen in ("zh", "en") else request.accept_languages.best_match(("zh", "en"), "zh")
        )
    return cast(str, g.language)
