"""From a sentence to the skills it speaks of, in either language (REQ-020).

Two summands. *meaning*: the similarity of the label to the best window of the text, at four scales, so that
a skill named in two words of a long sentence is found as well as one that the whole sentence describes.
*words*: how much of the label stands in the text literally.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator
from sklearn.exceptions import NotFittedError

from recommender.artifact import ArtifactError, read_artifact, write_artifact
from recommender.embeddings import Encoder, encode_unit, packaged_encoder, reads_chinese
from recommender.ranking import Ranking, best
from recommender.wording import Wording, fold, is_chinese, latin_words

SCALES = (2, 4, 8)
"""Words in a window; the fourth scale is the whole text."""

WORDS_WEIGHT = 0.2
"""What a label that stands in the text word for word gains on its meaning.

Cosines of a label with the right and with a wrong sentence differ by about as much. On the development parts
of three sets every weight from 0.1 to 0.3 is within the noise of the best.
"""

BLOCK = 256
"""Texts, windows or labels worked on at a time, which bounds the memory."""


class SkillMatcher(BaseEstimator):  # type: ignore[misc]
    """Rank labels of skills by how well a text speaks of them.

    Parameters: encoder (`Encoder` or None) gives sentence embeddings; None takes the packaged English model
    when the extra `semantic` is installed, else the wording alone decides.

    Chinese never goes through an encoder that cannot read it (`reads_chinese_`): there character n-grams
    decide, with Latin words (RFID, Excel) as anchors. Full-width and traditional forms are folded.

    Attributes: encoder_ (the encoder used, or None), reads_chinese_ (bool), labels_ (list of str),
    vectors_ (ndarray, shape (n_labels, n_dimensions); rows of labels outside the encoder's script are 0).
    """

    def __init__(self, encoder: Encoder | None = None) -> None:
        self.encoder = encoder

    def fit(self, labels: Sequence[str]) -> Self:
        """Learn the labels; a second's work for a thousand labels with the packaged model."""
        self._attach()
        self.labels_ = list(labels)
        self.wording_ = Wording.of([fold(label) for label in self.labels_])
        self.vectors_ = self._encode_labels()
        return self

    def match(self, texts: Sequence[str], *, n: int = 10) -> list[Ranking]:
        """For each text the best `n` labels (positions in `labels`), with the parts *meaning* and *words*.

        A label with which the text has nothing in common is not listed, so a ranking may be shorter than n.

        :raises NotFittedError: before `fit`
        :raises ValueError: when n is negative
        """
        self._check_fitted()
        if n < 0:
            raise ValueError(f"n must not be negative: {n}")
        blocks = (list(texts[start : start + BLOCK]) for start in range(0, len(texts), BLOCK))
        return [ranking for block in blocks for ranking in self._match_block(block, n)]

    def _match_block(self, texts: Sequence[str], n: int) -> Iterator[Ranking]:
        folded = [fold(text) for text in texts]
        has_meaning = self.vectors_.any(axis=1)
        windows: list[list[list[str]]] = [[] for _ in folded]
        if self.encoder_ is not None and has_meaning.any():
            windows = [self._windows(text, bridges=bool(has_meaning.all())) for text in folded]
            every = (window for scales in windows for scale in scales for window in scale)
            rows, vectors = encode_unit(self.encoder_, every)
        for text, scales in zip(folded, windows, strict=True):
            words = self.wording_.containment([text])[0]
            meaning = np.zeros(len(self.labels_))
            if scales:
                near = [self._nearest(vectors[[rows[one] for one in scale]]) for scale in scales]
                meaning = np.where(has_meaning, np.mean(near, axis=0, dtype=np.float64), 0.0)
                words = np.where(has_meaning, WORDS_WEIGHT * words, words)
            total = meaning + words
            items = best(total, np.flatnonzero(total > 0), n)
            yield Ranking(items, total[items], {"meaning": meaning[items], "words": words[items]})

    def _windows(self, folded: str, *, bridges: bool) -> list[list[str]]:
        """Per scale the windows that the encoder can read; none where the wording decides.

        :param bridges: no label is Chinese: the Latin words of a Chinese text are all that leads to one
        """
        if is_chinese(folded):
            if self.reads_chinese_:
                return [_clauses(folded), [folded]]
            if not bridges:
                return []
        found = latin_words(folded)
        return [_slide(found, width) for width in (*SCALES, len(found))] if found else []

    def _nearest(self, windows: NDArray[np.float32]) -> NDArray[np.float32]:
        """For each label the cosine with the nearest of `windows`."""
        blocks = (windows[start : start + BLOCK] for start in range(0, len(windows), BLOCK))
        near: NDArray[np.float32] = np.max([(self.vectors_ @ one.T).max(axis=1) for one in blocks], axis=0)
        return near

    def _check_fitted(self) -> None:
        if not hasattr(self, "wording_"):
            raise NotFittedError("SkillMatcher: call fit(labels) first")

    def _attach(self) -> None:
        self.encoder_ = self.encoder if self.encoder is not None else packaged_encoder()
        self.reads_chinese_ = self.encoder_ is not None and reads_chinese(self.encoder_)

    def _encode_labels(self) -> NDArray[np.float32]:
        if self.encoder_ is None:
            return np.zeros((len(self.labels_), 0), dtype=np.float32)
        readable = [self.reads_chinese_ or not is_chinese(label) for label in self.labels_]
        chosen = [label for label, is_readable in zip(self.labels_, readable, strict=True) if is_readable]
        rows, unique = encode_unit(self.encoder_, chosen)
        vectors = np.zeros((len(self.labels_), unique.shape[1]), dtype=np.float32)
        if chosen:
            vectors[np.array(readable)] = unique[[rows[label] for label in chosen]]
        return vectors

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the labels and their vectors; the encoder itself is none of it.

        :raises NotFittedError: before `fit`
        """
        self._check_fitted()
        state = {"labels": self.labels_, "vectors": self.vectors_, "weights": self.wording_.weights}
        state |= {"vocabulary": list(self.wording_.places), "reads_chinese": self.reads_chinese_}
        state["has_encoder"] = self.encoder_ is not None
        write_artifact(Path(path), {"estimator": type(self).__name__}, state)

    @classmethod
    def load(cls, path: str | os.PathLike[str], encoder: Encoder | None = None) -> Self:
        """The matcher that `save` wrote, with the encoder it was fitted with (None: the packaged one).

        :raises ArtifactError: when the file holds no matcher, or needs the packaged encoder where there is none
        """
        _, state = read_artifact(Path(path), cls.__name__)
        loaded = cls(encoder)
        loaded.encoder_ = (encoder or packaged_encoder()) if state["has_encoder"] else None
        if state["has_encoder"] and loaded.encoder_ is None:
            raise ArtifactError(f"{path} was made with an encoder: install the extra `semantic`")
        loaded.labels_, loaded.vectors_ = state["labels"], state["vectors"]
        loaded.reads_chinese_ = state["reads_chinese"]
        loaded.wording_ = Wording(state["vocabulary"], state["weights"])
        return loaded


def _slide(found: Sequence[str], width: int) -> list[str]:
    starts = range(max(1, len(found) - width + 1))
    return list(dict.fromkeys(" ".join(found[start : start + width]) for start in starts))


def _clauses(folded: str) -> list[str]:
    """A Chinese text between its punctuation marks."""
    return "".join(one if one.isalnum() else " " for one in folded).split()
