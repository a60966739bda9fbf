"""Rate limits per network; counters in memory when embedded, in Redis when scaled (safety.md W7)."""

from __future__ import annotations

from flask import Flask
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

from lms.web.context import current_actor, settings

limiter = Limiter(key_func=get_remote_address)


def per_person() -> str:
    """Who is counted where the limit is a person's."""
    return str(current_actor().user_id)


def init_limits(app: Flask) -> None:
    with app.app_context():
        app.config["RATELIMIT_STORAGE_URI"] = settings().redis_url or "memory://"
    app.config["RATELIMIT_HEADERS_ENABLED"] = False
    limiter.init_app(app)
