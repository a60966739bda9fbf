"""Runs the numbered rules over a loaded curriculum."""

from collections.abc import Iterable

from . import rules
from .findings import RULES, Finding
from .loader import Curriculum
from .schema import Language

PARSE_RULE = "C001"

__all__ = ["lint", "report_findings", "rules"]


def lint(curriculum: Curriculum) -> list[Finding]:
    """Every breach of every rule, by path and line.

    While a file cannot be read, only that is reported: the other rules speak about the whole
    curriculum and would blame the wrong places.
    """
    unreadable = sorted(RULES[PARSE_RULE].findings(curriculum))
    if unreadable:
        return unreadable
    return sorted({finding for rule in RULES.values() for finding in rule.findings(curriculum)})


def report_findings(findings: Iterable[Finding], language: Language) -> str:
    """One line per finding, as `path:line: C000 message`; empty when there is none."""
    return "\n".join(
        f"{finding.path.as_posix()}:{finding.line}: {finding.rule} "
        f"{finding.message_zh if language == 'zh' else finding.message_en}"
        for finding in findings
    )
