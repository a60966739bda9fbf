"""The register of numbered rules, and what a rule reports."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from .loader import Curriculum
from .source import Key, SourceFile


@dataclass(frozen=True)
class Problem:
    """What a rule found, before it has its number; `path` is relative to the curriculum's root."""

    path: Path
    line: int
    message_zh: str
    message_en: str


def at(source: SourceFile, *keys: Key, zh: str, en: str) -> Problem:
    """A problem at the value under `keys` of a YAML file."""
    return Problem(source.path, source.line(*keys), zh, en)


@dataclass(frozen=True, order=True)
class Finding:
    """A place where the curriculum breaks a rule; `path` is relative to the curriculum's root."""

    path: Path
    line: int
    rule: str
    message_zh: str
    message_en: str


Check = Callable[[Curriculum], Iterator[Problem]]


@dataclass(frozen=True)
class Rule:
    """A numbered rule. A number is never given to another rule."""

    number: str
    title_zh: str
    title_en: str
    check: Check

    def findings(self, curriculum: Curriculum) -> Iterator[Finding]:
        """Every breach of this rule in `curriculum`."""
        for problem in self.check(curriculum):
            yield Finding(problem.path, problem.line, self.number, problem.message_zh, problem.message_en)


RULES: dict[str, Rule] = {}


def rule(number: str, title_zh: str, title_en: str) -> Callable[[Check], Check]:
    """Register a check under `number`.

    :raises ValueError: when the number is taken
    """

    def register(check: Check) -> Check:
        if number in RULES:
            raise ValueError(f"rule {number} is there twice")
        RULES[number] = Rule(number, title_zh, title_en, check)
        return check

    return register
