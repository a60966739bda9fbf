"""Reads of recommendations: what a learner's pages show."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import and_, bindparam, select
from sqlalchemy.orm import Session

from lms.features.accounts.models import User, UserStatus
from lms.features.catalog.models import Module, ModuleVersion
from lms.features.catalog.queries import ModuleCard
from lms.features.recommendations.models import Recommendation
from lms.features.recommendations.reasons import PART, ReasonLine
from lms.features.taxonomy.queries import RoleRow
from recommender import ModuleFacts, catalogue_order

HIGHLIGHTS = 3


class Mode(StrEnum):
    """Why the next steps are what they are."""

    PERSONAL = "personal"
    OFF = "off"
    NO_ROLE = "no_role"


class SlotRow(NamedTuple):
    """A slot of the next steps: a module with the lines of its arithmetic, or the reason why not."""

    position: int
    module_id: int | None
    slug: str | None
    layer: str | None
    title_zh: str | None
    title_en: str | None
    periods: int | None
    credit_halves: int | None
    delivery: str | None
    reasons: list[dict[str, Any]]

    @property
    def credit(self) -> str:
        """The credit in words of figures: 1.5."""
        return f"{(self.credit_halves or 0) / 2:.1f}"

    @property
    def is_empty(self) -> bool:
        return self.module_id is None

    @property
    def lines(self) -> list[ReasonLine]:
        """All lines of the arithmetic in their order; of an empty slot the one that says why."""
        return [ReasonLine(data) for data in self.reasons]

    @property
    def highlights(self) -> list[ReasonLine]:
        """At most three lines: the gap that weighs most, the sum, and what else speaks for it."""
        lines = self.lines
        closes = [line for line in lines if line.kind == "closes"]
        first = sorted(closes, key=lambda line: (not line.is_must, -line.gain))[:1]
        total = [line for line in lines if line.kind == "per_period" and closes]
        learned = [line for line in lines if line.kind == PART and line.data["modules"]][:1]
        rest = [line for line in lines if line.kind in ("opens", "evidence_aged", "foreign_industry")]
        return (first + total + learned + rest)[:HIGHLIGHTS]


_SLOTS = (
    select(
        Recommendation.position,
        Recommendation.module_id,
        Module.slug,
        Module.layer,
        ModuleVersion.title_zh,
        ModuleVersion.title_en,
        ModuleVersion.periods,
        ModuleVersion.credit_halves,
        ModuleVersion.delivery,
        Recommendation.reasons,
    )
    .outerjoin(Module, Module.id == Recommendation.module_id)
    .outerjoin(ModuleVersion, and_(ModuleVersion.module_id == Module.id, ModuleVersion.is_current))
    .where(Recommendation.learner_id == bindparam("learner_id"))
    .order_by(Recommendation.position)
)


def list_slots(db: Session, learner_id: int) -> list[SlotRow]:
    """A learner's stored slots with their modules, in one query."""
    return [SlotRow(*row) for row in db.execute(_SLOTS, {"learner_id": learner_id})]


def in_catalogue_order(cards: Iterable[ModuleCard], role: RoleRow | None) -> list[ModuleCard]:
    """The order without personalisation: the role's path first, then by layer; the same for all of a role."""
    by_slug = {card.slug: card for card in cards}
    facts = [
        ModuleFacts(card.slug, card.layer, card.periods, (), {}, frozenset(card.industries), card.is_complete)
        for card in by_slug.values()
    ]
    return [by_slug[slug] for slug in catalogue_order(facts, role.path if role else ())]


def list_learner_ids(db: Session, *, after_id: int, limit: int) -> list[int]:
    """Ids of active people, a batch at a time."""
    query = (
        select(User.id)
        .where(User.id > after_id, User.status == UserStatus.ACTIVE)
        .order_by(User.id)
        .limit(limit)
    )
    return list(db.scalars(query))
