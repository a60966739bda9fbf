"""What the nights have learned, as versions in a folder; pages read the newest good one.

`<data_dir>/models/<version>/` holds `blend.npz` and `manifest.json` with its SHA-256; `current` names the version in
force and is replaced by a rename. A version that is damaged is passed over, and the one before it is read."""

from __future__ import annotations

import hashlib
import json
import logging
import os
import shutil
import threading
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy.orm import Session

from recommender import Mixture

MODELS = "recommender_models"
POINTER = "current"
BLEND = "blend.npz"
MANIFEST = "manifest.json"
FORMAT = 1
MOST_VERSIONS = 3

log = logging.getLogger(__name__)


class DamagedVersion(ValueError):
    """A version's files are not what its manifest says."""


@dataclass(frozen=True, eq=False)  # arrays have no equality of their own
class Model:
    """A version in memory.

    `facts`: what it rests on: `modules`, `roles` (ids) and `skills` (slugs) by row, `n_learners`, `n_completions`,
    `n_choices`; `chosen`: the weights and why they are in force."""

    version: str
    made_at: datetime
    mixture: Mixture
    facts: dict[str, Any]
    chosen: dict[str, Any]

    @cached_property
    def rows(self) -> dict[int, int]:
        """Module id → row."""
        return {module_id: row for row, module_id in enumerate(self.facts["modules"])}

    @cached_property
    def cohorts(self) -> dict[int, int]:
        """Role id → number of its cohort."""
        return {role_id: number for number, role_id in enumerate(self.facts["roles"])}


@dataclass
class ModelStore:
    """The versions below a folder; keeps the one in force in memory."""

    folder: Path
    _stamp: tuple[int, int] | None = None
    _model: Model | None = None
    _turn: threading.Lock = field(default_factory=threading.Lock)

    def current(self) -> Model | None:
        """The version in force, or the newest good one before it; None before there is any."""
        try:
            found = (self.folder / POINTER).stat()
        except OSError:
            return None
        stamp = (found.st_mtime_ns, found.st_ino)
        with self._turn:
            if stamp != self._stamp:
                self._model, self._stamp = self._newest_good(), stamp
            return self._model

    def publish(self, blend: Path, facts: dict[str, Any], *, now: datetime) -> str:
        """Make a fitted `blend` the version in force; the file is moved. Returns the version's name."""
        version = f"{now:%Y%m%dT%H%M%S}-{uuid4().hex[:8]}"
        part = self.folder / f".{version}.part"
        part.mkdir(parents=True)
        os.replace(blend, part / BLEND)
        manifest = {
            "format": FORMAT,
            "version": version,
            "made_at": now.isoformat(),
            "files": {BLEND: digest_of(part / BLEND)},
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

    def _newest_good(self) -> Model | None:
        named = (self.folder / POINTER).read_text(encoding="utf-8").strip()
        older = [version for version in self.versions() if version < named]
        for version in (named, *older):
            try:
                return read_version(self.folder / version)
            except (OSError, ValueError, KeyError) as error:
                log.warning("recommender version %s cannot be used: %s", version, error)
        return None

    def _tidy(self) -> None:
        for version in self.versions()[MOST_VERSIONS:]:
            shutil.rmtree(self.folder / version, ignore_errors=True)
        for part in self.folder.glob(".*.part"):
            shutil.rmtree(part, ignore_errors=True)


def read_version(folder: Path) -> Model:
    """Read and check one version.

    :raises ValueError: when a file is damaged or of another format
    :raises OSError: when one is missing
    """
    manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    if manifest["format"] != FORMAT:
        raise DamagedVersion(f"format {manifest['format']}")
    for name, digest in manifest["files"].items():
        if digest_of(folder / name) != digest:
            raise DamagedVersion(f"{name} is not what the manifest says")
    mixture, chosen = Mixture.load(folder / BLEND)
    if mixture.n_modules != len(manifest["modules"]):
        raise DamagedVersion(f"{mixture.n_modules} modules, {len(manifest['modules'])} in the manifest")
    made_at = datetime.fromisoformat(manifest["made_at"])
    return Model(manifest["version"], made_at, mixture, manifest, chosen)


def digest_of(path: Path) -> str:
    """The SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def model_in_force(db: Session) -> Model | None:
    """What this installation has learned; None where nothing has been, or nothing keeps it."""
    store: ModelStore | None = db.info.get(MODELS)
    return store.current() if store else None
