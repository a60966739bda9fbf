"""Who may do what: one enum, one map of pure predicates (safety.md Z1–Z6)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any


@dataclass(frozen=True)
class Actor:
    """The person who acts, as far as permissions and pages need it."""

    user_id: int
    display_name: str
    language: str
    role_id: int | None
    is_personalised: bool
    must_change_password: bool = False
    is_signed_in: bool = True

    @property
    def initial(self) -> str:
        """What stands in the round avatar."""
        return self.display_name[:1]


class Permission(Enum):
    """What a route may ask for; every member stands in `RULES`."""

    CATALOG_VIEW = "catalog.view"
    MODULE_ENROLL = "module.enroll"
    MODULE_WATCH = "module.watch"
    ENROLLMENT_STUDY = "enrollment.study"
    ATTEMPT_START = "attempt.start"
    ATTEMPT_ANSWER = "attempt.answer"
    ATTEMPT_VIEW = "attempt.view"
    SKILLS_VIEW_OWN = "skills.view_own"
    RECOMMENDATION_ANSWER = "recommendation.answer"
    HOME_VIEW = "home.view"
    PROFILE_EDIT_OWN = "profile.edit_own"


Rule = Callable[[Actor, Any], bool]


def _is_signed_in(actor: Actor, resource: Any) -> bool:
    return actor.is_signed_in


def _is_own(actor: Actor, resource: Any) -> bool:
    """The row belongs to the actor: it says so itself, in `learner_id`."""
    return actor.is_signed_in and resource.learner_id == actor.user_id


RULES: dict[Permission, Rule] = {
    Permission.CATALOG_VIEW: _is_signed_in,
    Permission.MODULE_ENROLL: _is_signed_in,
    Permission.MODULE_WATCH: _is_signed_in,
    Permission.ENROLLMENT_STUDY: _is_own,
    Permission.ATTEMPT_START: _is_signed_in,
    Permission.ATTEMPT_ANSWER: _is_own,
    Permission.ATTEMPT_VIEW: _is_own,
    Permission.SKILLS_VIEW_OWN: _is_signed_in,
    Permission.RECOMMENDATION_ANSWER: _is_signed_in,
    Permission.HOME_VIEW: _is_signed_in,
    Permission.PROFILE_EDIT_OWN: _is_signed_in,
}


def is_allowed(actor: Actor, permission: Permission, resource: Any = None) -> bool:
    """Whether `actor` may do `permission` to `resource`; nothing is allowed that no rule allows."""
    rule = RULES.get(permission)
    return rule is not None and rule(actor, resource)
