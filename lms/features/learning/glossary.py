"""The glossary as a page: terms by their initial in the reader's language, found by any part of their words."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable

from lms.features.catalog.reference import Term

PINYIN = "ABCDEFGHJKLMNOPQRSTWXYZ"
FIRST_IN_GB2312 = (
    *(0xB0A1, 0xB0C5, 0xB2C1, 0xB4EE, 0xB6EA, 0xB7A2, 0xB8C1, 0xB9FE, 0xBBF7, 0xBFA6, 0xC0AC, 0xC2E8),
    *(0xC4C3, 0xC5B6, 0xC5BE, 0xC6DA, 0xC8BB, 0xC8F6, 0xCBFA, 0xCDDA, 0xCEF4, 0xD1B9, 0xD4D1),
)
"""GB 2312 orders its first-level characters by pinyin: the code of the first one of each initial."""
LAST_BY_PINYIN = 0xD7F9
SECOND_LEVEL = {"阈": "Y"}
"""Initials of characters beyond the first level, which GB 2312 orders by radical: those that begin a term."""
OTHER = "#"


def initial(word: str, language: str) -> str:
    """The letter under which a word stands: of its pinyin in Chinese; `#` when there is none."""
    first = word[:1].upper()
    if "A" <= first <= "Z":
        return first
    if language != "zh":
        return OTHER
    if first in SECOND_LEVEL:
        return SECOND_LEVEL[first]
    code = int.from_bytes(first.encode("gb2312", errors="ignore"), "big")
    if not FIRST_IN_GB2312[0] <= code <= LAST_BY_PINYIN:
        return OTHER
    return PINYIN[bisect_right(FIRST_IN_GB2312, code) - 1]


def matching(terms: Iterable[Term], words: str) -> list[Term]:
    """The terms that contain `words` in either language, in the term or its definition."""
    wanted = words.strip().casefold()
    return [
        term
        for term in terms
        if not wanted
        or any(
            wanted in text.casefold() for text in (term.zh, term.en, term.definition.zh, term.definition.en)
        )
    ]


def by_initial(terms: Iterable[Term], language: str) -> list[tuple[str, list[Term]]]:
    """Initial and its terms, in order."""
    groups: dict[str, list[Term]] = {}
    for term in sorted(terms, key=lambda term: _order(term.zh if language == "zh" else term.en)):
        groups.setdefault(initial(term.zh if language == "zh" else term.en, language), []).append(term)
    return sorted(groups.items())


def _order(word: str) -> bytes:
    return word.casefold().encode("gb18030")
