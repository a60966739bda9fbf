"""Acceptance on public job ads: the matcher against the plain sentence embedding (cut to a minute)."""

from __future__ import annotations

import numpy as np
import pytest

from recommender import SkillMatcher
from recommender.embeddings import packaged_encoder
from tests.recommender.esco import (
    PARTS,
    Remembering,
    r_precision_at_5,
    rank_plainly,
    read_labels,
    read_sentences,
)

SENTENCES, DISTRACTORS = 30, 1500


def test_windows_and_wording_beat_the_plain_embedding_by_a_tenth() -> None:
    labels, parts = read_labels(), {part: read_sentences(part)[:SENTENCES] for part in PARTS}
    packaged = packaged_encoder()
    if packaged is None:
        pytest.skip("the extra `semantic` is not installed")
    encoder = Remembering(packaged)
    gold = {label for rows in parts.values() for _, wanted in rows for label in wanted}
    others = np.random.default_rng(0).permutation([label for label in labels if label not in gold])
    some = sorted(gold) + others[:DISTRACTORS].tolist()
    matcher = SkillMatcher(encoder).fit(some)
    assert not matcher.reads_chinese_
    gains = []
    for rows in parts.values():
        texts = [text for text, _ in rows]
        mine = r_precision_at_5([one.items.tolist() for one in matcher.match(texts, n=5)], some, rows)
        plain = r_precision_at_5(rank_plainly(encoder, some, texts).tolist(), some, rows)
        gains += [one - other for one, other in zip(mine, plain, strict=True)]
        assert np.mean(mine) > 0.6
    assert np.mean(gains) > 0.1
