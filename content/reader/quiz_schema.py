"""What quiz.yaml may say: one frozen model per type of question, told apart by `type`."""

from typing import Annotated, Literal, Self

from pydantic import Discriminator, Field, FiniteFloat, StrictBool, model_validator

from .schema import Bilingual, Evidence, Model, Slug, Text


class Choice(Bilingual):
    """One offered answer."""

    id: Slug
    correct: StrictBool = False


class Item(Bilingual):
    """One thing to put in order."""

    id: Slug


class Pair(Model):
    """Two things that belong together."""

    id: Slug
    left: Bilingual
    right: Bilingual


class NumberAnswer(Model):
    """A figure; an answer within ± `tolerance` is right."""

    value: FiniteFloat
    tolerance: Annotated[FiniteFloat, Field(ge=0)]
    unit: Bilingual | None = None


class AcceptedWords(Model):
    """The variants accepted in each language."""

    zh: Annotated[tuple[Text, ...], Field(min_length=1)]
    en: Annotated[tuple[Text, ...], Field(min_length=1)]


class QuestionBase(Model):
    """What every question has, whatever its type."""

    id: Slug
    skill: Slug
    outcome: Slug
    difficulty: Annotated[int, Field(strict=True, ge=1, le=5)]
    stem: Bilingual
    reason: Bilingual
    rule: Bilingual
    status: Evidence


class SingleQuestion(QuestionBase):
    """One choice is right."""

    type: Literal["single"]
    choices: Annotated[tuple[Choice, ...], Field(min_length=3, max_length=5)]

    @model_validator(mode="after")
    def _one_is_right(self) -> Self:
        if sum(choice.correct for choice in self.choices) != 1:
            raise ValueError("exactly one choice is correct")
        return self


class MultipleQuestion(QuestionBase):
    """Two or more choices are right."""

    type: Literal["multiple"]
    choices: Annotated[tuple[Choice, ...], Field(min_length=3, max_length=5)]

    @model_validator(mode="after")
    def _two_are_right(self) -> Self:
        if sum(choice.correct for choice in self.choices) < 2:
            raise ValueError("two or more choices are correct")
        return self


class TrueFalseQuestion(QuestionBase):
    """The stem is a statement."""

    type: Literal["true_false"]
    answer: StrictBool


class NumberQuestion(QuestionBase):
    """The answer is a figure."""

    type: Literal["number"]
    answer: NumberAnswer


class OrderingQuestion(QuestionBase):
    """The items are listed in their right order."""

    type: Literal["ordering"]
    items: Annotated[tuple[Item, ...], Field(min_length=3, max_length=6)]


class MatchingQuestion(QuestionBase):
    """Left sides are matched with right sides."""

    type: Literal["matching"]
    pairs: Annotated[tuple[Pair, ...], Field(min_length=3, max_length=5)]


class FillInQuestion(QuestionBase):
    """The answer is a word; case, width and blanks are folded before it is compared."""

    type: Literal["fill_in"]
    accept: AcceptedWords


Question = Annotated[
    SingleQuestion
    | MultipleQuestion
    | TrueFalseQuestion
    | NumberQuestion
    | OrderingQuestion
    | MatchingQuestion
    | FillInQuestion,
    Discriminator("type"),
]


class QuizFile(Model):
    """quiz.yaml."""

    questions: tuple[Question, ...]
