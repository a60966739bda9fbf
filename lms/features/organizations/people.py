"""Changes of people's work: where, as what, below whom, and whether their account is open."""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from lms.domain.errors import RuleError
from lms.domain.events import EmploymentChanged, EmploymentEnded, HatEnded, HatGranted
from lms.domain.hats import HatRefused, check_grant, may_grant, outranks
from lms.domain.people_list import check_staff_number
from lms.domain.permissions import Actor, Hat
from lms.features.accounts import hats
from lms.features.accounts import service as accounts
from lms.features.organizations import notices
from lms.features.organizations.models import Employment, Organization
from lms.features.organizations.people_queries import (
    GrantRow,
    PersonRow,
    find_colleague,
    list_grants,
    list_scopes,
)
from lms.features.organizations.proposals import settle_proposal
from lms.features.organizations.queries import OrganizationRow, enterprise_above, get_organization
from lms.features.organizations.service import lock_tree
from lms.features.policies.queries import get_policy
from lms.features.taxonomy.queries import get_role
from lms.jobs.outbox import publish
from lms.ports.clock import day_end, local_date

RANK = "This is for somebody who could have granted this person's hats."


class WorkRefused(RuleError):
    """Somebody's work cannot be changed that way."""


class Work(NamedTuple):
    """Where somebody works, with which number, below whom (sign-in name or staff number; empty: nobody)."""

    organization: OrganizationRow
    staff_number: str | None
    line_manager: str


class HatWish(NamedTuple):
    """A hat to grant: for an organisation and everything below it, until the end of a day."""

    hat: Hat
    organization_id: int
    ends_on: date


class NotYourRank(RuleError):
    """The person holds rights that the actor could not have granted."""


def set_role(db: Session, person: PersonRow, *, actor: Actor, role_id: int, now: datetime) -> None:
    """Give a person another job role; an open proposal of theirs is settled by it.

    :raises WorkRefused: there is no such role
    """
    role = get_role(db, role_id)
    if role is None:
        raise WorkRefused("Choose one of the roles in the list.")
    settle_proposal(db, person.user_id, actor=actor, role_id=role_id, now=now)
    if accounts.set_role(db, user_id=person.user_id, role_id=role_id):
        notices.tell_role(db, (person.user_id,), role, by=actor.display_name, now=now)


def change_work(db: Session, person: PersonRow, work: Work, *, actor: Actor, now: datetime) -> None:
    """Put a person into another department of the enterprise, or give another number or line manager.

    :raises CellRefused: what is entered as a number is none
    :raises WorkRefused: another enterprise, an unknown line manager, or a number that somebody else has
    """
    organization, staff_number, line_manager = work
    check_staff_number(staff_number or "")
    lock_tree(db)
    firm = enterprise_above(db, organization.path)
    if person.enterprise_id != (firm.organization_id if firm else None):
        raise WorkRefused("Between enterprises people do not move: the work ends there and begins here.")
    manager_id = find_colleague(db, person, line_manager) if line_manager else None
    if line_manager and manager_id is None:
        raise WorkRefused("Nobody in the enterprise has this sign-in name or staff number.")
    if staff_number and _has_number(db, person, staff_number):
        raise WorkRefused("Somebody else in the enterprise has this staff number.")
    new = (organization.organization_id, staff_number, manager_id)
    if new == (person.organization_id, person.staff_number, person.line_manager_id):
        return
    values = dict(zip(("organization_id", "staff_number", "line_manager_id"), new, strict=True))
    db.execute(update(Employment).where(Employment.id == person.employment_id).values(values))
    publish(db, EmploymentChanged(learner_id=person.user_id, organization_id=organization.organization_id))
    notices.tell_work(db, (person.user_id,), by=actor.display_name, now=now)


def end_employment(db: Session, person: PersonRow, *, actor: Actor, ended_on: date, now: datetime) -> None:
    """The person stops working there: hats in that enterprise end, their reports have no line manager then.

    :raises WorkRefused: before the beginning, or in the future – the day itself is when one notes it
    """
    if not person.started_on <= ended_on <= local_date(now):
        raise WorkRefused("The last day lies between the first one and today.")
    _check_rank(db, person, actor, now=now)
    ended = update(Employment).where(Employment.id == person.employment_id, Employment.ended_on.is_(None))
    if db.execute(ended.values(ended_on=ended_on).returning(Employment.id)).first() is None:
        return  # somebody else noted it in this very moment
    _free_reports(db, person, actor=actor, now=now)
    top = db.scalar(select(Organization.path).where(Organization.id == person.enterprise_id)) or person.path
    for grant in list_grants(db, person.user_id, now=now):
        if grant.path.startswith(top):
            _end(db, grant, now=now)
    publish(db, EmploymentEnded(learner_id=person.user_id, organization_id=person.organization_id))
    place = notices.in_both(person.organization_zh, person.organization_en)
    notices.tell_end(db, person.user_id, place, on=ended_on, now=now)


def _free_reports(db: Session, person: PersonRow, *, actor: Actor, now: datetime) -> None:
    """Whoever had the person as their line manager has none, and hears so."""
    reports = update(Employment).where(
        Employment.line_manager_id == person.user_id, Employment.ended_on.is_(None)
    )
    freed = reports.values(line_manager_id=None).returning(Employment.user_id, Employment.organization_id)
    rows = db.execute(freed).all()
    for row in rows:
        publish(db, EmploymentChanged(learner_id=row.user_id, organization_id=row.organization_id))
    notices.tell_work(db, [row.user_id for row in rows], by=actor.display_name, now=now)


def suspend(db: Session, person: PersonRow, *, actor: Actor, now: datetime) -> None:
    """Close the person's account; every session of theirs ends at once (S3).

    :raises NotYourRank: oneself, or somebody with rights that the actor could not have granted
    """
    _check_rank(db, person, actor, now=now)
    if accounts.suspend_user(db, person.user_id):
        notices.tell_account(db, (person.user_id,), "account_suspended", by=actor.display_name, now=now)


def reinstate(db: Session, person: PersonRow, *, actor: Actor, now: datetime) -> None:
    """Open the person's account again.

    :raises NotYourRank: as for `suspend`
    """
    _check_rank(db, person, actor, now=now)
    if accounts.reinstate_user(db, person.user_id):
        notices.tell_account(db, (person.user_id,), "account_reinstated", by=actor.display_name, now=now)


def grant_hat(db: Session, person: PersonRow, wish: HatWish, *, actor: Actor, now: datetime) -> None:
    """Give a person a hat.

    :raises HatRefused: what `lms.domain.hats` forbids
    """
    hat, organization_id, ends_on = wish
    lock_tree(db)  # the path must not change before the grant stands
    place = get_organization(db, organization_id)
    if place is None:
        raise HatRefused("You cannot grant this hat for this organisation.")
    most_days = get_policy(db, on=local_date(now)).hat_grant_days
    check_grant(
        actor,
        user_id=person.user_id,
        hat=hat,
        path=place.path,
        kind=place.kind,
        ends_on=ends_on,
        today=local_date(now),
        most_days=most_days,
    )
    hats.grant_hat(
        db,
        user_id=person.user_id,
        hat=hat,
        organization_id=organization_id,
        scope_path=place.path,
        granted_by_id=actor.user_id,
        ends_at=day_end(ends_on),
        now=now,
    )
    publish(db, HatGranted(user_id=person.user_id, hat=hat, path=place.path))
    words, by = notices.in_both(place.name_zh, place.name_en), actor.display_name
    notices.tell_hat(db, person.user_id, words, hat=hat, is_given=True, by=by, now=now)


def end_hat(db: Session, grant: GrantRow, *, actor: Actor, now: datetime) -> None:
    """Take a hat away, with the next request everywhere.

    :raises NotYourRank: one's own hat, or one that the actor could not have granted
    """
    if not may_end(actor, grant):
        raise NotYourRank(RANK)
    _end(db, grant, now=now)
    words, by = notices.in_both(grant.organization_zh, grant.organization_en), actor.display_name
    notices.tell_hat(db, grant.user_id, words, hat=grant.hat, is_given=False, by=by, now=now)


def may_act_on_account(db: Session, person: PersonRow, actor: Actor, *, now: datetime) -> bool:
    """Whether the actor may suspend the person or give them another first password."""
    return outranks(
        actor, person.user_id, list_scopes(db, (person.user_id,), now=now).get(person.user_id, ())
    )


def may_end(actor: Actor, grant: GrantRow) -> bool:
    """Whether the actor may take this hat away: who could have given it, and nobody from themselves."""
    return grant.user_id != actor.user_id and may_grant(actor, Hat(grant.hat), grant.path)


def _end(db: Session, grant: GrantRow, *, now: datetime) -> None:
    if hats.end_grant(db, grant.grant_id, now=now):
        publish(db, HatEnded(user_id=grant.user_id, hat=grant.hat, path=grant.path))


def _check_rank(db: Session, person: PersonRow, actor: Actor, *, now: datetime) -> None:
    if not may_act_on_account(db, person, actor, now=now):
        raise NotYourRank(RANK)


def _has_number(db: Session, person: PersonRow, staff_number: str) -> bool:
    query = select(Employment.id).where(
        Employment.enterprise_id == person.enterprise_id,
        Employment.staff_number == staff_number,
        Employment.ended_on.is_(None),
        Employment.user_id != person.user_id,
    )
    return db.scalar(query) is not None
