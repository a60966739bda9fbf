"""The numbered rules, one file per subject; importing this package registers them all."""

from . import (
    agreement,
    coverage,
    identity,
    languages,
    lessons,
    media,
    plan,
    questions,
    references,
    scenarios,
    wording,
)

__all__ = [
    "agreement",
    "coverage",
    "identity",
    "languages",
    "lessons",
    "media",
    "plan",
    "questions",
    "references",
    "scenarios",
    "wording",
]
