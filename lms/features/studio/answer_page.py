"""Questions whose answers differ from what was foretold of their learners: is the key right? No learner is named."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, NamedTuple

from flask import url_for
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from lms.domain.curriculum import Origin
from lms.domain.item_statistics import AnswersAndForetold
from lms.domain.permissions import Actor, Hat
from lms.domain.policy import Policy
from lms.features.catalog.models import Module, ModuleVersion, Question
from lms.features.organizations.models import Organization
from lms.features.organizations.queries import below
from lms.features.recommendations.mastery import MasteryVersion, count_answers, mastery_in_force
from lms.web.pagination import Page, paginate

ON_A_PAGE = 25
TENTH = Decimal("0.1")


class Place(NamedTuple):
    """A question with the module that asks it."""

    question_id: int
    slug: str
    title_zh: str
    title_en: str
    owner_path: str | None


@dataclass(frozen=True)
class AnswerRow:
    """A line of the list; `stem` is read for the lines of the page only."""

    place: Place
    found: AnswersAndForetold
    policy: Policy
    stem: dict[str, str] | None = None

    @property
    def is_shown(self) -> bool:
        return self.found.is_shown(self.policy.publication_group_size)

    @property
    def is_suspect(self) -> bool:
        least, points = self.policy.question_flag_answers, self.policy.question_flag_points
        return self.is_shown and self.found.is_suspect(least=least, points=points)

    @property
    def difference(self) -> str:
        """In points with a sign."""
        value = self.found.difference
        return f"{'−' if value < 0 else '+' if value > 0 else ''}{abs(value)}"


@dataclass(frozen=True)
class AnswerPage:
    """The list of one reader; `missing` answers are wanted before anything can be learned."""

    page: Page
    module: Place | None
    suspects: int
    policy: Policy
    version: MasteryVersion | None
    missing: int

    @property
    def calibration_points(self) -> str:
        """How far foretold and observed shares lie apart on average, in percentage points."""
        return str(_percent(self.version.figures.calibration_error)) if self.version else ""

    @property
    def made_at(self) -> datetime | None:
        return self.version.made_at if self.version else None


def read_answers(db: Session, actor: Actor, *, policy: Policy, slug: str | None, number: int) -> AnswerPage:
    """What the actor may compare, the most striking first; of one module where `slug` names it. At most four
    queries with the policy."""
    version = mastery_in_force(db)
    missing = 0 if version else max(0, policy.mastery_least_answers - count_answers(db))
    places = {place.question_id: place for place in _list_places(db, actor, slug)} if version else {}
    rows = _rows(version, places, policy) if version else []
    page = paginate(
        rows,
        number=number,
        size=ON_A_PAGE,
        url=lambda n: url_for("studio.show_answers", module=slug, page=n),
    )
    shown = replace(page, rows=_with_stems(db, page.rows))
    module = next(iter(places.values()), None) if slug else None
    return AnswerPage(shown, module, sum(row.is_suspect for row in rows), policy, version, missing)


def _list_places(db: Session, actor: Actor, slug: str | None) -> list[Place]:
    """Questions of the versions on offer: an instructor's own modules; a supervisor's area and the curriculum."""
    mine = below(Organization.path, actor.paths(Hat.INSTRUCTOR, Hat.SUPERVISOR))
    if actor.paths(Hat.SUPERVISOR):
        mine = or_(mine, Module.origin == Origin.CURRICULUM)
    query = (
        select(Question.id, Module.slug, ModuleVersion.title_zh, ModuleVersion.title_en, Organization.path)
        .join(ModuleVersion, ModuleVersion.id == Question.version_id)
        .join(Module, Module.id == ModuleVersion.module_id)
        .outerjoin(Organization, Organization.id == Module.owner_organization_id)
        .where(ModuleVersion.is_current, mine)
    )
    if slug:
        query = query.where(Module.slug == slug)
    return [Place(*row) for row in db.execute(query)]


def _rows(version: MasteryVersion, places: dict[int, Place], policy: Policy) -> list[AnswerRow]:
    """Marked ones first, then by how many fewer are right than foretold; what too few have answered last."""
    one = version.figures
    columns = (one.items, one.answers, one.learners, one.right, one.expected)
    rows = [
        AnswerRow(places[item], AnswersAndForetold(answers, learners, right, _percent(expected)), policy)
        for item, answers, learners, right, expected in zip(*(c.tolist() for c in columns), strict=True)
        if item in places
    ]
    return sorted(rows, key=_order)


def _order(row: AnswerRow) -> tuple[bool, bool, Decimal, int]:
    difference = row.found.difference if row.is_shown else Decimal(0)  # the order must not tell it either
    return not row.is_suspect, not row.is_shown, difference, row.place.question_id


def _with_stems(db: Session, rows: Sequence[AnswerRow]) -> list[AnswerRow]:
    ids = [row.place.question_id for row in rows]
    if not ids:
        return []
    query = select(Question.id, Question.body).where(Question.id.in_(ids))
    bodies: dict[int, dict[str, Any]] = dict(db.execute(query).all())
    return [replace(row, stem=bodies[row.place.question_id]["stem"]) for row in rows]


def _percent(share: float) -> Decimal:
    return (Decimal(str(share)) * 100).quantize(TENTH, ROUND_HALF_UP)
