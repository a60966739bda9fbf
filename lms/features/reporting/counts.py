"""Figures of a whole part of the tree without counting its people: each person adds to their organisation and to
every one above it. A change of one person changes the figures by the difference."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Select, delete, insert, select, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from lms.features.organizations.models import Organization
from lms.features.organizations.queries import path_ids
from lms.features.reporting.models import PersonGap, PersonSummary, TeamCount

PEOPLE, UNFINISHED, REQUIRED, LEGAL, DUE, ROLE, GAP, LAW = (
    "people", "unfinished", "required", "legal", "due", "role", "gap", "law",
)  # fmt: skip
Row = Mapping[str, Any]
Place = tuple[str, str]  # kind, key
Counts = Counter[tuple[str, str, str]]  # kind, key, "people" or "amount"
CHUNK = 2000


def contributions(summary: Row, gaps: Iterable[Row]) -> Counts:
    """What one person adds to the figures of the organisations above."""
    found: Counts = Counter()

    def add(kind: str, key: Any = "", amount: int = 0) -> None:
        found[kind, str(key), "people"] += 1
        found[kind, str(key), "amount"] += amount

    add(PEOPLE)
    if summary["completed_count"] < summary["required_count"]:
        add(UNFINISHED)
    if summary["required_count"]:
        add(REQUIRED)
    if summary["legal_gap_count"]:
        add(LEGAL, amount=summary["legal_gap_count"])
    if summary["next_due_on"]:
        add(DUE, summary["next_due_on"].isoformat())
    if summary["role_id"]:
        add(ROLE, summary["role_id"], amount=int(summary["gap_levels"] > 0))
    for gap in gaps:
        key = f"{gap['skill_id']}:{gap['required']}"
        add(GAP, key, amount=gap["gap"])
        if gap["is_must"]:
            add(LAW, key)
    return found


def read_stored(db: Session, user_ids: Sequence[int]) -> tuple[Sequence[Row], Sequence[Row]]:
    """The summaries and gaps of people as they are stored now."""
    summaries = select(PersonSummary.__table__).where(PersonSummary.user_id.in_(user_ids))
    gaps = select(PersonGap.__table__).where(PersonGap.user_id.in_(user_ids))
    return _read(db, summaries), _read(db, gaps)


def change_counts(
    db: Session, old: tuple[Iterable[Row], Iterable[Row]], new: tuple[Iterable[Row], Iterable[Row]]
) -> None:
    """Add what people have now and take off what they had, at each organisation above them."""
    by_place = _by_organization(*new)
    for organization_id, counts in _by_organization(*old).items():
        by_place.setdefault(organization_id, Counter()).subtract(counts)
    changed = {place: counts for place, counts in by_place.items() if any(counts.values())}
    if not changed:
        return
    query = select(Organization.id, Organization.path).where(Organization.id.in_(changed))
    above: dict[int, Counts] = {}
    for organization_id, path in db.execute(query):
        for ancestor in path_ids(path):
            above.setdefault(ancestor, Counter()).update(changed[organization_id])
    _add(db, _rows(above))


def count_anew(db: Session) -> None:
    """Count everybody again: after the nightly run, and when a part of the tree stands elsewhere."""
    if db.get_bind().dialect.name == "postgresql":
        db.execute(
            text("LOCK TABLE team_counts IN SHARE ROW EXCLUSIVE MODE")
        )  # no difference gets lost meanwhile
    counts = _by_organization(
        _read(db, select(PersonSummary.__table__)), _read(db, select(PersonGap.__table__))
    )
    paths = {row[0]: row[1] for row in db.execute(select(Organization.id, Organization.path))}
    above: dict[int, Counts] = {}
    for organization_id, some in counts.items():
        for ancestor in path_ids(paths[organization_id]):
            above.setdefault(ancestor, Counter()).update(some)
    db.execute(delete(TeamCount))
    rows = _rows(above)
    for start in range(0, len(rows), CHUNK):
        db.execute(insert(TeamCount), rows[start : start + CHUNK])


def _read(db: Session, query: Select[Any]) -> list[Row]:
    return [dict(row) for row in db.execute(query).mappings()]


def _by_organization(summaries: Iterable[Row], gaps: Iterable[Row]) -> dict[int, Counts]:
    lacking: dict[int, list[Row]] = {}
    for gap in gaps:
        lacking.setdefault(gap["user_id"], []).append(gap)
    found: dict[int, Counts] = {}
    for summary in summaries:
        counts = contributions(summary, lacking.get(summary["user_id"], ()))
        found.setdefault(summary["organization_id"], Counter()).update(counts)
    return found


def _rows(above: Mapping[int, Counts]) -> list[dict[str, Any]]:
    """As rows in one order for all, so that no two transactions wait for each other."""
    rows: dict[tuple[int, str, str], dict[str, Any]] = {}
    for organization_id, counts in above.items():
        for (kind, key, what), n in counts.items():
            row = rows.setdefault(
                (organization_id, kind, key),
                {"organization_id": organization_id, "kind": kind, "key": key, "people": 0, "amount": 0},
            )
            row[what] += n
    return [rows[place] for place in sorted(rows) if rows[place]["people"] or rows[place]["amount"]]


def _add(db: Session, rows: list[dict[str, Any]]) -> None:
    is_postgres = db.get_bind().dialect.name == "postgresql"
    count = postgresql.insert(TeamCount) if is_postgres else sqlite.insert(TeamCount)
    statement = count.on_conflict_do_update(
        index_elements=["organization_id", "kind", "key"],
        set_={
            "people": TeamCount.people + count.excluded.people,
            "amount": TeamCount.amount + count.excluded.amount,
        },
    )
    if rows:
        db.execute(statement, rows)
