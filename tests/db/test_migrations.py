"""The migrations: both ways on both databases, and the schema they make is the one the code expects (F17)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect, text

from lms.db.transaction import Database
from lms.db.upgrade import current_revision, downgrade_database, newest_revision, upgrade_database
from lms.metadata import all_tables
from tests.conftest import ENGINES, own_database

BESIDE_THE_TABLES = "search_index"
GENERATED = ("search_documents", "vector")


@pytest.fixture(params=ENGINES)
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database without a single table."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'migrations.db'}"
    else:
        url = own_database(request.getfixturevalue("postgres_url"), "migrations")
    database = Database(url)
    yield database
    database.close()


def schema(database: Database) -> dict[str, Any]:
    """Tables with columns, keys, indexes: what must be the same after going down and up again."""
    with database.reading() as db:
        inspector = inspect(db.connection())
        names = sorted(name for name in inspector.get_table_names() if name != "alembic_version")
        return {name: _table(inspector, name) for name in names}


def _table(inspector: Any, name: str) -> dict[str, Any]:
    columns = {c["name"]: (str(c["type"]), c["nullable"]) for c in inspector.get_columns(name)}
    keys = sorted(
        (tuple(key["constrained_columns"]), key["referred_table"]) for key in inspector.get_foreign_keys(name)
    )
    indexes = sorted((index["name"], index["unique"]) for index in inspector.get_indexes(name))
    uniques = sorted(tuple(unique["column_names"]) for unique in inspector.get_unique_constraints(name))
    return {"columns": columns, "keys": keys, "indexes": indexes, "uniques": uniques}


def is_ours(thing: Any, name: str | None, kind: str, reflected: bool, other: Any) -> bool:
    """The search index lives beside the tables: FTS5 on SQLite, a generated column on PostgreSQL."""
    if str(name).startswith(BESIDE_THE_TABLES) or str(name) == "ix_search_documents_vector":
        return False
    return not (kind == "column" and (thing.table.name, name) == GENERATED)


def test_up_down_up(empty: Database) -> None:
    upgrade_database(empty)
    assert current_revision(empty) == newest_revision()
    first = schema(empty)
    assert {"users", "modules", "enrollments", "attempts"} <= set(first)

    downgrade_database(empty, "base")
    assert current_revision(empty) is None
    assert schema(empty) == {}

    upgrade_database(empty)
    assert schema(empty) == first


def test_upgrading_twice_changes_nothing(empty: Database) -> None:
    upgrade_database(empty)
    first = schema(empty)
    upgrade_database(empty)
    assert schema(empty) == first


def test_the_migrated_schema_is_the_one_of_the_code(empty: Database) -> None:
    upgrade_database(empty)
    with empty.writing() as db:
        context = MigrationContext.configure(
            db.connection(),
            opts={"include_object": is_ours, "compare_type": True, "compare_server_default": False},
        )
        assert compare_metadata(context, all_tables()) == []


def test_a_column_without_a_migration_is_seen(empty: Database) -> None:
    upgrade_database(empty)
    with empty.writing() as db:
        db.execute(text("ALTER TABLE module_watches ADD COLUMN forgotten INTEGER"))
        context = MigrationContext.configure(db.connection(), opts={"include_object": is_ours})
        differences = compare_metadata(context, all_tables())
    assert [difference[0] for difference in differences] == ["remove_column"]


def test_rows_survive_an_upgrade_that_has_nothing_to_do(empty: Database) -> None:
    upgrade_database(empty)
    with empty.writing() as db:
        db.execute(
            text(
                "INSERT INTO industries (slug, position, name_zh, name_en) VALUES ('all', 1, '各行业', 'All')"
            )
        )
    upgrade_database(empty)
    with empty.reading() as db:
        assert db.execute(text("SELECT slug, name_zh FROM industries")).all() == [("all", "各行业")]


def test_an_installation_of_the_first_version_gets_its_tree_and_its_enterprises(empty: Database) -> None:
    upgrade_database(empty, "0001")
    tree = [(1, None, "district"), (2, 1, "subdistrict"), (3, 2, "enterprise"), (4, 3, "department")]
    with empty.writing() as db:
        for number, parent, kind in tree:
            db.execute(
                text(
                    "INSERT INTO organizations (id, uuid, kind, parent_id, name_zh, name_en, is_demo) "
                    "VALUES (:id, :uuid, :kind, :parent, :kind, :kind, false)"
                ),
                {"id": number, "uuid": f"{number:032x}", "kind": kind, "parent": parent},
            )
        for user, organization in ((1, 4), (2, 3), (3, 2)):
            db.execute(
                text(
                    "INSERT INTO users (id, uuid, sign_in_name, display_name, password_hash, language, status, "
                    "is_personalised, must_change_password, is_demo, created_at, password_changed_at) VALUES "
                    "(:id, :uuid, :name, :name, '', 'zh', 'active', true, false, false, "
                    "'2026-01-01 00:00:00+00:00', '2026-01-01 00:00:00+00:00')"
                ),
                {"id": user, "uuid": f"{user:032x}", "name": f"person{user}"},
            )
            db.execute(
                text(
                    "INSERT INTO employments (user_id, organization_id, started_on) "
                    "VALUES (:user, :organization, '2026-01-01')"
                ),
                {"user": user, "organization": organization},
            )
    upgrade_database(empty)
    with empty.reading() as db:
        paths = db.execute(text("SELECT path FROM organizations ORDER BY id")).scalars().all()
        work = db.execute(text("SELECT enterprise_id FROM employments ORDER BY user_id")).scalars().all()
        worn = db.execute(text("SELECT DISTINCT worn_hat FROM users")).scalars().all()
    assert paths == ["/1/", "/1/2/", "/1/2/3/", "/1/2/3/4/"]
    assert work == [3, 3, None]
    assert worn == ["learner"]
    downgrade_database(empty, "0001")
    with empty.reading() as db:
        assert db.execute(text("SELECT count(*) FROM employments")).scalar() == 3
