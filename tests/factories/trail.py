"""Trails for tests, and hands that change them behind the product's back."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from lms.db.transaction import Database
from lms.domain.trail import TrailRow
from lms.features.trail.models import TrailEntry
from lms.features.trail.service import record
from tests.conftest import APPEND_ONLY, NOON


def make_trail(database: Database, rows: int, *, user_ids: tuple[int, ...] = ()) -> None:
    """A trail of looks and exports, in transactions of up to ten entries."""
    for start in range(0, rows, 10):
        with database.writing() as db:
            for n in range(start, min(start + 10, rows)):
                actor, subject = (user_ids[n % len(user_ids)], user_ids[-1]) if user_ids else (None, None)
                record(
                    db,
                    action=("looked", "exported")[n % 2],
                    actor_id=actor,
                    subject_id=subject,
                    object_kind="module",
                    object_id=n,
                    facts={"page": "skills", "rows": n},
                    now=NOON + timedelta(hours=n),
                )


def entries(database: Database) -> list[TrailRow]:
    """All entries in their order."""
    columns = [getattr(TrailEntry, name) for name in TrailRow._fields]
    with database.reading() as db:
        return [TrailRow(*row) for row in db.execute(select(*columns).order_by(TrailEntry.id))]


def drop_guards(db: Session) -> None:
    """What somebody with all rights on the database would do first."""
    for table in APPEND_ONLY:
        if db.get_bind().dialect.name == "postgresql":
            db.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
            continue
        names = db.scalars(
            text("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :t"), {"t": table}
        )
        for name in names.all():
            db.execute(text(f"DROP TRIGGER {name}"))
