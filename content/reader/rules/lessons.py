"""The Markdown of lessons: blocks that close, links that lead somewhere, figures with words."""

from collections.abc import Iterator

from ..findings import Problem, rule
from ..loader import Curriculum, LessonText, Module
from ..markdown import Block

BLOCKS = {"example", "note", "warning", "tomorrow", "check", "answer"}
WEB_SCHEMES = ("https://", "http://", "mailto:")


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
            f"The block {block.name} needs more colons than those inside.",
        )
    if block.name == "answer" and block.parent != "check":
        yield "answer 块应放在 check 块里。", "An answer belongs inside a check."
    if block.name == "check" and sum(other.name == "answer" for other in inner) != 1:
        yield "check 块应有且只有一个 answer。", "A check has exactly one answer."


@rule("C018", "链接、媒体与脚注都存在", "Links, media and footnotes exist")
def targets_exist(curriculum: Curriculum) -> Iterator[Problem]:
    """A figure is a file of the module; a relative link stays inside the module's folder."""
    for module, text in lesson_texts(curriculum):
        for figure in text.outline.figures:
            if figure.target.removeprefix("media/") not in module.media or not figure.target.startswith(
                "media/"
            ):
                yield _missing(text, figure.line, figure.target)
        for link in text.outline.links:
            if not link.target.startswith((*WEB_SCHEMES, "#")) and not _is_inside(module, link.target):
                yield _missing(text, link.line, link.target)
        defined = {name for _, name in text.outline.footnote_texts}
        for line, name in text.outline.footnote_marks:
            if name not in defined:
                yield _missing(text, line, f"[^{name}]")


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
