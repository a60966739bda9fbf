"""Breaches of the rules about drills and about wording."""

from tests.content.breaches import (
    EN,
    MIDDLE_META,
    QUIZ,
    ZH,
    Breach,
    Edit,
    both,
    breach,
    delete,
    one,
    replace,
    write,
)
from tests.content.factory import FULL_BANK, GROUND, MIDDLE, Sample, quiz

DRILL = f"{GROUND}/scenario.yaml"


def every(path: str, old: str, new: str) -> Edit:
    """Replace every occurrence."""
    return lambda sample: sample.write(path, sample.read(path).replace(old, new))


def shorten(sample: Sample, steps: int) -> None:
    """Leave out so many of the decisions before the last."""
    head, _, tail = sample.read(DRILL).partition(f"- id: n{9 - steps}\n")
    rest = tail[tail.index("- id: n9\n") :]
    sample.write(DRILL, head.replace(f"goto: n{9 - steps}\n", "goto: n9\n") + rest)


def cut(sample: Sample, mark: str) -> None:
    """Cut the drill off where `mark` begins."""
    sample.write(DRILL, sample.read(DRILL).partition(f"\n{mark}")[0] + "\n")


GONE = "- {id: gone, kind: good, title: {zh: 结局, en: End}, debrief: {zh: 讲评, en: Debrief}}\n"

TRADE = """\
scenarios:
  - number: 3
    module: reading-far
    monday_topic: {zh: 问题, en: Question}
"""

SCENARIOS = [
    one("C001", DRILL, "chime:", "unit: minutes", "unit: minutes\n  chime: 1"),
    one("C005", "hands-on.yaml", "dancing:", "reading-basics:", "dancing: {}\nreading-basics:"),
    breach(
        "C005", "no such scenario", "shipping-trade.yaml", "- number: 3", write("shipping-trade.yaml", TRADE)
    ),
    one("C032", DRILL, "start: n0", "start: n1", "start: n0"),
    one("C032", DRILL, "late: never", "late: late", "late: never"),
    one("C032", DRILL, "end: nowhere", "end: broken", "end: nowhere"),
    one("C032", DRILL, "goto: n22", "goto: n2", "goto: n22"),
    one("C032", DRILL, "effects:\n      cost", "effects:\n      safety", "effects:\n      cost"),
    one("C032", DRILL, "otherwise: n1", "otherwise: held", "otherwise: n1"),
    one("C032", DRILL, "requires:\n    cost", "requires:\n    safety", "requires:\n    cost"),
    one("C032", DRILL, "- id: right\n    zh: 停下", "id: wrong\n    zh: 接着做", "id: right\n    zh: 接着做"),
    breach(
        "C033", "two best ways", DRILL, "ends:", replace(DRILL, "      safety: -3\n", "      safety: 0\n")
    ),
    breach(
        "C033",
        "one failure",
        DRILL,
        "ends:",
        replace(DRILL, "- id: broken\n  kind: fail", "- id: broken\n  kind: good"),
    ),
    breach("C033", "7 nodes", DRILL, "nodes:", lambda sample: shorten(sample, 2)),
    breach("C034", "no way to the end", DRILL, "- {id: gone", replace(DRILL, "ends:\n", f"ends:\n{GONE}")),
    breach(
        "C034", "round for ever", DRILL, "nodes:", replace(DRILL, "goto: closed\n    takes: 1", "goto: n9")
    ),
    one("C035", DRILL, "- id: wrong", "    debrief:\n      zh: 讲评\n      en: Debrief\n", ""),
    breach("C036", "always longest", DRILL, "nodes:", every(DRILL, "en: Stop\n", "en: Stop all of it\n")),
    breach("C037", "no form b", DRILL, "forms:", lambda sample: cut(sample, "  b:")),
    breach(
        "C037",
        "no forms",
        DRILL,
        "id:",
        replace(DRILL, "{{place}}里有 {{count}} 个人", "人"),
        replace(DRILL, "{{count}} people in the {{place}}", "People"),
        lambda sample: cut(sample, "forms:"),
    ),
    one("C037", DRILL, "text:\n    zh: '这里", "{{place}}里有 {{count}}", "这里有 {{count}}"),
    breach("C037", "not used", DRILL, "time: 1", replace(DRILL, "  a:\n", "  a:\n    time: 1\n")),
    one("C037", DRILL, "count: 3\n    place:\n      zh: 仓", "count: 4", "count: 3"),
    one("C038", DRILL, "text:\n    zh: 又过了 2", "又过了 1 分钟", "又过了 2 分钟"),
]

GLOSSARY = """\
terms:
  - slug: word
    zh: 词语
    en: word
    area: reading
    definition: {zh: 有意义的最小单位。, en: The smallest unit with a meaning.}
    never: {zh: [字眼], en: [vocable]}
"""
LONG_ZH = "一份通知应当说明事由、时间、地点和参加的人，" * 5
LONG_EN = "a notice says what happens, when and where it happens, and who is asked to come, " * 5
COPY_ZH = "每一份通知都应当写明是谁发出的、发给谁、什么时候生效。"
COPY_EN = "Every notice says who sends it, to whom, and from what day it holds."
MORE_ZH, MORE_EN = (f"{MIDDLE}/lessons/01-words.{language}.md" for language in ("zh", "en"))


def complete_middle(sample: Sample) -> None:
    """Make the second module complete, with lessons of its own that say one sentence of the first."""
    sample.edit(MIDDLE_META, "status: in-preparation", "status: complete")
    sample.write(f"{MIDDLE}/quiz.yaml", quiz("reading-well", FULL_BANK).replace("counting", "reading"))
    for own, other, copy in ((ZH, MORE_ZH, COPY_ZH), (EN, MORE_EN, COPY_EN)):
        sample.edit(own, "::: tomorrow", f"{copy}\n\n::: tomorrow")
        sample.write(other, sample.read(own).replace("media/words.svg", "media/w.svg"))
    sample.write(f"{MIDDLE}/media/w.svg", "<svg/>")


WORDING = [
    one("C038", EN, "## Section two", "How many rows?", "How many of 12 rows?"),
    one("C038", QUIZ, "stem:\n    zh: 问题", "zh: 问题", "zh: 问题 45"),
    Breach("C039", "copied", ((MORE_ZH, COPY_ZH), (MORE_EN, COPY_EN)), (complete_middle,)),
    one("C040", ZH, "至关重要", "::: tomorrow", "标题至关重要。\n\n::: tomorrow"),
    one("C040", EN, "In conclusion", "::: tomorrow", "In conclusion, read.\n\n::: tomorrow"),
    one("C041", ZH, LONG_ZH, "::: tomorrow", f"{LONG_ZH}。\n\n::: tomorrow"),
    one("C041", EN, LONG_EN, "::: tomorrow", f"{LONG_EN}.\n\n::: tomorrow"),
    breach("C042", "字眼", ZH, "字眼", write("glossary.yaml", GLOSSARY), replace(ZH, "读一份通知", "读字眼")),
    breach(
        "C042",
        "vocable",
        QUIZ,
        "Vocable",
        write("glossary.yaml", GLOSSARY),
        replace(QUIZ, "Question", "Vocable"),
    ),
    both("C043", "no example", "", "::: example", "::: note"),
    breach("C045", "no drill", f"{GROUND}/module.yaml", "status:", delete(DRILL)),
    one("C044", EN, "{{param:none}}", "Read a notice.", "Read {{param:none}}."),
    breach(
        "C005",
        "area",
        "glossary.yaml",
        "area:",
        write("glossary.yaml", GLOSSARY.replace("reading", "dancing")),
    ),
]
