"""One small way to break each rule, and where the linter must point afterwards."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.content.factory import ALL_KINDS, FULL_BANK, GROUND, MIDDLE, TOP, Sample, module, quiz

META, QUIZ = f"{GROUND}/module.yaml", f"{GROUND}/quiz.yaml"
MIDDLE_META, TOP_META = f"{MIDDLE}/module.yaml", f"{TOP}/module.yaml"
ZH, EN = f"{GROUND}/lessons/01-words.zh.md", f"{GROUND}/lessons/01-words.en.md"
SVG = f"{GROUND}/media/words.svg"
UUID = "00000000-0000-4000-8000-00000000000"

Edit = Callable[[Sample], None]


@dataclass(frozen=True)
class Breach:
    """`places`: paths, and texts at whose first occurrence, after the edits, a finding must stand."""

    rule: str
    what: str
    places: tuple[tuple[str, str], ...]
    edits: tuple[Edit, ...]

    def __str__(self) -> str:
        return f"{self.rule} {self.what}"


def replace(path: str, old: str, new: str) -> Edit:
    return lambda sample: sample.edit(path, old, new)


def write(path: str, text: str) -> Edit:
    return lambda sample: sample.write(path, text)


def delete(path: str) -> Edit:
    return lambda sample: (sample.root / path).unlink()


def rename(path: str, name: str) -> Edit:
    def edit(sample: Sample) -> None:
        (sample.root / path).rename((sample.root / path).with_name(name))

    return edit


def breach(rule: str, what: str, path: str, anchor: str, *edits: Edit) -> Breach:
    return Breach(rule, what, ((path, anchor),), edits)


def one(rule: str, path: str, anchor: str, old: str, new: str) -> Breach:
    """A breach by one replacement in the file that the finding names."""
    return Breach(rule, f"{path} {new!r}", ((path, anchor),), (replace(path, old, new),))


def both(rule: str, what: str, anchor: str, old: str, new: str) -> Breach:
    """A breach by the same replacement in both languages of the lesson, so that their shapes still agree."""
    return Breach(rule, what, ((ZH, anchor), (EN, anchor)), (replace(ZH, old, new), replace(EN, old, new)))


def lengthen_right_choices(sample: Sample) -> None:
    """Make the right English choice the longest in four of eight single-choice questions."""
    text = sample.read(QUIZ)
    for letter in "bcda":
        text = text.replace(
            f"en: choice {letter}\n    correct", f"en: a longer choice {letter}\n    correct", 1
        )
    sample.write(QUIZ, text)


def gather_right_choices(sample: Sample) -> None:
    """Move the right choice to b in five of eight single-choice questions."""
    text = sample.read(QUIZ)
    for letter in "cda":
        text = text.replace(f"en: choice {letter}\n    correct: true\n", f"en: choice {letter}\n", 1)
    for number in (2, 3, 4):
        head, mark, tail = text.partition(f"id: reading-basics-{number:02}\n")
        text = head + mark + tail.replace("en: choice b\n", "en: choice b\n    correct: true\n", 1)
    sample.write(QUIZ, text)


SECOND = "specialisms/counting-well/module.yaml"
SECOND_MODULE = (
    write(SECOND, module("counting-well", "specialism", 4, column="4")),
    write("specialisms/counting-well/quiz.yaml", "questions: []\n"),
    replace("plan.yaml", "reading-far:", "counting-well: 16\nreading-far:"),
    replace("uuids.yaml", "reading-far:", f"counting-well: {UUID}4\nreading-far:"),
)
WRITING = "  - {slug: writing, group: general, zh: 写, en: Write, desc: {zh: 会, en: Can}, reference: none}\n"
NEW_SKILL = replace("skills.yaml", "  - {slug: counting", f"{WRITING}  - {{slug: counting")

SOMEDAY = "::: someday\nRest.\n:::\n\n"
CHECK = ":::: check\n?\n\n::: answer\n!\n:::\n::::\n\n"
CHINESE_FIGURE = (
    rename(SVG, "words.zh.svg"),
    replace(ZH, "media/words.svg", "media/words.zh.svg"),
    replace(EN, "media/words.svg", "media/words.zh.svg"),
)

IDENTITY = [
    one("C001", META, "status:", "status: complete", "status: done"),
    one("C001", META, "teacher:", "delivery:", "teacher: me\ndelivery:"),
    one("C001", META, "periods:", "class: 0, ", ""),
    one("C001", QUIZ, "- id: reading-basics-01", "type: single", "type: essay"),
    one("C001", QUIZ, "- id: reading-basics-01", "    correct: true\n", ""),
    one("C001", "uuids.yaml", "reading-well: 7", f"reading-well: {UUID}2", "reading-well: 7"),
    breach("C001", "empty file", "roles.yaml", "", write("roles.yaml", "")),
    breach(
        "C002",
        "two modules with one uuid",
        TOP_META,
        "uuid:",
        replace(TOP_META, f"{UUID}3", f"{UUID}2"),
        replace("uuids.yaml", f"{UUID}3", f"{UUID}2"),
    ),
    one("C002", QUIZ, "id: a\n    zh: 选项b", "id: b\n    zh: 选项b", "id: a\n    zh: 选项b"),
    one("C002", QUIZ, "id: reading-basics-01\n  type: multiple", "reading-basics-09", "reading-basics-01"),
    one("C002", META, "  - {id: o2, zh: 又", "basis:", "  - {id: o2, zh: 又, en: Again}\nbasis:"),
    one(
        "C002",
        "roles.yaml",
        "- {skill: reading, level: 4",
        "requires:",
        "requires:\n      - {skill: reading, level: 1}",
    ),
    one("C003", MIDDLE_META, "uuid:", f"{UUID}2", f"{UUID}9"),
    one("C003", "uuids.yaml", "gone:", "reading-far:", f"gone: {UUID}9\nreading-far:"),
    Breach(
        "C003",
        "renamed in the register",
        ((MIDDLE_META, "slug:"), ("uuids.yaml", "reading-swell:")),
        (replace("uuids.yaml", "reading-well:", "reading-swell:"),),
    ),
    one("C004", QUIZ, "id: reading-basics-x", "reading-basics-01", "reading-basics-x"),
    one("C004", TOP_META, "layer:", "layer: frontier", "layer: specialism"),
    breach("C004", "folder", "frontier/read-far/module.yaml", "slug:", rename(TOP, "read-far")),
]

REFERENCES = [
    one("C005", MIDDLE_META, "layer:", "layer: specialism", "layer: cellar"),
    one("C005", META, "owner:", "owner: data-bureau", "owner: nobody"),
    one("C005", META, "industries:", "industries: [all]", "industries: [all, mining]"),
    one("C005", META, "prerequisites:", "prerequisites: []", "prerequisites: [no-such-module]"),
    one("C005", TOP_META, "- {skill: writing", "teaches:\n", "teaches:\n  - {skill: writing, level: 1}\n"),
    one("C005", QUIZ, "skill: writing", "skill: reading", "skill: writing"),
    one("C005", QUIZ, "outcome: o7", "outcome: o1", "outcome: o7"),
    one("C005", "skills.yaml", "- {slug: counting", "counting, group: general", "counting, group: odd"),
    one("C005", "roles.yaml", "industry:", "industry: all", "industry: mining"),
    one("C006", MIDDLE_META, "prerequisites:", "[reading-basics]", "[reading-basics, reading-well]"),
    breach(
        "C007",
        "frontier below specialism",
        MIDDLE_META,
        "prerequisites:",
        replace(TOP_META, "[reading-well]", "[reading-basics]"),
        replace(MIDDLE_META, "[reading-basics]", "[reading-far]"),
    ),
    one("C008", MIDDLE_META, "- {skill: reading", "prerequisites: [reading-basics]", "prerequisites: []"),
    one("C009", MIDDLE_META, "- {skill: reading", "level: 4", "level: 5"),
]

PLAN = [
    one("C010", MIDDLE_META, "periods:", "exercise: 0", "exercise: 1"),
    one("C010", "plan.yaml", "gone:", "reading-far:", "gone: 8\nreading-far:"),
    breach("C010", "not planned", MIDDLE_META, "slug:", replace("plan.yaml", "reading-well: 16\n", "")),
    breach(
        "C011",
        "119 periods",
        "plan.yaml",
        "",
        replace("plan.yaml", "120", "119"),
        replace(META, "reading: 120", "reading: 119"),
    ),
    one("C012", MIDDLE_META, "credit:", "credit: 1.0", "credit: 1.5"),
    one("C013", TOP_META, "place:", "column: 2", "column: 1"),
    one("C013", MIDDLE_META, "place:", "row: 1", "row: 3"),
    breach("C013", "taken", MIDDLE_META, "place:", *SECOND_MODULE),
]

LESSONS = [
    one("C014", META, "summary:", "Reads a notice.", "TRANSLATE"),
    one("C014", EN, "TRANSLATE", "Three.", "TRANSLATE"),
    breach("C015", "no English file", META, "- {slug: 01-words", delete(EN)),
    breach(
        "C015",
        "not listed",
        f"{GROUND}/lessons/02-more.zh.md",
        "",
        write(f"{GROUND}/lessons/02-more.zh.md", "。"),
    ),
    one("C016", ZH, "## 第三节", "::: tomorrow", "## 第三节\n\n::: tomorrow"),
    one("C016", EN, "| a | b", "Read a notice.", "| a | b |\n|---|---|\n| 1 | 2 |"),
    one("C016", ZH, "![又", "有几个词？", "![又](media/words.svg)"),
    one("C016", EN, "::: note", "::: tomorrow", "::: note More\nText.\n:::\n\n::: tomorrow"),
    one("C017", ZH, "::: tomorrow", "读一份通知。\n:::", "读一份通知。"),
    one("C017", EN, ":::\n\n[^1]:", "Read a notice.\n:::", "Read a notice.\n:::\n:::"),
    both("C017", "unknown", "::: someday", "::: tomorrow", f"{SOMEDAY}::: tomorrow"),
    both("C017", "check without answer", ":::: check", "::: answer", "::: note"),
    both(
        "C017", "answer alone", "::: answer\nAlone", "::: tomorrow", "::: answer\nAlone.\n:::\n\n::: tomorrow"
    ),
    one("C018", ZH, "先读标题", "https://example.org/table", "media/table.csv"),
    one("C018", ZH, "先读标题", "https://example.org/table", "../../skills.yaml"),
    one("C018", EN, "Read the heading", "[^1]", "[^2]"),
    one("C018", EN, "![Three", "(media/words.svg", "(words.svg"),
    both("C030", "title line", "# Title", "::: tomorrow", "# Title\n\n::: tomorrow"),
    both("C030", "one section", "", "\n## ", "\n### "),
    both("C030", "four checks", "", "::: tomorrow", f"{CHECK * 2}::: tomorrow"),
    both("C030", "no tomorrow", "", "::: tomorrow", "::: note"),
    breach("C031", "Chinese figure in English", EN, "![Three", *CHINESE_FIGURE),
    one("C019", EN, "![]", "![Three words in a row]", "![]"),
]

MEDIA = [
    breach(
        "C020", "spare.svg", f"{GROUND}/media/spare.svg", "", write(f"{GROUND}/media/spare.svg", "<svg/>")
    ),
    one("C021", SVG, "<defs>", "<defs>", "<defs><script>go()</script>"),
    one("C021", SVG, "<foreignObject", "<defs>", "<foreignObject/><defs>"),
    one("C021", SVG, "<use", 'href="#p"', 'href="https://example.org/a.svg#p"'),
    one("C021", SVG, "<text", "<text", '<text onclick="go()"'),
    one("C021", SVG, "<text", "<text", '<text style="fill:url(https://example.org/a)"'),
    one("C021", SVG, "<style>", ".ink{fill:#1B2623}", "@import 'https://example.org/a.css';"),
    one("C021", SVG, "<!DOCTYPE", "<svg", '<!DOCTYPE svg [<!ENTITY a "b">]><svg'),
    one("C021", SVG, "<meta", "<defs>", '<meta xmlns="http://www.w3.org/1999/xhtml"/><defs>'),
    one("C021", SVG, "<set", "<defs>", '<set attributeName="xlink:href" to="https://example.org/"/><defs>'),
    one("C021", SVG, "</svg>", "</text>", ""),
]

QUESTIONS = [
    breach("C022", "19 questions", QUIZ, "questions:", write(QUIZ, quiz("reading-basics", FULL_BANK[:-1]))),
    breach("C022", "4 types", QUIZ, "questions:", write(QUIZ, quiz("reading-basics", ALL_KINDS[:4] * 5))),
    breach("C023", "4 of 8 longest", QUIZ, "questions:", lengthen_right_choices),
    breach("C024", "5 of 8 at b", QUIZ, "questions:", gather_right_choices),
    one("C025", META, "- {id: o3", "basis:", "  - {id: o3, zh: 能写, en: Can write}\nbasis:"),
    breach(
        "C026",
        "counting",
        META,
        "- {skill: counting",
        lambda sample: sample.write(QUIZ, sample.read(QUIZ).replace("skill: counting", "skill: reading")),
    ),
]

COVERAGE = [
    breach(
        "C027",
        "writing",
        "skills.yaml",
        "- {slug: writing",
        NEW_SKILL,
        replace(
            "roles.yaml", "counting, level: 3}", "counting, level: 3}\n      - {skill: writing, level: 1}"
        ),
    ),
    breach(
        "C028",
        "writing",
        "skills.yaml",
        "- {slug: writing",
        NEW_SKILL,
        replace(TOP_META, "teaches:\n", "teaches:\n  - {skill: writing, level: 1}\n"),
    ),
    one("C029", "roles.yaml", "- {skill: counting", "counting, level: 3", "counting, level: 4"),
]

BREACHES = [*IDENTITY, *REFERENCES, *PLAN, *LESSONS, *MEDIA, *QUESTIONS, *COVERAGE]
