"""Where uploads lie: work in progress under a lock, and what is kept. Nobody's name becomes a path (safety.md U4).

`work/<id>/` belongs to a running request; a folder there whose lock is free was left by a killed process and is
swept. `kept/<id>/` holds an archive with its report's findings and what an import needs."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from uuid import UUID, uuid4

from lms.features.files.refusal import Refused

CHUNK = 256 * 1024
ARCHIVE = "archive.zip"
LOCK = "lock"


@dataclass(frozen=True)
class Received:
    """An archive on disk: size in bytes, SHA-256 of its bytes."""

    size: int
    sha256: str


@dataclass(frozen=True)
class UploadStore:
    """The folder of all uploads of this installation."""

    root: Path

    @property
    def _work(self) -> Path:
        return self.root / "work"

    def kept(self, uuid: UUID) -> Path:
        """The folder of a kept upload."""
        return self.root / "kept" / str(uuid)

    @contextmanager
    def working(self) -> Iterator[tuple[UUID, Path]]:
        """A folder of one's own; whatever is left in it afterwards is removed, however the work ends."""
        uuid = uuid4()
        folder = self._work / str(uuid)
        folder.mkdir(parents=True, mode=0o700)
        try:
            with (folder / LOCK).open("w") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                yield uuid, folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def keep(self, uuid: UUID, folder: Path, names: Collection[str]) -> None:
        """Move some of a work folder to where it stays; all or nothing becomes visible."""
        staged = folder / "keep"
        staged.mkdir()
        for name in names:
            if (folder / name).exists():
                (folder / name).rename(staged / name)
        target = self.kept(uuid)
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        staged.rename(target)

    def remove(self, uuid: UUID) -> None:
        """Delete a kept upload with everything that belongs to it."""
        shutil.rmtree(self.kept(uuid), ignore_errors=True)

    def sweep_work(self) -> int:
        """Remove what killed processes left behind; returns how many folders."""
        folders = [path for path in self._work.iterdir() if path.is_dir()] if self._work.is_dir() else []
        return sum(_sweep(folder) for folder in folders)

    def sweep_kept(self, known: Collection[UUID], *, older_than: float) -> int:
        """Remove kept uploads that no row knows, unless they are younger than an instant (Unix seconds)."""
        base = self.root / "kept"
        names = {str(uuid) for uuid in known}
        lost = [path for path in base.iterdir() if path.name not in names] if base.is_dir() else []
        lost = [path for path in lost if path.stat().st_mtime < older_than]
        for path in lost:
            shutil.rmtree(path, ignore_errors=True)
        return len(lost)


def receive(source: BinaryIO, folder: Path, *, most: int) -> Received:
    """Write the uploaded bytes to disk piece by piece.

    :raises Refused: more than `most` bytes
    """
    digest, size = hashlib.sha256(), 0
    descriptor = os.open(folder / ARCHIVE, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        while piece := source.read(CHUNK):
            size += len(piece)
            if size > most:
                raise Refused("archive_size", n=most // (1024 * 1024))
            digest.update(piece)
            file.write(piece)
    return Received(size, digest.hexdigest())


def _sweep(folder: Path) -> bool:
    """Remove a work folder unless its owner lives."""
    try:
        with (folder / LOCK).open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(folder, ignore_errors=True)
            return True
    except BlockingIOError:
        return False
    except FileNotFoundError:  # killed between making the folder and its lock
        shutil.rmtree(folder, ignore_errors=True)
        return True
