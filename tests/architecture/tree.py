"""The product's own Python files, parsed once."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("lms", "recommender", "content")
GENERATED = "lms/db/migrations/versions"

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Source:
    """A Python file: its place from the root, its text, its syntax tree."""

    path: str
    text: str
    tree: ast.Module

    @property
    def line_count(self) -> int:
        return len(self.text.splitlines())

    def functions(self) -> Iterator[Function]:
        for node in ast.walk(self.tree):
            if isinstance(node, Function):
                yield node

    def calls(self) -> Iterator[ast.Call]:
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Call):
                yield node


def source(path: str, text: str) -> Source:
    """A source from a text, as the guards' own tests use it."""
    return Source(path, text, ast.parse(text))


@cache
def sources(*packages: str) -> tuple[Source, ...]:
    """Every Python file of the packages (all of them when none is named), migrations excepted."""
    found = []
    for package in packages or PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            place = path.relative_to(ROOT).as_posix()
            if not place.startswith(GENERATED):
                found.append(source(place, path.read_text(encoding="utf-8")))
    return tuple(found)


def dotted(node: ast.expr) -> str:
    """`a.b.c` of a name or an attribute, else an empty text."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        left = dotted(node.value)
        return f"{left}.{node.attr}" if left else f"?.{node.attr}"
    return ""


def line_span(function: Function) -> int:
    """Lines from `def` to the end, docstring included, decorators not."""
    return (function.end_lineno or function.lineno) - function.lineno + 1


def report(findings: list[str], rule: str) -> None:
    """Fail with the rule and where it is broken, one line each."""
    if findings:
        pytest.fail("\n  ".join([rule, *findings]), pytrace=False)


def document(name: str) -> str:
    """A text at the root of the repository; a missing one fails the test that is about it."""
    path = ROOT / name
    if not path.is_file():
        pytest.fail(f"There is no {name}.", pytrace=False)
    return path.read_text(encoding="utf-8")
