"""Reads and checks the curriculum's files; knows neither the product nor the recommender.

    curriculum = load_curriculum(Path("content"))
    findings = lint(curriculum)
"""

from .findings import RULES, Finding, Rule
from .linter import lint, report_findings
from .loader import (
    Curriculum,
    LessonSource,
    LessonText,
    Module,
    hash_folder,
    load_curriculum,
)
from .schema import LANGUAGES, Language, Question
from .source import ContentError, SourceFile

__all__ = [
    "LANGUAGES",
    "RULES",
    "ContentError",
    "Curriculum",
    "Finding",
    "Language",
    "LessonSource",
    "LessonText",
    "Module",
    "Question",
    "Rule",
    "SourceFile",
    "hash_folder",
    "lint",
    "load_curriculum",
    "report_findings",
]
