"""The programme's modules as a supervisor counts them: periods offered, and where their reviews stand (REQ-041)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.domain.curriculum import Layer, Origin
from lms.domain.review import CADENCE_MONTHS, ReviewState, review_due_on, review_state
from lms.features.catalog.models import Module, ModuleVersion
from lms.features.policies.queries import get_policy
from lms.ports.clock import local_date

DEFAULT_CADENCE = "yearly"


@dataclass(frozen=True)
class ModuleReview:
    """A module of the programme in its current version."""

    slug: str
    layer: str
    title_zh: str
    title_en: str
    number: int
    periods: int
    is_complete: bool
    cadence: str
    last_on: date | None  # signed review, else publication
    due_on: date | None
    state: ReviewState


def list_module_reviews(db: Session, *, today: date) -> list[ModuleReview]:
    """The modules of the programme, from the ground up; an enterprise's own uploads are its own affair."""
    policy = get_policy(db, on=today)
    query = (
        select(
            Module.slug,
            Module.layer,
            ModuleVersion.title_zh,
            ModuleVersion.title_en,
            ModuleVersion.number,
            ModuleVersion.periods,
            ModuleVersion.is_complete,
            ModuleVersion.details,
            ModuleVersion.reviewed_on,
            ModuleVersion.published_at,
        )
        .join(ModuleVersion, ModuleVersion.module_id == Module.id)
        .where(ModuleVersion.is_current, Module.origin == Origin.CURRICULUM)
        .order_by(Module.place_row, Module.place_column, Module.slug)
    )
    found = []
    for row in db.execute(query):
        cadence = row.details.get("review_cadence", DEFAULT_CADENCE)
        cadence = cadence if cadence in CADENCE_MONTHS else DEFAULT_CADENCE
        published_on = local_date(row.published_at) if row.published_at else None
        last_on = (row.reviewed_on or published_on) if row.is_complete else None
        due_on = review_due_on(last_on, cadence) if last_on else None
        state = review_state(
            due_on, today=today, notice_days=policy.review_notice_days, grace_days=policy.review_grace_days
        )
        found.append(
            ModuleReview(
                slug=row.slug,
                layer=row.layer,
                title_zh=row.title_zh,
                title_en=row.title_en,
                number=row.number,
                periods=row.periods,
                is_complete=row.is_complete,
                cadence=cadence,
                last_on=last_on,
                due_on=due_on,
                state=state,
            )
        )
    return sorted(found, key=lambda module: list(Layer).index(Layer(module.layer)))
