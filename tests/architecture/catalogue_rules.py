"""Rules about message catalogues; each answers with one line per breach."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO

from babel.messages.catalog import Catalog
from babel.messages.extract import extract

from tests.architecture.template_rules import HAN, Template
from tests.architecture.tree import Source, dotted

PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]")
STRAY_PERCENT = re.compile(r"(?<!%)%(?!\(\w+\)[sd]|%)")
KEYWORDS: dict[str, tuple[int, ...] | None] = {
    "_": None,
    "gettext": None,
    "lazy_gettext": None,
    "ngettext": (1, 2),
    "lazy_ngettext": (1, 2),
}


@dataclass(frozen=True)
class Message:
    """A text that pages show: singular, plural where it counts, and a place that uses it."""

    text: str
    plural: str | None
    place: str

    @property
    def placeholders(self) -> frozenset[str]:
        return frozenset(PLACEHOLDER.findall(self.plural or self.text))


def used_messages(files: Sequence[Source], pages: Iterable[Template]) -> dict[str, Message]:
    """Every text that code and templates ask a catalogue for."""
    found: dict[str, Message] = {}
    for page in pages:
        _add(found, page.path, page.text, "jinja2")
    for file in files:
        _add(found, file.path, file.text, "python")
    for message in rule_messages(files):
        found.setdefault(message.text, message)
    return found


def _add(found: dict[str, Message], path: str, text: str, method: str) -> None:
    for line, texts, _, _ in extract(
        method, BytesIO(text.encode()), keywords=KEYWORDS, options={"encoding": "utf-8"}
    ):
        parts = texts if isinstance(texts, tuple) else (texts,)
        if parts[0]:
            plural = parts[1] if len(parts) > 1 else None
            found[parts[0]] = Message(parts[0], plural, f"{path}:{line}")


def rule_messages(files: Sequence[Source]) -> Iterator[Message]:
    """Texts of the programme's rules: domain errors carry message ids that pages translate."""
    errors = _error_classes(files)
    for file in files:
        constants = _constants(file.tree)
        for call in file.calls():
            if dotted(call.func).rpartition(".")[2] in errors and call.args:
                text = _text(call.args[0], constants)
                if text:
                    yield Message(text, None, f"{file.path}:{call.lineno}")


def _error_classes(files: Sequence[Source]) -> set[str]:
    """Names of the classes that descend from RuleError."""
    bases = {
        node.name: {dotted(base).rpartition(".")[2] for base in node.bases}
        for file in files
        for node in ast.walk(file.tree)
        if isinstance(node, ast.ClassDef)
    }
    known = {"RuleError"}
    while more := {name for name, above in bases.items() if above & known} - known:
        known |= more
    return known


def _constants(tree: ast.Module) -> dict[str, str]:
    return {
        target.id: node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def _text(node: ast.expr, constants: Mapping[str, str]) -> str | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    return constants.get(node.id) if isinstance(node, ast.Name) else None


def untranslated(used: Mapping[str, Message], catalogue: Catalog) -> list[str]:
    """Texts in use that the catalogue does not translate."""
    found = []
    for text, message in sorted(used.items()):
        entry = catalogue.get(text)
        if entry is None or not all(_strings(entry.string)):
            found.append(f"{message.place} {text!r} has no translation")
    return found


def obsolete(used: Mapping[str, Message], catalogue: Catalog) -> list[str]:
    """Translations of texts that nothing shows any more."""
    return [
        f"{_strings(entry.id)[0]!r} is translated but used by nothing"
        for entry in catalogue
        if entry.id and _strings(entry.id)[0] not in used
    ]


def wrong_placeholders(used: Mapping[str, Message], catalogue: Catalog) -> list[str]:
    """Translations whose placeholders differ, or that count in one language only."""
    found = []
    for entry in catalogue:
        if not entry.id or (message := used.get(_strings(entry.id)[0])) is None:
            continue
        if isinstance(entry.id, tuple) != (message.plural is not None):
            found.append(f"{message.text!r} counts in the code or in the catalogue, not in both")
        for string in _strings(entry.string):
            if frozenset(PLACEHOLDER.findall(string)) != message.placeholders:
                found.append(f"{message.text!r} and {string!r} have different placeholders")
            if message.placeholders and STRAY_PERCENT.search(string):
                found.append(f"{string!r} has a percent sign that is no placeholder")
    return found


def not_chinese(used: Mapping[str, Message], catalogue: Catalog, allowed: frozenset[str]) -> list[str]:
    """Translations without a Chinese character: an English text left standing."""
    return [
        f"{text!r} is translated as {string!r}"
        for text in sorted(used)
        if (entry := catalogue.get(text)) is not None and text not in allowed
        for string in _strings(entry.string)
        if re.search(r"[A-Za-z]{3}", PLACEHOLDER.sub("", text)) and string and not HAN.search(string)
    ]


def _strings(value: object) -> tuple[str, ...]:
    """One text or several as a tuple."""
    return tuple(value) if isinstance(value, (tuple, list)) else (str(value or ""),)
