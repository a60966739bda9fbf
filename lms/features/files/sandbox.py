"""Work on what strangers sent, in a child process: little memory, little time, no network, one folder.

A fault of a parser then costs one upload and nothing else (safety.md §4: importer in a child with limits)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from lms.features.files.confinement import confine

AT_ONCE = 2
MAX_ANSWER = 8 * 1024 * 1024
OUT_OF_MEMORY = 3
_PLACES = threading.BoundedSemaphore(AT_ONCE)


class ChildFailed(Exception):
    """The child gave no answer; `reason` is `time`, `memory`, `busy` or `crash`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def run_child(module: str, request: Mapping[str, Any], *, folder: Path, seconds: int = 60) -> Any:
    """Let `module` (one that calls `answer_as_child`) work in `folder`; returns its answer.

    At most two children work at once; who waits longer than `seconds` for a place is told so.

    :raises ChildFailed: no place, too long, too much memory, or a crash
    """
    if not _PLACES.acquire(timeout=seconds):
        raise ChildFailed("busy")
    try:
        done = subprocess.run(  # noqa: S603 – our own module, nothing of a user's in the arguments
            [sys.executable, "-m", module],
            input=json.dumps({**request, "folder": str(folder)}).encode(),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=_environment(),
            cwd=folder,
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise ChildFailed("time") from None
    finally:
        _PLACES.release()
    return _answer(done.returncode, done.stdout)


def _environment() -> dict[str, str]:
    """What the child needs to find its code; no setting and no secret of the server."""
    path = os.pathsep.join(entry or os.getcwd() for entry in sys.path)
    return {"PYTHONPATH": path, "LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1", "MALLOC_ARENA_MAX": "1"}


def _answer(code: int, output: bytes) -> Any:
    if code == OUT_OF_MEMORY:
        raise ChildFailed("memory")
    if code in (-9, -24):  # the kernel's answer to too much memory or too much time
        raise ChildFailed("time" if code == -24 else "memory")
    if code or len(output) > MAX_ANSWER:
        raise ChildFailed("crash")
    try:
        return json.loads(output)
    except ValueError:
        raise ChildFailed("crash") from None


def answer_as_child(work: Callable[[dict[str, Any]], Any]) -> None:
    """The child's whole life: read the request, give up what is not needed, work, answer.

    Everything the work needs is imported before; afterwards only the folder can be written."""
    request = json.loads(sys.stdin.buffer.read())
    confine(Path(request["folder"]))
    try:
        answer = work(request)
        sys.stdout.write(json.dumps(answer))
        sys.stdout.flush()
    except MemoryError:
        os._exit(OUT_OF_MEMORY)
