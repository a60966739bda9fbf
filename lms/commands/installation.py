"""What commands ask of the installation: settings, the database, the time, and errors as sentences."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from lms.config import Settings
    from lms.db.transaction import Database

USE_THE_PAGE = {
    "content sync": "stop it first; learners keep what they have begun",
    "user create": "stop it first",
    "user grant": "stop it first, or let a supervisor grant the hat on the person's page",
    "user password": "stop it first, or let the person change it on the page Profile",
}


@contextmanager
def sentences() -> Iterator[None]:
    """Errors that an operator can mend, as one sentence each and exit code 1."""
    from lms.config import ConfigurationError
    from lms.db.backup import BackupError
    from lms.db.lock import DatabaseInUse
    from lms.domain.errors import RuleError

    try:
        yield
    except DatabaseInUse as error:
        path = click.get_current_context().command_path.split(" ", 1)[1]
        what = USE_THE_PAGE.get(path, "stop it first")
        raise click.ClickException(f"{error}\nIf that is the server: {what}.") from None
    except (ConfigurationError, BackupError, RuleError) as error:
        raise click.ClickException(str(error)) from None


def settings() -> Settings:
    """The settings of the environment."""
    from lms.config import read_settings

    return read_settings()


@contextmanager
def owned() -> Iterator[tuple[Settings, Database]]:
    """The settings and the database for a command that writes; on SQLite no server runs meanwhile."""
    from lms.db.lock import owning_database
    from lms.server import open_checked

    with sentences():
        found = settings()
        with owning_database(found):
            database = open_checked(found)
            try:
                yield found, database
            finally:
                database.close()


@contextmanager
def reading() -> Iterator[Session]:
    """A reading session of the database, which a server may be using."""
    from lms.server import open_checked

    with sentences():
        database = open_checked(settings())
        try:
            with database.reading() as db:
                yield db
        finally:
            database.close()


def now() -> datetime:
    """The time by the system's clock."""
    from lms.ports.clock import SystemClock

    return SystemClock().now()
