"""A short walk for broken copies: `python -m tests.isolation.probe <walker> <endpoint>…`; exit code 1 when it finds.

Nothing of pytest: a world of its own, one person, the named routes."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import lms
from lms.db.transaction import Database
from lms.db.upgrade import upgrade_database
from tests.isolation.rounds import BY_NAME, open_world, tries_of, walk
from tests.isolation.walk import Walk


def probe(name: str, endpoints: Sequence[str]) -> list[str]:
    """What one person meets that is not theirs."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'terrace.db'}"
        database = Database(url)
        upgrade_database(database)
        database.close()
        for app, world in open_world(url, Path(folder)):
            tries = [one for one in tries_of((app, world)) if one.endpoint in endpoints]
            found = Walk(app, world, BY_NAME[name])
            problems = walk(app, tries, found)
            print(f"{lms.__file__}: {found.checks} checks")
    return problems


if __name__ == "__main__":
    met = probe(sys.argv[1], sys.argv[2:])
    print("\n".join(met))
    sys.exit(1 if met else 0)
