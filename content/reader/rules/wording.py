"""How lessons are written: nothing said twice, no filler, sentences that can be read, the glossary's words."""

import re
from collections.abc import Iterator
from pathlib import Path

from ..findings import Problem, rule
from ..loader import Curriculum, LessonText, Module
from ..parameters import REFERENCE
from ..prose import QUOTED, sentences
from ..schema import LANGUAGES, Language
from .lessons import lesson_texts

SAME_FROM: dict[Language, int] = {"zh": 20, "en": 10}
"""Characters or words from which a sentence said twice is a copy."""
LONGEST: dict[Language, int] = {"zh": 80, "en": 60}
LONGEST_MEAN: dict[Language, int] = {"zh": 26, "en": 18}
FILLER: dict[Language, re.Pattern[str]] = {
    "zh": re.compile(
        r"众所周知|不言而喻|总而言之|综上所述|毋庸置疑|随着[^，。]{1,16}的(?:不断|飞速|快速|蓬勃)发展|至关重要|不可或缺"
        r"|值得注意的是|需要指出的是|在当今|重中之重|保驾护航|助力|赋能|抓手|切实|日益|让我们"
    ),
    "en": re.compile(
        r"\b(?:it is (?:important|worth) (?:to note|noting)|it should be noted|in today's|fast-paced|delve"
        r"|in conclusion"
        r"|plays? an? (?:key|vital|crucial|pivotal) role|cutting-edge|seamless(?:ly)?|game.chang\w+|needless to say"
        r"|as we all know|a wide range of|best-in-class|holistic|leverag(?:e|ing)"
        r"|empower\w*|unlock(?:ing)? the|in order to)\b",
        re.IGNORECASE,
    ),
}


def _complete_texts(curriculum: Curriculum) -> Iterator[tuple[Module, Language, LessonText]]:
    for module, text in lesson_texts(curriculum):
        if module.is_complete:
            yield module, language_of(text.path), text


def language_of(path: Path) -> Language:
    """The language of a lesson's file."""
    return "zh" if path.suffixes[-2:-1] == [".zh"] else "en"


@rule("C039", "同一句话不在两个模块里出现", "No sentence stands in two modules")
def sentences_are_said_once(curriculum: Curriculum) -> Iterator[Problem]:
    """From 20 Chinese characters or 10 English words on; reported at the later one."""
    said: dict[str, tuple[Module, Path, int]] = {}
    for module, language, text in _complete_texts(curriculum):
        for sentence in sentences(text.text, language):
            if sentence.length(language) < SAME_FROM[language]:
                continue
            first = said.setdefault(sentence.bare(language), (module, text.path, sentence.line))
            if first[0] is not module:
                place = f"{first[1].as_posix()}:{first[2]}"
                zh, en = f"这句话已在 {place}。", f"This sentence stands at {place} already."
                yield Problem(text.path, sentence.line, zh, en)


@rule("C040", "不写套话", "No filler")
def nothing_is_filler(curriculum: Curriculum) -> Iterator[Problem]:
    """Words that say nothing, but where they are quoted as an example."""
    for _, language, text in _complete_texts(curriculum):
        for number, line in enumerate(text.text.splitlines(), start=1):
            found = None if line.startswith(">") else FILLER[language].search(QUOTED.sub(" ", line))
            if found:
                zh, en = f"套话：{found[0]}。", f"Filler: {found[0]}."
                yield Problem(text.path, number, zh, en)


@rule("C041", "句子读得下去", "Sentences can be read")
def sentences_can_be_read(curriculum: Curriculum) -> Iterator[Problem]:
    """At most 80 characters or 60 words each; 26 or 18 on the average of a lesson."""
    for _, language, text in _complete_texts(curriculum):
        lengths = []
        for sentence in sentences(text.text, language):
            lengths.append(sentence.length(language))
            if lengths[-1] > LONGEST[language]:
                zh, en = f"这句话有 {lengths[-1]} 字。", f"This sentence has {lengths[-1]} words."
                yield Problem(text.path, sentence.line, zh, en)
        if lengths and sum(lengths) > LONGEST_MEAN[language] * len(lengths):
            mean = sum(lengths) / len(lengths)
            zh, en = f"平均每句 {mean:.1f} 字。", f"The sentences have {mean:.1f} words on the average."
            yield Problem(text.path, 1, zh, en)


@rule("C042", "术语按术语表", "Terms are the glossary's")
def terms_are_the_glossarys(curriculum: Curriculum) -> Iterator[Problem]:
    """A variant that the glossary rules out; in lessons, questions and drills."""
    ruled_out = {language: _ruled_out(curriculum, language) for language in LANGUAGES}
    for module in curriculum.modules:
        if not module.is_complete:
            continue
        for source in (module.quiz_source, module.scenario_source):
            for language in LANGUAGES:
                yield from _variants(source.path, source.text, ruled_out[language])
    for _, language, text in _complete_texts(curriculum):
        yield from _variants(text.path, text.text, ruled_out[language])


def _ruled_out(curriculum: Curriculum, language: Language) -> dict[str, str]:
    """Variant in lower case → the term."""
    return {
        variant.lower(): term.of(language)
        for term in curriculum.glossary
        for variant in term.never.of(language)
    }


def _variants(path: Path, text: str, ruled_out: dict[str, str]) -> Iterator[Problem]:
    for number, line in enumerate(text.lower().splitlines(), start=1):
        for variant, term in ruled_out.items():
            if variant in line:
                yield Problem(
                    path, number, f"“{variant}”应写作“{term}”。", f'"{variant}" should be "{term}".'
                )


@rule("C043", "每篇课文都有例子", "Every lesson has an example")
def lessons_have_examples(curriculum: Curriculum) -> Iterator[Problem]:
    """At least one `::: example` in a complete module."""
    for _, _, text in _complete_texts(curriculum):
        if not any(block.name == "example" for block in text.outline.blocks):
            yield Problem(text.path, 1, "课文没有 example 块。", "The lesson has no example.")


@rule("C044", "引用的参数都在参数表里", "Parameters are known")
def parameters_are_known(curriculum: Curriculum) -> Iterator[Problem]:
    """Loading fills in the known ones, so whatever is left is not in parameters.yaml."""
    for module in curriculum.modules:
        texts = [(source.path, source.text) for source in (module.quiz_source, module.scenario_source)]
        for lesson in module.lessons:
            texts += [(text.path, text.text) for text in lesson.texts.values() if text]
        for path, text in texts:
            for number, line in enumerate(text.splitlines(), start=1):
                for left in REFERENCE.finditer(line):
                    zh, en = f"参数表里没有 {left[2]}。", f"{left[2]} is no parameter."
                    yield Problem(path, number, zh, en)
