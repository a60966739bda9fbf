"""Tables of recommendations."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.db.base import Base


class Recommendation(Base):
    """A slot of a learner's next steps as it was computed; a slot without a module says why."""

    __tablename__ = "recommendations"
    __table_args__ = (UniqueConstraint("learner_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    learner_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    position: Mapped[int]
    module_id: Mapped[int | None] = mapped_column(ForeignKey("modules.id"))
    reasons: Mapped[list[Any]]  # the lines of its arithmetic, as data: pages put them into words
    computed_at: Mapped[datetime]


class RecommendationAnswerKind(StrEnum):
    LATER = "later"
    NOT_RELEVANT = "not_relevant"


class RecommendationAnswer(Base):
    """What a learner said to a recommendation; acts at once."""

    __tablename__ = "recommendation_answers"
    __table_args__ = (UniqueConstraint("learner_id", "module_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    learner_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    module_id: Mapped[int] = mapped_column(ForeignKey("modules.id"))
    kind: Mapped[str]
    until_at: Mapped[datetime | None]
    answered_at: Mapped[datetime]
