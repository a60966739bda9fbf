"""A short walk for broken copies: exit code 1 when it meets something.

`python -m tests.isolation.probe <migrated database> <walker> <endpoint>…` – nothing of pytest: a world of its own,
one person, the named routes."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from jinja2 import FileSystemBytecodeCache

import lms
from tests.isolation.rounds import BY_NAME, open_world, tries_of, walk
from tests.isolation.walk import Walk

TEMPLATES = Path.cwd()  # compiled once for all the probes of a copy


def probe(migrated: Path, name: str, endpoints: Sequence[str]) -> list[str]:
    """What one person meets that is not theirs."""
    with tempfile.TemporaryDirectory() as folder:
        file = shutil.copyfile(migrated, Path(folder) / "terrace.db")
        for app, world in open_world(f"sqlite:///{file}", Path(folder)):
            app.jinja_env.bytecode_cache = FileSystemBytecodeCache(str(TEMPLATES))
            tries = [one for one in tries_of((app, world)) if one.endpoint in endpoints]
            found = Walk(app, world, BY_NAME[name])
            problems = walk(app, tries, found)
            print(f"{lms.__file__}: {found.checks} checks")
    return problems


if __name__ == "__main__":
    met = probe(Path(sys.argv[1]), sys.argv[2], sys.argv[3:])
    print("\n".join(met))
    sys.exit(1 if met else 0)
