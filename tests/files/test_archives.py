"""What strangers pack: all of it refused or taken, with a reason, within memory, and nothing left behind (U1–U5)."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from lms.features.files.archive import read_entries
from lms.features.files.limits import Limits
from lms.features.files.refusal import Refused
from lms.features.files.sandbox import ChildFailed
from lms.features.files.store import UploadStore
from lms.features.files.unpacking import verify
from lms.features.studio.inspector import inspect
from lms.features.studio.reception import inspecting
from lms.features.studio.words import refusal_words
from lms.ports.virus_scanner import NoScanner
from tests.factories.curriculum import write_curriculum
from tests.files.hostile import FAMILIES, hostile_archives, sound_archives
from tests.files.modules import module_files
from tests.files.zips import Part, Zip
from tests.shared import shared_dir

ROOT = Path(__file__).parents[2]
SEED = 20261125
MEMORY_MIB = 300
GENERAL = "The archive cannot be read."
# what is wrong inside a sound archive is reported file by file
BY_FILE = frozenset({"wrong_content"})


@pytest.fixture(scope="module")
def content_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("content")
    write_curriculum(folder)
    return folder


@pytest.fixture
def words(settings: Any) -> Iterator[None]:
    """A request in English, in which reasons become words."""
    app = Flask("words")
    app.extensions["settings"] = settings
    with app.test_request_context(headers={"Accept-Language": "en"}):
        yield


def look(data: bytes, folder: Path, content_dir: Path) -> dict[str, Any]:
    """The inspection in this process."""
    folder.mkdir()
    (folder / "archive.zip").write_bytes(data)
    request = {"archive": str(folder / "archive.zip"), "folder": str(folder), "content_dir": str(content_dir)}
    return inspect({**request, "limits": Limits().as_dict()})


def test_there_are_families_enough() -> None:
    assert len(FAMILIES) >= 15
    assert hostile_archives(30, SEED) == hostile_archives(30, SEED)


def test_three_hundred_hostile_archives_are_refused(tmp_path: Path, content_dir: Path, words: None) -> None:
    taken, silent, unpacked = [], [], []
    for n, (name, data) in enumerate(hostile_archives(300, SEED)):
        folder = tmp_path / str(n)
        report = look(data, folder, content_dir)
        errors = [row for row in report["findings"] if row["is_error"]]
        if not report["refusal"] and not errors:
            taken.append(f"{n} {name}")
            continue
        reason = (
            refusal_words(report["refusal"])[0]
            if report["refusal"]
            else errors[0].get("en") or (refusal_words(errors[0])[0])
        )
        if not reason or reason == GENERAL:
            silent.append(f"{n} {name} {report['refusal']}")
        if name not in BY_FILE and not (report["refusal"] and not (folder / "tree").exists()):
            unpacked.append(f"{n} {name} {report['refusal']}")
        assert not (folder / "prepared.json").exists()
    assert (taken, silent, unpacked) == ([], [], [])


def test_fifty_sound_archives_are_taken(tmp_path: Path, content_dir: Path) -> None:
    refused = []
    for n, data in enumerate(sound_archives(50, SEED)):
        report = look(data, tmp_path / str(n), content_dir)
        errors = [row for row in report["findings"] if row["is_error"]]
        if report["refusal"] or errors or not (tmp_path / str(n) / "prepared.json").exists():
            refused.append((n, report["refusal"], errors[:1]))
    assert refused == []


def test_children_keep_to_their_memory_and_leave_nothing(tmp_path: Path, content_dir: Path) -> None:
    """Measured from a small process of its own: the kernel counts a child with what its parent had at the fork."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.files.memory", str(content_dir), str(tmp_path), str(SEED)],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(rows) == len(FAMILIES)
    assert [row for row in rows if not row["is_refused"] or row["code"] in ("crash", "memory", "time")] == []
    assert [row for row in rows if row["peak_kib"] >= MEMORY_MIB * 1024] == []
    assert [path.name for path in (tmp_path / "uploads" / "work").iterdir()] == []
    kept = {path.name for folder in (tmp_path / "uploads" / "kept").iterdir() for path in folder.iterdir()}
    assert kept == {"archive.zip"}


def test_the_corpus_of_warehouse(tmp_path: Path, content_dir: Path) -> None:
    folder = shared_dir() / "interop" / "hostile-zip"
    wrong = []
    for path in sorted(folder.glob("*/*.zip")):
        report = look(path.read_bytes(), tmp_path / path.stem, content_dir)
        code = report["refusal"]["code"] if report["refusal"] else None
        if (path.parent.name == "accept") != (code == "no_module"):
            wrong.append((path.name, code))
    assert wrong == []
    assert len(list(folder.glob("*/*.zip"))) >= 15


def entries_of(data: bytes, **limits: int) -> list[Any]:
    found = read_entries(BytesIO(data), Limits(**limits))
    verify(BytesIO(data), found)
    return found


@pytest.mark.parametrize(
    ("limits", "code"),
    [
        ({"file_bytes": 1000}, None),
        ({"file_bytes": 999}, "file_size"),
        ({"total_bytes": 1001}, None),
        ({"total_bytes": 1000}, "total_size"),
        ({"files": 2}, None),
        ({"files": 1}, "files"),
    ],
)
def test_limits_hold_to_the_byte(limits: dict[str, int], code: str | None) -> None:
    data = Zip([Part(b"a.md", b"x" * 1000, method=0), Part(b"b.md", b"y", method=0)]).build()
    if code is None:
        assert len(entries_of(data, **limits)) == 2
        return
    with pytest.raises(Refused) as caught:
        entries_of(data, **limits)
    assert caught.value.code == code


def test_the_archive_itself_may_be_exactly_as_large_as_allowed() -> None:
    data = Zip([Part(b"a.md", b"x")]).build()
    assert len(entries_of(data, archive_bytes=len(data))) == 1
    with pytest.raises(Refused, match="archive_size"):
        entries_of(data, archive_bytes=len(data) - 1)


def test_gbk_names_are_read() -> None:
    data = Zip([Part("职业病/图.svg".encode("gbk"), b"x", flags=0)]).build()
    assert [entry.name for entry in entries_of(data)] == ["职业病/图.svg"]


def test_no_place_is_told_and_nothing_kept(tmp_path: Path, content_dir: Path) -> None:
    """A child that takes no answer home: the folder of work is gone all the same."""
    store = UploadStore(tmp_path)
    data = Zip([Part(name.encode(), value) for name, value in module_files().items()]).build()
    with (
        pytest.raises(Refused),
        inspecting(
            store,
            BytesIO(data),
            "x.zip",
            limits=Limits(archive_bytes=10),
            content_dir=content_dir,
            scanner=NoScanner(),
        ),
    ):
        pass
    with (
        pytest.raises(ZeroDivisionError),
        inspecting(
            store, BytesIO(data), "x.zip", limits=Limits(), content_dir=content_dir, scanner=NoScanner()
        ),
    ):
        raise ZeroDivisionError  # a failure after the inspection, as of the database
    assert list((tmp_path / "work").iterdir()) == []
    assert not (tmp_path / "kept").exists()


def test_what_a_killed_process_left_is_swept_and_live_work_is_not(tmp_path: Path) -> None:
    store = UploadStore(tmp_path)
    dead = tmp_path / "work" / "dead"
    (dead / "tree").mkdir(parents=True)
    (dead / "lock").touch()
    with store.working() as (_, folder):
        assert store.sweep_work() == 1
        assert not dead.exists()
        assert folder.exists()
    assert store.sweep_work() == 0


def test_a_child_has_no_network_no_programs_and_one_folder(tmp_path: Path) -> None:
    from lms.features.files.sandbox import run_child

    answer = run_child("tests.files.curious", {}, folder=tmp_path)
    assert answer == {
        "socket": "Forbidden",
        "program": "Forbidden",
        "outside": "Forbidden",
        "inside": "done",
        "secret": None,
    }


@pytest.mark.parametrize(("what", "reason"), [("memory", "memory"), ("crash", "crash"), ("time", "time")])
def test_a_child_that_goes_wrong_is_told_apart(tmp_path: Path, what: str, reason: str) -> None:
    from lms.features.files.sandbox import run_child

    with pytest.raises(ChildFailed) as caught:
        run_child("tests.files.curious", {"what": what}, folder=tmp_path, seconds=5)
    assert caught.value.reason == reason
