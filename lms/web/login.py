"""Flask-Login over the server-side session table: the cookie names a session, the table decides (S1–S3)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Flask, Response, request, session
from flask_login import LoginManager, UserMixin, current_user
from sqlalchemy.orm import Session

from lms.domain.permissions import Actor
from lms.web.context import clock, database, db

TOUCH_AFTER = timedelta(minutes=5)


@dataclass(frozen=True)
class SignedIn:
    """A live session: who acts, when the session was last seen, how many notices wait."""

    actor: Actor
    last_seen_at: datetime
    unread_count: int = 0


FindSession = Callable[[Session, str, datetime], SignedIn | None]
TouchSession = Callable[[Session, str, datetime], None]


class LoginUser(UserMixin):  # type: ignore[misc]
    """What Flask-Login holds: the session token as id, the actor beside it."""

    def __init__(self, token: str, signed_in: SignedIn) -> None:
        self.token = token
        self.actor = signed_in.actor
        self.last_seen_at = signed_in.last_seen_at
        self.unread_count = signed_in.unread_count

    def get_id(self) -> str:
        return self.token


def init_login(app: Flask, *, find_session: FindSession, touch_session: TouchSession) -> None:
    """Load the acting person from the session table on each request that asks for it."""
    manager = LoginManager(app)
    manager.session_protection = None  # the table and the cookie's attributes protect the session

    @manager.user_loader  # type: ignore[untyped-decorator]
    def load_user(token: str) -> LoginUser | None:
        signed_in = find_session(db(), token, clock().now())
        return LoginUser(token, signed_in) if signed_in else None

    @app.after_request
    def touch(response: Response) -> Response:
        """A page view keeps the session awake; the write is its own, at most every five minutes."""
        if request.endpoint == "static" or "_user_id" not in session:
            return response
        if isinstance(current_user._get_current_object(), LoginUser):
            now = clock().now()
            if now - current_user.last_seen_at > TOUCH_AFTER:
                with database().writing() as own:
                    touch_session(own, current_user.token, now)
        return response
