"""The Markdown of lessons: blocks that close, links that lead somewhere, figures with words."""

from collections.abc import Iterator
from pathlib import PurePosixPath

from ..findings import Problem, at, rule
from ..loader import Curriculum, LessonText, Module
from ..markdown import Block, Figure, outline
from ..schema import LANGUAGES
from ..source import Key

BLOCKS = {"example", "note", "warning", "tomorrow", "check", "answer"}
WEB_SCHEMES = ("https://", "http://", "mailto:")
SECTIONS = range(2, 6)
CHECKS = range(2, 4)


def lesson_texts(curriculum: Curriculum) -> Iterator[tuple[Module, LessonText]]:
    """Every lesson of every module in every language there is."""
    for module in curriculum.modules:
        for lesson in module.lessons:
            for text in lesson.texts.values():
                if text:
                    yield module, text


@rule("C017", "块标记成对", "Blocks are known, closed and nested")
def blocks_are_balanced(curriculum: Curriculum) -> Iterator[Problem]:
    """An inner block has fewer colons than the one around it; each check holds one answer."""
    for _, text in lesson_texts(curriculum):
        blocks = text.outline.blocks
        for line in text.outline.stray_ends:
            yield Problem(text.path, line, "这里没有可以结束的块。", "No open block ends here.")
        for block in blocks:
            for message_zh, message_en in _block_faults(block, blocks):
                yield Problem(text.path, block.line, message_zh, message_en)


def _block_faults(block: Block, blocks: tuple[Block, ...]) -> Iterator[tuple[str, str]]:
    if block.name not in BLOCKS:
        yield f"没有名为“{block.name}”的块。", f'There is no block named "{block.name}".'
    if block.end is None:
        yield f"{block.name} 块没有结束。", f"The block {block.name} is never closed."
        return
    inner = [other for other in blocks if block.line < other.line < block.end]
    if any(other.colons >= block.colons for other in inner):
        yield (
            f"{block.name} 块的冒号应多于里面的块。",
            f"{block.name} needs more colons than the blocks inside.",
        )
    if block.name == "answer" and block.parent != "check":
        yield "answer 块应放在 check 块里。", "An answer belongs inside a check."
    if block.name == "check" and sum(other.name == "answer" for other in inner) != 1:
        yield "check 块应有且只有一个 answer。", "A check has exactly one answer."


@rule("C018", "链接、媒体与脚注都存在", "Links, media and footnotes exist")
def targets_exist(curriculum: Curriculum) -> Iterator[Problem]:
    """A figure is a file of the module; a relative link stays inside the module's folder."""
    for module, text in lesson_texts(curriculum):
        media = {f"media/{name}" for name in module.media}
        for figure in text.outline.figures:
            if figure.target not in media:
                yield _missing(text, figure.line, figure.target)
        for link in text.outline.links:
            if not link.target.startswith((*WEB_SCHEMES, "#")) and not _is_inside(module, link.target):
                yield _missing(text, link.line, link.target)
        defined = {name for _, name in text.outline.footnote_texts}
        for line, name in text.outline.footnote_marks:
            if name not in defined:
                yield _missing(text, line, f"[^{name}]")

    for module, keys, figure in _scenario_figures(curriculum):
        if figure.target.removeprefix("media/") not in module.media:
            zh, en = f"找不到 {figure.target}。", f"{figure.target} does not exist."
            yield at(module.scenario_source, *keys, zh=zh, en=en)


def _scenario_figures(curriculum: Curriculum) -> Iterator[tuple[Module, tuple[Key, ...], Figure]]:
    for module in curriculum.modules:
        for n, node in enumerate(module.scenario.nodes if module.scenario else ()):
            for language in LANGUAGES:
                for figure in outline(node.text.of(language)).figures:
                    yield module, ("nodes", n, "text", language), figure


def _is_inside(module: Module, target: str) -> bool:
    path = (module.folder / target.partition("#")[0]).resolve()
    return path.is_relative_to(module.folder.resolve()) and path.exists()


def _missing(text: LessonText, line: int, target: str) -> Problem:
    return Problem(text.path, line, f"找不到 {target}。", f"{target} does not exist.")


@rule("C019", "图有替代文字", "Figures say in words what they show")
def figures_have_alternative_text(curriculum: Curriculum) -> Iterator[Problem]:
    """The words between the square brackets, for those who cannot see the figure."""
    for _, text in lesson_texts(curriculum):
        for figure in text.outline.figures:
            if not figure.alt:
                zh, en = f"{figure.target} 没有替代文字。", f"{figure.target} has no alternative text."
                yield Problem(text.path, figure.line, zh, en)
    for module, keys, figure in _scenario_figures(curriculum):
        if not figure.alt:
            zh, en = f"{figure.target} 没有替代文字。", f"{figure.target} has no alternative text."
            yield at(module.scenario_source, *keys, zh=zh, en=en)


@rule("C030", "课文的骨架完整", "A lesson keeps to its form")
def lessons_keep_their_form(curriculum: Curriculum) -> Iterator[Problem]:
    """Complete modules: no title line, two to five sections, two or three checks, `tomorrow` at the end."""
    for module, text in lesson_texts(curriculum):
        if module.is_complete:
            for line, message_zh, message_en in _form_faults(text):
                yield Problem(text.path, line, message_zh, message_en)


def _form_faults(text: LessonText) -> Iterator[tuple[int, str, str]]:
    blocks = text.outline.blocks
    sections, checks = len(text.headings), sum(block.name == "check" for block in blocks)
    for heading in text.outline.headings:
        if heading.level == 1:
            yield heading.line, "课文里不写标题行。", "A lesson has no title line of its own."
    if sections not in SECTIONS:
        yield (
            1,
            f"课文有 {sections} 节，应为二至五节。",
            f"The lesson has {sections} sections, not two to five.",
        )
    if checks not in CHECKS:
        yield (
            1,
            f"课文有 {checks} 处自测，应为二至三处。",
            f"The lesson has {checks} checks, not two or three.",
        )
    if [block.name for block in blocks if block.parent is None][-1:] != ["tomorrow"]:
        yield 1, "课文应以 tomorrow 块结束。", "The last block of a lesson is tomorrow."


@rule("C031", "图与课文同一种语言", "A lesson shows figures of its own language")
def figures_speak_the_language(curriculum: Curriculum) -> Iterator[Problem]:
    """A figure with words is there once per language, as `<name>.zh.svg` and `<name>.en.svg`."""
    for _, text in lesson_texts(curriculum):
        own = text.path.suffixes[-2:-1]
        for figure in text.outline.figures:
            language = PurePosixPath(figure.target).suffixes[-2:-1]
            if language in ([".zh"], [".en"]) and language != own:
                zh, en = f"{figure.target} 是另一种语言的图。", f"{figure.target} is in the other language."
                yield Problem(text.path, figure.line, zh, en)
