"""A process of its own for what takes long: arrays in, arrays out, no database (no page waits for scikit-learn)."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from pathlib import Path

import recommender

MOST_SECONDS = 1800

log = logging.getLogger(__name__)


def run_child(module: str, source: Path, target: Path) -> None:
    """Run a module of `recommender` on a file. The child gets two paths and no secret.

    :raises subprocess.SubprocessError: it failed or took too long
    """
    home = str(Path(recommender.__file__).parent.parent)
    environment = {"PATH": os.environ.get("PATH", ""), "PYTHONPATH": home, "PYTHONIOENCODING": "utf-8"}
    environment |= {name: value for name, value in os.environ.items() if name.endswith("_NUM_THREADS")}
    command = [sys.executable, "-m", module, str(source), str(target)]
    try:
        subprocess.run(  # noqa: S603 - the command is ours, its arguments are paths that we made
            command, env=environment, timeout=MOST_SECONDS, check=True, capture_output=True, text=True
        )
    except subprocess.CalledProcessError as error:
        log.error("%s", error.stderr[-2000:])
        raise
