"""The files in media/: used, and harmless."""

import re
from collections.abc import Iterator
from pathlib import Path
from xml.parsers import expat

from ..findings import Problem, rule
from ..loader import Curriculum, Module

FORBIDDEN_ELEMENTS = {"script", "foreignObject", "iframe", "embed", "object", "audio", "video", "handler"}
UNSAFE_CSS = re.compile(r"@import|url\(\s*['\"]?\s*(?!#)|expression\(|\\", re.IGNORECASE)
EXTERNAL = "external reference"
NAMESPACES = {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}

Fault = tuple[int, str]


@rule("C020", "媒体文件都被用到", "Every media file is used")
def media_are_used(curriculum: Curriculum) -> Iterator[Problem]:
    """By a lesson or by one of the module's YAML files."""
    for module in curriculum.modules:
        texts = "\n".join(_texts(module))
        for name, path in module.media.items():
            if f"media/{name}" not in texts:
                relative = path.relative_to(curriculum.root)
                yield Problem(relative, 1, "没有课文用到这个文件。", "No lesson uses this file.")


def _texts(module: Module) -> Iterator[str]:
    yield from (module.meta_source.text, module.quiz_source.text, module.scenario_source.text)
    for lesson in module.lessons:
        yield from (text.text for text in lesson.texts.values() if text)


@rule("C021", "SVG 安全", "SVG has no script and no outside reference")
def svg_is_harmless(curriculum: Curriculum) -> Iterator[Problem]:
    """No scripts, embedded documents, event attributes, entities or references outside the file."""
    for module in curriculum.modules:
        for path in module.media.values():
            if path.suffix.lower() == ".svg":
                relative = path.relative_to(curriculum.root)
                for line, what in svg_faults(path):
                    yield Problem(relative, line, f"SVG 中不允许 {what}。", f"Not allowed in SVG: {what}.")


def svg_faults(path: Path) -> list[Fault]:
    """Line and name of everything in the SVG at `path` that could run or fetch something."""
    reader = _SvgReader()
    try:
        reader.parser.Parse(path.read_bytes(), True)
    except expat.ExpatError as error:
        reader.faults.append((error.lineno, f"invalid XML ({expat.errors.messages[error.code]})"))
    return reader.faults


class _SvgReader:
    """Walks an SVG with expat, which knows line numbers."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []
        self._style: list[str] | None = None
        self.parser = expat.ParserCreate()
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._characters
        self.parser.StartDoctypeDeclHandler = lambda *_: self._fault("DOCTYPE")
        self.parser.ProcessingInstructionHandler = lambda target, _: self._fault(f"<?{target}?>")

    def _fault(self, what: str) -> None:
        self.faults.append((self.parser.CurrentLineNumber, what))

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(":")[2]
        if name in FORBIDDEN_ELEMENTS:
            self._fault(f"<{name}>")
        if name == "style":
            self._style = []
        for key, value in attributes.items():
            if key.startswith("xmlns") and value not in NAMESPACES:
                self._fault(f"namespace {value}")
            self._attribute(key.rpartition(":")[2].lower(), value.strip())

    def _attribute(self, key: str, value: str) -> None:
        if key.startswith("on"):
            self._fault(key)
        elif (key in ("href", "src") and not value.startswith("#")) or UNSAFE_CSS.search(value):
            self._fault(f"{EXTERNAL} in {key}")
        elif key == "attributename" and value.rpartition(":")[2].lower().startswith(("on", "href")):
            self._fault(f"animation of {value}")

    def _characters(self, data: str) -> None:
        if self._style is not None:
            self._style.append(data)

    def _end(self, tag: str) -> None:
        if self._style is not None and tag.rpartition(":")[2] == "style":
            if UNSAFE_CSS.search("".join(self._style)):
                self._fault(f"{EXTERNAL} in <style>")
            self._style = None
