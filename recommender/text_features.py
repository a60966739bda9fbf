"""Texts as sparse vectors: Han by characters, other scripts by words, identifiers apart."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import chain

import numpy as np
from scipy.sparse import csr_array
from sklearn.feature_extraction.text import TfidfVectorizer

HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]+")
DIGIT = re.compile(r"\d")
WORD = re.compile(r"[^\W\u3400-\u9fff\uf900-\ufaff]+")


def han_grams(text: str) -> list[str]:
    """Single Han characters and pairs of neighbours: Chinese has no blanks between words."""
    runs = HAN.findall(text)
    return [run[at : at + size] for run in runs for size in (1, 2) for at in range(len(run) - size + 1)]


def words(text: str) -> list[str]:
    """Words of other scripts, in small letters."""
    return [word for word in WORD.findall(text.lower()) if not DIGIT.search(word)]


def identifiers(text: str) -> list[str]:
    """Words with a digit in them, such as T_9898: who teaches and where, numbers of series."""
    return [word for word in WORD.findall(text.lower()) if DIGIT.search(word)]


def vectors_by_kind(texts: Sequence[str]) -> tuple[csr_array, csr_array, csr_array, csr_array]:
    """TF-IDF vectors of the Han part, of all the rest, of its words and of its identifiers; rows of length 1 or 0.

    Kept apart because a long description would drown the few identifiers that say more about who comes;
    whoever adds them up says what each weighs. A term of one text only is left out: it makes no two texts
    alike and would only shorten the rest of its own.
    """
    kinds = (han_grams, lambda text: words(text) + identifiers(text), words, identifiers)
    han, rest, plain, numbers = (_vectors(texts, kind) for kind in kinds)
    return han, rest, plain, numbers


def _vectors(texts: Sequence[str], analyzer: Callable[[str], list[str]]) -> csr_array:
    terms = [set(analyzer(text)) for text in texts]
    shared = {term for term, n in Counter(chain.from_iterable(terms)).items() if n > 1}
    if not shared:
        return csr_array((len(texts), 1), dtype=np.float32)
    vectorizer = TfidfVectorizer(
        analyzer=analyzer, vocabulary=sorted(shared), sublinear_tf=True, dtype=np.float32
    )
    return csr_array(vectorizer.fit_transform(texts))
