"""Bringing a database to the schema this code expects."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import MetaData
from sqlalchemy.engine import Connection

from lms.db.transaction import Database

MIGRATIONS = Path(__file__).parent / "migrations"


def alembic_config(connection: Connection, metadata: MetaData | None = None) -> Config:
    """Alembic's configuration for one connection."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    config.attributes["metadata"] = metadata
    return config


def upgrade_database(database: Database, revision: str = "head") -> None:
    """Run the migrations up to `revision`, in one transaction."""
    with database.writing() as db:
        command.upgrade(alembic_config(db.connection()), revision)


def downgrade_database(database: Database, revision: str) -> None:
    """Run the migrations down to `revision`, in one transaction."""
    with database.writing() as db:
        command.downgrade(alembic_config(db.connection()), revision)


def current_revision(database: Database) -> str | None:
    """The revision the database is at, None when it is empty."""
    with database.reading() as db:
        return MigrationContext.configure(db.connection()).get_current_revision()


def newest_revision() -> str | None:
    """The revision this code expects."""
    return _scripts().get_current_head()


def known_revisions() -> frozenset[str]:
    """All revisions this code can upgrade from."""
    return frozenset(script.revision for script in _scripts().walk_revisions())


def _scripts() -> ScriptDirectory:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return ScriptDirectory.from_config(config)
