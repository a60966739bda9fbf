"""Terms of the glossary in a lesson: a button that opens the definition, by keyboard and touch and without script."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from typing import Any

from markdown_it.renderer import RendererHTML
from markdown_it.token import Token

from content.reader.terms import TermFinder

GLOSSARY = {"zh": "术语表", "en": "Glossary"}
OTHER = {"zh": "en", "en": "zh"}
NOT_IN = ("heading_open", "th_open")


def mark_terms(state: Any) -> None:
    """Mark each term where it first stands in a section; not in headings, column heads and links."""
    finder: TermFinder | None = state.env.get("terms")
    if finder is None:
        return
    section = 0
    seen: set[str] = set()
    tokens: list[Token] = state.tokens
    for before, token in zip([None, *tokens], tokens, strict=False):
        if token.type == "heading_open" and token.tag == "h2":
            section, seen = section + 1, set()
        elif token.type == "inline" and token.children and not (before and before.type in NOT_IN):
            token.children = list(_marked(token.children, finder, section, seen))


def _marked(children: list[Token], finder: TermFinder, section: int, seen: set[str]) -> Iterator[Token]:
    links = 0
    for child in children:
        links += {"link_open": 1, "link_close": -1}.get(child.type, 0)
        if child.type == "text" and not links:
            yield from _split(child, finder, section, seen)
        else:
            yield child


def _split(token: Token, finder: TermFinder, section: int, seen: set[str]) -> Iterator[Token]:
    text, done = token.content, 0
    for place in finder.find(text):
        if place.term.slug in seen:
            continue
        seen.add(place.term.slug)
        if place.start > done:
            yield Token("text", "", 0, content=text[done : place.start])
        meta = {"term": place.term, "language": finder.language, "id": f"g{section}-{place.term.slug}"}
        yield Token("term", "", 0, content=text[place.start : place.end], meta=meta)
        done = place.end
    if done < len(text):
        yield Token("text", "", 0, content=text[done:])


def render_term(self: RendererHTML, tokens: Sequence[Token], index: int, options: object, env: object) -> str:
    """The word as a button, and its card: the term in both languages, the definition, the way to the glossary."""
    token = tokens[index]
    term, language, card = token.meta["term"], token.meta["language"], token.meta["id"]
    other = OTHER[language]
    return (
        f'<button type="button" class="term" popovertarget="{card}">{escape(token.content)}</button>'
        f'<span popover="auto" id="{card}" class="term-card"><strong>{escape(term.of(language))}</strong> '
        f'<span lang="{other}">{escape(term.of(other))}</span>'
        f'<span class="term-definition">{escape(term.definition.of(language))}</span>'
        f'<a href="/glossary#{term.slug}">{GLOSSARY[language]}</a></span>'
    )
