"""Rules that only an uploaded module has to keep, beside those of the curriculum's linter."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from content.reader.loader import LAYER_FOLDERS, Module
from content.reader.schema import LANGUAGES, ModuleMeta
from content.reader.source import read_yaml

UNREAD = ("scenario.yaml", "lab.yaml")


def own_findings(
    content_dir: Path, module: Module, place: Path, files: list[tuple[str, int]]
) -> list[dict[str, Any]]:
    """U003 the curriculum's names, U004 nothing to pass, U005 unchecked basis, U006 one language, U007 unread."""
    found = [*_taken(content_dir, module), *_languages(module), *_basis(module)]
    if module.is_complete and not module.questions:
        found.append(
            _row(
                "quiz.yaml", 1, "U004", "题库里没有题，学员无法完成。", "Without questions nobody can finish."
            )
        )
    for name, _ in files:
        if name in UNREAD:
            zh, en = f"这个版本还不读 {name}，它不会被导入。", f"{name} is not read by this version yet."
            found.append(_row(name, 1, "U007", zh, en, is_reminder=True))
    return found


def _taken(content_dir: Path, module: Module) -> Iterator[dict[str, Any]]:
    """An upload takes neither slug nor uuid of the curriculum."""
    source, meta = module.meta_source, module.meta
    for layer in LAYER_FOLDERS.values():
        for path in (content_dir / layer).glob("*/module.yaml"):
            other, _, _ = read_yaml(content_dir, path.relative_to(content_dir), ModuleMeta)
            if other is not None and other.slug == meta.slug:
                zh, en = f"{meta.slug} 是统一课程的模块名。", f"{meta.slug} is a module of the curriculum."
                yield _row("module.yaml", source.line("slug"), "U003", zh, en)
            elif other is not None and other.uuid == meta.uuid:
                zh, en = "这个 uuid 属于统一课程的模块。", "This uuid belongs to a module of the curriculum."
                yield _row("module.yaml", source.line("uuid"), "U003", zh, en)


def _languages(module: Module) -> Iterator[dict[str, Any]]:
    """A lesson may be there in one language; in none it is no lesson."""
    if not module.is_complete:
        return
    for index, lesson in enumerate(module.lessons):
        missing = [language for language in LANGUAGES if not (lesson.text(language) or "").strip()]
        line = module.meta_source.line("lessons", index)
        if len(missing) == len(LANGUAGES):
            zh, en = f"缺少课文 {lesson.slug}。", f"The lesson {lesson.slug} is missing."
            yield _row("module.yaml", line, "C015", zh, en)
        for language in missing if len(missing) == 1 else ():
            shown = {"zh": ("中文", "Chinese"), "en": ("英文", "English")}[language]
            zh = f"课文 {lesson.slug} 没有{shown[0]}，学员将看到另一种语言。"
            en = f"The lesson {lesson.slug} has no {shown[1]}; learners will see the other language."
            yield _row("module.yaml", line, "U006", zh, en, is_reminder=True)


def _basis(module: Module) -> Iterator[dict[str, Any]]:
    for index, basis in enumerate(module.meta.basis):
        if basis.status != "sourced":
            line = module.meta_source.line("basis", index)
            zh, en = (
                f"依据「{basis.name.zh}」尚未核对原文。",
                f"“{basis.name.en}” was not checked against its source.",
            )
            yield _row("module.yaml", line, "U005", zh, en, is_reminder=True)


def _row(path: str, line: int, rule: str, zh: str, en: str, *, is_reminder: bool = False) -> dict[str, Any]:
    return {"path": path, "line": line, "rule": rule, "zh": zh, "en": en, "is_reminder": is_reminder}
