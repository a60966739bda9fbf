"""Runs the numbered rules over a loaded curriculum."""

from collections.abc import Iterable
from pathlib import Path

from . import rules
from .findings import RULES, Finding
from .loader import Curriculum
from .schema import Language

PARSE_RULE = "C001"

__all__ = ["lint", "lint_module", "report_findings", "rules"]


def lint(curriculum: Curriculum) -> list[Finding]:
    """Every breach of every rule, by path and line.

    While a file cannot be read, only that is reported: the other rules speak about the whole
    curriculum and would blame the wrong places.
    """
    unreadable = sorted(RULES[PARSE_RULE].findings(curriculum))
    if unreadable:
        return unreadable
    return sorted({finding for rule in RULES.values() for finding in rule.findings(curriculum)})


WHOLE_CURRICULUM = frozenset({"C003", "C010", "C011", "C013", "C027", "C028", "C029"})
"""Rules about the approved plan and the map, which a module from elsewhere is no part of."""

HOUSE_STYLE = frozenset({"C038", "C039", "C040", "C041", "C042", "C043"})
"""How the curriculum's own authors write; others may write as they do."""


def lint_module(curriculum: Curriculum, folder: Path) -> list[Finding]:
    """Every breach in one module of `load_beside`; `folder` is relative to the curriculum's root."""
    if curriculum.errors:
        return sorted(RULES[PARSE_RULE].findings(curriculum))
    asked = [rule for number, rule in RULES.items() if number not in WHOLE_CURRICULUM | HOUSE_STYLE]
    found = {finding for rule in asked for finding in rule.findings(curriculum)}
    return sorted(finding for finding in found if finding.path.is_relative_to(folder))


def report_findings(findings: Iterable[Finding], language: Language) -> str:
    """One line per finding, as `path:line: C000 message`; empty when there is none."""
    return "\n".join(
        f"{finding.path.as_posix()}:{finding.line}: {finding.rule} "
        f"{finding.message_zh if language == 'zh' else finding.message_en}"
        for finding in findings
    )
