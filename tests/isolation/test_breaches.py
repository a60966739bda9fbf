"""Deliberately broken copies of the product: the walk notices each of them, and nothing in the sound one."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.isolation.breaches import BREACHES, Breach

ROOT = Path(__file__).resolve().parents[2]
COPIED = ("lms", "tests")
MIGRATED = "migrated.db"
LINKED = ("content", "recommender")
SECONDS = 60  # of a probe on a busy machine; alone it takes a few


@pytest.fixture(scope="module")
def product(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the code, and an empty database."""
    folder = tmp_path_factory.mktemp("copy")
    for name in COPIED:
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in LINKED:
        (folder / name).symlink_to(ROOT / name)
    shutil.copyfile(migrated_sqlite, folder / MIGRATED)
    return folder


@contextmanager
def broken(product: Path, breach: Breach) -> Iterator[None]:
    """The copy with the breach, until the block ends."""
    path = product / breach.file
    sound = path.read_text(encoding="utf-8")
    assert sound.count(breach.old) == 1, f"{breach.name}: {breach.file} has changed"
    path.write_text(sound.replace(breach.old, breach.new), encoding="utf-8")
    try:
        yield
    finally:
        path.write_text(sound, encoding="utf-8")


def probe(product: Path, walker: str, *endpoints: str) -> subprocess.CompletedProcess[str]:
    """The walk of one person through a copy."""
    environment = {**os.environ, "PYTHONPATH": str(product)}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # each probe but the first finds the code compiled
    command = (sys.executable, "-m", "tests.isolation.probe", str(product / MIGRATED), walker, *endpoints)
    done = subprocess.run(
        command, cwd=product, env=environment, capture_output=True, text=True, timeout=SECONDS, check=False
    )
    assert f"{product}/lms/__init__.py: " in done.stdout, done.stdout + done.stderr
    return done


def test_the_sound_copy_is_sound(product: Path) -> None:
    walker = "manager-elsewhere"
    done = probe(product, walker, *sorted({row.endpoint for row in BREACHES if row.walker == walker}))
    assert (done.returncode, done.stderr) == (0, ""), done.stdout


@pytest.mark.parametrize("breach", BREACHES, ids=lambda row: row.name)
def test_a_broken_copy_is_caught(product: Path, breach: Breach) -> None:
    with broken(product, breach):
        done = probe(product, breach.walker, breach.endpoint)
    assert done.returncode == 1, done.stdout + done.stderr
    assert breach.finding in done.stdout, done.stdout
