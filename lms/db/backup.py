"""Backups: database, figures, uploads and signing key in one archive with a manifest of SHA-256 sums."""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy.engine import make_url

from lms.config import KEY_FILE, Settings

FORMAT = 1
MANIFEST = "manifest.json"
SQLITE_NAME = "database/terrace.db"
POSTGRES_NAME = "database/terrace.dump"
KEY_NAME = "secret.key"
CHUNK = 1024 * 1024


class BackupError(Exception):
    """The backup cannot be made or put in place; the message is one readable sentence."""


def write_backup(settings: Settings, target: Path, *, now: datetime, has_key: bool = True) -> str:
    """Write an archive that `restore_backup` takes; returns what to tell the operator.

    SQLite is copied with its online backup while a server may go on. The signing key is put in when this
    installation keeps it in a file; one from LMS_SECRET_KEY stays where the operator keeps it.

    :raises BackupError: the file exists, there is no database, or pg_dump is missing or fails
    """
    if target.exists():
        raise BackupError(f"{target} exists already; take another name.")
    with tempfile.TemporaryDirectory(prefix="lms-backup-", dir=_folder_of(target)) as folder:
        database = Path(folder) / "database"
        name = _copy_sqlite(settings, database) if settings.is_sqlite else _dump_postgres(settings, database)
        figures, uploads = _media(settings), _uploads(settings)
        files = {name: database, **figures, **uploads}
        key = settings.data_dir / KEY_FILE
        if has_key and key.exists() and key.read_text().strip() == settings.secret_key:
            files[KEY_NAME] = key
        part = Path(folder) / "archive"
        _write_archive(part, files, made_at=now)
        part.replace(target)
    kept = (
        "with the signing key: keep it as safe as the server" if KEY_NAME in files else "without signing key"
    )
    return f"{target}: database, {len(figures)} figures and {len(uploads)} files of uploads, {kept}."


def hash_file(path: Path) -> str:
    """The SHA-256 of a file's bytes, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _folder_of(target: Path) -> Path:
    folder = target.resolve().parent
    if not folder.is_dir():
        raise BackupError(f"There is no folder {folder}.")
    return folder


def _media(settings: Settings) -> dict[str, Path]:
    if not settings.media_dir.is_dir():
        return {}
    return {f"media/{path.name}": path for path in sorted(settings.media_dir.iterdir()) if path.is_file()}


def _uploads(settings: Settings) -> dict[str, Path]:
    """What uploads are kept; work in progress belongs to a running request."""
    kept = settings.uploads_dir / "kept"
    found = sorted(path for path in kept.rglob("*") if path.is_file()) if kept.is_dir() else []
    return {f"uploads/kept/{path.relative_to(kept).as_posix()}": path for path in found}


def _copy_sqlite(settings: Settings, target: Path) -> str:
    path = settings.sqlite_path
    if path is None or not path.exists():
        raise BackupError(f"There is no database at {path}.")
    source = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
    copy = sqlite3.connect(target)
    try:
        source.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")  # one file, without a log beside it
        if copy.execute("PRAGMA quick_check").fetchone() != ("ok",):
            raise BackupError(f"SQLite finds the copy of {path} damaged; nothing was written.")
    finally:
        copy.close()
        source.close()
    return SQLITE_NAME


def _dump_postgres(settings: Settings, target: Path) -> str:
    program = shutil.which("pg_dump")
    if program is None:
        raise BackupError(
            "pg_dump is not installed: install PostgreSQL's client, or dump the database where it runs "
            f"and keep {settings.media_dir} and {settings.uploads_dir} beside the dump."
        )
    with target.open("wb") as file:
        done = subprocess.run(  # noqa: S603 – a program found on the path, nothing of a user's in its arguments
            [program, "--format=custom", "--no-owner"],
            env={**os.environ, **libpq_environment(settings.database_url)},
            stdout=file,
            stderr=subprocess.PIPE,
            check=False,
        )
    if done.returncode:
        raise BackupError(f"pg_dump failed: {done.stderr.decode(errors='replace').strip()}")
    return POSTGRES_NAME


def libpq_environment(url: str) -> dict[str, str]:
    """How PostgreSQL's own programs find the database; a password is no argument that others could read."""
    parsed = make_url(url)
    host = parsed.host or parsed.query.get("host")
    values = {
        "PGHOST": host,
        "PGPORT": parsed.port,
        "PGUSER": parsed.username,
        "PGPASSWORD": parsed.password,
        "PGDATABASE": parsed.database,
    }
    return {name: str(value) for name, value in values.items() if value}


def _write_archive(target: Path, files: dict[str, Path], *, made_at: datetime) -> None:
    manifest: dict[str, Any] = {
        "format": FORMAT,
        "made_at": made_at.isoformat(),
        "files": {
            name: {"sha256": hash_file(path), "bytes": path.stat().st_size} for name, path in files.items()
        },
    }
    text = json.dumps(manifest, indent=1).encode()
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as raw, tarfile.open(fileobj=raw, mode="w:gz") as archive:
        archive.addfile(_entry(MANIFEST, len(text), made_at), io.BytesIO(text))
        for name, path in files.items():
            with path.open("rb") as file:
                archive.addfile(_entry(name, path.stat().st_size, made_at), file)
        archive.close()
        raw.flush()
        os.fsync(raw.fileno())  # a backup that the next power cut takes away is none


def _entry(name: str, size: int, made_at: datetime) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode, entry.mtime = size, 0o600, int(made_at.timestamp())
    return entry
