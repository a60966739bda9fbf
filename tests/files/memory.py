"""Inspect one archive of every hostile family and print, line by line, the most memory any child has had so far.

`python -m tests.files.memory CONTENT_DIR FOLDER SEED`, in a process of its own: the figure is of all its children."""

from __future__ import annotations

import json
import resource
import sys
from io import BytesIO
from pathlib import Path

from lms.features.files.limits import Limits
from lms.features.files.store import UploadStore
from lms.features.studio.reception import inspecting
from lms.ports.virus_scanner import NoScanner
from tests.files.hostile import FAMILIES, hostile_archives


def main(content_dir: Path, folder: Path, seed: int) -> None:
    store = UploadStore(folder / "uploads")
    for name, data in hostile_archives(len(FAMILIES), seed):
        with inspecting(
            store, BytesIO(data), "x.zip", limits=Limits(), content_dir=content_dir, scanner=NoScanner()
        ) as inspected:
            report = inspected.report
        row = {
            "name": name,
            "is_refused": bool(report["refusal"]) or any(found["is_error"] for found in report["findings"]),
            "code": report["refusal"] and report["refusal"]["code"],
            "peak_kib": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss,
        }
        print(json.dumps(row), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))
