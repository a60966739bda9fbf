"""Every table of the product, for migrations and tests. Imported by the CLI and the tests only."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from sqlalchemy import MetaData

from lms.db.base import Base

ROOT = Path(__file__).parent


def all_tables() -> MetaData:
    """The metadata with all features' models loaded."""
    for path in sorted((ROOT / "features").glob("*/models.py")):
        import_module(f"lms.features.{path.parent.name}.models")
    import_module("lms.jobs.outbox")
    return Base.metadata
