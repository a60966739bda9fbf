"""The README names every setting and every command."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator

import click

from lms.cli import main
from tests.architecture.tree import Source, document, report, source, sources

SETTING = re.compile(r"\bLMS_[A-Z][A-Z0-9_]*[A-Z0-9]\b")


def settings_in(files: Iterable[Source]) -> set[str]:
    """Names of settings in the code."""
    return {
        name
        for file in files
        for node in ast.walk(file.tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        for name in SETTING.findall(node.value)
    }


def commands_in(group: click.Group, above: str = "lms") -> Iterator[str]:
    """Every command with the words before it: `lms demo make`."""
    for name, command in group.commands.items():
        words = f"{above} {name}"
        if isinstance(command, click.Group):
            yield from commands_in(command, words)
        else:
            yield words


def missing_settings(readme: str, files: Iterable[Source]) -> list[str]:
    return sorted(settings_in(files) - set(SETTING.findall(readme)))


def missing_commands(readme: str, group: click.Group) -> list[str]:
    return sorted(words for words in commands_in(group) if not re.search(rf"\b{words}\b", readme))


def test_every_setting_is_named() -> None:
    report(missing_settings(document("README.md"), sources("lms")), "README.md names every setting.")


def test_every_command_is_named() -> None:
    report(missing_commands(document("README.md"), main), "README.md names every command.")


def test_a_setting_that_is_not_named_is_found() -> None:
    code = source("lms/config.py", 'env.get("LMS_PORT")\nenv.get("LMS_BIND")')
    assert missing_settings("Set `LMS_PORT`.", [code]) == ["LMS_BIND"]


def test_a_command_that_is_not_named_is_found() -> None:
    inner = click.Group("demo", commands=[click.Command("make"), click.Command("reset")])
    group = click.Group("lms", commands=[click.Command("serve"), inner])
    assert missing_commands("`lms serve`, `lms demo make`", group) == ["lms demo reset"]
