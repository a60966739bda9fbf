"""Lists of people: checked first, with nothing written; taken over when somebody says so."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, case, delete, func, insert, select, update
from sqlalchemy.orm import Session

from lms.domain.errors import Conflict, RuleError
from lms.domain.events import PeopleImported
from lms.domain.people_list import ListRow, Outcome, PlannedRow, plan_rows
from lms.domain.permissions import Actor
from lms.features.organizations.import_knowledge import read_known
from lms.features.organizations.import_writing import write_people
from lms.features.organizations.models import ImportState, Organization, PeopleImport, PeopleImportRow
from lms.features.organizations.queries import OrganizationRow, enterprise_above, get_organization
from lms.features.organizations.service import lock_tree
from lms.features.organizations.sheet import ReadList
from lms.jobs.outbox import publish
from lms.ports.clock import local_date


class NoEnterprise(RuleError):
    """People are listed by enterprises."""


class NotWaiting(Conflict):
    """The list was discarded, or is too old."""


class ImportRow(NamedTuple):
    """A list of people that was checked, and perhaps taken over; `path` is the organisation's."""

    import_id: int
    uuid: UUID
    organization_id: int
    organization_zh: str
    organization_en: str
    path: str
    uploaded_by_id: int
    uploaded_at: datetime
    file_name: str
    ignored_heads: list[str]
    state: str
    applied_at: datetime | None


class Counts(NamedTuple):
    """How many rows of a list have which outcome."""

    new: int
    changed: int
    same: int
    refused: int

    @property
    def good(self) -> int:
        return self.new + self.changed


class CheckedRow(NamedTuple):
    """A row as its page shows it; problems are [column, message, figures]."""

    number: int
    cells: dict[str, str]
    outcome: str
    changes: list[str]
    problems: list[list[Any]]


def check_list(
    db: Session,
    *,
    actor: Actor,
    organization: OrganizationRow,
    read: ReadList,
    file_name: str,
    now: datetime,
) -> UUID:
    """Keep the list with what would become of each row; nobody's record is touched.

    :raises NoEnterprise: the organisation is neither an enterprise nor below one
    """
    planned = _plan(db, actor, organization, read.rows, now)
    uuid = uuid4()
    waiting = PeopleImport(
        uuid=uuid,
        organization_id=organization.organization_id,
        uploaded_by_id=actor.user_id,
        uploaded_at=now,
        file_name="".join(c for c in file_name if c.isprintable())[-120:],
        ignored_heads=read.ignored[:20],
    )
    db.add(waiting)
    db.flush()  # the rows refer to it
    facts = [{"import_id": waiting.id, "cells": dict(p.row.cells), "number": p.row.number} for p in planned]
    db.execute(insert(PeopleImportRow), [f | _result(p, {}) for f, p in zip(facts, planned, strict=True)])
    return uuid


def apply_list(db: Session, row: ImportRow, *, actor: Actor, now: datetime) -> Counts:
    """Take the good rows over; what has changed since the check counts, and a second time changes nothing.

    :raises NotWaiting: it was discarded
    """
    lock_tree(db)  # lists that name the same people come one after the other
    waiting = db.get(PeopleImport, row.import_id, with_for_update=True, populate_existing=True)
    organization = get_organization(db, row.organization_id)
    if waiting is None or organization is None or waiting.state == ImportState.DISCARDED:
        raise NotWaiting("This list was discarded. Send the file again.")
    if waiting.state == ImportState.CHECKED:
        stored = _stored(db, row.import_id)
        planned = _plan(db, actor, organization, [ListRow(n, cells) for _, n, cells in stored], now)
        firm = enterprise_above(db, organization.path)
        user_ids = write_people(db, planned, actor=actor, firm=firm, now=now) if firm else {}
        results = [{"id": s[0]} | _result(p, user_ids) for s, p in zip(stored, planned, strict=True)]
        db.execute(update(PeopleImportRow), results)
        waiting.state, waiting.applied_at, waiting.applied_by_id = ImportState.APPLIED, now, actor.user_id
        counts = count_outcomes(db, row.import_id)
        facts = {"new": counts.new, "changed": counts.changed, "refused": counts.refused}
        publish(db, PeopleImported(people_import_id=row.import_id, path=organization.path, **facts))
    return count_outcomes(db, row.import_id)


def discard_list(db: Session, row: ImportRow) -> None:
    """Forget what the list said; one that was taken over stays."""
    gone = update(PeopleImport).where(
        PeopleImport.id == row.import_id, PeopleImport.state == ImportState.CHECKED
    )
    if db.execute(gone.values(state=ImportState.DISCARDED).returning(PeopleImport.id)).first():
        db.execute(delete(PeopleImportRow).where(PeopleImportRow.import_id == row.import_id))


def purge_lists(db: Session, *, now: datetime, keep: timedelta) -> None:
    """Delete lists that have served: they hold what the records hold by now (safety.md P1)."""
    old = select(PeopleImport.id).where(PeopleImport.uploaded_at <= now - keep)
    db.execute(delete(PeopleImportRow).where(PeopleImportRow.import_id.in_(old)))
    db.execute(delete(PeopleImport).where(PeopleImport.uploaded_at <= now - keep))


def find_import(db: Session, uuid: UUID) -> ImportRow | None:
    """A checked or applied list; discarded ones are gone."""
    columns = (
        PeopleImport.id,
        PeopleImport.uuid,
        Organization.id,
        Organization.name_zh,
        Organization.name_en,
    )
    more = (PeopleImport.uploaded_by_id, PeopleImport.uploaded_at, PeopleImport.file_name)
    last = (PeopleImport.ignored_heads, PeopleImport.state, PeopleImport.applied_at)
    query = (
        select(*columns, Organization.path, *more, *last)
        .join(Organization, Organization.id == PeopleImport.organization_id)
        .where(PeopleImport.uuid == uuid, PeopleImport.state != ImportState.DISCARDED)
    )
    row = db.execute(query).first()
    return ImportRow(*row) if row else None


def count_outcomes(db: Session, import_id: int) -> Counts:
    """How many rows have which outcome."""
    counts = [func.sum(case((PeopleImportRow.outcome == outcome, 1), else_=0)) for outcome in Outcome]
    row = db.execute(select(*counts).where(PeopleImportRow.import_id == import_id)).one()
    return Counts(*(number or 0 for number in row))


def list_rows(
    db: Session, import_id: int, outcomes: Iterable[Outcome], *, limit: int | None = None, offset: int = 0
) -> list[CheckedRow]:
    """Rows with one of these outcomes, in the order of the file."""
    query = (
        select(
            PeopleImportRow.number,
            PeopleImportRow.cells,
            PeopleImportRow.outcome,
            PeopleImportRow.changes,
            PeopleImportRow.problems,
        )
        .where(PeopleImportRow.import_id == import_id, _has(outcomes))
        .order_by(PeopleImportRow.number)
    )
    return [CheckedRow(*row) for row in db.execute(query.limit(limit).offset(offset))]


def _has(outcomes: Iterable[Outcome]) -> ColumnElement[bool]:
    return PeopleImportRow.outcome.in_(list(outcomes))


def _plan(
    db: Session, actor: Actor, organization: OrganizationRow, rows: Sequence[ListRow], now: datetime
) -> list[PlannedRow]:
    firm = enterprise_above(db, organization.path)
    if firm is None:
        raise NoEnterprise("People are entered at an enterprise or one of its departments.")
    known = read_known(db, actor, organization=organization, firm=firm, rows=rows, today=local_date(now))
    return plan_rows(rows, known)


def _stored(db: Session, import_id: int) -> list[tuple[int, int, dict[str, str]]]:
    query = select(PeopleImportRow.id, PeopleImportRow.number, PeopleImportRow.cells)
    rows = db.execute(query.where(PeopleImportRow.import_id == import_id).order_by(PeopleImportRow.number))
    return [(row[0], row[1], row[2]) for row in rows]


def _result(plan: PlannedRow, user_ids: dict[str, int]) -> dict[str, Any]:
    return {
        "outcome": plan.outcome,
        "changes": plan.changes,
        "problems": [[p.column, p.error.message, p.error.figures] for p in plan.problems],
        "user_id": user_ids.get(plan.sign_in_name) if plan.outcome != Outcome.REFUSED else None,
    }
