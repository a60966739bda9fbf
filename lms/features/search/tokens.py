"""Text to tokens: pairs of neighbouring characters for Chinese, words otherwise.

A word in the middle of a Chinese sentence is found because its pairs stand there one after the other."""

from __future__ import annotations

import re
import unicodedata

RUN = re.compile(r"[a-z0-9]+|[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003134f]+")
MAX_QUERY_TERMS = 8


def runs(text: str) -> list[str]:
    """Words and runs of Chinese characters, with width and case folded."""
    return RUN.findall(unicodedata.normalize("NFKC", text).casefold())


def pairs(run: str) -> list[str]:
    """A Latin word as it is; of a Chinese run each pair of neighbours."""
    if run.isascii() or len(run) == 1:
        return [run]
    return [run[i : i + 2] for i in range(len(run) - 1)]


def document_tokens(text: str) -> str:
    """What the index keeps: pairs and words in their order, then single characters for one-character queries."""
    found = runs(text)
    in_order = [token for run in found for token in pairs(run)]
    singles = sorted({letter for run in found if not run.isascii() for letter in run})
    return " ".join((*in_order, *singles))


def query_terms(text: str) -> list[list[str]]:
    """Each term is a phrase of tokens; all terms must occur. At most eight, the rest is ignored."""
    return [pairs(run) for run in runs(text)][:MAX_QUERY_TERMS]
