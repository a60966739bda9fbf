"""Putting a backup in place: everything is checked before anything is touched."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
import tarfile
import tempfile
from datetime import datetime
from pathlib import Path
from typing import Any

from lms.config import KEY_FILE, Settings
from lms.db.backup import (
    FORMAT,
    KEY_NAME,
    MANIFEST,
    POSTGRES_NAME,
    SQLITE_NAME,
    BackupError,
    hash_file,
)
from lms.db.upgrade import known_revisions

NAMES = re.compile(
    rf"{SQLITE_NAME}|{POSTGRES_NAME}|{KEY_NAME}|media/[0-9a-f]{{64}}"
    r"|uploads/kept/[0-9a-f-]{36}/(archive\.zip|prepared\.json|figures/[0-9a-f]{64})"
)
MAX_MANIFEST = 64 * 1024 * 1024


def restore_backup(settings: Settings, source: Path, *, now: datetime) -> str:
    """Put the archive's database, figures and key in place; returns what to tell the operator.

    The caller owns the database (`owning_database`). What was there is renamed, not removed.

    :raises BackupError: the archive is damaged or of another kind; nothing has been changed then
    """
    path = settings.sqlite_path
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="restore-", dir=settings.data_dir) as name:
        folder = Path(name)
        files = _unpack(source, folder)
        if path is None or SQLITE_NAME not in files:
            raise BackupError(_for_postgres(settings, source))
        revision = _check_database(folder / SQLITE_NAME)
        suffix = now.strftime(".before-restore-%Y%m%dT%H%M%SZ")
        kept = _put_aside(path, suffix)
        shutil.move(folder / SQLITE_NAME, path)
        if KEY_NAME in files:
            kept += _place_key(folder / KEY_NAME, settings.data_dir / KEY_FILE, suffix)
        figures = _place_missing(folder / "media", settings.media_dir)
        uploads = _place_missing(folder / "uploads" / "kept", settings.uploads_dir / "kept")
    lines = [
        f"Restored: database at revision {revision}, {figures} figures and {uploads} uploads that were missing."
    ]
    lines += [f"Kept aside: {old}" for old in kept]
    return "\n".join([*lines, "Run `lms db upgrade` before the next start."])


def _unpack(source: Path, folder: Path) -> dict[str, Any]:
    """Write the files of the manifest below `folder`, checked by size and SHA-256."""
    try:
        with tarfile.open(source, "r:gz") as archive:
            files = _read_manifest(archive)
            for name, facts in files.items():
                target = folder / name
                target.parent.mkdir(parents=True, exist_ok=True)
                _copy_member(archive, name, target, size=facts["bytes"])
                if hash_file(target) != facts["sha256"]:
                    raise BackupError(f"{source} is damaged: {name} is not what its manifest says.")
    except (tarfile.TarError, EOFError, OSError, KeyError, TypeError, ValueError) as error:
        raise BackupError(f"{source} is no complete backup of Terrace: {error}") from None
    return files


def _read_manifest(archive: tarfile.TarFile) -> dict[str, Any]:
    member = archive.extractfile(MANIFEST)
    if member is None:
        raise BackupError("The archive's manifest is no file.")
    manifest = json.loads(member.read(MAX_MANIFEST))
    if manifest["format"] != FORMAT:
        raise BackupError(f"The backup has format {manifest['format']}, this version reads {FORMAT}.")
    files: dict[str, Any] = manifest["files"]
    for name in files:
        if not NAMES.fullmatch(name):
            raise BackupError(f"The backup names a file that none has: {name!r}.")
    return files


def _copy_member(archive: tarfile.TarFile, name: str, target: Path, *, size: int) -> None:
    info = archive.getmember(name)
    member = archive.extractfile(info) if info.isreg() and info.size == size else None
    if member is None:
        raise BackupError(f"The backup's {name} is no file of {size} bytes.")
    with member, target.open("wb") as file:
        shutil.copyfileobj(member, file)


def _check_database(path: Path) -> str:
    connection = sqlite3.connect(path)
    try:
        sound = connection.execute("PRAGMA quick_check").fetchone() == ("ok",)
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.DatabaseError as error:
        raise BackupError(f"The backup's database cannot be read: {error}") from None
    finally:
        connection.close()
    revision = row[0] if row else None
    if not sound or revision is None:
        raise BackupError("SQLite finds the backup's database damaged or empty.")
    if revision not in known_revisions():
        raise BackupError(f"The backup is of a newer version (revision {revision}): install that one first.")
    return str(revision)


def _put_aside(path: Path, suffix: str) -> list[Path]:
    """Rename the database and its log together: the log holds commits that the file does not have yet."""
    kept = []
    for part in ("", "-wal"):
        old = path.with_name(path.name + part)
        if old.exists():
            kept.append(old.rename(path.with_name(path.name + suffix + part)))
    path.with_name(path.name + "-shm").unlink(missing_ok=True)
    return kept


def _place_key(source: Path, target: Path, suffix: str) -> list[Path]:
    kept = []
    if target.exists() and target.read_bytes() != source.read_bytes():
        kept.append(target.rename(target.with_name(target.name + suffix)))
    shutil.move(source, target)
    target.chmod(0o600)
    return kept


def _place_missing(source: Path, target: Path) -> int:
    """Figures lie under the hash of their bytes, uploads under their own id: those that are there are the same."""
    target.mkdir(parents=True, exist_ok=True)
    missing = [path for path in source.glob("*") if not (target / path.name).exists()]
    for path in missing:
        shutil.move(path, target / path.name)
    return len(missing)


def _for_postgres(settings: Settings, source: Path) -> str:
    if settings.is_sqlite:
        return (
            f"{source} holds a PostgreSQL dump and this installation uses SQLite: set LMS_DATABASE_URL to a "
            "PostgreSQL database first."
        )
    return (
        "PostgreSQL is restored with its own tools while no server runs: "
        f"`tar -xzf {source} -C FOLDER`, `pg_restore --clean --if-exists --no-owner -d DATABASE "
        f"FOLDER/{POSTGRES_NAME}`, then copy FOLDER/media and FOLDER/uploads to {settings.data_dir}."
    )
