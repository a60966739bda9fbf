"""Job roles that people propose for themselves, and what managers answer."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, delete, func, select, update
from sqlalchemy.orm import Session, aliased

from lms.domain.errors import Conflict, RuleError
from lms.domain.events import RoleProposalAnswered, RoleProposed
from lms.domain.permissions import Actor, Hat
from lms.features.accounts import service as accounts
from lms.features.accounts.models import HatGrant, User
from lms.features.organizations import notices
from lms.features.organizations.models import Employment, Organization, RoleProposal
from lms.features.organizations.queries import below, employment_path, path_ids
from lms.features.taxonomy.models import JobRole
from lms.features.taxonomy.queries import get_role
from lms.jobs.outbox import publish


class AlreadyAnswered(Conflict):
    """Another manager was faster, or the person took the proposal back."""


class ReasonMissing(RuleError):
    """Who refuses says why."""


class ProposalRow(NamedTuple):
    """An open proposal; `path` is where the person works."""

    proposal_id: int
    user_id: int
    display_name: str
    organization_zh: str
    organization_en: str
    path: str
    present_zh: str | None
    present_en: str | None
    role_id: int
    role_zh: str
    role_en: str
    proposed_at: datetime


class OwnProposal(NamedTuple):
    """The newest proposal of a person, as they see it."""

    role_zh: str
    role_en: str
    proposed_at: datetime
    answered_at: datetime | None
    is_accepted: bool | None
    reason: str


def wish_role(db: Session, *, user_id: int, role_id: int | None, now: datetime) -> bool:
    """What a person says about their own job role; True when it has become a proposal.

    The first role is one's own choice, and so is every one of who works nowhere; a change is a proposal, which
    replaces an open one. Choosing the present role again takes the proposal back."""
    user = db.get_one(User, user_id)
    path = employment_path(db, user_id)
    if user.role_id is None or path is None:
        accounts.set_role(db, user_id=user_id, role_id=role_id)
        return False
    db.execute(
        delete(RoleProposal).where(RoleProposal.user_id == user_id, RoleProposal.answered_at.is_(None))
    )
    role = get_role(db, role_id)
    if role is None or role.role_id == user.role_id:
        return False
    db.add(RoleProposal(user_id=user_id, role_id=role.role_id, proposed_at=now))
    publish(db, RoleProposed(learner_id=user_id, role_id=role.role_id))
    managers = _managers(db, user_id, path, now=now)
    notices.tell_proposal(db, managers, role, name=user.display_name, person_id=user_id, now=now)
    return True


def answer_proposal(
    db: Session,
    row: ProposalRow,
    *,
    actor: Actor,
    is_accepted: bool,
    reason: str,
    now: datetime,
    shown_role_id: int | None = None,
) -> None:
    """Accept a proposed role, which is the person's from now on, or refuse it with a reason.

    `shown_role_id`: the role on the page that was answered; SQLite gives the number of a proposal that was
    replaced to the one that replaces it.

    :raises AlreadyAnswered: it is not open any more, or another one by now
    :raises ReasonMissing: a refusal that says nothing
    """
    if not is_accepted and not reason:
        raise ReasonMissing("Say why, so that the person knows what to do next.")
    if shown_role_id not in (None, row.role_id):
        raise AlreadyAnswered("The person proposes something else by now. Look at it first.")
    this = (RoleProposal.id == row.proposal_id, RoleProposal.proposed_at == row.proposed_at)
    if not _close(db, *this, actor=actor, is_accepted=is_accepted, reason=reason, now=now):
        raise AlreadyAnswered("This proposal has been answered already.")
    role, by = get_role(db, row.role_id), actor.display_name
    if is_accepted:
        accounts.set_role(db, user_id=row.user_id, role_id=row.role_id)
    if role is not None and is_accepted:
        notices.tell_role(db, (row.user_id,), role, by=by, now=now)
    elif role is not None:
        notices.tell_refusal(db, row.user_id, role, by=by, reason=reason, now=now)
    publish(db, RoleProposalAnswered(learner_id=row.user_id, role_id=row.role_id, is_accepted=is_accepted))


def settle_proposal(db: Session, user_id: int, *, actor: Actor, role_id: int, now: datetime) -> None:
    """A role set by a manager answers the person's open proposal."""
    query = select(RoleProposal.role_id).where(
        RoleProposal.user_id == user_id, RoleProposal.answered_at.is_(None)
    )
    proposed = db.scalar(query)
    if proposed is not None:
        own = RoleProposal.user_id == user_id
        _close(db, own, actor=actor, is_accepted=proposed == role_id, reason="", now=now)
        is_same = proposed == role_id
        publish(db, RoleProposalAnswered(learner_id=user_id, role_id=proposed, is_accepted=is_same))


def list_proposals(
    db: Session, paths: Iterable[str], *, limit: int | None = None, offset: int = 0
) -> list[ProposalRow]:
    """Open proposals of people in these parts of the tree, the oldest first."""
    query = _open().where(below(Organization.path, paths)).order_by(RoleProposal.proposed_at, RoleProposal.id)
    return [ProposalRow(*row) for row in db.execute(query.limit(limit).offset(offset))]


def count_proposals(db: Session, paths: Iterable[str]) -> int:
    """How many proposals wait there for an answer."""
    query = _open().where(below(Organization.path, paths)).with_only_columns(func.count())
    return db.scalar(query) or 0


def get_proposal(db: Session, proposal_id: int) -> ProposalRow | None:
    """An open proposal."""
    row = db.execute(_open().where(RoleProposal.id == proposal_id)).first()
    return ProposalRow(*row) if row else None


def find_own_proposal(db: Session, user_id: int) -> OwnProposal | None:
    """The newest proposal of a person."""
    query = (
        select(
            JobRole.name_zh,
            JobRole.name_en,
            RoleProposal.proposed_at,
            RoleProposal.answered_at,
            RoleProposal.is_accepted,
            RoleProposal.reason,
        )
        .join(JobRole, JobRole.id == RoleProposal.role_id)
        .where(RoleProposal.user_id == user_id)
        .order_by(RoleProposal.id.desc())
        .limit(1)
    )
    row = db.execute(query).first()
    return OwnProposal(*row) if row else None


def _open() -> Select[Any]:
    present = aliased(JobRole)
    columns: tuple[Any, ...] = (
        RoleProposal.id,
        User.id,
        User.display_name,
        Organization.name_zh,
        Organization.name_en,
        Organization.path,
        present.name_zh,
        present.name_en,
        JobRole.id,
        JobRole.name_zh,
        JobRole.name_en,
        RoleProposal.proposed_at,
    )
    return (
        select(*columns)
        .select_from(RoleProposal)
        .join(User, User.id == RoleProposal.user_id)
        .join(Employment, (Employment.user_id == User.id) & Employment.ended_on.is_(None))
        .join(Organization, Organization.id == Employment.organization_id)
        .join(JobRole, JobRole.id == RoleProposal.role_id)
        .outerjoin(present, present.id == User.role_id)
        .where(RoleProposal.answered_at.is_(None))
    )


def _close(
    db: Session, *which: ColumnElement[bool], actor: Actor, is_accepted: bool, reason: str, now: datetime
) -> bool:
    """Answer the open proposal; False when there is none."""
    closed = (
        update(RoleProposal)
        .where(*which, RoleProposal.answered_at.is_(None))
        .values(answered_at=now, answered_by_id=actor.user_id, is_accepted=is_accepted, reason=reason)
    )
    return db.execute(closed.returning(RoleProposal.id)).first() is not None


def _managers(db: Session, user_id: int, path: str, *, now: datetime) -> list[int]:
    """Who is told of a proposal: those who manage the nearest organisation at or above the person's."""
    ids = path_ids(path)
    query = select(HatGrant.organization_id, HatGrant.user_id).where(
        HatGrant.organization_id.in_(ids),
        HatGrant.hat == Hat.MANAGER,
        HatGrant.ended_at.is_(None),
        (HatGrant.ends_at.is_(None)) | (HatGrant.ends_at > now),
        HatGrant.user_id != user_id,
    )
    rows = list(db.execute(query))
    nearest = max((ids.index(row.organization_id) for row in rows), default=0)
    return [row.user_id for row in rows if row.organization_id == ids[nearest]]
