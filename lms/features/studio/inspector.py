"""What happens to an archive in the child process: checked, unpacked, read, judged, made ready to be imported.

Run as `python -m lms.features.studio.inspector`; nothing here opens a database or knows a setting. The answer is
a report in plain values. What an import needs lies in the folder then: `prepared.json` and `figures/`."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from content.reader import Curriculum, Finding, lint_module, load_beside
from content.reader.loader import LAYER_FOLDERS, Module
from content.reader.schema import ModuleMeta
from content.reader.source import read_yaml
from lms.features.catalog.prepared import PreparedModule, prepare_module
from lms.features.files.archive import Entry, read_entries
from lms.features.files.content_types import TEXT_SUFFIXES, check_content
from lms.features.files.limits import Limits
from lms.features.files.refusal import Refused
from lms.features.files.sandbox import answer_as_child
from lms.features.files.unpacking import read_data, verify
from lms.features.studio.layout import common_folder, files_of, is_part_of_module
from lms.features.studio.upload_rules import own_findings

TREE, FIGURES, PREPARED = "tree", "figures", "prepared.json"
UNNAMED = "module"
REMINDERS = frozenset({"C016", "C020", "C022", "C023", "C024", "C025", "C026", "C030", "C031"})
MOST_FINDINGS = 300
MOST_TEXT = 300


@dataclass
class Inspection:
    """What is known of the archive so far."""

    folder: Path
    limits: Limits
    content_dir: Path
    files: list[tuple[str, int]] = field(default_factory=list)
    problems: list[dict[str, Any]] = field(default_factory=list)


def inspect(request: dict[str, Any]) -> dict[str, Any]:
    """Answer the request: `archive` and `folder`, `content_dir`, `limits`."""
    work = Inspection(Path(request["folder"]), Limits(**request["limits"]), Path(request["content_dir"]))
    try:
        with Path(request["archive"]).open("rb") as archive:
            entries = read_entries(archive, work.limits)
            verify(archive, entries)
            _unpack(work, archive, files_of(entries))
    except Refused as refusal:
        return {"refusal": refusal.as_dict(), "files": work.files, "findings": [], "summary": None}
    return _judge(work)


def _unpack(work: Inspection, archive: Any, entries: list[Entry]) -> None:
    """Write each file under a number first; it gets its name once its content was found to be what it says."""
    top = common_folder([entry.name for entry in entries])
    home = work.folder / TREE / LAYER_FOLDERS["foundation"] / UNNAMED
    for name in ("lessons", "media"):
        (home / name).mkdir(parents=True)
    for number, entry in enumerate(entries):
        name = entry.name.removeprefix(top)
        work.files.append((name[:MOST_TEXT], entry.size))
        try:
            if not is_part_of_module(name):
                raise Refused("foreign", name)
            _place(work, archive, entry, home / name, work.folder / f"{number}.part")
        except Refused as refusal:
            work.problems.append({**refusal.as_dict(), "path": name[:MOST_TEXT]})
    if "module.yaml" not in {name for name, _ in work.files}:
        raise Refused("no_module")


def _place(work: Inspection, archive: Any, entry: Entry, target: Path, part: Path) -> None:
    name = target.name
    if target.suffix.lower() in TEXT_SUFFIXES and entry.size > work.limits.text_bytes:
        raise Refused("text_size", name, n=work.limits.text_bytes // 1024)
    with part.open("xb") as file:
        for piece in read_data(archive, entry):
            file.write(piece)
    check_content(name, part.read_bytes(), pixels=work.limits.pixels)
    part.rename(target)


def _judge(work: Inspection) -> dict[str, Any]:
    """Read the module beside the curriculum and let the rules speak."""
    root = work.folder / TREE
    place = _settle(root)
    curriculum = load_beside(work.content_dir, root, place)
    module = next((row for row in curriculum.modules if row.folder == root / place), None)
    found = [_finding(work, place, row) for row in lint_module(curriculum, place) if not _is_lesson_gap(row)]
    if module is not None:
        found += own_findings(work.content_dir, module, place, work.files)
    missing = {row["path"] for row in found}
    found += [{**row, "rule": "U002", "line": 1} for row in work.problems if row["path"] not in missing]
    found.sort(key=lambda row: (not _is_error(row), row["path"], row["line"]))
    report = {
        "refusal": None,
        "files": work.files,
        "findings": [_shown(work, place, row) for row in found[:MOST_FINDINGS]],
        "findings_count": len(found),
        "summary": _summary(module) if module else None,
    }
    if module is not None and not any(_is_error(row) for row in found):
        _prepare(work, module, curriculum)
    return report


def _settle(root: Path) -> Path:
    """Where the module's folder belongs by its own words; as it lies when module.yaml cannot be read."""
    place = Path(LAYER_FOLDERS["foundation"]) / UNNAMED
    meta, _, _ = read_yaml(root, place / "module.yaml", ModuleMeta)
    if meta is None or meta.layer not in LAYER_FOLDERS:
        return place
    target = Path(LAYER_FOLDERS[meta.layer]) / meta.slug
    if target != place:
        (root / target).parent.mkdir(exist_ok=True)
        (root / place).rename(root / target)
    return target


def _finding(work: Inspection, place: Path, row: Finding) -> dict[str, Any]:
    return {
        "path": row.path.relative_to(place).as_posix(),
        "line": row.line,
        "rule": row.rule,
        "zh": row.message_zh[:MOST_TEXT],
        "en": row.message_en[:MOST_TEXT],
    }


def _is_lesson_gap(row: Finding) -> bool:
    """A lesson missing in a language: judged by the rules of uploads, which take one language."""
    return row.rule == "C015" and row.path.name == "module.yaml"


def _is_error(row: dict[str, Any]) -> bool:
    return not row.get("is_reminder") and row["rule"] not in REMINDERS


def _shown(work: Inspection, place: Path, row: dict[str, Any]) -> dict[str, Any]:
    """The finding with the lines around it, so that nobody has to open the file to understand."""
    excerpt: list[tuple[int, str]] = []
    path = work.folder / TREE / place / row["path"]
    if path.suffix in TEXT_SUFFIXES and path.is_file() and row["rule"] != "U002":
        lines = path.read_text(encoding="utf-8-sig", errors="replace").splitlines()
        numbers = range(max(1, row["line"] - 1), min(len(lines), row["line"]) + 1)
        excerpt = [(number, lines[number - 1][:MOST_TEXT]) for number in numbers]
    return {**row, "is_error": _is_error(row), "excerpt": excerpt}


def _summary(module: Module) -> dict[str, Any]:
    """What will be made of it."""
    meta = module.meta
    return {
        "uuid": str(meta.uuid),
        "slug": meta.slug,
        "layer": meta.layer,
        "title": {"zh": meta.title.zh, "en": meta.title.en},
        "periods": meta.periods.total,
        "prerequisites": list(meta.prerequisites),
        "is_complete": module.is_complete,
        "cadence": meta.review.cadence,
        "questions": len(module.questions),
        "figures": len(module.media),
        "lessons": [
            {
                "title": {"zh": row.title.zh, "en": row.title.en},
                "slug": row.slug,
                "zh": row.text("zh") is not None,
                "en": row.text("en") is not None,
            }
            for row in module.lessons
        ],
    }


def _prepare(work: Inspection, module: Module, curriculum: Curriculum) -> None:
    """Leave in the folder what an import needs."""
    prepared: PreparedModule = prepare_module(module, curriculum)
    figures = work.folder / FIGURES
    figures.mkdir()
    for figure in prepared.figures:
        target = figures / figure.sha256
        if not target.exists():
            Path(figure.path).rename(target)
    text = json.dumps(prepared.as_dict(), ensure_ascii=False)
    (work.folder / PREPARED).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    answer_as_child(inspect)
