"""Question banks: large enough, varied, and not to be guessed from length or place."""

from collections import Counter
from collections.abc import Iterator

from ..findings import Problem, at, rule
from ..loader import Curriculum, Module
from ..quiz_schema import Choice, SingleQuestion
from ..schema import LANGUAGES, Language

MINIMUM_QUESTIONS = 12
MINIMUM_QUESTIONS_LONG = 20
LONG_MODULE_PERIODS = 16
MINIMUM_TYPES = 5
JUDGED_FROM = 8
"""Fewer single-choice questions say nothing about a habit."""
LONGEST_PERCENT = 40
PLACE_PERCENT = 50


@rule("C022", "题库够大、题型够多", "The bank of a complete module is large and varied enough")
def banks_are_large_and_varied(curriculum: Curriculum) -> Iterator[Problem]:
    """12 questions, 20 from 16 periods on; five types."""
    for module in _complete(curriculum):
        is_long = module.meta.periods.total >= LONG_MODULE_PERIODS
        needed = MINIMUM_QUESTIONS_LONG if is_long else MINIMUM_QUESTIONS
        count, types = len(module.questions), len({question.type for question in module.questions})
        if count < needed:
            zh, en = (
                f"题库有 {count} 题，至少需要 {needed} 题。",
                f"The bank has {count} questions and needs {needed}.",
            )
            yield at(module.quiz_source, "questions", zh=zh, en=en)
        if types < MINIMUM_TYPES:
            zh = f"题库有 {types} 种题型，至少需要 {MINIMUM_TYPES} 种。"
            en = f"The bank has {types} types of questions and needs {MINIMUM_TYPES}."
            yield at(module.quiz_source, "questions", zh=zh, en=en)


@rule("C023", "正确选项不总是最长", "The right choice is seldom the longest")
def right_choices_are_seldom_longest(curriculum: Curriculum) -> Iterator[Problem]:
    """In at most 40 % of a bank's single-choice questions, in each language; a tie is not the longest."""
    for module in curriculum.modules:
        singles = _singles(module)
        for language in LANGUAGES:
            count = sum(_right_is_longest(question.choices, language) for question in singles)
            if len(singles) >= JUDGED_FROM and count * 100 > LONGEST_PERCENT * len(singles):
                zh = f"{language}：{len(singles)} 道单选题中有 {count} 道的正确选项最长。"
                en = f"{language}: the longest choice is right in {count} of {len(singles)} single choices."
                yield at(module.quiz_source, "questions", zh=zh, en=en)


def _right_is_longest(choices: tuple[Choice, ...], language: Language) -> bool:
    right = max(len(choice.of(language)) for choice in choices if choice.correct)
    wrong = max(len(choice.of(language)) for choice in choices if not choice.correct)
    return right > wrong


@rule("C024", "正确选项的位置均匀", "The places of right choices are spread")
def right_places_are_spread(curriculum: Curriculum) -> Iterator[Problem]:
    """No place is right in more than half of the single-choice questions that offer it."""
    for module in curriculum.modules:
        offered: Counter[int] = Counter()
        right: Counter[int] = Counter()
        for question in _singles(module):
            offered.update(range(len(question.choices)))
            right.update(place for place, choice in enumerate(question.choices) if choice.correct)
        for place, count in offered.items():
            if count >= JUDGED_FROM and right[place] * 100 > PLACE_PERCENT * count:
                letter = "abcde"[place]
                zh = f"{count} 道单选题中有 {right[place]} 道的正确选项在位置 {letter}。"
                en = f"The right choice is at {letter} in {right[place]} of {count} single choices."
                yield at(module.quiz_source, "questions", zh=zh, en=en)


@rule("C025", "每个学习目标都被考到", "Every outcome of a complete module is examined")
def outcomes_are_examined(curriculum: Curriculum) -> Iterator[Problem]:
    """By at least one question."""
    for module in _complete(curriculum):
        examined = {question.outcome for question in module.questions}
        for index, outcome in enumerate(module.meta.outcomes):
            if outcome.id not in examined:
                zh, en = (
                    f"没有题目考查学习目标 {outcome.id}。",
                    f"No question examines the outcome {outcome.id}.",
                )
                yield at(module.meta_source, "outcomes", index, zh=zh, en=en)


@rule("C026", "每项所教技能都被考到", "Every skill a complete module teaches is examined")
def taught_skills_are_examined(curriculum: Curriculum) -> Iterator[Problem]:
    """By at least one question."""
    for module in _complete(curriculum):
        examined = {question.skill for question in module.questions}
        for index, taught in enumerate(module.meta.teaches):
            if taught.skill not in examined:
                zh, en = (
                    f"没有题目考查技能 {taught.skill}。",
                    f"No question examines the skill {taught.skill}.",
                )
                yield at(module.meta_source, "teaches", index, zh=zh, en=en)


def _complete(curriculum: Curriculum) -> Iterator[Module]:
    return (module for module in curriculum.modules if module.is_complete)


def _singles(module: Module) -> list[SingleQuestion]:
    return [question for question in module.questions if isinstance(question, SingleQuestion)]
