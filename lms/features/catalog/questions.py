"""A question of the files as it is stored: what a learner may see, and the key that never leaves before submission.

The files list ordering items in the right order and pairs side by side; both get ids that say nothing."""

from __future__ import annotations

import hashlib
from typing import Any

from content.reader.quiz_schema import (
    FillInQuestion,
    MatchingQuestion,
    MultipleQuestion,
    NumberQuestion,
    OrderingQuestion,
    Question,
    SingleQuestion,
    TrueFalseQuestion,
)
from content.reader.schema import Bilingual


def body_and_key(question: Question) -> tuple[dict[str, Any], dict[str, Any]]:
    """The shown body and the secret key of a question."""
    body, key = _parts(question)
    return {"stem": _both(question.stem), **body}, key


def _parts(question: Question) -> tuple[dict[str, Any], dict[str, Any]]:
    body: dict[str, Any] = {}
    match question:
        case SingleQuestion():
            body = {"choices": {c.id: _both(c) for c in question.choices}}
            key: dict[str, Any] = {"correct": next(c.id for c in question.choices if c.correct)}
        case MultipleQuestion():
            body = {"choices": {c.id: _both(c) for c in question.choices}}
            key = {"correct": sorted(c.id for c in question.choices if c.correct)}
        case TrueFalseQuestion():
            key = {"correct": "true" if question.answer else "false"}
        case NumberQuestion():
            body = {"unit": _both(question.answer.unit)} if question.answer.unit else {}
            key = {"value": str(question.answer.value), "tolerance": str(question.answer.tolerance)}
        case OrderingQuestion():
            ids = {item.id: _opaque(question.id, item.id) for item in question.items}
            body = {"items": dict(sorted((ids[item.id], _both(item)) for item in question.items))}
            key = {"order": list(ids.values())}
        case MatchingQuestion():
            body, key = _matching(question)
        case FillInQuestion():
            key = {"accept": sorted({*question.accept.zh, *question.accept.en})}
    return body, key


def _matching(question: MatchingQuestion) -> tuple[dict[str, Any], dict[str, Any]]:
    rights = {pair.id: _opaque(question.id, f"right {pair.id}") for pair in question.pairs}
    right = sorted((rights[pair.id], _both(pair.right)) for pair in question.pairs)
    left = {pair.id: _both(pair.left) for pair in question.pairs}
    return {"left": left, "right": dict(right)}, {"pairs": rights}


def choice_ids(kind: str, body: dict[str, Any]) -> tuple[str, ...]:
    """The ids that an attempt shuffles: choices, items or right sides; of a statement true, then false."""
    if kind == "true_false":
        return ("true", "false")
    return tuple(body.get("choices") or body.get("items") or body.get("right") or ())


def _both(text: Bilingual) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en}


def _opaque(question_id: str, item_id: str) -> str:
    return hashlib.sha256(f"{question_id}\n{item_id}".encode()).hexdigest()[:8]
