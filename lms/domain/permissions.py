"""Who may do what: one enum, one map of pure predicates (safety.md Z1–Z6)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import Any


class Hat(StrEnum):
    """What a person may act as; everybody is a learner, the other hats are granted with a scope."""

    LEARNER = "learner"
    INSTRUCTOR = "instructor"
    MANAGER = "manager"
    SUPERVISOR = "supervisor"
    AUDITOR = "auditor"


@dataclass(frozen=True)
class Scope:
    """A granted hat and the part of the tree it covers: the organisation and everything below it.

    `path` is the organisation's own path (`/1/4/`): what lies in the scope has a path that starts with it."""

    hat: Hat
    organization_id: int
    path: str

    def covers(self, path: str | None) -> bool:
        """Whether an organisation with this path lies in the scope."""
        return path is not None and path.startswith(self.path)


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
    hat: Hat = Hat.LEARNER  # the one worn now; pages of several hats do not mix
    scopes: tuple[Scope, ...] = ()  # every grant in force

    @property
    def hats(self) -> tuple[Hat, ...]:
        """The hats this person may wear, learner first."""
        granted = {scope.hat for scope in self.scopes}
        return (Hat.LEARNER, *(hat for hat in Hat if hat in granted))

    def paths(self, *hats: Hat) -> tuple[str, ...]:
        """Where the actor holds one of these hats, as paths of the tree, the shortest of nested ones only."""
        paths = sorted({scope.path for scope in self.scopes if scope.hat in hats}, key=len)
        return tuple(p for n, p in enumerate(paths) if not any(p.startswith(q) for q in paths[:n]))

    def covers(self, path: str | None, *hats: Hat) -> bool:
        """Whether an organisation lies in the scope of one of these hats."""
        return any(scope.hat in hats and scope.covers(path) for scope in self.scopes)

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


def holds(*hats: Hat) -> Rule:
    """The actor holds one of these hats somewhere; lists are scoped in their queries."""
    return lambda actor, resource: actor.is_signed_in and any(scope.hat in hats for scope in actor.scopes)


def covers(*hats: Hat) -> Rule:
    """The resource lies in the scope of one of these hats: it says where it belongs, in `path`."""
    return lambda actor, resource: actor.is_signed_in and actor.covers(resource.path, *hats)


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
