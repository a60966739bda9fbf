"""Texts as vectors: Han by characters, other scripts by words, names, topics and identifiers apart."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from itertools import chain
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, hstack, issparse
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.preprocessing import normalize
from sklearn.utils.extmath import randomized_svd

HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]+")
DIGIT = re.compile(r"\d")
WORD = re.compile(r"[^\W\u3400-\u9fff\uf900-\ufaff]+")

OPENING = 40
"""Characters at the beginning of a text in which its name is sought."""

N_TOPICS = 100
HALF = 0.5
"""What words of other scripts weigh beside Han among the topics."""

MOST_FAMILIES, COMMON = 3, 0.05
"""So many kinds of identifiers are told apart, each carried by at least that share of the texts."""

Vectors: TypeAlias = "csr_array | NDArray[np.float32]"


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


def family(identifier: str) -> str:
    """What identifiers of one kind begin with: s_ of s_9, t_ of t_9898, nothing of 2008."""
    return identifier[: DIGIT.search(identifier).start()]  # type: ignore[union-attr]  # it has a digit


def families(texts: Sequence[str]) -> list[str]:
    """The kinds of identifiers that many texts carry, the most frequent first."""
    found = Counter(chain.from_iterable({family(one) for one in identifiers(text)} - {""} for text in texts))
    by_frequency = sorted(found, key=lambda name: (-found[name], name))
    return [name for name in by_frequency[:MOST_FAMILIES] if found[name] >= COMMON * len(texts)]


def views(texts: Sequence[str]) -> dict[str, Vectors]:
    """What texts say, read in several ways: by name vectors with rows of length 1, or 0 where nothing is said.

    `body`: all Han; `words`: all else but the families of identifiers; `opening`: the beginning, which is mostly
    the name; `topics`: latent topics of body and words (Deerwester et al. 1990); one view for each of `families`,
    by its name. Kept apart because a long description would drown the few words of a name and the few
    identifiers that say more about who comes; whoever adds them up says what each weighs. A term of one text only
    is left out: it makes no two texts alike and would only shorten the rest of its own. Views in which no
    two texts are alike are left out.
    """
    kinds = families(texts)
    openings = [text[:OPENING] for text in texts]
    found: dict[str, Vectors] = {
        "body": _vectors(texts, han_grams),
        "words": _vectors(texts, lambda text: words(text) + _rest(text, kinds)),
        "opening": _vectors(openings, lambda text: han_grams(text) + words(text)),
    }
    found["topics"] = _topics(found["body"], found["words"])
    found |= {kind: _vectors(texts, partial(_of_family, kind)) for kind in kinds}
    return {name: one for name, one in found.items() if np.any(one.data if issparse(one) else one)}


def _rest(text: str, kinds: Sequence[str]) -> list[str]:
    return [one for one in identifiers(text) if family(one) not in kinds]


def _of_family(kind: str, text: str) -> list[str]:
    return [one for one in identifiers(text) if family(one) == kind]


def _topics(body: csr_array, plain: csr_array) -> NDArray[np.float32]:
    """The leading singular vectors of texts, rows of length 1."""
    terms = csr_array(hstack([body, np.float32(HALF) * plain]))
    number = min(N_TOPICS, min(terms.shape) - 1)
    if number < 1 or not terms.nnz:
        return np.zeros((terms.shape[0], 1), dtype=np.float32)
    left, sizes, _ = randomized_svd(terms, number, random_state=0)
    rows: NDArray[np.float32] = normalize(left * sizes).astype(np.float32)
    return rows


def _vectors(texts: Sequence[str], analyzer: Callable[[str], list[str]]) -> csr_array:
    terms = [set(analyzer(text)) for text in texts]
    shared = {term for term, n in Counter(chain.from_iterable(terms)).items() if n > 1}
    if not shared:
        return csr_array((len(texts), 1), dtype=np.float32)
    vectorizer = TfidfVectorizer(
        analyzer=analyzer, vocabulary=sorted(shared), sublinear_tf=True, dtype=np.float32
    )
    return csr_array(vectorizer.fit_transform(texts))
