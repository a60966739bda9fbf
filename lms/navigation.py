"""Where the pages are: the rail of each hat, the menu of hats, and what the sign-in page calls its destinations."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import request, url_for
from flask_babel import gettext, lazy_gettext
from sqlalchemy.orm import Session

from lms.domain.permissions import Actor, Hat
from lms.features.catalog.queries import find_module_card
from lms.features.notifications.kinds import HATS
from lms.web.localisation import pick

# What each hat sees in the rail, at most four entries; the first one is the hat's start page.
NAVIGATION: dict[Hat, tuple[tuple[str, Any, str], ...]] = {
    Hat.LEARNER: (
        ("home.show_home", lazy_gettext("Home"), "home"),
        ("learning.show_curriculum", lazy_gettext("Curriculum"), "stack-2"),
        ("skills.show_skills", lazy_gettext("Skills"), "stairs-up"),
        ("home.show_record", lazy_gettext("Record"), "certificate"),
    ),
    Hat.INSTRUCTOR: (
        ("studio.show_desk", lazy_gettext("Studio"), "books"),
        ("uploads.show_form", lazy_gettext("Upload"), "upload"),
        ("studio.show_questions", lazy_gettext("Questions"), "message-circle"),
        ("learning.show_curriculum", lazy_gettext("Curriculum"), "stack-2"),
    ),
    Hat.MANAGER: (
        ("team.show_team", lazy_gettext("Team"), "users"),
        ("organizations.show_organizations", lazy_gettext("Organisation"), "building-community"),
        ("proposals.show_proposals", lazy_gettext("Role proposals"), "checklist"),
    ),
    Hat.SUPERVISOR: (
        ("district.show_district", lazy_gettext("District"), "chart-dots"),
        ("team.show_team", lazy_gettext("People"), "users"),
        ("organizations.show_organizations", lazy_gettext("Organisation"), "building-community"),
        ("studio.show_wishes", lazy_gettext("Shared modules"), "world"),
    ),
    Hat.AUDITOR: (
        ("trail.show_trail", lazy_gettext("Trail"), "notes"),
        ("district.show_district", lazy_gettext("District"), "chart-dots"),
        ("organizations.show_organizations", lazy_gettext("Organisation"), "building-community"),
    ),
}
# Blueprints whose pages belong to the entry of another one.
ROOMS = {"people": "organizations", "people_lists": "organizations", "finding": "learning"}


def rail(hat: Hat) -> list[dict[str, Any]]:
    """The rail of a hat; the entry whose feature shows this page is the current one."""
    here = ROOMS.get(request.blueprint or "", request.blueprint)
    endpoints = [endpoint for endpoint, _, _ in NAVIGATION[hat]]
    of_feature = (name for name in endpoints if here != "home" and name.startswith(f"{here}."))
    current = request.endpoint if request.endpoint in endpoints else next(of_feature, "")
    return [
        {"label": label, "url": url_for(endpoint), "icon": icon, "is_current": endpoint == current}
        for endpoint, label, icon in NAVIGATION[hat]
    ]


def hats_menu(actor: Actor) -> list[dict[str, Any]]:
    """The hats of a person who has several, for the person's menu."""
    return [
        {
            "label": gettext(HATS[hat]),
            "url": url_for("accounts.wear_hat", name=hat.value),
            "is_current": hat == actor.hat,
        }
        for hat in actor.hats
    ]


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

    pages = {endpoint: named(label) for entries in NAVIGATION.values() for endpoint, label, _ in entries}
    pages["learning.show_curriculum_list"] = named(lazy_gettext("Curriculum"))
    pages["skills.show_plan"] = named(lazy_gettext("Plan"))
    pages["finding.show_found"] = named(lazy_gettext("Find by description"))
    pages["notifications.show_inbox"] = named(lazy_gettext("Messages"))
    pages["trail.show_looks"] = named(lazy_gettext("Who looked at my record"))
    pages["accounts.show_profile"] = pages["accounts.change_password"] = named(lazy_gettext("Profile"))
    return pages | {"learning.show_module": module, "learning.show_lesson": lesson}
