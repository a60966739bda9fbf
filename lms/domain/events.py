"""News that features publish; `lms/app.py` says who listens."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar


@dataclass(frozen=True)
class Event:
    """Something that has happened in this transaction."""

    is_recorded: ClassVar[bool] = True  # in the trail


@dataclass(frozen=True)
class CurriculumSynced(Event):
    """New module versions, skills or roles were loaded from files."""


@dataclass(frozen=True)
class RoleChanged(Event):
    """A person's job role is another one now."""

    learner_id: int


@dataclass(frozen=True)
class PersonalisationChanged(Event):
    """A person switched personal recommendations on or off."""

    learner_id: int


@dataclass(frozen=True)
class EnrollmentChanged(Event):
    """A learner enrolled in or withdrew from a module, or it was recognised; `status` says which."""

    learner_id: int
    module_id: int
    status: str = ""


@dataclass(frozen=True)
class ModuleCompleted(Event):
    """A learner completed a module version: lessons read and the graded quiz passed (REQ-013)."""

    learner_id: int
    module_version_id: int
    attempt_id: int
    score_percent: int


@dataclass(frozen=True)
class AttemptGraded(Event):
    """A learner's try at a quiz has its result."""

    learner_id: int
    attempt_id: int
    score_percent: int
    is_passed: bool


@dataclass(frozen=True)
class ModuleRecognised(Event):
    """A learner's prior learning was assessed and the module counts as held (REQ-013)."""

    learner_id: int
    module_version_id: int
    attempt_id: int | None  # None when an assessor did without our test
    score_percent: int


@dataclass(frozen=True)
class EvidenceRecorded(Event):
    """A learner's skill levels rest on new evidence (REQ-020)."""

    learner_id: int


@dataclass(frozen=True)
class GoalKept(Event):
    """A learner keeps a goal, or another one, or another pace; which one is nobody else's business."""

    learner_id: int


@dataclass(frozen=True)
class GoalDropped(Event):
    """A learner has let the kept goal go."""

    learner_id: int


@dataclass(frozen=True)
class RolesSet(Event):
    """Many people's job roles are other ones now, all by one list."""

    learner_ids: tuple[int, ...]


@dataclass(frozen=True)
class RoleProposed(Event):
    """Somebody says that another job role is theirs; a manager decides."""

    learner_id: int
    role_id: int


@dataclass(frozen=True)
class RoleProposalAnswered(Event):
    """A manager has accepted or refused a proposed job role."""

    learner_id: int
    role_id: int
    is_accepted: bool


@dataclass(frozen=True)
class OrganizationCreated(Event):
    """The tree has a node more."""

    organization_id: int
    path: str


@dataclass(frozen=True)
class OrganizationRenamed(Event):
    """A node of the tree has another name."""

    organization_id: int
    path: str


@dataclass(frozen=True)
class OrganizationMoved(Event):
    """A part of the tree stands elsewhere, at `path` now."""

    organization_id: int
    path: str


@dataclass(frozen=True)
class PersonRenamed(Event):
    """Somebody is called otherwise from now on."""

    user_id: int


@dataclass(frozen=True)
class EmploymentBegun(Event):
    """Somebody works at an organisation from now on."""

    learner_id: int
    organization_id: int


@dataclass(frozen=True)
class EmploymentChanged(Event):
    """Somebody's department, staff number or line manager is another one."""

    learner_id: int
    organization_id: int


@dataclass(frozen=True)
class EmploymentEnded(Event):
    """Somebody does not work at an organisation any more."""

    learner_id: int
    organization_id: int


@dataclass(frozen=True)
class UserSuspended(Event):
    """Somebody's account is closed until further notice; they are signed out everywhere."""

    user_id: int


@dataclass(frozen=True)
class UserReinstated(Event):
    """A suspended account is open again."""

    user_id: int


@dataclass(frozen=True)
class FirstPasswordMade(Event):
    """Somebody was given a password for one use, to be replaced at the first sign-in."""

    user_id: int


@dataclass(frozen=True)
class HatGranted(Event):
    """Somebody may act in another way in a part of the tree."""

    user_id: int
    hat: str
    path: str


@dataclass(frozen=True)
class HatEnded(Event):
    """Somebody may not act that way there any more."""

    user_id: int
    hat: str
    path: str


@dataclass(frozen=True)
class PeopleImported(Event):
    """A list of people was taken over."""

    people_import_id: int
    path: str
    new: int
    changed: int
    refused: int


@dataclass(frozen=True)
class SessionBegun(Event):
    """Somebody has signed in."""

    actor_id: int


@dataclass(frozen=True)
class SessionsEnded(Event):
    """A person signed out, here or in other browsers."""

    actor_id: int
    ended: int


@dataclass(frozen=True)
class PasswordChanged(Event):
    """Somebody has another password, of their own choice or set for them."""

    user_id: int


@dataclass(frozen=True)
class UserCreated(Event):
    """Somebody has an account."""

    user_id: int


@dataclass(frozen=True)
class ModulePublished(Event):
    """A version of an uploaded module is offered to new learners from now on."""

    module_id: int
    version_id: int


@dataclass(frozen=True)
class ModuleUnpublished(Event):
    """An uploaded module is not offered any more; learners under way keep theirs."""

    module_id: int


@dataclass(frozen=True)
class ModuleShown(Event):
    """An uploaded module is shown to the people of another part of the tree."""

    module_id: int
    organization_id: int


@dataclass(frozen=True)
class QuestionAsked(Event):
    """A learner asked about a lesson."""

    learner_id: int
    question_id: int


@dataclass(frozen=True)
class QuestionAnswered(Event):
    """An instructor answered a learner's question."""

    learner_id: int
    question_id: int


@dataclass(frozen=True)
class LearningAssigned(Event):
    """People were asked to take modules, or have another date for them."""

    learner_ids: tuple[int, ...]
    modules: int
    due_on: date


@dataclass(frozen=True)
class AssignmentWaived(Event):
    """A module is not asked of a learner any more."""

    learner_id: int
    assignment_id: int


@dataclass(frozen=True)
class AssignmentRuleMade(Event):
    """Whoever joins an organisation is asked to take modules from now on."""

    assignment_rule_id: int
    path: str


@dataclass(frozen=True)
class AssignmentRuleEnded(Event):
    """Joiners are not asked to take these modules any more."""

    assignment_rule_id: int
    path: str


@dataclass(frozen=True)
class ProgressNoted(Event):
    """A learner has worked on a module. Figures follow it; nothing is decided by it, so the trail leaves it out."""

    is_recorded: ClassVar[bool] = False

    learner_id: int
    at: datetime
    has_progressed: bool  # False: a sign of life only
