"""Tables of recommendations."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
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


class RecommendationSubject(Base):
    """Who a pseudonym of the log stands for."""

    __tablename__ = "recommendation_subjects"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True, autoincrement=False)
    pseudonym: Mapped[str] = mapped_column(unique=True)


class RecommendationLog(Base):
    """Cards as they were shown to one learner, with their chances, and what was answered first; kept 400 days."""

    __tablename__ = "recommendation_log"
    __table_args__ = (Index("ix_recommendation_log_newest", "subject", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(ForeignKey("recommendation_subjects.pseudonym"))
    shown_at: Mapped[datetime] = mapped_column(index=True)
    version: Mapped[str]  # of the model; empty: the gap alone
    modules: Mapped[list[Any]]  # ids by place, null for an empty slot
    propensities: Mapped[list[Any]]  # exact fractions as texts, one per card
    pool: Mapped[list[Any]]  # of the cards, and of what the third could have been: module, features
    answer: Mapped[str | None]  # enrolled, recognised, later, not_relevant
    answered_module_id: Mapped[int | None]
    answered_at: Mapped[datetime | None]
