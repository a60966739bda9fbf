"""One process owns the embedded database (safety.md fact 2)."""

from __future__ import annotations

import os
from dataclasses import replace

import pytest

from lms.config import Settings
from lms.db.lock import DatabaseInUse, is_database_owned, owning_database


def test_a_second_owner_is_refused_with_a_sentence(settings: Settings) -> None:
    with owning_database(settings):
        assert is_database_owned(settings)
        with (
            pytest.raises(DatabaseInUse, match=f"Process {os.getpid()} has the database"),
            owning_database(settings),
        ):
            pass


def test_the_next_owner_comes_when_the_first_is_gone(settings: Settings) -> None:
    for _ in range(2):
        with owning_database(settings):
            pass
    assert not is_database_owned(settings)


def test_postgresql_has_room_for_several(settings: Settings) -> None:
    elsewhere = replace(settings, database_url="postgresql+psycopg://db.example/terrace")
    with owning_database(elsewhere), owning_database(elsewhere):
        assert not is_database_owned(elsewhere)
    assert not list(settings.data_dir.glob("*.lock"))
