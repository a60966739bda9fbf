"""The `lms` command: what operators see, on an installation of their own."""

from __future__ import annotations

import resource
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

import content
from lms.cli import main
from lms.config import Settings, read_settings
from lms.db.lock import owning_database
from lms.db.transaction import Database
from lms.features.accounts.models import User
from lms.ports.passwords import Argon2Passwords
from tests.factories.curriculum import write_curriculum

PASSWORD = "marble otter drinks tea"


@pytest.fixture
def here(tmp_path: Path, migrated_sqlite: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """An installation with empty tables, found through the environment as an operator's is."""
    monkeypatch.setenv("LMS_DATA_DIR", str(tmp_path))
    for name in ("LMS_DATABASE_URL", "LMS_CONTENT_DIR", "LMS_SECRET_KEY", "LMS_REDIS_URL", "LMS_PORT"):
        monkeypatch.delenv(name, raising=False)
    shutil.copyfile(migrated_sqlite, tmp_path / "terrace.db")
    return read_settings()


def lms(*words: str, answers: str = "") -> Result:
    return CliRunner().invoke(main, words, input=answers)


def account(settings: Settings, name: str) -> User:
    database = Database(settings.database_url)
    with database.reading() as db:
        user = db.scalars(select(User).where(User.sign_in_name == name)).one()
        db.expunge(user)
    database.close()
    return user


def fits(settings: Settings, name: str, password: str) -> bool:
    return Argon2Passwords().is_right(account(settings, name).password_hash, password)


def printed_password(result: Result) -> str:
    return result.output.strip().rpartition(" ")[2]


def test_help_costs_less_than_a_second() -> None:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run([sys.executable, "-m", "lms.cli", "--help"], capture_output=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert b"serve" in done.stdout
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 1.0


def test_a_new_installation_has_no_account(here: Settings) -> None:
    database = Database(here.database_url)
    with database.reading() as db:
        assert db.scalars(select(User)).all() == []
    database.close()


def test_the_first_account_is_made_with_a_password_for_one_use(here: Settings) -> None:
    made = lms("user", "create", "Wu.Min", "--name", "吴敏", "--language", "zh", "--generate")
    assert made.exit_code == 0
    user = account(here, "wu.min")
    assert (user.display_name, user.language, user.is_demo) == ("吴敏", "zh", False)
    assert user.must_change_password
    assert fits(here, "wu.min", printed_password(made))


def test_a_password_is_prompted_for_twice_and_not_shown(here: Settings) -> None:
    made = lms("user", "create", "wu.min", answers=f"{PASSWORD}\n{PASSWORD}\n")
    assert made.exit_code == 0
    assert PASSWORD not in made.output
    assert fits(here, "wu.min", PASSWORD)
    assert not account(here, "wu.min").must_change_password


def test_a_password_comes_from_standard_input(here: Settings) -> None:
    assert lms("user", "create", "wu.min", "--password-stdin", answers=f"{PASSWORD}\n").exit_code == 0
    assert fits(here, "wu.min", PASSWORD)


@pytest.mark.parametrize("password", ["short", "passwordpassword", "wu.min wu.min wu.min"])
def test_a_guessable_password_is_refused_in_words(here: Settings, password: str) -> None:
    refused = lms("user", "create", "wu.min", "--password-stdin", answers=f"{password}\n")
    assert refused.exit_code == 1
    assert refused.output.startswith("Error: ")
    assert refused.output.count("\n") == 1


def test_a_name_is_taken_once(here: Settings) -> None:
    lms("user", "create", "wu.min", "--generate")
    again = lms("user", "create", "WU.MIN", "--generate")
    assert again.exit_code == 1
    assert "taken" in again.output


def test_somebody_gets_another_password(here: Settings) -> None:
    first = printed_password(lms("user", "create", "wu.min", "--generate"))
    second = lms("user", "password", "wu.min", "--generate")
    assert second.exit_code == 0
    assert not fits(here, "wu.min", first)
    assert fits(here, "wu.min", printed_password(second))
    assert lms("user", "password", "nobody", "--generate").exit_code == 1


@pytest.mark.parametrize(
    "words",
    [
        ("user", "create", "wu.min", "--generate"),
        ("user", "password", "wu.min", "--generate"),
        ("content", "sync"),
        ("demo", "make"),
        ("demo", "reset"),
        ("db", "upgrade"),
    ],
)
def test_commands_that_write_say_that_the_server_runs(here: Settings, words: tuple[str, ...]) -> None:
    with owning_database(here):
        refused = lms(*words)
    assert refused.exit_code == 1
    assert "has the database" in refused.output
    assert "If that is the server: stop it first" in refused.output


def test_restore_waits_for_the_server_to_stop_and_backup_does_not(here: Settings, tmp_path: Path) -> None:
    archive = str(tmp_path / "backup.tar.gz")
    with owning_database(here):
        assert lms("backup", archive).exit_code == 0
        assert lms("restore", archive).exit_code == 1
    assert lms("restore", archive).exit_code == 0


def test_upgrade_makes_the_database(here: Settings) -> None:
    (here.data_dir / "terrace.db").unlink()
    missing = lms("user", "create", "wu.min", "--generate")
    assert "run `lms db upgrade` first" in missing.output
    assert lms("db", "upgrade").exit_code == 0
    assert lms("user", "create", "wu.min", "--generate").exit_code == 0


def test_findings_stop_a_sync_and_are_listed(
    here: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "curriculum"
    write_curriculum(root)
    (root / "roles.yaml").write_text("version: 1\nroles: 3\n")
    monkeypatch.setenv("LMS_CONTENT_DIR", str(root))
    linted = {language: lms("content", "lint", "--language", language) for language in ("zh", "en")}
    assert {result.exit_code for result in linted.values()} == {1}
    assert all("roles.yaml:2: C001 " in result.output for result in linted.values())
    assert linted["zh"].output != linted["en"].output
    synced = lms("content", "sync")
    assert synced.exit_code == 1
    assert "Nothing was loaded: 1 findings." in synced.output
    assert "roles.yaml:2: C001 " in synced.output


def test_the_curriculum_of_this_repository_has_no_findings(here: Settings) -> None:
    assert here.content_dir == Path(content.__file__).parent
    assert lms("content", "lint").output == "No findings.\n"


def test_the_demo_needs_the_curriculum(here: Settings) -> None:
    refused = lms("demo", "make")
    assert refused.exit_code == 1
    assert "run `lms content sync` first" in refused.output


def test_a_worker_needs_redis(here: Settings) -> None:
    refused = lms("worker")
    assert refused.exit_code == 1
    assert "LMS_REDIS_URL is not set" in refused.output


def test_a_setting_that_cannot_be_used_is_named(here: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LMS_PORT", "eighty")
    refused = lms("serve")
    assert (refused.exit_code, refused.output) == (
        1,
        "Error: LMS_PORT must be a whole number, not 'eighty'.\n",
    )


def test_the_doctor_is_content_with_a_sound_installation(here: Settings) -> None:
    healthy = lms("doctor")
    assert (healthy.exit_code, healthy.output.strip().splitlines()[-1]) == (0, "Terrace can run.")


def test_the_doctor_names_what_is_missing(here: Settings) -> None:
    (here.data_dir / "terrace.db").unlink()
    (here.data_dir / "secret.key").chmod(0o644)
    sick = lms("doctor")
    assert sick.exit_code == 1
    assert "run `lms db upgrade`" in sick.output
    assert "chmod 600" in sick.output
    assert "2 things keep Terrace from running." in sick.output


def test_the_trail_is_verified_while_a_server_runs(here: Settings) -> None:
    assert lms("trail", "head").output.strip() == "0:" + "0" * 64
    lms("user", "create", "wu.min", "--generate")
    lms("user", "password", "wu.min", "--generate")
    with owning_database(here):  # as a running server does
        head = lms("trail", "head").output.strip()
        whole = lms("trail", "verify", "--head", head)
    assert (whole.exit_code, whole.output.strip()) == (0, f"2 rows, none of them changed. Head: {head}")


def test_the_first_broken_row_of_the_trail_is_named(here: Settings) -> None:
    lms("user", "create", "wu.min", "--generate")
    lms("user", "password", "wu.min", "--generate")
    head = lms("trail", "head").output.strip()
    with sqlite3.connect(here.data_dir / "terrace.db") as connection:
        connection.execute("DROP TRIGGER trail_entries_no_delete")
        connection.execute("DELETE FROM trail_entries WHERE id = 2")
    connection.close()
    assert lms("trail", "verify").exit_code == 0
    broken = lms("trail", "verify", "--head", head)
    assert broken.exit_code == 1
    assert broken.output.strip() == "Row 2 is missing: it was deleted, moved or cut off."
    refused = lms("trail", "verify", "--head", "nonsense")
    assert refused.exit_code == 1
    assert "expected NUMBER:HASH" in refused.output
