"""What a night has learned, as versions in a folder; pages read the newest good one.

`<folder>/<version>/` holds the fitted files and `manifest.json` with their SHA-256; `current` names the version in
force and is replaced by a rename. A version that is damaged is passed over, and the one before it is read."""

from __future__ import annotations

import hashlib
import json
import logging
import os
import shutil
import threading
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar, Generic, TypeVar
from uuid import uuid4

POINTER = "current"
MANIFEST = "manifest.json"
FORMAT = 1
MOST_VERSIONS = 3

T = TypeVar("T")

log = logging.getLogger(__name__)


class DamagedVersion(ValueError):
    """A version's files are not what its manifest says."""


@dataclass
class VersionStore(ABC, Generic[T]):
    """The versions below a folder; keeps the one in force in memory."""

    file: ClassVar[str]
    """What the fitted file of a version is called."""

    folder: Path
    _stamp: tuple[int, int] | None = None
    _kept: T | None = None
    _turn: threading.Lock = field(default_factory=threading.Lock)

    @abstractmethod
    def read(self, folder: Path) -> T:
        """Read and check one version.

        :raises ValueError: when a file is damaged or of another format
        :raises OSError: when one is missing
        """

    def current(self) -> T | None:
        """The version in force, or the newest good one before it; None before there is any."""
        try:
            found = (self.folder / POINTER).stat()
        except OSError:
            return None
        stamp = (found.st_mtime_ns, found.st_ino)
        with self._turn:
            if stamp != self._stamp:
                self._kept, self._stamp = self._newest_good(), stamp
            return self._kept

    def publish(
        self, fitted: Path, facts: dict[str, Any], *, now: datetime, beside: Sequence[Path] = ()
    ) -> str:
        """Make a `fitted` file and those `beside` it the version in force; they are moved.

        Returns the version's name."""
        version = f"{now:%Y%m%dT%H%M%S}-{uuid4().hex[:8]}"
        part = self.folder / f".{version}.part"
        part.mkdir(parents=True)
        files = {self.file: fitted} | {path.name: path for path in beside}
        for name, path in files.items():
            os.replace(path, part / name)
        manifest = {
            "format": FORMAT,
            "version": version,
            "made_at": now.isoformat(),
            "files": {name: digest_of(part / name) for name in files},
            **facts,
        }
        (part / MANIFEST).write_text(json.dumps(manifest, ensure_ascii=False), encoding="utf-8")
        os.replace(part, self.folder / version)
        pointer = self.folder / f".{POINTER}.{version}"
        pointer.write_text(version, encoding="utf-8")
        os.replace(pointer, self.folder / POINTER)
        self._tidy()
        return version

    def versions(self) -> list[str]:
        """The versions that are kept, the newest first."""
        return sorted((path.parent.name for path in self.folder.glob(f"2*/{MANIFEST}")), reverse=True)

    def _newest_good(self) -> T | None:
        named = (self.folder / POINTER).read_text(encoding="utf-8").strip()
        older = [version for version in self.versions() if version < named]
        for version in (named, *older):
            try:
                return self.read(self.folder / version)
            except (OSError, ValueError, KeyError) as error:
                log.warning("version %s of what was learned cannot be used: %s", version, error)
        return None

    def _tidy(self) -> None:
        for version in self.versions()[MOST_VERSIONS:]:
            shutil.rmtree(self.folder / version, ignore_errors=True)
        for part in self.folder.glob(".*.part"):
            shutil.rmtree(part, ignore_errors=True)


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of a version, once its files are what it says.

    :raises ValueError: when a file is damaged or of another format
    :raises OSError: when one is missing
    """
    manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    if manifest["format"] != FORMAT:
        raise DamagedVersion(f"format {manifest['format']}")
    for name, digest in manifest["files"].items():
        if digest_of(folder / name) != digest:
            raise DamagedVersion(f"{name} is not what the manifest says")
    return manifest


def digest_of(path: Path) -> str:
    """The SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
