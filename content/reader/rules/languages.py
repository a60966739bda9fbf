"""Both languages are there, and say the same in the same shape."""

from collections.abc import Iterator
from pathlib import Path

from ..findings import Problem, at, rule
from ..loader import Curriculum, LessonText
from ..schema import LANGUAGES

PLACEHOLDER = "TRANSLATE"

KIND_ZH = {"section": "节标题", "subheading": "小标题", "table": "表", "figure": "图"}


@rule("C014", "没有待译的占位", "Nothing is left to be translated")
def nothing_is_left_to_translate(curriculum: Curriculum) -> Iterator[Problem]:
    """In whatever file of the curriculum, complete or not."""
    for path, text in _texts(curriculum):
        for number, line in enumerate(text.splitlines(), start=1):
            if PLACEHOLDER in line:
                yield Problem(path, number, f"还有 {PLACEHOLDER} 占位。", f"{PLACEHOLDER} is still there.")


def _texts(curriculum: Curriculum) -> Iterator[tuple[Path, str]]:
    for source in curriculum.sources.values():
        yield source.path, source.text
    for module in curriculum.modules:
        yield module.meta_source.path, module.meta_source.text
        yield module.quiz_source.path, module.quiz_source.text
        yield module.scenario_source.path, module.scenario_source.text
        for lesson in module.lessons:
            yield from ((text.path, text.text) for text in lesson.texts.values() if text)


@rule("C015", "课文齐全", "Lesson files are complete and listed")
def lesson_files_are_complete(curriculum: Curriculum) -> Iterator[Problem]:
    """A complete module has every lesson in both languages; module.yaml lists every lesson file."""
    for module in curriculum.modules:
        for path in module.stray_lessons:
            yield Problem(path, 1, "module.yaml 没有列出这篇课文。", "module.yaml does not list this lesson.")
        for index, lesson in enumerate(module.lessons):
            for language in LANGUAGES:
                text = lesson.text(language)
                if module.is_complete and not (text and text.strip()):
                    name = f"{lesson.slug}.{language}.md"
                    zh, en = f"缺少课文 {name}。", f"The lesson {name} is missing."
                    yield at(module.meta_source, "lessons", index, zh=zh, en=en)


@rule("C016", "两种语言的课文结构相同", "Both languages of a lesson have the same shape")
def lesson_shapes_agree(curriculum: Curriculum) -> Iterator[Problem]:
    """Headings, tables, figures and blocks are counted; reported at the first one too many."""
    for module in curriculum.modules:
        for lesson in module.lessons:
            zh, en = lesson.texts["zh"], lesson.texts["en"]
            if zh and en:
                yield from _shape_differences(zh, en)


def _shape_differences(zh: LessonText, en: LessonText) -> Iterator[Problem]:
    shape_zh, shape_en = _shape(zh), _shape(en)
    for kind in sorted(shape_zh.keys() | shape_en.keys()):
        lines_zh, lines_en = shape_zh.get(kind, []), shape_en.get(kind, [])
        longer, lines = (zh, lines_zh) if len(lines_zh) > len(lines_en) else (en, lines_en)
        shared = min(len(lines_zh), len(lines_en))
        if len(lines) > shared:
            message_zh = f"{KIND_ZH.get(kind, kind)}：中文 {len(lines_zh)} 个，英文 {len(lines_en)} 个。"
            message_en = f"{kind}: {len(lines_zh)} in Chinese, {len(lines_en)} in English."
            yield Problem(longer.path, lines[shared], message_zh, message_en)


def _shape(text: LessonText) -> dict[str, list[int]]:
    """The lines of every countable thing, by kind."""
    shape: dict[str, list[int]] = {}
    for heading in text.outline.headings:
        shape.setdefault("section" if heading.level == 2 else "subheading", []).append(heading.line)
    for line in text.outline.tables:
        shape.setdefault("table", []).append(line)
    for figure in text.outline.figures:
        shape.setdefault("figure", []).append(figure.line)
    for block in text.outline.blocks:
        shape.setdefault(f"::: {block.name}", []).append(block.line)
    return shape
