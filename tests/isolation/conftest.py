"""The world of the isolation tests, made once for each engine, on an application that takes everything back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from jinja2 import FileSystemBytecodeCache

from tests.conftest import empty_tables
from tests.isolation.rounds import PlacedWorld, open_world


@pytest.fixture(scope="session")
def sqlite_world(
    migrated_sqlite: Path,
    tmp_path_factory: pytest.TempPathFactory,
    compiled_templates: FileSystemBytecodeCache,
) -> Iterator[PlacedWorld]:
    folder = tmp_path_factory.mktemp("isolation")
    (folder / "terrace.db").write_bytes(migrated_sqlite.read_bytes())
    for placed in open_world(f"sqlite:///{folder / 'terrace.db'}", folder):
        placed[0].jinja_env.bytecode_cache = compiled_templates
        yield placed


@pytest.fixture
def postgres_world(
    migrated_postgres: str, tmp_path: Path, compiled_templates: FileSystemBytecodeCache
) -> Iterator[PlacedWorld]:
    empty_tables(migrated_postgres)
    for placed in open_world(migrated_postgres, tmp_path):
        placed[0].jinja_env.bytecode_cache = compiled_templates
        yield placed
