"""A child that tries what it must not."""

from __future__ import annotations

import os
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from lms.features.files.sandbox import answer_as_child


def attempt(what: Callable[[], Any]) -> str:
    """What became of it."""
    try:
        what()
    except Exception as error:
        return type(error).__name__
    return "done"


def work(request: dict[str, Any]) -> Any:
    """Misbehave as asked."""
    if request.get("what") == "memory":
        return len(bytearray(2_000_000_000))
    if request.get("what") == "crash":
        os.abort()
    if request.get("what") == "time":
        time.sleep(60)
    return {
        "socket": attempt(lambda: socket.create_connection(("127.0.0.1", 9))),
        "program": attempt(lambda: subprocess.run(["true"], check=False)),
        "outside": attempt(lambda: Path("/tmp/curious").write_text("x")),  # noqa: S108
        "inside": attempt(lambda: (Path(request["folder"]) / "a").write_text("x")),
        "secret": os.environ.get("LMS_SECRET_KEY"),
    }


if __name__ == "__main__":
    answer_as_child(work)
