"""The form of a question: what was entered becomes a response, a stored response becomes what is entered.

Fields carry letters and places of this attempt's own order, never the ids of the files: those stand in the
order of the right answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from werkzeug.datastructures import MultiDict

from lms.domain.attempt import QuestionType, parse_number
from lms.features.assessment.queries import DrawnQuestion
from lms.web.text import gettext as _

LETTERS = "ABCDEFGH"
MAX_TEXT_LENGTH = 200
MAX_SEQUENCE = 1_000_000_000

Entered = dict[str, list[str]]


@dataclass(frozen=True)
class Answer:
    """What a learner sent for one question."""

    entered: Entered
    response: Any = None
    is_flagged: bool | None = None
    sequence: int | None = None
    errors: dict[str, str] = field(default_factory=dict)


class BadField(Exception):
    """A field cannot be used; carries its name and what to do."""

    def __init__(self, name: str, text: str) -> None:
        super().__init__(text)
        self.name = name
        self.text = text


def read_answer(question: DrawnQuestion, form: MultiDict[str, str]) -> Answer:
    """The answer in a submitted form, with errors by field."""
    entered = {name: [text.strip() for text in form.getlist(name)] for name in form}
    flag = _flag(form)
    sequence = _sequence(form.get("sequence", ""))
    try:
        response = _READERS[QuestionType(question.kind)](question, entered)
    except BadField as bad:
        return Answer(entered, is_flagged=flag, sequence=sequence, errors={bad.name: bad.text})
    return Answer(entered, response, flag, sequence)


def entered_from(question: DrawnQuestion) -> Entered:
    """The fields filled with the stored response."""
    letter_of = {id_: letter for letter, id_ in letters(question).items()}
    given = question.response
    match QuestionType(question.kind):
        case QuestionType.NUMBER:
            return {"number": [given or ""]}
        case QuestionType.FILL_IN:
            return {"text": [given or ""]}
        case QuestionType.ORDERING:
            placed = enumerate(given or [], start=1)
            return {f"place-{letter_of[id_]}": [str(place)] for place, id_ in placed if id_ is not None}
        case QuestionType.MATCHING:
            lefts = enumerate(question.body["left"], start=1)
            return {f"pair-{n}": [letter_of[given[left]]] for n, left in lefts if left in (given or {})}
        case QuestionType.MULTIPLE:
            return {"choice": [letter_of[id_] for id_ in given or []]}
        case _:
            return {"choice": [letter_of[given]] if given else []}


def letters(question: DrawnQuestion) -> dict[str, str]:
    """The letter under which each shuffled thing is shown → its id."""
    return dict(zip(LETTERS, question.order, strict=False))


def _flag(form: MultiDict[str, str]) -> bool | None:
    """Whether the question is to be flagged; the button of a page without JavaScript turns it over."""
    flag = {"1": True, "0": False}.get(form.get("flag", ""))
    return not flag if form.get("toggle") == "flag" else flag


def _sequence(text: str) -> int | None:
    is_number = text.isascii() and text.isdecimal() and len(text) <= 10
    return int(text) if is_number and 0 < int(text) <= MAX_SEQUENCE else None


def _first(entered: Mapping[str, list[str]], name: str) -> str:
    return next(iter(entered.get(name, ())), "")


def _read_choices(question: DrawnQuestion, entered: Entered) -> list[str] | None:
    known = letters(question)
    given = [letter for letter in entered.get("choice", []) if letter]
    if any(letter not in known for letter in given):
        raise BadField("choice", _("Choose among the answers shown."))
    return sorted({known[letter] for letter in given}) or None


def _read_choice(question: DrawnQuestion, entered: Entered) -> str | None:
    given = _read_choices(question, entered)
    if given and len(given) > 1:
        raise BadField("choice", _("Choose one answer."))
    return given[0] if given else None


def _read_number(question: DrawnQuestion, entered: Entered) -> str | None:
    text = _first(entered, "number")
    if text and parse_number(text) is None:
        raise BadField("number", _("Write a figure such as 12.5, without words."))
    return text or None


def _read_text(question: DrawnQuestion, entered: Entered) -> str | None:
    text = _first(entered, "text").replace("\x00", "")  # PostgreSQL's JSON holds no NUL
    if len(text) > MAX_TEXT_LENGTH:
        raise BadField("text", _("Write at most %(n)d characters.", n=MAX_TEXT_LENGTH))
    return text or None


def _read_order(question: DrawnQuestion, entered: Entered) -> list[str | None] | None:
    placed: list[str | None] = [None] * len(question.order)
    for letter, id_ in letters(question).items():
        text = _first(entered, f"place-{letter}")
        if not text:
            continue
        if text not in {str(n) for n in range(1, len(placed) + 1)}:
            raise BadField(f"place-{letter}", _("Choose among the places shown."))
        if placed[int(text) - 1] is not None:
            raise BadField(
                f"place-{letter}", _("Place %(n)s is given twice: each item needs its own.", n=text)
            )
        placed[int(text) - 1] = id_
    return placed if any(placed) else None


def _read_pairs(question: DrawnQuestion, entered: Entered) -> dict[str, str] | None:
    known = letters(question)
    pairs = {}
    for n, left in enumerate(question.body["left"], start=1):
        letter = _first(entered, f"pair-{n}")
        if letter and letter not in known:
            raise BadField(f"pair-{n}", _("Choose among the answers shown."))
        if letter:
            pairs[left] = known[letter]
    return pairs or None


_READERS = {
    QuestionType.SINGLE: _read_choice,
    QuestionType.TRUE_FALSE: _read_choice,
    QuestionType.MULTIPLE: _read_choices,
    QuestionType.NUMBER: _read_number,
    QuestionType.FILL_IN: _read_text,
    QuestionType.ORDERING: _read_order,
    QuestionType.MATCHING: _read_pairs,
}
