"""Reads and checks the curriculum's files; knows neither the product nor the recommender.

curriculum = load_curriculum(Path("content"))
findings = lint(curriculum)
"""

from .findings import RULES, Finding, Rule
from .linter import lint, lint_module, report_findings
from .loader import (
    Curriculum,
    LessonSource,
    LessonText,
    Module,
    hash_folder,
    load_beside,
    load_curriculum,
)
from .quiz_schema import (
    FillInQuestion,
    MatchingQuestion,
    MultipleQuestion,
    NumberQuestion,
    OrderingQuestion,
    Question,
    SingleQuestion,
    TrueFalseQuestion,
)
from .report import report
from .scenario_schema import Scenario
from .schema import LANGUAGES, Bilingual, Language, ModuleMeta, Role, Skill
from .source import ContentError, SourceFile

__all__ = [
    "LANGUAGES",
    "RULES",
    "Bilingual",
    "ContentError",
    "Curriculum",
    "FillInQuestion",
    "Finding",
    "Language",
    "LessonSource",
    "LessonText",
    "MatchingQuestion",
    "Module",
    "ModuleMeta",
    "MultipleQuestion",
    "NumberQuestion",
    "OrderingQuestion",
    "Question",
    "Role",
    "Rule",
    "Scenario",
    "SingleQuestion",
    "Skill",
    "SourceFile",
    "TrueFalseQuestion",
    "hash_folder",
    "lint",
    "lint_module",
    "load_beside",
    "load_curriculum",
    "report",
    "report_findings",
]
