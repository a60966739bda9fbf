"""The numbered rules, one file per subject; importing this package registers them all."""

from . import coverage, identity, languages, lessons, media, plan, questions, references, scenarios

__all__ = [
    "coverage",
    "identity",
    "languages",
    "lessons",
    "media",
    "plan",
    "questions",
    "references",
    "scenarios",
]
