"""Reads of the trail. Who stands behind a pseudonym is told here and nowhere else."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, false, func, or_, select
from sqlalchemy.orm import Session, aliased

from lms.domain.permissions import Scope
from lms.features.trail.models import TrailEntry, TrailPerson

LOOKED = "looked"


class EntryRow(NamedTuple):
    """An entry with the people behind its pseudonyms; None where there is nobody, or nobody any more."""

    entry_id: int
    at: str
    action: str
    actor: str | None
    actor_id: int | None
    subject: str | None
    subject_id: int | None
    object_kind: str
    object_id: int | None
    facts: str
    hash: str


@dataclass(frozen=True)
class TrailFilter:
    """What an auditor asks for; None means everything."""

    actions: Collection[str] | None = None
    since_day: str = ""  # ISO, in Asia/Shanghai
    person_ids: Collection[int] | None = None


_ACTOR, _SUBJECT = aliased(TrailPerson), aliased(TrailPerson)
_ENTRIES = (
    select(
        TrailEntry.id,
        TrailEntry.at,
        TrailEntry.action,
        TrailEntry.actor,
        _ACTOR.user_id,
        TrailEntry.subject,
        _SUBJECT.user_id,
        TrailEntry.object_kind,
        TrailEntry.object_id,
        TrailEntry.facts,
        TrailEntry.hash,
    )
    .outerjoin(_ACTOR, _ACTOR.pseudonym == TrailEntry.actor)
    .outerjoin(_SUBJECT, _SUBJECT.pseudonym == TrailEntry.subject)
)


def list_entries(
    db: Session, scopes: Sequence[Scope], wanted: TrailFilter, *, skip: int = 0, limit: int
) -> list[EntryRow]:
    """Entries that lie in these scopes, the newest first."""
    query = _ENTRIES.where(_in_scope(scopes), *_wanted(wanted))
    return _read(db, query.order_by(TrailEntry.id.desc()).offset(skip).limit(limit))


def count_entries(db: Session, scopes: Sequence[Scope], wanted: TrailFilter) -> int:
    """How many entries `list_entries` has."""
    query = select(func.count()).select_from(TrailEntry).where(_in_scope(scopes), *_wanted(wanted))
    return db.scalar(query) or 0


def list_looks(db: Session, user_id: int, *, skip: int = 0, limit: int) -> list[EntryRow]:
    """Who looked at a person's record, the newest first."""
    query = _ENTRIES.where(_SUBJECT.user_id == user_id, TrailEntry.action == LOOKED)
    return _read(db, query.order_by(TrailEntry.id.desc()).offset(skip).limit(limit))


def count_looks(db: Session, user_id: int) -> int:
    """How often others have looked at a person's record."""
    query = (
        select(func.count())
        .select_from(TrailEntry)
        .join(TrailPerson, TrailPerson.pseudonym == TrailEntry.subject)
        .where(TrailPerson.user_id == user_id, TrailEntry.action == LOOKED)
    )
    return db.scalar(query) or 0


def _read(db: Session, query: Select[*tuple[Any, ...]]) -> list[EntryRow]:
    return [EntryRow(*row) for row in db.execute(query)]


def _in_scope(scopes: Sequence[Scope]) -> ColumnElement[bool]:
    """What happened in an organisation belongs to it and to all above it, wherever the tree has put it since.

    What happened nowhere in the tree (the curriculum, people without work) is for auditors of a whole tree."""
    parts: list[ColumnElement[bool]] = [
        TrailEntry.path.like(f"%/{scope.organization_id}/%") for scope in scopes
    ]
    if any(scope.path == f"/{scope.organization_id}/" for scope in scopes):
        parts.append(TrailEntry.path == "")
    return or_(*parts) if parts else false()


def _wanted(wanted: TrailFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.actions is not None:
        found.append(TrailEntry.action.in_(wanted.actions))
    if wanted.since_day:
        found.append(TrailEntry.day >= wanted.since_day)
    if wanted.person_ids is not None:
        names = select(TrailPerson.pseudonym).where(TrailPerson.user_id.in_(wanted.person_ids))
        found.append(or_(TrailEntry.actor.in_(names), TrailEntry.subject.in_(names)))
    return found
