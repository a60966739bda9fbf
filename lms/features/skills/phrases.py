"""How well a text speaks of things that have names and descriptions in both languages; no model, fit for a request.

The strength is the geometric mean of two shares, both weighted by rarity (inverse document frequency): how much of
the best label stands in the text, and how much of the text the thing's labels account for. It is 1 where the text
is the label, and 0 where they have nothing in common."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import log, sqrt
from typing import Generic, NamedTuple, TypeVar

from recommender.wording import features, fold

Key = TypeVar("Key", bound=Hashable)
LATIN = re.compile(r"[a-z]{4,}")
HAN = re.compile(r"[㐀-䶿一-鿿豈-﫿]")
RUNS = re.compile(r"[㐀-䶿一-鿿豈-﫿]+|[^\W_㐀-䶿一-鿿豈-﫿]+")
SINGLE = 0.3
"""A single character says less than a word: 碳 names a subject, 样 nothing."""

UNKNOWN = 0.2
"""What a word that no label has takes of the text, so that one common word does not stand for a long sentence."""

ASKED_WITH = frozenset(
    {"怎么", "怎样", "什么", "如何", "我们", "想要", "需要", "希望", "学习"}
    | {"how", "what", "want", "need", "become", "learn", "learning", "work", "use", "like", "get", "do"}
    | {"first"}
)
"""Words with which wishes are said and steps are counted, whatever they are for."""


class Match(NamedTuple):
    """`strength` from 0 to 1, and the words of the text that speak for it, in its order."""

    strength: float
    words: tuple[str, ...]


@dataclass(frozen=True)
class Phrases(Generic[Key]):
    """Labels by thing: names and descriptions in any language."""

    labels: Mapping[Key, Sequence[str]]

    @cached_property
    def _features(self) -> dict[Key, list[frozenset[str]]]:
        return {
            key: [folded_features(fold(label)) for label in labels] for key, labels in self.labels.items()
        }

    @cached_property
    def _rarity(self) -> dict[str, float]:
        counts = Counter(one for sets in self._features.values() for one in frozenset().union(*sets))
        n = len(self._features)
        return {one: log((n + 1) / (count + 0.5)) * _weight(one) for one, count in counts.items()}

    @cached_property
    def _sizes(self) -> dict[Key, list[float]]:
        return {key: [self._sum(one) for one in sets] for key, sets in self._features.items()}

    @cached_property
    def _holders(self) -> dict[str, list[Key]]:
        """Feature → things that have it, so that a text is only compared with those."""
        holders: dict[str, list[Key]] = {}
        for key, sets in self._features.items():
            for one in frozenset().union(*sets):
                holders.setdefault(one, []).append(key)
        return holders

    def match(self, text: str) -> dict[Key, Match]:
        """The things that the text speaks of."""
        folded = fold(text)
        said = folded_features(folded) - ASKED_WITH
        total = self._sum(said) + sum(map(self._unknown, said - self._rarity.keys()))
        near = dict.fromkeys(key for one in said for key in self._holders.get(one, ()))
        return {key: self._match(key, folded, said, total) for key in near}

    def match_all(self, pieces: Iterable[tuple[str, float]]) -> dict[Key, Match]:
        """The things that a long text speaks of, given in pieces with a weight from 0 to 1 each.

        Each piece is a witness by the square of its strength, and they are taken for independent (noisy or):
        two that are half sure weigh less than one that is sure. The words are those of the clearest piece."""
        doubt: dict[Key, float] = {}
        clearest: dict[Key, Match] = {}
        for text, weight in pieces:
            for key, match in self.match(text).items():
                weighed = match._replace(strength=weight * match.strength)
                doubt[key] = doubt.get(key, 1.0) * (1 - weighed.strength**2)
                clearest[key] = max(clearest.get(key, weighed), weighed)
        return {key: match._replace(strength=1 - doubt[key]) for key, match in clearest.items()}

    def _match(self, key: Key, folded: str, said: frozenset[str], total: float) -> Match:
        sets, sizes = self._features[key], self._sizes[key]
        common = said & frozenset().union(*sets)
        shares = (self._sum(said & one) / size for one, size in zip(sets, sizes, strict=True) if size)
        return Match(sqrt(self._sum(common) / total * max(shares)), said_words(folded, common))

    def _sum(self, found: Iterable[str]) -> float:
        return sum(self._rarity.get(one, 0.0) for one in found)

    def _unknown(self, feature: str) -> float:
        """Of Chinese only pairs count: each run of characters is in the text three times over otherwise."""
        if HAN.match(feature):
            return UNKNOWN / 2 * self._most if len(feature) == 2 else 0.0
        return UNKNOWN * self._most

    @cached_property
    def _most(self) -> float:
        return log(2 * len(self._features) + 2)


def folded_features(folded: str) -> frozenset[str]:
    """Words in the singular and the n-grams of Chinese."""
    return frozenset(features(LATIN.sub(lambda word: _singular(word.group()), folded)))


def said_words(folded: str, found: Collection[str]) -> tuple[str, ...]:
    """The parts of a text that the features `found` cover: words as they stand there, runs of Chinese.

    Single characters are only named where there is nothing longer."""
    parts = [part for run in RUNS.findall(folded) for part in _covered(run, found)]
    longer = [part for part in parts if len(part) > 1]
    return tuple(dict.fromkeys(longer or parts))


def _covered(run: str, found: Collection[str]) -> list[str]:
    if not HAN.match(run):
        return [run] if folded_features(run) & set(found) else []
    is_held = [False] * len(run)
    for one in found:
        for hit in re.finditer(re.escape(one), run):
            is_held[hit.start() : hit.end()] = [True] * len(one)
    shown = "".join(sign if is_on else " " for sign, is_on in zip(run, is_held, strict=True))
    return shown.split()


def _singular(word: str) -> str:
    """English plurals by the first and last rule of the S-stemmer (Harman 1991)."""
    if word.endswith("ies") and not word.endswith(("eies", "aies")):
        return f"{word[:-3]}y"
    return word[:-1] if word.endswith("s") and not word.endswith(("us", "ss", "is")) else word


def _weight(feature: str) -> float:
    return SINGLE if len(feature) == 1 and HAN.match(feature) else 1.0
