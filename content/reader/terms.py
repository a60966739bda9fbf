"""Where terms of the glossary occur in a text; the longest term at a place wins. Cost is linear in the text."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from .reference_schema import Term
from .schema import Language

NOTHING = re.compile(r"(?!)")


@dataclass(frozen=True)
class Occurrence:
    """A term at a place of a text."""

    start: int
    end: int
    term: Term


@dataclass(frozen=True)
class TermFinder:
    """Finds the terms that lessons of one language link."""

    language: Language
    terms: tuple[Term, ...]
    _by_word: dict[str, Term] = field(init=False, repr=False, compare=False)
    _pattern: re.Pattern[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        linked = [term for term in self.terms if self.language in term.linked_in]
        words = {term.of(self.language).lower(): term for term in linked}
        object.__setattr__(self, "_by_word", words)
        object.__setattr__(self, "_pattern", _pattern(words, self.language))

    def find(self, text: str) -> Iterator[Occurrence]:
        """The occurrences in `text` from left to right."""
        for match in self._pattern.finditer(text):
            yield Occurrence(match.start(), match.end(), self._by_word[match[1].lower()])


def _pattern(words: Iterable[str], language: Language) -> re.Pattern[str]:
    longest_first = sorted(words, key=lambda word: (-len(word), word))
    if not longest_first:
        return NOTHING
    firsts = "".join(sorted({re.escape(word[0]) for word in longest_first}))
    body = f"(?=[{firsts}])({'|'.join(map(re.escape, longest_first))})"
    if language == "zh":
        return re.compile(body, re.IGNORECASE)
    return re.compile(rf"(?<![A-Za-z-]){body}(?:s|es)?(?![A-Za-z-])", re.IGNORECASE)


def used_terms(texts: Iterable[tuple[Language, str]], terms: tuple[Term, ...]) -> tuple[Term, ...]:
    """The terms that occur in any of the texts, in the order of the glossary."""
    finders = {language: TermFinder(language, terms) for language in ("zh", "en")}
    found = {place.term.slug for language, text in texts for place in finders[language].find(text)}
    return tuple(term for term in terms if term.slug in found)
