"""YAML with its line numbers: a fault is reported where it stands, never as a traceback."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

_SafeLoader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

M = TypeVar("M", bound=BaseModel)
Key = str | int
KeyPath = tuple[Key, ...]

MESSAGES_ZH = {
    "missing": "缺少此项",
    "extra_forbidden": "没有这个字段",
    "string_too_short": "不能为空",
    "string_pattern_mismatch": "只能用小写字母、数字和连字符",
    "string_type": "应为文字",
    "literal_error": "不在允许的取值之中",
    "union_tag_invalid": "没有这种题型",
    "union_tag_not_found": "缺少题型 type",
    "too_short": "项数太少",
    "too_long": "项数太多",
}


@dataclass(frozen=True, order=True)
class ContentError:
    """A file that cannot be read as what it should be; `path` is relative to the curriculum's root."""

    path: Path
    line: int
    message: str
    message_zh: str


@dataclass(frozen=True)
class SourceFile:
    """Where the values of a YAML file stand; `path` is relative to the curriculum's root."""

    path: Path
    lines: Mapping[KeyPath, int] = field(default_factory=dict, repr=False)

    def line(self, *keys: Key) -> int:
        """The line of the value under `keys`, or of the nearest thing around it; 1 when nothing is known.

        Keys that the file does not have are passed over, because pydantic puts the tag of a union
        into its locations.
        """
        place: KeyPath = ()
        for key in keys:
            if (*place, key) in self.lines:
                place = (*place, key)
        return self.lines.get(place, 1)


class _Fault(Exception):
    def __init__(self, line: int, message: str, message_zh: str) -> None:
        super().__init__(message)
        self.line, self.message, self.message_zh = line, message, message_zh


def read_yaml(root: Path, path: Path, model: type[M]) -> tuple[M | None, SourceFile, list[ContentError]]:
    """Read `path` under `root` as `model`.

    Returns the value (None when there is any error), its lines and the errors; raises nothing
    whatever the file holds.
    """
    lines: dict[KeyPath, int] = {}
    source = SourceFile(path, lines)
    try:
        data = _parse((root / path).read_bytes(), lines)
    except _Fault as fault:
        return None, source, [ContentError(path, fault.line, fault.message, fault.message_zh)]
    except OSError:
        return None, source, [ContentError(path, 1, "The file is missing.", "缺少这个文件。")]
    try:
        return model.model_validate(data), source, []
    except ValidationError as error:
        return None, source, _schema_errors(error, source)


def _parse(raw: bytes, lines: dict[KeyPath, int]) -> Any:
    """What `yaml.safe_load` gives; fills `lines` on the way."""
    try:
        loader = _SafeLoader(raw.decode("utf-8"))
        try:
            node = loader.get_single_node()
            if node is None:
                raise _Fault(1, "The file is empty.", "文件是空的。")
            _note_lines(node, (), lines, set())
            return loader.construct_document(node)
        finally:
            loader.dispose()
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or "unreadable character"
        raise _Fault(mark.line + 1 if mark else 1, f"Not valid YAML: {problem}.", f"YAML 有误：{problem}。") from error
    except (ValueError, RecursionError) as error:
        raise _Fault(1, f"Not valid YAML: {error}.", f"YAML 有误：{error}。") from error


def _note_lines(node: yaml.Node, place: KeyPath, lines: dict[KeyPath, int], seen: set[int]) -> None:
    """Remember the line of every value under `node`; refuse aliases and repeated keys.

    An alias can multiply a small file into gigabytes, and of a repeated key YAML silently keeps the last.
    """
    line = node.start_mark.line + 1
    if id(node) in seen:
        raise _Fault(line, "YAML aliases are not used in the curriculum.", "不使用 YAML 别名。")
    seen.add(id(node))
    lines.setdefault(place, line)
    if isinstance(node, yaml.SequenceNode):
        for index, child in enumerate(node.value):
            _note_lines(child, (*place, index), lines, seen)
    elif isinstance(node, yaml.MappingNode):
        for key, child in node.value:
            here = (*place, str(key.value))
            if here in lines:
                key_line = key.start_mark.line + 1
                raise _Fault(key_line, f"The key {key.value} is there twice.", f"字段 {key.value} 重复。")
            lines[here] = key.start_mark.line + 1
            _note_lines(child, here, lines, seen)


def _schema_errors(error: ValidationError, source: SourceFile) -> list[ContentError]:
    found = []
    for detail in error.errors(include_url=False, include_input=False):
        place = [key for key in detail["loc"] if key != "[key]"]
        name = ".".join(str(key) for key in place) or source.path.name
        text_zh = MESSAGES_ZH.get(detail["type"], detail["msg"])
        found.append(
            ContentError(source.path, source.line(*place), f"{name}: {detail['msg']}.", f"{name}：{text_zh}。")
        )
    return sorted(found)
