"""Removing everything that belongs to demo people and demo organisations, and nothing else."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Table, delete, or_, select
from sqlalchemy.orm import Session

from lms.metadata import all_tables

ROOTS = ("users", "organizations")


def remove_demo(db: Session) -> None:
    """Delete the demo's people and organisations with every row that refers to them, however indirectly."""
    tables = all_tables().sorted_tables  # what is referred to comes before what refers to it
    doomed: dict[str, ColumnElement[bool]] = {}
    for table in tables:
        condition = _belongs_to_demo(table, doomed)
        if condition is not None:
            doomed[table.name] = condition
    for table in reversed(tables):
        if table.name in doomed:
            db.execute(delete(table).where(doomed[table.name]))
    db.expire_all()


def _belongs_to_demo(table: Table, doomed: dict[str, ColumnElement[bool]]) -> ColumnElement[bool] | None:
    if table.name in ROOTS:
        return table.c.is_demo.is_(True)
    found = [
        key.parent.in_(select(key.column).where(doomed[key.column.table.name]))
        for key in table.foreign_keys
        if key.column.table.name in doomed
    ]
    return or_(*found) if found else None
