"""YAML with its line numbers: a fault is reported where it stands, never as a traceback."""

import re
from collections.abc import Callable, Mapping
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
    """A YAML file's text and where its values stand; `path` is relative to the curriculum's root."""

    path: Path
    text: str = field(default="", repr=False)
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


# control characters, and what turns the direction of the text around it
UNSEEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


class FaultError(Exception):
    """Stops the reading of one file; becomes a `ContentError` once the path is known."""

    def __init__(self, line: int, message: str, message_zh: str) -> None:
        """The words stay apart from the path, which the place that raises does not know."""
        super().__init__(message)
        self.line, self.message, self.message_zh = line, message, message_zh

    def at(self, path: Path) -> ContentError:
        """The error as it is listed."""
        return ContentError(path, self.line, self.message, self.message_zh)


def read_text(path: Path) -> str:
    """The text of a UTF-8 file.

    :raises FaultError: when it is missing or not UTF-8
    """
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise FaultError(1, "The file is missing.", "缺少这个文件。") from error
    except UnicodeDecodeError as error:
        raise FaultError(1, "The file is not UTF-8.", "文件不是 UTF-8 编码。") from error


def _as_it_is(text: str) -> str:
    return text


def read_yaml(
    root: Path, path: Path, model: type[M], fill: Callable[[str], str] = _as_it_is
) -> tuple[M | None, SourceFile, list[ContentError]]:
    """Read `path` under `root` as `model`; `fill` may replace parts of the text, but no line ends.

    Returns the value (None when there is any error), its lines and the errors; raises nothing
    whatever the file holds.
    """
    source = SourceFile(path)
    try:
        lines: dict[KeyPath, int] = {}
        source = SourceFile(path, fill(read_text(root / path)), lines)
        return model.model_validate(_parse(source.text, lines)), source, []
    except FaultError as fault:
        return None, source, [fault.at(path)]
    except ValidationError as error:
        return None, source, _schema_errors(error, source)


def read_optional(
    root: Path, path: Path, model: type[M], fill: Callable[[str], str] = _as_it_is
) -> tuple[M | None, SourceFile, list[ContentError]]:
    """Like `read_yaml`; a file that is not there is no error."""
    if not (root / path).is_file():
        return None, SourceFile(path), []
    return read_yaml(root, path, model, fill)


def _parse(text: str, lines: dict[KeyPath, int]) -> Any:
    """What `yaml.safe_load` gives; fills `lines` on the way."""
    try:
        loader = _SafeLoader(text)
        try:
            node = loader.get_single_node()
            if node is None:
                raise FaultError(1, "The file is empty.", "文件是空的。")
            _note_lines(node, (), lines, set())
            return loader.construct_document(node)
        finally:
            loader.dispose()
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        problem = error.problem or "unreadable"
        raise FaultError(line, f"Not valid YAML: {problem}.", f"YAML 有误：{problem}。") from error
    except (yaml.YAMLError, ValueError, LookupError, AttributeError, RecursionError) as error:
        # PyYAML raises the builtin ones where a value does not fit an explicit tag (!!bool maybe)
        reason = str(error).partition("\n")[0]
        raise FaultError(1, f"Not valid YAML: {reason}.", f"YAML 有误：{reason}。") from error


def _note_lines(node: yaml.Node, place: KeyPath, lines: dict[KeyPath, int], seen: set[int]) -> None:
    """Remember the line of every value under `node`; refuse aliases and repeated keys.

    An alias can multiply a small file into gigabytes, and of a repeated key YAML silently keeps the last.
    """
    line = node.start_mark.line + 1
    if id(node) in seen:
        raise FaultError(line, "YAML aliases are not used in the curriculum.", "课程文件不使用 YAML 别名。")
    seen.add(id(node))
    lines.setdefault(place, line)
    if isinstance(node, yaml.ScalarNode) and (hidden := UNSEEN.search(node.value)):
        code = f"U+{ord(hidden[0]):04X}"
        raise FaultError(
            line, f"A text holds a character that cannot be seen: {code}.", f"文字里有看不见的字符：{code}。"
        )
    if isinstance(node, yaml.SequenceNode):
        for index, child in enumerate(node.value):
            _note_lines(child, (*place, index), lines, seen)
    elif isinstance(node, yaml.MappingNode):
        for key, child in node.value:
            here, line = (*place, str(key.value)), key.start_mark.line + 1
            if here in lines:
                raise FaultError(line, f"The key {key.value} is there twice.", f"字段 {key.value} 重复。")
            lines[here] = line
            _note_lines(child, here, lines, seen)


def _schema_errors(error: ValidationError, source: SourceFile) -> list[ContentError]:
    found = []
    for detail in error.errors(include_url=False, include_input=False):
        name = ".".join(str(key) for key in detail["loc"]) or source.path.name
        message, message_zh = detail["msg"], MESSAGES_ZH.get(detail["type"], detail["msg"])
        line = source.line(*detail["loc"])
        found.append(ContentError(source.path, line, f"{name}: {message}.", f"{name}：{message_zh}。"))
    return sorted(found)
