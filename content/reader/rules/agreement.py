"""Both languages state the same figures: in lessons section by section, in questions and drills text by text."""

import re
from collections.abc import Iterator

from ..figures import drifted
from ..findings import Problem, at, rule
from ..loader import Curriculum, LessonSource, Module
from ..markdown import FOOTNOTE_MARK
from ..prose import FIGURE
from ..quiz_schema import (
    MatchingQuestion,
    MultipleQuestion,
    OrderingQuestion,
    Question,
    SingleQuestion,
)
from ..schema import Bilingual
from ..source import Key
from .scenarios import scenario_texts

NOTE = re.compile(r"(?m)^\[\^[^\]]+\]:.*$")
SECTION = re.compile(r"(?m)^(?=## )")


@rule("C038", "中英文的数字一致", "Both languages state the same figures")
def figures_agree(curriculum: Curriculum) -> Iterator[Problem]:
    """Digits, numerals and words, 万 and 亿 converted; complete modules.

    A question's reason may say more in one language; it may not say another figure."""
    for module in curriculum.modules:
        if module.is_complete:
            for lesson in module.lessons:
                yield from _lesson_drift(lesson)
            for keys, text in _question_texts(module):
                drift = drifted(text.zh, text.en)
                if drift and (keys[-1] != "reason" or all(drift)):
                    yield at(module.quiz_source, *keys, **_words(*drift))
        for keys, text in _scenario_texts(module):
            if drift := drifted(text.zh, text.en):
                yield at(module.scenario_source, *keys, **_words(*drift))


def _words(only_zh: list[str], only_en: list[str]) -> dict[str, str]:
    return {
        "zh": f"数字不一致：中文 {'、'.join(only_zh) or '—'}，英文 {'、'.join(only_en) or '—'}。",
        "en": f"Figures differ: zh {', '.join(only_zh) or '–'}, en {', '.join(only_en) or '–'}.",
    }


def _lesson_drift(lesson: LessonSource) -> Iterator[Problem]:
    zh, en = lesson.texts["zh"], lesson.texts["en"]
    if zh is None or en is None:
        return
    line = 1
    notes_zh, notes_en = "\n".join(NOTE.findall(zh.text)), "\n".join(NOTE.findall(en.text))
    for part_zh, part_en in zip(SECTION.split(zh.text), SECTION.split(en.text), strict=False):
        if drift := drifted(_without_figures(part_zh), _without_figures(part_en), notes_zh, notes_en):
            yield Problem(en.path, line, _words(*drift)["zh"], _words(*drift)["en"])
        line += part_en.count("\n")


def _without_figures(text: str) -> str:
    """What a picture shows in words may count what the text does not."""
    return FIGURE.sub("", FOOTNOTE_MARK.sub("", text))


def _question_texts(module: Module) -> Iterator[tuple[tuple[Key, ...], Bilingual]]:
    for n, question in enumerate(module.questions):
        for key in ("stem", "reason"):
            yield ("questions", n, key), getattr(question, key)
        for keys, text in _options(question):
            yield ("questions", n, *keys), text


def _options(question: Question) -> Iterator[tuple[tuple[Key, ...], Bilingual]]:
    match question:
        case SingleQuestion() | MultipleQuestion():
            yield from ((("choices", i), choice) for i, choice in enumerate(question.choices))
        case OrderingQuestion():
            yield from ((("items", i), item) for i, item in enumerate(question.items))
        case MatchingQuestion():
            for i, pair in enumerate(question.pairs):
                yield ("pairs", i, "left"), pair.left
                yield ("pairs", i, "right"), pair.right


def _scenario_texts(module: Module) -> Iterator[tuple[tuple[Key, ...], Bilingual]]:
    if module.scenario:
        yield from scenario_texts(module.scenario)
        for form, facts in module.scenario.forms.items():
            yield from ((("forms", form, name), fact) for name, fact in facts.items())
