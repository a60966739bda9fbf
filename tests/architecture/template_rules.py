"""Rules about templates; each answers with one line per breach."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from html.parser import HTMLParser
from pathlib import Path

from jinja2 import Environment, TemplateSyntaxError, nodes

from tests.architecture.tree import ROOT, Source

COMMENT = re.compile(r"\{#.*?#\}", re.S)
STATEMENT = re.compile(r"\{%.*?%\}", re.S)
EXPRESSION = re.compile(r"\{\{.*?\}\}", re.S)
REFERENCE = re.compile(r"\{%-?\s*(?:extends|include|import|from)\s+(?P<q>['\"])(?P<name>[^'\"]+)(?P=q)")
INCLUDED_BY_PATTERN = re.compile(r"\{%-?\s*include\s+(['\"])([^'\"]*)\1\s*~")
HANDLER = re.compile(r"\son[a-z]+\s*=", re.I)
STYLE = re.compile(r"\sstyle\s*=|<style\b", re.I)
SCRIPT = re.compile(r"<script\b[^>]*>", re.I)
SAFE = re.compile(r"\|\s*safe\b")
AUTOESCAPE_OFF = re.compile(r"\{%-?\s*autoescape\s+false", re.I)
OTHER_HOST = re.compile(r"\b(?:src|href|action|srcset|poster|data)\s*=\s*[\"']\s*(?:https?:)?//", re.I)
SCRIPT_ADDRESS = re.compile(r"javascript:", re.I)
HAN = re.compile(r"[㐀-鿿豈-﫿\U00020000-\U0003ffff]")
BODY_CLASS = re.compile(r"\{%-?\s*block body_class.*?endblock.*?%\}", re.S)
LATIN_WORD = re.compile(r"[A-Za-z][a-z'’]+")
SPOKEN_ATTRIBUTES = frozenset(
    {"aria-label", "placeholder", "title", "alt", "aria-description", "value", "label"}
)
SILENT_TAGS = frozenset({"script", "style"})


@dataclass(frozen=True)
class Template:
    """A template: the name by which it is rendered, its place and its text without comments."""

    name: str
    path: str
    text: str

    @property
    def plain(self) -> str:
        return COMMENT.sub(_blank_lines, self.text)


def _blank_lines(match: re.Match[str]) -> str:
    return "\n" * match.group().count("\n")


def templates() -> tuple[Template, ...]:
    """Every template of the product."""
    found = []
    for folder in sorted((ROOT / "lms").rglob("templates")):
        found += [_read(path, folder) for path in sorted(folder.rglob("*")) if path.is_file()]
    return tuple(found)


def _read(path: Path, folder: Path) -> Template:
    name = path.relative_to(folder).as_posix()
    return Template(name, path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8"))


def unused(pages: Sequence[Template], files: Iterable[Source]) -> list[str]:
    """Templates that nothing renders, extends, imports or includes by name."""
    named, patterns = set[str](), set[str]()
    for file in files:
        for text in _strings(file.tree):
            (patterns if "*" in text else named).add(text)
    for page in pages:
        named |= {match.group("name") for match in REFERENCE.finditer(page.plain)}
        patterns |= {f"{match.group(2)}*" for match in INCLUDED_BY_PATTERN.finditer(page.plain)}
    return [
        f"{page.path} is used by nothing"
        for page in pages
        if page.name not in named and not any(fnmatch(page.name, pattern) for pattern in patterns)
    ]


def _strings(tree: ast.AST) -> Iterator[str]:
    """Names of templates in the code; what an f-string fills in matches anything."""
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            parts = [str(p.value) if isinstance(p, ast.Constant) else "*" for p in node.values]
            if (text := "".join(parts)).endswith((".html", ".txt")) and not text.startswith("*"):
                yield text
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and "*" not in node.value:
            yield node.value


def unsafe_markup(pages: Iterable[Template]) -> list[str]:
    """Inline handlers, styles, scripts without a nonce, addresses of other hosts (safety.md W2)."""
    found = []
    for page in pages:
        for what, hits in _unsafe_parts(page.plain).items():
            found += [f"{page.path}:{_line(page.plain, at)} {what}" for at in hits]
    return found


def _unsafe_parts(text: str) -> dict[str, list[int]]:
    markup = EXPRESSION.sub(lambda match: " " * len(match.group()), text)
    return {
        "has an inline handler": [m.start() for m in HANDLER.finditer(markup)],
        "has an inline style": [m.start() for m in STYLE.finditer(markup)],
        "has a script without a nonce": [
            m.start() for m in SCRIPT.finditer(text) if "csp_nonce()" not in m.group()
        ],
        "names another host": [m.start() for m in OTHER_HOST.finditer(text)],
        "has a javascript: address": [m.start() for m in SCRIPT_ADDRESS.finditer(text)],
        "switches escaping off": [m.start() for m in AUTOESCAPE_OFF.finditer(text)],
    }


def unescaped(pages: Iterable[Template], allowed: Mapping[str, int]) -> list[str]:
    """`|safe` where the list of allowed places does not have it, or has it for nothing."""
    counts = {page.name: len(SAFE.findall(page.plain)) for page in pages}
    found = [
        f"{name} uses |safe {count} times, allowed are {allowed.get(name, 0)}"
        for name, count in sorted(counts.items())
        if count != allowed.get(name, 0)
    ]
    return found + [
        f"{name} is allowed |safe but does not exist" for name in sorted(set(allowed) - set(counts))
    ]


def attributes_from_data(pages: Iterable[Template]) -> list[str]:
    """`attrs=` of a component that comes from data, which components do not escape; broken syntax too."""
    found = []
    for page in pages:
        try:
            tree = Environment(autoescape=True).parse(page.text)
        except TemplateSyntaxError as error:
            found.append(f"{page.path}:{error.lineno} {error}")
            continue
        found += [
            f"{page.path}:{word.lineno} gives attrs from data"
            for word in tree.find_all(nodes.Keyword)
            if word.key == "attrs" and not _is_literal(word.value)
        ]
    return found


def _is_literal(value: nodes.Expr | None) -> bool:
    """Texts of the template itself, also when a condition chooses; a macro may hand its `attrs` on."""
    match value:
        case None:
            return True
        case nodes.Const(value=text):
            return not set("<>") & set(str(text))
        case nodes.Name(name=name):
            return name == "attrs"
        case nodes.CondExpr(expr1=one, expr2=other):
            return _is_literal(one) and _is_literal(other)
        case nodes.Concat(nodes=parts):
            return all(map(_is_literal, parts))
    return False


def untranslated(pages: Iterable[Template], allowed: frozenset[str]) -> list[str]:
    """Visible words that stand in a template instead of a catalogue."""
    found = []
    for page in pages:
        reader = _VisibleText()
        reader.feed(_without_jinja(page.plain))
        reader.close()
        found += [
            f"{page.path}:{line} says {text!r} outside _()"
            for line, text in reader.texts
            if text not in allowed and _is_prose(text)
        ]
    return found


def _without_jinja(text: str) -> str:
    """The markup alone; line numbers stay. The block that fills the body's class goes with its content."""
    text = BODY_CLASS.sub(_blank_lines, text)
    return EXPRESSION.sub(_blank_lines, STATEMENT.sub(_blank_lines, text))


def _is_prose(text: str) -> bool:
    """Han characters or three words; a piece of a tag that a macro puts together is no prose."""
    if '="' in text:
        return False
    return bool(HAN.search(text)) or len(LATIN_WORD.findall(text)) >= 3


class _VisibleText(HTMLParser):
    """Collects what a reader sees or hears: text nodes and spoken attributes."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.texts: list[tuple[int, str]] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent += tag in SILENT_TAGS
        for name, value in attrs:
            if name in SPOKEN_ATTRIBUTES and value:
                self.texts.append((self.getpos()[0], value.strip()))

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in SILENT_TAGS

    def handle_data(self, data: str) -> None:
        text = " ".join(data.split())
        if text and not self._silent:
            self.texts.append((self.getpos()[0], text))


def _line(text: str, at: int) -> int:
    return text.count("\n", 0, at) + 1
