"""The development parts of the ESCO skill-extraction benchmark (Decorte et al. 2022, 2023) and its measure."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from recommender.embeddings import Encoder, encode_unit
from tests.shared import shared_dir

PARTS = ("tech", "house")
NO_LABEL = {"LABEL NOT PRESENT", "UNDERSPECIFIED"}

Labelled = list[tuple[str, set[str]]]


def read_labels() -> list[str]:
    """The candidate labels, each once."""
    text = (shared_dir() / "data" / "skill-extraction-esco" / "skills_en_label.txt").read_text(
        encoding="utf-8"
    )
    return [line for line in text.split("\n") if line]


def read_sentences(part: str) -> Labelled:
    """Sentences of `part` with their gold labels; sentences without any are left out."""
    gold: dict[str, set[str]] = {}
    path = shared_dir() / "data" / "skill-extraction-esco" / f"{part}_validation_annotations.csv"
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            gold.setdefault(row["sentence"], set()).update({row["label"]} - NO_LABEL)
    return [(sentence, labels) for sentence, labels in gold.items() if labels]


def r_precision_at_5(ranked: Iterable[Sequence[int]], labels: Sequence[str], gold: Labelled) -> list[float]:
    """Per sentence the share of its gold labels among the first five, of at most five that could be there."""
    return [
        len({labels[item] for item in items[:5]} & wanted) / min(5, len(wanted))
        for items, (_, wanted) in zip(ranked, gold, strict=True)
    ]


def rank_plainly(encoder: Encoder, labels: Sequence[str], texts: Sequence[str]) -> NDArray[np.intp]:
    """The baseline: the labels nearest to the embedding of the whole sentence."""
    label_rows, label_vectors = encode_unit(encoder, labels)
    text_rows, text_vectors = encode_unit(encoder, texts)
    scores = (
        text_vectors[[text_rows[text] for text in texts]]
        @ label_vectors[[label_rows[one] for one in labels]].T
    )
    return np.argsort(-scores, axis=1, kind="stable")[:, :5]


class Remembering:
    """An encoder that reads no text twice."""

    def __init__(self, encoder: Encoder) -> None:
        self.encoder = encoder
        self.known: dict[str, NDArray[np.float32]] = {}

    def encode(self, texts: Sequence[str], /) -> NDArray[np.float32]:
        new = [text for text in dict.fromkeys(texts) if text not in self.known]
        if new:
            self.known.update(zip(new, self.encoder.encode(new), strict=True))
        return np.array([self.known[text] for text in texts], dtype=np.float32)
