"""Lessons from Markdown to clean HTML, once, when a version is loaded (safety.md I3)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from html import escape
from typing import Any

import nh3
from latex2mathml.converter import convert as to_mathml
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from mdit_py_plugins.container import container_plugin
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.footnote import footnote_plugin

from content.reader.terms import TermFinder
from lms.features.catalog.term_marks import mark_terms, render_term

WORDS = {
    "zh": {
        "example": "例",
        "note": "说明",
        "warning": "注意",
        "tomorrow": "明早就做",
        "check": "自己判断",
        "answer": "看答案",
    },
    "en": {
        "example": "Example",
        "note": "Note",
        "warning": "Take care",
        "tomorrow": "Tomorrow morning",
        "check": "Check yourself",
        "answer": "Show the answer",
    },
}
BLOCKS = ("example", "note", "warning", "tomorrow", "check")
_MATHML = (
    "math mrow mi mn mo mtext mspace msup msub msubsup mfrac msqrt mroot mover munder munderover "
    "mtable mtr mtd mstyle mpadded mphantom menclose semantics annotation"
)
_HTML = (
    "section h2 h3 h4 p a strong em code pre ul ol li blockquote table thead tbody tr th td hr br "
    "sup sub div span figure figcaption img details summary del button"
)
TAGS = frozenset(f"{_MATHML} {_HTML}".split())
ATTRIBUTES: dict[str, set[str]] = {
    "*": {"id", "class"},
    "a": {"href", "title"},
    "img": {"src", "alt", "width", "height", "loading"},
    "td": {"data-label", "align"},
    "th": {"scope", "align"},
    "section": {"data-section"},
    "button": {"type", "popovertarget"},
    "span": {"popover", "lang"},
    "ol": {"start"},
    "math": {"display", "xmlns"},
    "mo": {"stretchy", "fence", "form"},
    "mi": {"mathvariant"},
    "mspace": {"width"},
}
SECTION = re.compile(r'<h2 id="(s\d+)">(.*?)</h2>', re.S)
LONE_FIGURE = re.compile(r"<p>(<figure.*?</figure>)</p>", re.S)


@dataclass(frozen=True)
class RenderedLesson:
    """A lesson as HTML, and its sections in order: `[{"id": "s1", "title": …}]`."""

    html: str
    sections: tuple[dict[str, str], ...]


@dataclass(frozen=True)
class Figure:
    """Where a figure is served, and its size in pixels."""

    url: str
    width: int
    height: int


def render_lesson(
    text: str, *, language: str, media: Mapping[str, Figure], terms: TermFinder | None = None
) -> RenderedLesson:
    """Render and clean one lesson; `media` maps the names used in the text to what is served.

    With `terms`, each term carries its definition where it first stands in a section."""
    html = str(_parser(language).render(text, {"media": media, "terms": terms}))
    html = _in_sections(LONE_FIGURE.sub(r"\1", html))
    clean = clean_html(html)
    titles = tuple({"id": found[0], "title": _plain(found[1])} for found in SECTION.findall(clean))
    return RenderedLesson(clean, titles)


def clean_html(html: str) -> str:
    """What a lesson may consist of, and nothing else; cleaning twice changes nothing."""
    clean = nh3.clean(
        html, tags=set(TAGS), attributes=ATTRIBUTES, url_schemes={"https", "mailto"}, link_rel="noopener"
    )
    return str(clean)


def _plain(html: str) -> str:
    return str(nh3.clean(html, tags=set())).replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">")


def _in_sections(html: str) -> str:
    """Wrap what follows each second-level heading, so that a page can tell which part is on screen."""
    head, *parts = re.split(r"(?=<h2 )", html)
    body = "".join(f'<section data-section="{n}">{part}</section>' for n, part in enumerate(parts))
    return head + body


@cache
def _parser(language: str) -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    parser.use(footnote_plugin).use(dollarmath_plugin, renderer=_maths, double_inline=True)
    for name in BLOCKS:
        parser.use(container_plugin, name, render=_block(name, WORDS[language][name]))
    parser.use(container_plugin, "answer", render=_answer(WORDS[language]["answer"]))
    parser.core.ruler.push("terrace", _prepare)
    parser.core.ruler.push("terms", mark_terms)
    parser.add_render_rule("image", _image)
    parser.add_render_rule("term", render_term)
    return parser


def _maths(content: str, options: dict[str, Any]) -> str:
    try:
        return str(to_mathml(content, display="block" if options.get("display_mode") else "inline"))
    except Exception:  # the library raises a dozen kinds; what is no formula is shown as it was written
        return f"<code>{escape(content)}</code>"


def _block(name: str, word: str) -> Callable[..., str]:
    def render(self: RendererHTML, tokens: Sequence[Token], index: int, options: object, env: object) -> str:
        if tokens[index].nesting != 1:
            return "</div>\n"
        title = escape(tokens[index].info.strip().removeprefix(name).strip())
        label = f'<span class="kind">{word}</span>'
        return f'<div class="block block-{name}"><p class="block-title">{label}{" " if title else ""}{title}</p>\n'

    return render


def _answer(word: str) -> Callable[..., str]:
    def render(self: RendererHTML, tokens: Sequence[Token], index: int, options: object, env: object) -> str:
        opens = tokens[index].nesting == 1
        return f'<details class="answer"><summary>{word}</summary>\n' if opens else "</details>\n"

    return render


def _prepare(state: Any) -> None:
    """Number the sections; give each cell the head of its column, so that a phone can show rows as lists."""
    section = 0
    heads: list[str] = []
    column = 0
    tokens: list[Token] = state.tokens
    for index, token in enumerate(tokens):
        if token.type == "heading_open" and token.tag == "h2":
            section += 1
            token.attrSet("id", f"s{section}")
        elif token.type == "table_open":
            heads = []
        elif token.type == "tr_open":
            column = 0
        elif token.type == "th_open":
            heads.append(_text_of(tokens[index + 1]))
            token.attrSet("scope", "col")
        elif token.type == "td_open":
            token.attrSet("data-label", heads[column] if column < len(heads) else "")
            column += 1
        if token.type in ("th_open", "td_open"):
            _align(token)


def _align(token: Token) -> None:
    """markdown-it writes alignment as a style attribute, which the CSP forbids."""
    style = str(token.attrs.pop("style", ""))
    if style.endswith("right"):
        token.attrSet("class", "num")


def _text_of(token: Token) -> str:
    """The words of an inline token, without its markup."""
    return "".join(child.content for child in token.children or ())


def _image(self: RendererHTML, tokens: Sequence[Token], index: int, options: object, env: Any) -> str:
    token = tokens[index]
    name = str(token.attrs.get("src", "")).removeprefix("media/")
    figure: Figure | None = env["media"].get(name)
    if figure is None:
        return f"<em>{escape(token.content)}</em>"
    caption = escape(str(token.attrs.get("title", "")))
    image = (
        f'<img src="{escape(figure.url)}" alt="{escape(token.content)}" '
        f'width="{figure.width}" height="{figure.height}" loading="lazy">'
    )
    return f"<figure>{image}{f'<figcaption>{caption}</figcaption>' if caption else ''}</figure>"
