"""Assigned learning (指派学习): why a module is required of a learner, by when, and when it is not any more."""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum

from lms.domain.errors import RuleError

MOST_REASON = 500
LEAST_REASON = 5


class Basis(StrEnum):
    """岗位法定: a rule makes a skill of the role compulsory. 本单位指定: somebody assigned it."""

    LAW = "law"
    EMPLOYER = "employer"


class Progress(StrEnum):
    """How far somebody is in a required module."""

    OPEN = "open"  # not begun
    BEGUN = "begun"
    COMPLETED = "completed"  # or recognised


class DueDateRefused(RuleError):
    """A due date that nobody could keep, or that lies beyond any plan."""


class NothingToAssign(RuleError):
    """No module was chosen, or one that these people may not see."""


class WaiverRefused(RuleError):
    """A required module cannot be waived that way."""


def check_due(due_on: date, *, today: date, most_days: int) -> None:
    """Raise unless a module can be asked for by `due_on`: today or later, within the planning horizon.

    :raises DueDateRefused: naming the last day that is allowed
    """
    if due_on < today:
        raise DueDateRefused("The due date has passed. Choose today or a later day.")
    if due_on > today + timedelta(days=most_days):
        raise DueDateRefused("The due date is more than %(n)d days away.", n=most_days)


def check_waiver(reason: str, *, basis: Basis, is_own: bool) -> None:
    """Raise unless an assignment may be waived (豁免): by somebody else, with a reason, and not against a rule.

    :raises WaiverRefused: one's own, without a reason, or required of the role by rule
    """
    if is_own:
        raise WaiverRefused("Nobody waives their own learning. Ask the manager above you.")
    if basis == Basis.LAW:
        raise WaiverRefused("A rule requires this module of the role. It cannot be waived; set a later date.")
    if not LEAST_REASON <= len(reason.strip()) <= MOST_REASON:
        raise WaiverRefused("Write the reason, at least %(n)d letters. The learner reads it.", n=LEAST_REASON)


def joiner_due_on(due_on: date, *, today: date, days: int) -> date:
    """By when somebody who joins later should be done: the common date, but never sooner than `days` from now."""
    return max(due_on, today + timedelta(days=days))


def is_overdue(due_on: date | None, progress: Progress, *, today: date) -> bool:
    """Whether a required module is late; the due date itself is in time."""
    return progress != Progress.COMPLETED and due_on is not None and due_on < today
