"""Answers in words for the pages: what can be chosen, what was given, what is right."""

from __future__ import annotations

from typing import Any, NamedTuple

from lms.domain.attempt import QuestionType
from lms.features.assessment.forms import letters
from lms.features.assessment.queries import DrawnQuestion, GradedQuestion
from lms.web.context import language
from lms.web.localisation import pick
from lms.web.text import gettext as _

CHOICE_KINDS = frozenset({QuestionType.SINGLE, QuestionType.MULTIPLE, QuestionType.TRUE_FALSE})


class Option(NamedTuple):
    """One shuffled thing under its letter."""

    letter: str
    text: str


class MarkedOption(NamedTuple):
    """A choice after grading."""

    letter: str
    text: str
    is_given: bool
    is_right: bool


def kind_name(kind: str) -> str:
    """What a type of question is called."""
    names: dict[QuestionType, str] = {
        QuestionType.SINGLE: _("One answer"),
        QuestionType.MULTIPLE: _("Several answers"),
        QuestionType.TRUE_FALSE: _("True or false"),
        QuestionType.NUMBER: _("A figure"),
        QuestionType.ORDERING: _("Put in order"),
        QuestionType.MATCHING: _("Match"),
        QuestionType.FILL_IN: _("Fill in"),
    }
    return names[QuestionType(kind)]


def options(question: DrawnQuestion) -> list[Option]:
    """What can be chosen or placed, in the order of this attempt."""
    return [Option(letter, _text(question, id_)) for letter, id_ in letters(question).items()]


def lefts(question: DrawnQuestion) -> list[str]:
    """The left sides of a matching question."""
    return [pick(text) for text in question.body.get("left", {}).values()]


def marked_options(graded: GradedQuestion) -> list[MarkedOption]:
    """The choices of a question with what was given and what is right; empty for other types."""
    question = graded.question
    if question.kind not in CHOICE_KINDS:
        return []
    right, given = _as_set(graded.key["correct"]), _as_set(question.response)
    return [
        MarkedOption(letter, _text(question, id_), id_ in given, id_ in right)
        for letter, id_ in letters(question).items()
    ]


def given_lines(graded: GradedQuestion) -> list[str]:
    """What the learner answered, a line for each part; empty without an answer."""
    return _lines(graded.question, graded.question.response)


def right_lines(graded: GradedQuestion) -> list[str]:
    """The right answer, a line for each part."""
    question, key = graded.question, graded.key
    match QuestionType(question.kind):
        case QuestionType.NUMBER:
            value = _with_unit(question, _plain(key["value"]))
            tolerance = _plain(key["tolerance"])
            return [value if tolerance == "0" else _("%(value)s (± %(n)s)", value=value, n=tolerance)]
        case QuestionType.FILL_IN:
            is_zh = language() == "zh"
            return [" / ".join(sorted(key["accept"], key=lambda word: word.isascii() is is_zh))]
        case QuestionType.ORDERING:
            return _lines(question, key["order"])
        case QuestionType.MATCHING:
            return _lines(question, key["pairs"])
        case _:
            return []


def _lines(question: DrawnQuestion, response: Any) -> list[str]:
    if not response:
        return []
    match QuestionType(question.kind):
        case QuestionType.NUMBER:
            return [_with_unit(question, response)]
        case QuestionType.FILL_IN:
            return [response]
        case QuestionType.ORDERING:
            return [f"{n}. {_text(question, id_) if id_ else '–'}" for n, id_ in enumerate(response, start=1)]
        case QuestionType.MATCHING:
            pairs = question.body["left"].items()
            return [
                f"{pick(text)} → {_text(question, response[id_]) if id_ in response else '–'}"
                for id_, text in pairs
            ]
        case _:
            return []


def _text(question: DrawnQuestion, id_: str) -> str:
    if question.kind == QuestionType.TRUE_FALSE:
        return str(_("True") if id_ == "true" else _("False"))
    body = question.body
    texts = body.get("choices") or body.get("items") or body.get("right") or {}
    return pick(texts[id_])


def _with_unit(question: DrawnQuestion, value: str) -> str:
    unit = question.body.get("unit")
    return f"{value} {pick(unit)}" if unit else value


def _plain(figure: str) -> str:
    """25.0 is written 25."""
    return figure.removesuffix(".0")


def _as_set(response: Any) -> frozenset[str]:
    return frozenset(response if isinstance(response, list) else [response])
