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
    GOAL_KEEP = "goal.keep"
    RECOMMENDATION_ANSWER = "recommendation.answer"
    HOME_VIEW = "home.view"
    PROFILE_EDIT_OWN = "profile.edit_own"
    INBOX_VIEW = "inbox.view"
    NOTICE_ANSWER = "notice.answer"
    LOOKS_VIEW_OWN = "looks.view_own"
    TRAIL_VIEW = "trail.view"
    DISTRICT_VIEW = "district.view"
    HAT_WEAR = "hat.wear"
    ORGANIZATIONS_VIEW = "organizations.view"
    ORGANIZATION_VIEW = "organization.view"
    ORGANIZATION_EDIT = "organization.edit"
    ORGANIZATION_EXTEND = "organization.extend"
    PEOPLE_EDIT = "people.edit"
    PERSON_EDIT = "person.edit"
    HAT_GRANT = "hat.grant"
    PROPOSALS_VIEW = "proposals.view"
    PROPOSAL_ANSWER = "proposal.answer"
    PEOPLE_IMPORT = "people.import"
    TEAM_VIEW = "team.view"
    PERSON_VIEW = "person.view"
    ASSIGN = "assignment.make"
    STUDIO_USE = "studio.use"
    UPLOAD_CREATE = "upload.create"
    UPLOAD_VIEW = "upload.view"
    UPLOAD_EDIT = "upload.edit"
    UPLOAD_PUBLISH = "upload.publish"
    MODULE_MANAGE = "module.manage"
    MODULE_FIGURES = "module.figures"
    ANSWERS_COMPARE = "answers.compare"
    MODULE_PREVIEW = "module.preview"
    SHARED_VIEW = "shared.view"
    SHARED_DECIDE = "shared.decide"
    QUESTION_ANSWER = "question.answer"
    STUDIO_SETTINGS = "studio.settings"


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


def _may_edit_organization(actor: Actor, resource: Any) -> bool:
    """Supervisors rename and move what lies in their scope, managers departments in theirs: an enterprise's name
    and place are the district's record."""
    if not actor.is_signed_in or actor.covers(resource.path, Hat.SUPERVISOR):
        return actor.is_signed_in
    return resource.kind == "department" and actor.covers(resource.path, Hat.MANAGER)


def _has_uploaded(actor: Actor, resource: Any) -> bool:
    """The actor's own list of people, of an organisation that is still in their scope."""
    is_own = actor.is_signed_in and resource.uploaded_by_id == actor.user_id
    return is_own and actor.covers(resource.path, Hat.MANAGER, Hat.SUPERVISOR)


def _sees_figures(actor: Actor, resource: Any) -> bool:
    """Instructors see the figures of the curriculum's modules (of their own people) and of their own modules."""
    if not holds(Hat.INSTRUCTOR, Hat.MANAGER)(actor, resource):
        return False
    if not resource.path:
        return holds(Hat.INSTRUCTOR)(actor, resource)
    return actor.covers(resource.path, Hat.INSTRUCTOR, Hat.MANAGER)


RULES: dict[Permission, Rule] = {
    Permission.CATALOG_VIEW: _is_signed_in,
    Permission.MODULE_ENROLL: _is_signed_in,
    Permission.MODULE_WATCH: _is_signed_in,
    Permission.ENROLLMENT_STUDY: _is_own,
    Permission.ATTEMPT_START: _is_signed_in,
    Permission.ATTEMPT_ANSWER: _is_own,
    Permission.ATTEMPT_VIEW: _is_own,
    Permission.SKILLS_VIEW_OWN: _is_signed_in,
    Permission.GOAL_KEEP: _is_signed_in,
    Permission.RECOMMENDATION_ANSWER: _is_signed_in,
    Permission.HOME_VIEW: _is_signed_in,
    Permission.PROFILE_EDIT_OWN: _is_signed_in,
    Permission.INBOX_VIEW: _is_signed_in,
    Permission.NOTICE_ANSWER: _is_own,
    Permission.LOOKS_VIEW_OWN: _is_signed_in,
    Permission.TRAIL_VIEW: holds(Hat.AUDITOR),
    Permission.DISTRICT_VIEW: holds(Hat.SUPERVISOR, Hat.AUDITOR),
    Permission.HAT_WEAR: _is_signed_in,
    Permission.ORGANIZATIONS_VIEW: holds(Hat.MANAGER, Hat.SUPERVISOR, Hat.AUDITOR),
    Permission.ORGANIZATION_VIEW: covers(Hat.MANAGER, Hat.SUPERVISOR, Hat.AUDITOR),
    Permission.ORGANIZATION_EDIT: _may_edit_organization,
    Permission.ORGANIZATION_EXTEND: covers(Hat.MANAGER, Hat.SUPERVISOR),
    Permission.PEOPLE_EDIT: covers(Hat.MANAGER, Hat.SUPERVISOR),
    Permission.PERSON_EDIT: covers(Hat.MANAGER, Hat.SUPERVISOR),
    Permission.HAT_GRANT: covers(Hat.MANAGER, Hat.SUPERVISOR),
    Permission.PROPOSALS_VIEW: holds(Hat.MANAGER, Hat.SUPERVISOR),
    Permission.PROPOSAL_ANSWER: covers(Hat.MANAGER, Hat.SUPERVISOR),
    Permission.PEOPLE_IMPORT: _has_uploaded,
    Permission.TEAM_VIEW: holds(Hat.MANAGER, Hat.SUPERVISOR),
    Permission.PERSON_VIEW: covers(Hat.MANAGER, Hat.SUPERVISOR),
    Permission.ASSIGN: covers(Hat.MANAGER),
    Permission.STUDIO_USE: holds(Hat.INSTRUCTOR),
    Permission.UPLOAD_CREATE: holds(Hat.INSTRUCTOR),
    Permission.UPLOAD_VIEW: covers(Hat.INSTRUCTOR, Hat.MANAGER),
    Permission.UPLOAD_EDIT: covers(Hat.INSTRUCTOR),
    Permission.UPLOAD_PUBLISH: covers(Hat.INSTRUCTOR, Hat.MANAGER),
    Permission.MODULE_MANAGE: covers(Hat.INSTRUCTOR, Hat.MANAGER),
    Permission.MODULE_FIGURES: _sees_figures,
    Permission.ANSWERS_COMPARE: holds(Hat.INSTRUCTOR, Hat.SUPERVISOR),
    Permission.MODULE_PREVIEW: covers(Hat.INSTRUCTOR, Hat.MANAGER, Hat.SUPERVISOR),
    Permission.SHARED_VIEW: holds(Hat.SUPERVISOR),
    Permission.SHARED_DECIDE: covers(Hat.SUPERVISOR),
    Permission.QUESTION_ANSWER: covers(Hat.INSTRUCTOR),
    Permission.STUDIO_SETTINGS: covers(Hat.MANAGER),
}


def is_allowed(actor: Actor, permission: Permission, resource: Any = None) -> bool:
    """Whether `actor` may do `permission` to `resource`; nothing is allowed that no rule allows."""
    rule = RULES.get(permission)
    return rule is not None and rule(actor, resource)
