"""create_app(): the only module that knows every feature."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from flask import Flask, url_for
from flask_babel import gettext
from flask_compress import Compress
from flask_login import current_user
from flask_wtf import CSRFProtect
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
from lms.features.assignments import rules as joiners
from lms.features.assignments.panels import show_wish
from lms.features.assignments.views import blueprint as assignments_blueprint
from lms.features.catalog import publishing as catalog
from lms.features.catalog.views import blueprint as catalog_blueprint
from lms.features.files.store import UploadStore
from lms.features.home.views import blueprint as home_blueprint
from lms.features.learning import service as learning
from lms.features.learning.drill_views import blueprint as drills_blueprint
from lms.features.learning.glossary_views import blueprint as glossary_blueprint
from lms.features.learning.queries import has_begun
from lms.features.learning.views import blueprint as learning_blueprint
from lms.features.notifications import tasks as notification_tasks
from lms.features.notifications.kinds import HATS
from lms.features.notifications.views import blueprint as notifications_blueprint
from lms.features.organizations import tasks as organization_tasks
from lms.features.organizations.import_views import blueprint as imports_blueprint
from lms.features.organizations.panels import show_own_work
from lms.features.organizations.people_views import blueprint as people_blueprint
from lms.features.organizations.proposal_views import blueprint as proposals_blueprint
from lms.features.organizations.proposals import wish_role
from lms.features.organizations.queries import employment_paths, name_words
from lms.features.organizations.views import blueprint as organizations_blueprint
from lms.features.recommendations import service as recommendations
from lms.features.recommendations import tasks as recommendation_tasks
from lms.features.recommendations.mastery import MASTERY_MODELS, MasteryStore
from lms.features.recommendations.model_store import MODELS, ModelStore
from lms.features.recommendations.panels import show_next_steps
from lms.features.recommendations.views import blueprint as recommendations_blueprint
from lms.features.reporting import summaries
from lms.features.reporting import tasks as reporting_tasks
from lms.features.reporting.district_views import blueprint as district_blueprint
from lms.features.reporting.team_views import blueprint as team_blueprint
from lms.features.skills import service as skills
from lms.features.skills.panels import show_rises, show_taught_skills
from lms.features.skills.views import blueprint as skills_blueprint
from lms.features.skills.views import finding_blueprint
from lms.features.studio import tasks as studio_tasks
from lms.features.studio.body_limit import init_body_limit
from lms.features.studio.panels import show_questions, show_second_approval
from lms.features.studio.upload_views import blueprint as uploads_blueprint
from lms.features.studio.views import blueprint as studio_blueprint
from lms.features.trail import service as trail
from lms.features.trail import tasks as trail_tasks
from lms.features.trail.looks import init_looks
from lms.features.trail.people import PEOPLE, People
from lms.features.trail.views import blueprint as trail_blueprint
from lms.i18n import compile_catalogues
from lms.jobs.outbox import BUS, CLOCK, EventBus, Listener, Task
from lms.navigation import NAVIGATION, destination_names, hats_menu, rail
from lms.ports.clock import Clock, SystemClock
from lms.ports.virus_scanner import make_scanner
from lms.web.application import Application
from lms.web.assets import init_assets
from lms.web.context import current_actor, language
from lms.web.errors import init_errors
from lms.web.headers import init_headers
from lms.web.kept_pages import page_nonce, page_token
from lms.web.limits import init_limits
from lms.web.localisation import init_localisation
from lms.web.login import init_login
from lms.web.memo import init_memo
from lms.web.panels import register_panel, render_slot
from lms.web.permissions import DECLARED, PUBLIC, check_every_route_declares

BLUEPRINTS = (
    accounts_blueprint,
    organizations_blueprint,
    people_blueprint,
    proposals_blueprint,
    imports_blueprint,
    catalog_blueprint,
    learning_blueprint,
    drills_blueprint,
    glossary_blueprint,
    assessment_blueprint,
    skills_blueprint,
    finding_blueprint,
    recommendations_blueprint,
    assignments_blueprint,
    team_blueprint,
    district_blueprint,
    studio_blueprint,
    uploads_blueprint,
    home_blueprint,
    notifications_blueprint,
    trail_blueprint,
)


def event_bus() -> EventBus:
    """Who listens to which event, and what the jobs are called."""
    return EventBus(always=(trail.record_event,), now=_at_once(), later=_afterwards(), tasks=_tasks())


def _at_once() -> dict[type[events.Event], Sequence[Listener]]:
    """Listeners within the transaction of the event."""
    return {
        events.CurriculumSynced: (recommendations.store_role_paths, learning.note_ready_modules),
        events.ModuleCompleted: (skills.record_completion, summaries.note_change),
        events.ModuleRecognised: (skills.record_recognition,),
        events.AttemptGraded: (skills.note_answers,),
        events.EvidenceRecorded: (recommendations.refresh_for_event, summaries.note_change),
        events.RoleChanged: (
            recommendations.refresh_for_event,
            joiners.note_joiner,
            summaries.note_change,
        ),
        events.RolesSet: (joiners.note_joiner, summaries.note_change),
        events.EmploymentBegun: (joiners.note_joiner, summaries.note_change),
        events.EmploymentChanged: (joiners.note_joiner, summaries.note_change),
        events.ModuleUnpublished: (recommendations.forget_module,),
        events.OrganizationMoved: (catalog.note_move,),
        events.EmploymentEnded: (recommendations.refresh_for_event, summaries.note_end),
        events.LearningAssigned: (summaries.note_change,),
        events.AssignmentWaived: (summaries.note_change,),
        events.ProgressNoted: (summaries.note_progress,),
        events.PersonalisationChanged: (recommendations.refresh_for_event,),
        events.EnrollmentChanged: (
            recommendations.note_choice,
            recommendations.refresh_for_event,
            summaries.note_change,
        ),
    }


def _afterwards() -> dict[type[events.Event], Sequence[str]]:
    """Jobs that follow an event once it is committed."""
    return {
        events.CurriculumSynced: ("refresh_recommendations", "rebuild_summaries"),
        events.RolesSet: ("refresh_learners",),
        events.ModulePublished: ("refresh_recommendations",),
        events.ModuleShown: ("refresh_recommendations",),
        events.ModuleUnpublished: ("rebuild_summaries", "refresh_recommendations"),
        events.OrganizationMoved: ("count_team_figures",),
    }


def _tasks() -> dict[str, Task]:
    """Every job by its name."""
    return {
        "refresh_recommendations": recommendation_tasks.refresh_recommendations,
        "refresh_learners": recommendation_tasks.refresh_learners,
        "fit_recommender": recommendation_tasks.fit_recommender,
        "fit_mastery": recommendation_tasks.fit_mastery,
        "judge_weights": recommendation_tasks.judge_weights,
        "purge_recommendation_log": recommendation_tasks.purge_recommendation_log,
        "purge_accounts": account_tasks.purge_accounts,
        "purge_notifications": notification_tasks.purge_notifications,
        "import_upload": studio_tasks.import_upload,
        "sweep_uploads": studio_tasks.sweep_uploads,
        "check_trail": trail_tasks.check_trail,
        "purge_people_lists": organization_tasks.purge_people_lists,
        "apply_assignment_rules": joiners.apply_rules,
        "rebuild_summaries": reporting_tasks.rebuild_summaries,
        "summarise_people": reporting_tasks.summarise_people,
        "count_team_figures": reporting_tasks.count_team_figures,
    }


def nightly_tasks(settings: Settings) -> dict[str, dict[str, Any]]:
    """What the worker does every night, with what it is told."""
    return {
        "purge_accounts": {"idle_minutes": settings.session_idle_minutes},
        "purge_notifications": {},
        "check_trail": {},
        "purge_people_lists": {},
        "fit_recommender": {},
        "refresh_recommendations": {},  # behind the fit, so that it uses what was learned
        "judge_weights": {},  # behind the fit too
        "fit_mastery": {},
        "purge_recommendation_log": {},
        "sweep_uploads": {"store": str(settings.uploads_dir)},
        "apply_assignment_rules": {},
        "rebuild_summaries": {},
    }


def session_info(clock: Clock, models: Path | None = None) -> dict[str, Any]:
    """What every session of the database knows: who listens, what time it is, whom the trail asks about people.

    `models`: the folder of what the nights have learned; without it nothing is learned."""
    people = People(
        places=employment_paths, names=account_queries.display_names, find=account_queries.find_by_name
    )
    stores = {MODELS: ModelStore(models), MASTERY_MODELS: MasteryStore(models / "mastery")} if models else {}
    return {BUS: event_bus(), CLOCK: clock, PEOPLE: people, **stores}


def open_database(settings: Settings, clock: Clock | None = None) -> Database:
    """The database with what its sessions know."""
    return Database(settings.database_url, info=session_info(clock or SystemClock(), settings.models_dir))


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
    app.extensions["start_pages"] = {hat: entries[0][0] for hat, entries in NAVIGATION.items()}
    app.extensions["wish_role"] = wish_role
    app.extensions["has_begun"] = has_begun
    app.extensions["virus_scanner"] = make_scanner(settings.clamd_address)
    UploadStore(settings.uploads_dir).sweep_work()
    _configure(app, settings)
    _init_web(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    register_panel(app, "profile.work", show_own_work)
    register_panel(app, "module.skills", show_taught_skills)
    register_panel(app, "module.quiz", show_quiz_row)
    register_panel(app, "module.facts", show_wish)
    register_panel(app, "lesson.after", show_questions)
    register_panel(app, "organization.after", show_second_approval)
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
    init_body_limit(app)  # before the check of the token, which reads the form
    CSRFProtect(app)
    Compress(app)
    init_headers(app)
    init_assets(app)
    init_localisation(app)
    init_errors(app)
    init_limits(app)
    init_looks(app)
    init_login(app, find_session=account_queries.find_signed_in, touch_session=accounts.touch_session)
    app.jinja_env.globals.update(csp_nonce=page_nonce, render_slot=render_slot, csrf_token=page_token)
    app.context_processor(_page_facts)


def _page_facts() -> dict[str, Any]:
    """What every page shows around its content."""
    actor = current_actor()
    other = "en" if language() == "zh" else "zh"
    return {
        "current_actor": actor,
        "csrf_token": page_token,  # in place of Flask-WTF's own
        "navigation": rail(actor.hat) if actor.is_signed_in else [],
        "home_url": url_for(NAVIGATION[actor.hat][0][0]),
        "hats": hats_menu(actor) if len(actor.hats) > 1 else [],
        "hat_label": gettext(HATS[actor.hat]) if len(actor.hats) > 1 else "",
        "search_url": url_for("learning.show_curriculum_list"),
        "notifications_url": url_for("notifications.show_inbox") if actor.is_signed_in else None,
        "unread_count": getattr(current_user, "unread_count", 0),
        "sign_out_url": url_for("accounts.sign_out"),
        "person_menu_entries": [
            {"label": gettext("Profile"), "url": url_for("accounts.show_profile"), "icon": "user"}
        ],
        "language_switch_url": url_for("localisation.switch_language", code=other),
        "demo_marked": account_queries.is_demo_installation(),
    }
