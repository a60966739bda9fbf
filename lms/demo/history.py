"""Plays the stories through the services, as if the people had done it then."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.demo.stories import Act, Startable, Step
from lms.domain.attempt import QuestionType
from lms.features.assessment.models import AttemptQuestion
from lms.features.assessment.queries import AttemptRow, find_attempt
from lms.features.assessment.service import save_response, start_quiz, submit
from lms.features.catalog.models import Question
from lms.features.catalog.queries import (
    LessonHead,
    ModuleCard,
    list_lesson_heads,
    list_module_cards,
    prerequisite_ids,
)
from lms.features.enrollment.queries import EnrollmentRow, find_enrollment
from lms.features.enrollment.service import enroll
from lms.features.learning.models import StudyDay
from lms.features.learning.service import finish_lesson, note_place
from lms.ports.clock import local_date


@dataclass
class Catalogue:
    """What the stories refer to, read once."""

    cards: dict[str, ModuleCard]
    lessons: dict[str, list[LessonHead]]
    startable: dict[str, Startable]


@dataclass
class Player:
    """Plays steps; study time is gathered and stored at the end of a person's story."""

    db: Session
    catalogue: Catalogue
    rng: random.Random
    study: defaultdict[tuple[int, date], int] = field(default_factory=lambda: defaultdict(int))

    def play(self, learner_id: int, steps: Sequence[Step]) -> None:
        """Do what a person did, in the order of time."""
        for step in sorted(steps, key=lambda step: step.at):
            self._do(learner_id, step)
            self.study[learner_id, local_date(step.at)] += step.minutes * 60
        self._store_study_time(learner_id)

    def _do(self, learner_id: int, step: Step) -> None:
        card = self.catalogue.cards[step.slug]
        if step.act is Act.ENROLL:
            enroll(self.db, learner_id=learner_id, module=card, now=step.at)
            return
        place = find_enrollment(self.db, learner_id, card.module_id)
        if place is None:
            raise LookupError(f"nobody enrolled {learner_id} in {step.slug}")
        if step.act is Act.TRY:
            self._try(learner_id, card, step)
        else:
            self._read(place, step)

    def _read(self, place: EnrollmentRow, step: Step) -> None:
        lesson = self.catalogue.lessons[step.slug][step.number - 1]
        if step.act is Act.READ:
            finish_lesson(self.db, enrollment=place, lesson_id=lesson.lesson_id, now=step.at)
            return
        section = min(1, len(lesson.sections_zh) - 1)
        note_place(self.db, enrollment=place, lesson_id=lesson.lesson_id, section=section, now=step.at)

    def _try(self, learner_id: int, card: ModuleCard, step: Step) -> None:
        seed = self.rng.getrandbits(32)
        uuid = start_quiz(self.db, learner_id=learner_id, module=card, now=step.at, seed=seed)
        attempt = find_attempt(self.db, uuid)
        if attempt is None:
            raise LookupError(f"the attempt {uuid} was not kept")
        self._respond(attempt, percent=step.number, now=step.at)
        submit(self.db, attempt, now=step.at + timedelta(minutes=step.minutes))

    def _respond(self, attempt: AttemptRow, *, percent: int, now: datetime) -> None:
        query = (
            select(AttemptQuestion.position, AttemptQuestion.choice_order, Question.kind, Question.key)
            .join(Question, Question.id == AttemptQuestion.question_id)
            .where(AttemptQuestion.attempt_id == attempt.attempt_id)
            .order_by(AttemptQuestion.position)
        )
        drawn = list(self.db.execute(query))
        right = set(self.rng.sample(range(len(drawn)), round(len(drawn) * percent / 100)))
        for n, row in enumerate(drawn):
            kind = QuestionType(row.kind)
            answer = (
                right_answer(kind, row.key) if n in right else wrong_answer(kind, row.key, row.choice_order)
            )
            save_response(
                self.db,
                attempt,
                row.position,
                response=answer,
                is_flagged=None,
                sequence=None,
                now=now + timedelta(seconds=30 * (n + 1)),
            )

    def _store_study_time(self, learner_id: int) -> None:
        """In one piece for each day: as signs of life every minute it would be ten thousands of them."""
        self.db.flush()  # the service's own rows of these days are altered
        days = {
            row.on: row for row in self.db.scalars(select(StudyDay).where(StudyDay.learner_id == learner_id))
        }
        for (_, on), seconds in self.study.items():
            if on in days:
                days[on].seconds = seconds
        self.study.clear()


def read_catalogue(db: Session) -> Catalogue:
    """The modules with their lessons, and those that can be begun."""
    cards = {card.slug: card for card in list_module_cards(db)}
    slugs = {card.module_id: slug for slug, card in cards.items()}
    needs = prerequisite_ids(db)
    complete = {slug: card for slug, card in cards.items() if card.is_complete}
    lessons = {slug: list_lesson_heads(db, card.version_id) for slug, card in complete.items()}
    startable = {}
    for slug, card in complete.items():
        needed = tuple(slugs[module_id] for module_id in needs.get(card.module_id, ()))
        if complete.keys() >= set(needed):
            startable[slug] = Startable(slug, len(lessons[slug]), needed)
    return Catalogue(cards, lessons, startable)


def right_answer(kind: QuestionType, key: dict[str, Any]) -> Any:
    """A response that is graded right."""
    match kind:
        case QuestionType.NUMBER:
            return key["value"]
        case QuestionType.ORDERING:
            return key["order"]
        case QuestionType.MATCHING:
            return key["pairs"]
        case QuestionType.FILL_IN:
            return key["accept"][0]
        case _:
            return key["correct"]


def wrong_answer(kind: QuestionType, key: dict[str, Any], order: Sequence[str]) -> Any:
    """A response that a person in error might give."""
    match kind:
        case QuestionType.SINGLE | QuestionType.TRUE_FALSE:
            return next(choice for choice in order if choice != key["correct"])
        case QuestionType.MULTIPLE:
            return key["correct"][1:] or [choice for choice in order if choice not in key["correct"]]
        case QuestionType.NUMBER:
            return str(float(key["value"]) * 2 + 1 + float(key["tolerance"]))
        case QuestionType.ORDERING:
            return key["order"][::-1]
        case QuestionType.MATCHING:
            rights = list(key["pairs"].values())
            return dict(zip(key["pairs"], rights[1:] + rights[:1], strict=True))
        case QuestionType.FILL_IN:
            return "?"
