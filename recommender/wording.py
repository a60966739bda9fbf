"""Words of Latin script and character n-grams of Chinese: what two texts have in common literally."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

HAN = r"㐀-䶿一-鿿豈-﫿"
GRAMS = (1, 2, 3)
"""Lengths of the character n-grams of a run of Chinese."""

SAID_OFTEN = frozenset({
    "a", "an", "and", "are", "as", "at", "be", "by", "for", "from", "i", "in", "into", "is", "it",
    "its", "of", "on", "or", "our", "that", "the", "their", "this", "to", "we", "with", "you", "your",
})  # fmt: skip
SAID_OFTEN_ZH = frozenset("的了和与及或在是对并等中为以将能会")

_LETTER = rf"[^\W_{HAN}]"
_RUNS = re.compile(rf"[{HAN}]+|{_LETTER}(?:{_LETTER}|[.&'_-](?={_LETTER})|[+#])*")
_HAN_START = re.compile(rf"[{HAN}]")
_TAG = re.compile(r"<[^<>\s]{1,30}>")
_REMARK = re.compile(r"\([^()]*\)")


def fold(text: str) -> str:
    """`text` in one form: full-width characters narrow, traditional ones simplified, small letters.

    Placeholders such as `<ORGANIZATION>` say nothing and go.
    """
    narrow = unicodedata.normalize("NFKC", text)
    if _HAN_START.search(narrow):
        narrow = _simplifier().convert(narrow)
    return _TAG.sub(" ", narrow).casefold()


@lru_cache(maxsize=1)
def _simplifier() -> Any:
    import opencc

    return opencc.OpenCC("t2s")


def is_chinese(text: str) -> bool:
    """Whether Chinese characters carry the text: at least as many as Latin words."""
    runs = _RUNS.findall(text)
    han = sum(len(run) for run in runs if _HAN_START.match(run))
    return han > 0 and han >= sum(not _HAN_START.match(run) for run in runs)


def latin_words(folded: str) -> list[str]:
    """The words and figures of Latin and other alphabets in their order, without Chinese."""
    return [run for run in _RUNS.findall(folded) if not _HAN_START.match(run)]


def features(folded: str) -> set[str]:
    """Words that are not said all the time, and the n-grams of each run of Chinese."""
    found: set[str] = set()
    for run in _RUNS.findall(folded):
        if not _HAN_START.match(run):
            found.add(run)
        else:
            found.update(run[i : i + n] for n in GRAMS for i in range(len(run) - n + 1))
    return found - SAID_OFTEN - SAID_OFTEN_ZH


class Wording:
    """How much of each label a text holds, rare features counting more (inverse document frequency).

    :param weights: shape (n_labels, n_features); each row sums to 1, or to 0 for a label without features
    """

    def __init__(self, vocabulary: Sequence[str], weights: csr_array) -> None:
        self.places = {feature: place for place, feature in enumerate(vocabulary)}
        self.weights = weights

    @classmethod
    def of(cls, labels: Iterable[str]) -> Wording:
        """Learn from folded labels; what stands in brackets explains and need not be said."""
        rows = [features(_REMARK.sub(" ", label)) or features(label) for label in labels]
        vocabulary = sorted(set().union(*rows)) if rows else []
        places = {feature: place for place, feature in enumerate(vocabulary)}
        columns = [place for row in rows for place in sorted(places[feature] for feature in row)]
        starts = np.concatenate([[0], np.cumsum([len(row) for row in rows])]).astype(np.intp)
        counts = np.bincount(columns, minlength=len(vocabulary)) if columns else np.zeros(len(vocabulary))
        rarity = np.log((len(rows) + 1) / (counts + 0.5))
        values = rarity[columns] if columns else np.zeros(0)
        totals = np.add.reduceat(np.append(values, 0.0), starts[:-1]) if rows else np.zeros(0)
        lengths = np.diff(starts)
        values = values / np.repeat(np.where(lengths > 0, totals, 1.0), lengths)
        return cls(vocabulary, csr_array((values, columns, starts), shape=(len(rows), len(vocabulary))))

    def containment(self, folded: Sequence[str]) -> NDArray[np.float64]:
        """The share of each label that each text holds, shape (n_texts, n_labels), from 0 to 1."""
        rows = [[self.places[one] for one in features(text) if one in self.places] for text in folded]
        starts = np.concatenate([[0], np.cumsum([len(row) for row in rows])]).astype(np.intp)
        columns = np.array([place for row in rows for place in row], dtype=np.intp)
        held = csr_array((np.ones(len(columns)), columns, starts), shape=(len(rows), len(self.places)))
        shares: NDArray[np.float64] = (held @ self.weights.T).toarray()
        return shares
