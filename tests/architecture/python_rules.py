"""Rules about Python sources; each answers with one line per breach."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tests.architecture.tree import Function, Source, dotted, line_span

COMMITTER = "lms/db/transaction.py"
MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 50
MAX_VIEW_LINES = 15
AIM_FILE_LINES = 250
AIM_FUNCTION_LINES = 25

BANNED_CALLS = frozenset(
    {
        "eval",
        "exec",
        "compile",
        "__import__",
        "os.system",
        "os.popen",
        "yaml.load",
        "yaml.load_all",
        "yaml.full_load",
        "yaml.full_load_all",
        "yaml.unsafe_load",
        "yaml.unsafe_load_all",
        "numpy.load",
        "np.load",
        "jinja2.Template",
        "flask.render_template_string",
        "render_template_string",
    }
)
BANNED_MODULES = frozenset(
    {"pickle", "cPickle", "marshal", "shelve", "dill", "joblib", "cloudpickle", "telnetlib"}
)
ROUTES = frozenset({"route", "get", "post", "put", "patch", "delete"})
UNFINISHED = re.compile(r"\b(" + "|".join(("TO" + "DO", "FIX" + "ME", "HA" + "CK")) + r")\b")


def commits_elsewhere(files: Iterable[Source]) -> list[str]:
    """Transactions that are begun or committed outside the transaction module."""
    return [
        f"{file.path}:{call.lineno} calls .{call.func.attr}()"
        for file in files
        if file.path != COMMITTER
        for call in file.calls()
        if isinstance(call.func, ast.Attribute) and call.func.attr in ("commit", "begin")
    ]


def dangerous_code(files: Iterable[Source]) -> list[str]:
    """Code that runs text or objects from data, or a shell (safety.md §4)."""
    found = []
    for file in files:
        for node in ast.walk(file.tree):
            found += [f"{file.path}:{node.lineno} {what}" for what in _dangers(node)]  # type: ignore[attr-defined]
    return found


def _dangers(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [f"imports {name.name}" for name in node.names if name.name.split(".")[0] in BANNED_MODULES]
    if isinstance(node, ast.ImportFrom):
        module = node.module or ""
        found = [f"imports {module}"] if module.split(".")[0] in BANNED_MODULES else []
        names = [f"{module}.{name.name}" for name in node.names]
        return found + [f"imports {name}" for name in names if name in BANNED_CALLS]
    if isinstance(node, ast.Call):
        found = [f"calls {dotted(node.func)}()"] if dotted(node.func) in BANNED_CALLS else []
        return found + ["runs a shell" for word in node.keywords if _is_shell(word)]
    return []


def _is_shell(word: ast.keyword) -> bool:
    is_off = isinstance(word.value, ast.Constant) and word.value.value is False
    return word.arg == "shell" and not is_off


def too_long(files: Iterable[Source]) -> list[str]:
    """Files over 400 lines and functions over 50."""
    found = []
    for file in files:
        if file.line_count > MAX_FILE_LINES:
            found.append(f"{file.path} has {file.line_count} lines")
        found += [
            f"{file.path}:{function.lineno} {function.name} has {line_span(function)} lines"
            for function in file.functions()
            if line_span(function) > MAX_FUNCTION_LINES
        ]
    return found


def long_views(files: Iterable[Source]) -> list[str]:
    """Views with more than 15 lines, docstring and decorators not counted: parse, one call, answer."""
    return [
        f"{file.path}:{function.lineno} {function.name} has {lines} lines"
        for file in files
        for function in file.functions()
        if is_view(function) and (lines := line_span(function) - _docstring_lines(function)) > MAX_VIEW_LINES
    ]


def is_view(function: Function) -> bool:
    """Whether the function is registered for a route by a decorator."""
    return any(
        isinstance(decorator, ast.Call)
        and isinstance(decorator.func, ast.Attribute)
        and decorator.func.attr in ROUTES
        for decorator in function.decorator_list
    )


def _docstring_lines(function: Function) -> int:
    first = function.body[0]
    if (
        isinstance(first, ast.Expr)
        and isinstance(first.value, ast.Constant)
        and isinstance(first.value.value, str)
    ):
        return (first.end_lineno or first.lineno) - first.lineno + 1
    return 0


def raw_markup(files: Iterable[Source], allowed: frozenset[str]) -> list[str]:
    """Text declared to be safe HTML outside the files that may."""
    return [
        f"{file.path}:{call.lineno} calls {dotted(call.func)}()"
        for file in files
        if file.path not in allowed
        for call in file.calls()
        if dotted(call.func).rpartition(".")[2] == "Markup"
    ]


def unfinished_work(files: Iterable[tuple[str, str]], known_gaps: str) -> list[str]:
    """Marks of unfinished work whose words do not stand under *Known gaps* of the changelog."""
    return [
        f"{path}:{number} {line.strip()}"
        for path, text in files
        for number, line in enumerate(text.splitlines(), start=1)
        if UNFINISHED.search(line) and UNFINISHED.split(line)[-1].strip(" :.#-}") not in known_gaps
    ]


def known_gaps(changelog: str) -> str:
    """What stands under *Known gaps*, the newest one.

    :raises ValueError: the changelog has no such heading
    """
    match = re.search(r"^#+\s*Known gaps\s*$(.*?)(?=^#|\Z)", changelog, re.S | re.M)
    if match is None:
        raise ValueError("CHANGELOG.md has no heading 'Known gaps'")
    return match.group(1)


@dataclass(frozen=True)
class Sizes:
    """How long files and functions are."""

    files: tuple[tuple[int, str], ...]
    functions: tuple[tuple[int, str], ...]

    def __str__(self) -> str:
        files = self._line("files", self.files, AIM_FILE_LINES)
        return f"{files}\n{self._line('functions', self.functions, AIM_FUNCTION_LINES)}"

    @staticmethod
    def _line(what: str, sizes: Sequence[tuple[int, str]], aim: int) -> str:
        longest, where = max(sizes)
        tail = p90([size for size, _ in sizes])
        return f"{len(sizes)} {what}: p90 {tail} lines (aim {aim}), longest {longest} ({where})"


def measure(files: Sequence[Source]) -> Sizes:
    """The sizes of all files and functions."""
    functions = [(line_span(f), f"{file.path} {f.name}") for file in files for f in file.functions()]
    return Sizes(tuple((file.line_count, file.path) for file in files), tuple(functions))


def p90(numbers: Sequence[int]) -> int:
    """The smallest size that nine of ten do not exceed."""
    ordered = sorted(numbers)
    return ordered[-(-len(ordered) * 9 // 10) - 1]
