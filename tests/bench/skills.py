"""Text to skill: R-precision at 5 of the matcher, of its wording alone and of the plain sentence embedding.

On the development parts of the ESCO benchmark (all 13,896 labels; two to five minutes on one core) and on the
sentences of the curriculum, halves and languages apart. Intervals are 95 % of 1,000 resamples.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from copy import copy
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
import yaml

import content
from recommender import SkillMatcher
from recommender.embeddings import packaged_encoder
from recommender.evaluation import interval
from tests.recommender import esco
from tests.recommender.esco import Labelled

SENTENCES = Path(esco.__file__).parent / "data" / "sentences.jsonl"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which sets."""
    parser.add_argument("--only", choices=["esco", "curriculum"], help="one of the two kinds of sets")


def run(options: argparse.Namespace) -> dict[str, Any]:
    """The figures by set."""
    packaged = packaged_encoder()
    encoder = esco.Remembering(packaged) if packaged else None
    found: dict[str, Any] = {"encoder": "all-MiniLM-L6-v2" if encoder else "none: the extra is not installed"}
    if options.only != "curriculum":
        found["esco"] = list(_on_esco(encoder))
    if options.only != "esco":
        found["curriculum"] = list(_on_curriculum(encoder))
    return found


def _on_esco(encoder: esco.Remembering | None) -> Iterator[dict[str, Any]]:
    labels = esco.read_labels()
    start = perf_counter()
    rivals = _rivals(encoder, labels)
    seconds = perf_counter() - start
    for part in esco.PARTS:
        rows = esco.read_sentences(part)
        yield {"set": part, "sentences": len(rows), "fit_seconds": round(seconds, 1)} | _judge(
            rivals, encoder, labels, rows
        )


def _on_curriculum(encoder: esco.Remembering | None) -> Iterator[dict[str, Any]]:
    skills = yaml.safe_load((Path(content.__file__).parent / "skills.yaml").read_text(encoding="utf-8"))[
        "skills"
    ]
    sentences = [json.loads(line) for line in SENTENCES.read_text(encoding="utf-8").splitlines()]
    for language in ("zh", "en"):
        names = {skill["slug"]: skill[language] for skill in skills}
        described = {skill["slug"]: f"{skill[language]}: {skill['desc'][language]}" for skill in skills}
        for kind, by_slug in (("names", names), ("names with descriptions", described)):
            labels = list(by_slug.values())
            rivals = _rivals(encoder, labels)
            for part in ("dev", "test"):
                rows = [
                    (one["text"], {by_slug[slug] for slug in one["skills"]})
                    for one in sentences
                    if (one["language"], one["part"]) == (language, part)
                ]
                facts = {"language": language, "labels": kind, "half": part, "sentences": len(rows)}
                yield facts | _judge(rivals, encoder, labels, rows)


def _rivals(encoder: esco.Remembering | None, labels: list[str]) -> dict[str, SkillMatcher]:
    matcher = SkillMatcher(encoder).fit(labels)
    plain_wording = copy(matcher)
    plain_wording.encoder_ = None
    return {"wording alone": plain_wording} | ({"matcher": matcher} if encoder else {})


def _judge(
    rivals: dict[str, SkillMatcher], encoder: esco.Remembering | None, labels: list[str], rows: Labelled
) -> dict[str, Any]:
    texts = [text for text, _ in rows]
    ranked = {name: [one.items.tolist() for one in rival.match(texts, n=5)] for name, rival in rivals.items()}
    if encoder:
        ranked["plain embedding"] = esco.rank_plainly(encoder, labels, texts).tolist()
    values = {name: np.array(esco.r_precision_at_5(items, labels, rows)) for name, items in ranked.items()}
    return {name: [round(one, 3) for one in interval(value)] for name, value in values.items()}
