"""Taking an archive in: onto the disk, into the child process, out comes a report. No database is open meanwhile."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO
from uuid import UUID

from lms.features.catalog.prepared import PreparedModule
from lms.features.files.limits import Limits
from lms.features.files.refusal import Refused
from lms.features.files.sandbox import ChildFailed, run_child
from lms.features.files.store import ARCHIVE, Received, UploadStore, receive
from lms.ports.virus_scanner import Verdict, VirusScanner

INSPECTOR = "lms.features.studio.inspector"
FIGURES, PREPARED = "figures", "prepared.json"
MOST_NAME = 120


@dataclass(frozen=True)
class Inspected:
    """A received archive and what was found."""

    uuid: UUID
    file_name: str
    received: Received
    report: dict[str, Any]

    @property
    def file_count(self) -> int:
        return len(self.report["files"])


@contextmanager
def inspecting(
    store: UploadStore,
    source: BinaryIO,
    file_name: str,
    *,
    limits: Limits,
    content_dir: Path,
    scanner: VirusScanner,
) -> Iterator[Inspected]:
    """Receive and inspect an archive; what the block does not prevent by an error is kept afterwards.

    :raises Refused: more bytes than allowed, malware, or a scanner that does not answer: nothing is kept then
    :raises ChildFailed: no place was free; the person may try again
    """
    with store.working() as (uuid, folder):
        received = receive(source, folder, most=limits.archive_bytes)
        _check_clean(scanner.scan(folder / ARCHIVE))
        report = _inspect(folder, limits, content_dir)
        yield Inspected(uuid, _shown(file_name), received, report)
        store.keep(uuid, folder, (ARCHIVE, PREPARED, FIGURES))


def _check_clean(verdict: Verdict) -> None:
    """Nobody can fetch what was not found clean (safety.md U7)."""
    if verdict is Verdict.INFECTED:
        raise Refused("malware")
    if verdict is Verdict.UNKNOWN:
        raise Refused("scanner_down")


def _inspect(folder: Path, limits: Limits, content_dir: Path) -> dict[str, Any]:
    request = {"archive": str(folder / ARCHIVE), "content_dir": str(content_dir), "limits": limits.as_dict()}
    try:
        report: dict[str, Any] = run_child(INSPECTOR, request, folder=folder)
    except ChildFailed as failure:
        if failure.reason == "busy":
            raise
        report = {"refusal": Refused(failure.reason).as_dict(), "files": [], "findings": [], "summary": None}
    return report


def read_prepared(store: UploadStore, uuid: UUID) -> PreparedModule:
    """What the child made of a kept upload.

    :raises OSError: it is not there
    """
    text = (store.kept(uuid) / PREPARED).read_text(encoding="utf-8")
    return PreparedModule.from_dict(json.loads(text))


def _shown(file_name: str) -> str:
    """The browser's name for the file, for the eye only: no folders, nothing invisible."""
    name = file_name.replace("\\", "/").rpartition("/")[2]
    return "".join(letter for letter in name if letter.isprintable())[-MOST_NAME:] or "archive.zip"
