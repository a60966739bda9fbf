"""Languages: which one a page speaks, and the switch that stays on the page."""

from __future__ import annotations

from datetime import date, datetime

from flask import Blueprint, Flask, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import Babel

from lms.i18n import CATALOGUES
from lms.ports.clock import SHANGHAI, local_date
from lms.web.context import clock, current_actor, language, settings
from lms.web.permissions import public
from lms.web.text import format_date, gettext, init_text
from lms.web.urls import safe_next

blueprint = Blueprint("localisation", __name__)
YEAR = 365 * 24 * 3600


def init_localisation(app: Flask) -> None:
    app.config["BABEL_DEFAULT_LOCALE"] = "en"
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(CATALOGUES)
    Babel(app, locale_selector=language, timezone_selector=lambda: "Asia/Shanghai")
    init_text(app)  # after Flask-Babel, in place of its slower look-up
    app.register_blueprint(blueprint)
    app.jinja_env.filters["pick"] = pick
    app.jinja_env.filters["day"] = day
    app.jinja_env.filters["clock_time"] = clock_time
    app.jinja_env.filters["minutes"] = minutes_text
    app.jinja_env.globals["get_locale"] = language


def pick(texts: object, name: str | None = None) -> str:
    """The text of this page's language: of a mapping with zh and en, or of a row's `name_zh` / `name_en`."""
    if name is not None:
        return str(getattr(texts, f"{name}_{language()}"))
    return str(texts[language()])  # type: ignore[index]


def day(value: date | datetime) -> str:
    """A calendar day in Asia/Shanghai: 11月27日, 27 Nov; with the year when it is not this one."""
    on = local_date(value) if isinstance(value, datetime) else value
    this_year = local_date(clock().now()).year == on.year
    if language() == "zh":
        return format_date(on, "M月d日" if this_year else "yyyy年M月d日")
    return format_date(on, "d MMM" if this_year else "d MMM yyyy")


def clock_time(value: datetime) -> str:
    """The time of day in Asia/Shanghai, 10:32."""
    return value.astimezone(SHANGHAI).strftime("%H:%M")


def minutes_text(minutes: int) -> str:
    """A span of minutes in words: 25 分钟, 4 小时 30 分."""
    hours, rest = divmod(minutes, 60)
    if not hours:
        return gettext("%(n)d min", n=rest)
    return gettext("%(h)d h %(n)d min", h=hours, n=rest) if rest else gettext("%(h)d h", h=hours)


@blueprint.post("/language/<any(zh,en):code>")
@public
def switch_language(code: str) -> ResponseReturnValue:
    """Change the language and stay on the page."""
    from flask import current_app

    actor = current_actor()
    if actor.is_signed_in:
        current_app.extensions["remember_language"](actor.user_id, code)
    response = redirect(safe_next(request.form.get("next", "")))
    response.set_cookie(
        "language", code, max_age=YEAR, samesite="Lax", secure=settings().is_https, httponly=True
    )
    return response
