"""The shape of a lesson: headings, tables, figures, links and blocks, each with its line. Renders nothing."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from markdown_it import MarkdownIt
from markdown_it.token import Token

FENCE = re.compile(r"^ {0,3}(:{3,})[ \t]*([A-Za-z_-]*)[ \t]*(.*?)[ \t]*$")
CODE_FENCE = re.compile(r"^ {0,3}(```|~~~)")
FOOTNOTE_TEXT = re.compile(r"^\[\^([^\]\s]+)\]:[ \t]*")
FOOTNOTE_MARK = re.compile(r"\[\^([^\]\s]+)\]")
LINK_TARGET = re.compile(r"\]\([^)]*\)")
HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]")
WORD = re.compile(r"[A-Za-z0-9]+(?:[.,'’%-]*[A-Za-z0-9]+)*")

_parser = MarkdownIt("commonmark").enable("table")


@dataclass(frozen=True)
class Heading:
    """A heading of a lesson; a section is a heading of level 2."""

    line: int
    level: int
    text: str


@dataclass(frozen=True)
class Figure:
    """An image: where it points, what it shows in words, and its caption."""

    line: int
    target: str
    alt: str
    caption: str


@dataclass(frozen=True)
class Link:
    """A link and where it points."""

    line: int
    target: str


@dataclass(frozen=True)
class Block:
    """A `::: name Title` block; `parent` names the block around it, `end` is None when it is never closed."""

    line: int
    colons: int
    name: str
    title: str
    parent: str | None
    end: int | None


@dataclass(frozen=True)
class Outline:
    """What a lesson consists of, in its order."""

    headings: tuple[Heading, ...]
    tables: tuple[int, ...]
    figures: tuple[Figure, ...]
    links: tuple[Link, ...]
    blocks: tuple[Block, ...]
    stray_ends: tuple[int, ...]
    footnote_marks: tuple[tuple[int, str], ...]
    footnote_texts: tuple[tuple[int, str], ...]


def outline(text: str) -> Outline:
    """Read the shape of a lesson's Markdown."""
    prose = _Prose(text)
    tokens = _parser.parse("\n".join(prose.lines))
    blocks, stray_ends = _blocks(prose.fences)
    return Outline(
        headings=tuple(_headings(tokens)),
        tables=tuple(_line(token) for token in tokens if token.type == "table_open"),
        figures=tuple(_figures(tokens, prose.lines)),
        links=tuple(_links(tokens, prose.lines)),
        blocks=blocks,
        stray_ends=stray_ends,
        footnote_marks=tuple(prose.footnote_marks),
        footnote_texts=tuple(prose.footnote_texts),
    )


def count_reading_units(text: str) -> Counter[str]:
    """How much there is to read: `han` characters and `words` (runs of Latin letters and digits)."""
    plain = LINK_TARGET.sub("]", "\n".join(_Prose(text).lines))
    return Counter(han=len(HAN.findall(plain)), words=len(WORD.findall(plain)))


class _Prose:
    """A lesson without what CommonMark does not know (fences, footnotes), line numbers kept."""

    def __init__(self, text: str) -> None:
        self.lines: list[str] = []
        self.fences: list[tuple[int, int, str, str]] = []
        self.footnote_marks: list[tuple[int, str]] = []
        self.footnote_texts: list[tuple[int, str]] = []
        in_code = ""
        for number, line in enumerate(text.splitlines(), start=1):
            code = CODE_FENCE.match(line)
            if code and in_code in ("", code[1]):
                in_code = "" if in_code else code[1]
            self.lines.append(line if in_code or code else self._take(number, line))

    def _take(self, number: int, line: str) -> str:
        fence = FENCE.match(line)
        if fence:
            self.fences.append((number, len(fence[1]), fence[2], fence[3]))
            return ""
        definition = FOOTNOTE_TEXT.match(line)
        if definition:
            self.footnote_texts.append((number, definition[1]))
            line = line[definition.end() :]
        self.footnote_marks.extend((number, mark[1]) for mark in FOOTNOTE_MARK.finditer(line))
        return FOOTNOTE_MARK.sub("", line)


def _blocks(fences: list[tuple[int, int, str, str]]) -> tuple[tuple[Block, ...], tuple[int, ...]]:
    done: list[Block] = []
    opened: list[Block] = []
    stray_ends: list[int] = []
    for line, colons, name, title in fences:
        if name or title:
            opened.append(Block(line, colons, name, title, opened[-1].name if opened else None, None))
        elif opened and opened[-1].colons == colons:
            last = opened.pop()
            done.append(Block(last.line, last.colons, last.name, last.title, last.parent, line))
        else:
            stray_ends.append(line)
    return tuple(sorted([*done, *opened], key=lambda block: block.line)), tuple(stray_ends)


def _line(token: Token) -> int:
    return token.map[0] + 1 if token.map else 1


def _headings(tokens: list[Token]) -> Iterator[Heading]:
    for token, inline in pairwise(tokens):
        if token.type == "heading_open":
            yield Heading(_line(token), int(token.tag[1:]), inline.content)


def _inline(tokens: list[Token], kind: str) -> Iterator[tuple[Token, Token]]:
    for token in tokens:
        for child in token.children or ():
            if child.type == kind:
                yield token, child


def _figures(tokens: list[Token], lines: list[str]) -> Iterator[Figure]:
    for token, image in _inline(tokens, "image"):
        target = str(image.attrs.get("src", ""))
        yield Figure(
            _find(token, target, lines), target, image.content.strip(), str(image.attrs.get("title", ""))
        )


def _links(tokens: list[Token], lines: list[str]) -> Iterator[Link]:
    for token, link in _inline(tokens, "link_open"):
        target = str(link.attrs.get("href", ""))
        yield Link(_find(token, target, lines), target)


def _find(token: Token, target: str, lines: list[str]) -> int:
    """The line of `target` inside the paragraph `token`."""
    start, end = token.map or (0, 1)
    return next((index + 1 for index in range(start, end) if target in lines[index]), start + 1)
