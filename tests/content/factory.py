"""A curriculum of three small modules without a single finding, and the means to break it in one place."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from tests.content.scenario_sample import scenario_file

GROUND = "foundations/reading-basics"
MIDDLE = "specialisms/reading-well"
TOP = "frontier/reading-far"

LAYERS = """\
version: 1
period_minutes: 45
credit_rule: {periods_per_credit: 16, round_to: 0.5, minimum: 0.5}
layers:
  - {slug: foundation, zh: 基础能力, en: Foundations}
  - {slug: specialism, zh: 专业领域, en: Specialisms}
  - {slug: frontier, zh: 前沿技术, en: Frontier technology}
industries:
  - {slug: all, zh: 各行业, en: All industries}
owners:
  - {slug: data-bureau, zh: 数据局, en: Data bureau, dimension: government}
"""

SKILLS = """\
version: 1
level_max_by_module: 4
levels:
  - {level: 1, zh: 知晓, en: Aware, desc: {zh: 认得出。, en: Can recognise it.}}
groups:
  - {slug: general, zh: 通用, en: General}
skills:
  - {slug: reading, group: general, zh: 阅读, en: Reading, desc: {zh: 读得懂。, en: Reads.}, reference: none}
  - {slug: counting, group: general, zh: 计数, en: Counting, desc: {zh: 数得清, en: Counts}, reference: none}
"""

ROLES = """\
version: 1
roles:
  - slug: clerk
    zh: 文员
    en: Clerk
    industry: all
    key_industry: false
    requires:
      - {skill: reading, level: 4, must: true}
      - {skill: counting, level: 3}
"""

MODULE = """\
uuid: {uuid}
slug: {slug}
layer: {layer}
status: {status}
title: {{zh: 阅读, en: Reading}}
short_title: {{zh: 阅读, en: Reading}}
summary: {{zh: 读得懂一份通知。, en: Reads a notice.}}
industries: [all]
periods: {{reading: {periods}, exercise: 0, drill: 0, class: 0, practice: 0}}
credit: {credit}
delivery: online
review: {{cadence: yearly}}
owner: data-bureau
prerequisites: [{prerequisite}]
teaches:
{teaches}
outcomes:
  - {{id: o1, zh: 能读, en: Can read}}
  - {{id: o2, zh: 能数, en: Can count}}
basis:
  - {{name: {{zh: 常识, en: Common knowledge}}, status: general}}
lessons:
  - {{slug: 01-words, zh: 词语, en: Words}}
place: {{row: 1, column: {column}}}
"""

LESSON_ZH = """\
## 第一节

先读标题[^1]，再看[表格](https://example.org/table)。

| 项目 | 数量 |
|---|---|
| 词 | 3 |

![三个词排成一行](media/words.svg "图 1")

:::: check
有几个词？

::: answer
三个。
:::
::::

::: example 门口的通知
门口贴着一份通知，标题有 3 个词。
:::

## 第二节

:::: check
表里有几行？

::: answer
一行。
:::
::::

::: tomorrow
读一份通知。
:::

[^1]: 标题在最上面。
"""

LESSON_EN = """\
## Section one

Read the heading first[^1], then the [table](https://example.org/table).

| item | count |
|---|---|
| words | 3 |

![Three words in a row](media/words.svg "Figure 1")

:::: check
How many words?

::: answer
Three.
:::
::::

::: example The notice at the door
The heading has 3 words.
:::

## Section two

:::: check
How many rows?

::: answer
One.
:::
::::

::: tomorrow
Read a notice.
:::

[^1]: The heading is on top.
"""

SVG = """\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 60">
<style>.ink{fill:#1B2623}</style>
<defs><path id="p" d="M0 0"/></defs>
<use href="#p"/>
<text class="ink" y="20">words</text>
</svg>
"""


def question(slug: str, number: int, kind: str) -> dict[str, Any]:
    """A question of any type; the right places of single choices go round."""
    head = {
        "id": f"{slug}-{number:02}",
        "type": kind,
        "skill": "counting" if number % 2 == 0 else "reading",
        "outcome": "o2" if number % 2 == 0 else "o1",
        "difficulty": 2,
        "stem": {"zh": "问题", "en": "Question"},
    }
    tail = {
        "reason": {"zh": "理由", "en": "Reason"},
        "rule": {"zh": "规则", "en": "Rule"},
        "status": "general",
    }
    return {**head, **_answer(kind, number), **tail}


def _answer(kind: str, number: int) -> dict[str, Any]:
    words = [{"id": letter, "zh": f"选项{letter}", "en": f"choice {letter}"} for letter in "abcd"]
    right = {number % 4} if kind == "single" else {0, 1}
    choices = [{**word, "correct": True} if place in right else word for place, word in enumerate(words)]
    answers: dict[str, dict[str, Any]] = {
        "single": {"choices": choices},
        "multiple": {"choices": choices},
        "true_false": {"answer": True},
        "number": {"answer": {"value": 3.5, "tolerance": 0.1, "unit": {"zh": "元", "en": "yuan"}}},
        "ordering": {"items": words},
        "matching": {
            "pairs": [{"id": word["id"], "left": _text(word), "right": _text(word)} for word in words]
        },
        "fill_in": {"accept": {"zh": ["三"], "en": ["three"]}},
    }
    return answers[kind]


def _text(word: dict[str, str]) -> dict[str, str]:
    return {"zh": word["zh"], "en": word["en"]}


@cache
def quiz(slug: str, kinds: tuple[str, ...]) -> str:
    """A quiz.yaml with one question for each of `kinds`."""
    questions = [question(slug, number, kind) for number, kind in enumerate(kinds, start=1)]
    return yaml.safe_dump({"questions": questions}, allow_unicode=True, sort_keys=False)


ALL_KINDS = ("single", "multiple", "true_false", "number", "ordering", "matching", "fill_in")
FULL_BANK = ("single",) * 8 + ALL_KINDS[1:] * 2


def module(slug: str, layer: str, number: int, **differences: str) -> str:
    """A module.yaml; `number` makes its uuid."""
    values = {
        "uuid": f"00000000-0000-4000-8000-{number:012}",
        "slug": slug,
        "layer": layer,
        "status": "in-preparation",
        "periods": "16",
        "credit": "1.0",
        "prerequisite": "",
        "teaches": "  - {skill: counting, level: 3}",
        "column": "2",
    }
    return MODULE.format(**(values | differences))


@dataclass(frozen=True)
class Sample:
    """A curriculum on disk; paths are relative to its root."""

    root: Path

    def read(self, path: str) -> str:
        """The text of a file."""
        return (self.root / path).read_text(encoding="utf-8")

    def write(self, path: str, text: str) -> None:
        """Put a file there, whatever was there before."""
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_text(text, encoding="utf-8")

    def edit(self, path: str, old: str, new: str) -> None:
        """Replace the first `old` by `new`; it must be there."""
        text = self.read(path)
        assert old in text, f"{old!r} is not in {path}"
        self.write(path, text.replace(old, new, 1))

    def line(self, path: str, text: str) -> int:
        """The line at which the first `text` begins."""
        content = self.read(path)
        return content.count("\n", 0, content.index(text)) + 1


def build(root: Path) -> Sample:
    """Write the clean curriculum below `root`."""
    sample = Sample(root)
    ladder = "  - {skill: reading, level: 2}\n  - {skill: counting, level: 2}"
    whole = {"status": "complete", "periods": "120", "credit": "7.5", "teaches": ladder, "column": "1"}
    middle = {"prerequisite": "reading-basics", "teaches": "  - {skill: reading, level: 4}", "column": "4"}
    files = {
        "layers.yaml": LAYERS,
        "skills.yaml": SKILLS,
        "roles.yaml": ROLES,
        "hands-on.yaml": "reading-basics: {measures_gain: true}\n",
        "plan.yaml": "reading-basics: 120\nreading-well: 16\nreading-far: 16\n",
        "uuids.yaml": "".join(
            f"{slug}: 00000000-0000-4000-8000-{number:012}\n"
            for number, slug in enumerate(("reading-basics", "reading-well", "reading-far"), start=1)
        ),
        f"{GROUND}/module.yaml": module("reading-basics", "foundation", 1, **whole),
        f"{GROUND}/quiz.yaml": quiz("reading-basics", FULL_BANK),
        f"{GROUND}/lessons/01-words.zh.md": LESSON_ZH,
        f"{GROUND}/lessons/01-words.en.md": LESSON_EN,
        f"{GROUND}/media/words.svg": SVG,
        f"{GROUND}/scenario.yaml": scenario_file(),
        f"{MIDDLE}/module.yaml": module("reading-well", "specialism", 2, **middle),
        f"{MIDDLE}/quiz.yaml": quiz("reading-well", ("true_false",)).replace("counting", "reading"),
        f"{TOP}/module.yaml": module("reading-far", "frontier", 3, prerequisite="reading-well"),
        f"{TOP}/quiz.yaml": quiz("reading-far", ("number",)).replace("skill: reading", "skill: counting"),
    }
    for path, text in files.items():
        sample.write(path, text)
    return sample
