"""Reading the chain from its first row and telling the first one that does not hold (safety.md L3, F25)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.domain.trail import Break, Head, TrailRow, find_break
from lms.features.trail.models import TrailEntry, TrailHead
from lms.features.trail.service import read_head

AT_ONCE = 2000
REASONS = {
    "missing": "is missing: it was deleted, moved or cut off",
    "unlinked": "does not follow the row before it: it was moved or put in between",
    "edited": "was edited: its hash does not fit what it says",
    "rewritten": "is another one than the row noted under this number",
}


@dataclass(frozen=True)
class Verdict:
    """What the verifier found: the first break or none, how many rows there are, where the chain ends."""

    break_: Break | None
    row_count: int
    head: Head

    @property
    def is_whole(self) -> bool:
        return self.break_ is None

    def __str__(self) -> str:
        if self.break_ is None:
            return f"{self.row_count} rows, none of them changed. Head: {self.head}"
        return f"Row {self.break_.id} {REASONS[self.break_.reason]}."


def verify(db: Session, noted: Iterable[Head] = (), *, after: Head | None = None) -> Verdict:
    """Check every row, or those behind `after`, against the heads noted here every night and those given.

    Only a head noted outside of this database proves that its end was not cut off together with the notes."""
    heads = {row.entry_id: row.hash for row in db.execute(select(TrailHead.entry_id, TrailHead.hash))}
    outside = {head.id: head.hash for head in noted if head.id}
    conflict = next((n for n in sorted(outside) if heads.get(n, outside[n]) != outside[n]), None)
    found = find_break(_rows(db, after=after.id if after else 0), heads | outside, after=after)
    if conflict is not None and (found is None or found.id > conflict):
        found = Break(conflict, "rewritten")
    count = db.scalar(select(func.count()).select_from(TrailEntry)) or 0
    return Verdict(found, count, read_head(db))


def newest_noted_head(db: Session) -> Head | None:
    """The head noted last."""
    query = select(TrailHead.entry_id, TrailHead.hash).order_by(TrailHead.id.desc()).limit(1)
    row = db.execute(query).first()
    return Head(row.entry_id, row.hash) if row else None


def _rows(db: Session, *, after: int) -> Iterator[TrailRow]:
    columns: Sequence[object] = [getattr(TrailEntry, name) for name in TrailRow._fields]
    query = select(*columns).where(TrailEntry.id > after).order_by(TrailEntry.id)  # type: ignore[call-overload]
    for row in db.execute(query.execution_options(yield_per=AT_ONCE)):
        yield TrailRow(*row)
