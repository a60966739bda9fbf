"""The prose of a lesson as sentences: without markup, tables, formulas, footnotes and what is cited."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from .markdown import CODE_FENCE, FENCE, FOOTNOTE_MARK, FOOTNOTE_TEXT, HAN, LINK_TARGET, WORD
from .schema import Language

FORMULA = re.compile(r"\$\$.*?\$\$|\$[^$\n]+\$", re.S)
MARKS = re.compile(r"\*\*|__|`|^\s*>\s?|^#+\s+|^\s*(?:[-*+]|\d+[.)])\s+")
FIGURE = re.compile(r"!\[[^\]]*\]\([^)]*\)")
ENDS = {
    "zh": re.compile(r"(?<=[。！？；!?])[”’」）]*"),
    "en": re.compile(r"(?<=[.!?;])[\"”’)]*\s+(?=[A-Z\"“‘(0-9])"),
}
QUOTED = re.compile(r"“[^”]*”|「[^」]*」|《[^》]*》|\"[^\"]*\"")


@dataclass(frozen=True)
class Sentence:
    """A sentence and the line it begins on."""

    line: int
    text: str

    def length(self, language: Language) -> int:
        """Chinese characters (a Latin word or figure is one), or English words."""
        words = len(WORD.findall(self.text))
        return words + len(HAN.findall(self.text)) if language == "zh" else words

    def bare(self, language: Language) -> str:
        """Its letters alone, to compare: no punctuation, no case."""
        found = re.findall(r"\w+", self.text.lower())
        return "".join(found) if language == "zh" else " ".join(found)


def sentences(text: str, language: Language) -> Iterator[Sentence]:
    """The sentences of the paragraphs and list items of a lesson; tables and footnotes have none."""
    in_code = False
    for number, line in enumerate(text.splitlines(), start=1):
        if CODE_FENCE.match(line):
            in_code = not in_code
        elif in_code or line.lstrip().startswith("|") or FENCE.match(line) or FOOTNOTE_TEXT.match(line):
            continue
        else:
            for part in ENDS[language].split(plain(line)):
                if part.strip():
                    yield Sentence(number, part.strip())


def plain(line: str) -> str:
    """A line without its markup."""
    line = FORMULA.sub(" ", FIGURE.sub(" ", line))
    line = FOOTNOTE_MARK.sub("", LINK_TARGET.sub("]", line))
    return MARKS.sub("", MARKS.sub("", line)).replace("[", "").replace("]", "")
