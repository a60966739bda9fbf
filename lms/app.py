"""create_app(): the only module that knows every feature."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask, request, url_for
from flask_babel import gettext, lazy_gettext
from flask_compress import Compress
from flask_wtf import CSRFProtect
from sqlalchemy.orm import Session
from werkzeug.middleware.proxy_fix import ProxyFix

from lms.config import Settings
from lms.db.transaction import Database
from lms.domain import events
from lms.features.accounts import queries as account_queries
from lms.features.accounts import service as accounts
from lms.features.accounts import tasks as account_tasks
from lms.features.accounts.views import blueprint as accounts_blueprint
from lms.features.assessment.panels import show_quiz_row
from lms.features.assessment.views import blueprint as assessment_blueprint
from lms.features.catalog.queries import find_module_card
from lms.features.catalog.views import blueprint as catalog_blueprint
from lms.features.home.views import blueprint as home_blueprint
from lms.features.learning import service as learning
from lms.features.learning.views import blueprint as learning_blueprint
from lms.features.organizations.queries import name_words
from lms.features.recommendations import service as recommendations
from lms.features.recommendations import tasks as recommendation_tasks
from lms.features.recommendations.panels import show_next_steps
from lms.features.recommendations.views import blueprint as recommendations_blueprint
from lms.features.skills import service as skills
from lms.features.skills.panels import show_rises, show_taught_skills
from lms.features.skills.views import blueprint as skills_blueprint
from lms.i18n import compile_catalogues
from lms.jobs.outbox import BUS, CLOCK, EventBus
from lms.ports.clock import Clock, SystemClock
from lms.web.application import Application
from lms.web.assets import init_assets
from lms.web.context import current_actor, language
from lms.web.errors import init_errors
from lms.web.headers import init_headers
from lms.web.kept_pages import page_nonce, page_token
from lms.web.limits import init_limits
from lms.web.localisation import init_localisation, pick
from lms.web.login import init_login
from lms.web.memo import init_memo
from lms.web.panels import register_panel, render_slot
from lms.web.permissions import DECLARED, PUBLIC, check_every_route_declares

BLUEPRINTS = (
    accounts_blueprint,
    catalog_blueprint,
    learning_blueprint,
    assessment_blueprint,
    skills_blueprint,
    recommendations_blueprint,
    home_blueprint,
)
NAVIGATION = (
    ("home.show_home", lazy_gettext("Home"), "home"),
    ("learning.show_curriculum", lazy_gettext("Curriculum"), "stack-2"),
    ("skills.show_skills", lazy_gettext("Skills"), "stairs-up"),
    ("home.show_record", lazy_gettext("Record"), "certificate"),
)


def event_bus() -> EventBus:
    """Who listens to which event."""
    return EventBus(
        now={
            events.CurriculumSynced: (recommendations.store_role_paths, learning.note_ready_modules),
            events.ModuleCompleted: (skills.record_completion,),
            events.ModuleRecognised: (skills.record_recognition,),
            events.EvidenceRecorded: (recommendations.refresh_for_event,),
            events.RoleChanged: (recommendations.refresh_for_event,),
            events.PersonalisationChanged: (recommendations.refresh_for_event,),
            events.EnrollmentChanged: (recommendations.refresh_for_event,),
        },
        later={events.CurriculumSynced: ("refresh_recommendations",)},
        tasks={
            "refresh_recommendations": recommendation_tasks.refresh_recommendations,
            "purge_accounts": account_tasks.purge_accounts,
        },
    )


def destination_names() -> dict[str, Callable[..., str]]:
    """What the sign-in page calls the pages it leads to: endpoint → name(db, **values of the URL)."""

    def named(label: str) -> Callable[..., str]:
        return lambda db, **values: str(label)

    def module(db: Session, *, slug: str) -> str:
        card = find_module_card(db, slug)
        return pick(card, "title") if card else ""

    def lesson(db: Session, *, slug: str, position: int) -> str:
        title = module(db, slug=slug)
        return gettext("%(title)s, lesson %(n)d", title=title, n=position) if title else ""

    pages = {endpoint: named(label) for endpoint, label, _ in NAVIGATION}
    pages["learning.show_curriculum_list"] = named(lazy_gettext("Curriculum"))
    pages["accounts.show_profile"] = pages["accounts.change_password"] = named(lazy_gettext("Profile"))
    return pages | {"learning.show_module": module, "learning.show_lesson": lesson}


def nightly_tasks(settings: Settings) -> dict[str, dict[str, Any]]:
    """What the worker does every night, with what it is told."""
    return {
        "purge_accounts": {"idle_minutes": settings.session_idle_minutes},
        "refresh_recommendations": {},
    }


def open_database(settings: Settings, clock: Clock | None = None) -> Database:
    """The database with the table of listeners and the clock they ask."""
    return Database(settings.database_url, info={BUS: event_bus(), CLOCK: clock or SystemClock()})


def create_app(settings: Settings, *, database: Database | None = None, clock: Clock | None = None) -> Flask:
    """The application, ready to serve.

    :raises RuntimeError: a route declares no permission
    """
    compile_catalogues()
    app = Application("lms", static_folder="web/static", template_folder="web/templates")
    app.extensions["settings"] = settings
    app.extensions["database"] = database or open_database(settings, clock)
    app.extensions["clock"] = clock or SystemClock()
    app.extensions["remember_language"] = accounts.remember_language
    app.extensions["password_words"] = name_words
    app.extensions["destination_names"] = destination_names()
    _configure(app, settings)
    _init_web(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    register_panel(app, "module.skills", show_taught_skills)
    register_panel(app, "module.quiz", show_quiz_row)
    register_panel(app, "result.after", show_rises)
    register_panel(app, "result.after", show_next_steps)
    setattr(app.view_functions["static"], DECLARED, PUBLIC)
    check_every_route_declares(app)
    init_memo(app)
    return app


def _configure(app: Flask, settings: Settings) -> None:
    app.testing = settings.is_testing
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SESSION_COOKIE_NAME="__Host-terrace" if settings.is_https else "terrace",
        SESSION_COOKIE_SECURE=settings.is_https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        MAX_CONTENT_LENGTH=1024 * 1024,
        WTF_CSRF_TIME_LIMIT=None,  # the token lives as long as the session it is bound to
        COMPRESS_MIMETYPES=["text/html", "text/css", "text/javascript", "image/svg+xml", "application/json"],
        COMPRESS_ALGORITHM=["gzip"],
        COMPRESS_STREAMS=True,
    )
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.auto_reload = settings.is_testing
    if settings.trusted_proxies:
        n = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=n, x_proto=n, x_host=n)  # type: ignore[method-assign]


def _init_web(app: Flask) -> None:
    CSRFProtect(app)
    Compress(app)
    init_headers(app)
    init_assets(app)
    init_localisation(app)
    init_errors(app)
    init_limits(app)
    init_login(app, find_session=account_queries.find_signed_in, touch_session=accounts.touch_session)
    app.jinja_env.globals.update(csp_nonce=page_nonce, render_slot=render_slot, csrf_token=page_token)
    app.context_processor(_page_facts)


def _page_facts() -> dict[str, Any]:
    """What every page shows around its content."""
    actor = current_actor()
    here = request.blueprint
    entries = [
        {
            "label": label,
            "url": url_for(endpoint),
            "icon": icon,
            "is_current": request.endpoint == endpoint
            or (here != "home" and endpoint.startswith(f"{here}.")),
        }
        for endpoint, label, icon in NAVIGATION
    ]
    other = "en" if language() == "zh" else "zh"
    return {
        "current_actor": actor,
        "csrf_token": page_token,  # in place of Flask-WTF's own
        "navigation": entries if actor.is_signed_in else [],
        "search_url": url_for("learning.show_curriculum_list"),
        "sign_out_url": url_for("accounts.sign_out"),
        "person_menu_entries": [
            {"label": gettext("Profile"), "url": url_for("accounts.show_profile"), "icon": "user"}
        ],
        "language_switch_url": url_for("localisation.switch_language", code=other),
        "demo_marked": account_queries.is_demo_installation(),
    }
