"""Learners in front of the graded quiz, and what they send."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.features.assessment.forms import LETTERS
from lms.features.assessment.models import Attempt, AttemptQuestion
from lms.features.assessment.queries import AttemptRow, find_attempt
from lms.features.catalog.models import Question
from lms.features.catalog.queries import find_module_card
from lms.features.enrollment.queries import EnrollmentRow, list_enrollments
from lms.features.enrollment.service import enroll, note_lesson_read
from tests.conftest import NOON
from tests.factories.accounts import sign_in_as
from tests.factories.curriculum import BASICS, make_curriculum, make_learner

UUID_IN_PATH = re.compile(r"/attempts/([0-9a-f-]{36})/")


@dataclass
class Taker:
    """A learner with a browser, and the database behind it."""

    app: Flask
    client: FlaskClient
    learner_id: int

    def reading(self) -> Any:
        return self.app.extensions["database"].reading()

    def start(self, slug: str = BASICS, what: str = "quiz") -> UUID:
        """Begin by the button of the module page."""
        answer = self.client.post(f"/modules/{slug}/{what}")
        found = UUID_IN_PATH.search(answer.location)
        assert found, answer.location
        return UUID(found[1])

    def answer_all(self, uuid: UUID, *, wrong: int = 0) -> None:
        """Answer every question by its form, the first `wrong` ones wrongly."""
        for row in self.drawn(uuid):
            fields = right_fields(row) if row["position"] > wrong else {"choice": "", "text": "no"}
            answer = self.client.post(f"/attempts/{uuid}/{row['position']}", data=fields)
            assert answer.status_code == 302, answer.text

    def take(self, slug: str = BASICS, what: str = "quiz", *, wrong: int = 0) -> UUID:
        """Begin, answer everything, submit."""
        uuid = self.start(slug, what)
        self.answer_all(uuid, wrong=wrong)
        assert self.client.post(f"/attempts/{uuid}/submit").status_code == 302
        return uuid

    def drawn(self, uuid: UUID) -> list[dict[str, Any]]:
        """The drawn questions as the tables hold them, keys included."""
        with self.reading() as db:
            query = (
                select(
                    AttemptQuestion.position,
                    AttemptQuestion.question_id,
                    AttemptQuestion.choice_order,
                    AttemptQuestion.response,
                    AttemptQuestion.sequence,
                    AttemptQuestion.is_flagged,
                    AttemptQuestion.is_right,
                    Question.kind,
                    Question.body,
                    Question.key,
                )
                .join(Question, Question.id == AttemptQuestion.question_id)
                .join(Attempt, Attempt.id == AttemptQuestion.attempt_id)
                .where(Attempt.uuid == uuid)
                .order_by(AttemptQuestion.position)
            )
            return [dict(row._mapping) for row in db.execute(query)]

    def attempt(self, uuid: UUID) -> AttemptRow:
        with self.reading() as db:
            found = find_attempt(db, uuid)
        assert found is not None
        return found

    def enrollment(self) -> EnrollmentRow:
        """The learner's only place."""
        with self.reading() as db:
            [place] = list_enrollments(db, self.learner_id)
        return place

    def of_kind(self, uuid: UUID, kind: str) -> dict[str, Any] | None:
        """The first drawn question of a type, None when the draw has none."""
        return next((row for row in self.drawn(uuid) if row["kind"] == kind), None)


def make_taker(app: Flask, folder: Path, *, lessons_read: int | None = 2, name: str = "wu.min") -> Taker:
    """A learner of the tiny curriculum's first module who has read its lessons; None: not enrolled."""
    with app.extensions["database"].writing() as db:
        if find_module_card(db, BASICS) is None:
            make_curriculum(db, folder)
        learner = make_learner(db, name)
        if lessons_read is not None:
            enroll_with(db, learner.id, lessons_read)
        learner_id = learner.id
    return Taker(app, sign_in_as(app, learner_id), learner_id)


def enroll_with(db: Session, learner_id: int, lessons_read: int) -> None:
    """A place in the first module with so many lessons read."""
    card = find_module_card(db, BASICS)
    assert card is not None
    place = enroll(db, learner_id=learner_id, module=card, now=NOON)
    for _ in range(lessons_read):
        note_lesson_read(db, place.id, now=NOON)


def right_fields(row: dict[str, Any]) -> dict[str, Any]:
    """The form fields that answer a drawn question rightly."""
    kind, key, order = row["kind"], row["key"], list(row["choice_order"])
    if kind == "ordering":
        return {f"place-{LETTERS[order.index(id_)]}": n for n, id_ in enumerate(key["order"], start=1)}
    if kind == "matching":
        lefts = enumerate(row["body"]["left"], start=1)
        return {f"pair-{n}": LETTERS[order.index(key["pairs"][left])] for n, left in lefts}
    if kind in ("number", "fill_in"):
        return {"number": "４，711.5"} if kind == "number" else {"text": key["accept"][0].upper()}
    if kind == "true_false":
        order = ["true", "false"]
    right = key["correct"] if isinstance(key["correct"], list) else [key["correct"]]
    return {"choice": [LETTERS[order.index(id_)] for id_ in right]}
