"""Tables of evidence, of abilities and of goals."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Double, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.db.base import Base


class EvidenceKind(StrEnum):
    ASSESSMENT = "assessment"
    RECOGNITION = "recognition"


class Evidence(Base):
    """Why we believe that a learner holds a level of a skill (REQ-020)."""

    __tablename__ = "evidence"

    id: Mapped[int] = mapped_column(primary_key=True)
    learner_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    skill_id: Mapped[int] = mapped_column(ForeignKey("skills.id"))
    level: Mapped[int]
    kind: Mapped[str]
    version_id: Mapped[int | None] = mapped_column(ForeignKey("module_versions.id"))
    score_percent: Mapped[int | None]
    obtained_at: Mapped[datetime]


class SkillAbility(Base):
    """How able a learner is in a skill as the answers tell: an estimate beside the evidence, never part of it."""

    __tablename__ = "skill_abilities"
    __table_args__ = (UniqueConstraint("learner_id", "skill_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    learner_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    skill_id: Mapped[int] = mapped_column(ForeignKey("skills.id"))
    mean: Mapped[float] = mapped_column(Double)  # logits
    variance: Mapped[float] = mapped_column(Double)
    n_answers: Mapped[int]
    updated_at: Mapped[datetime]


class KeptGoal(Base):
    """The one goal that a learner keeps: a role or a skill, never both. Its steps are worked out when it is read."""

    __tablename__ = "kept_goals"
    __table_args__ = (CheckConstraint("(role_id IS NULL) <> (skill_id IS NULL)", name="role_or_skill"),)

    learner_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True, autoincrement=False)
    role_id: Mapped[int | None] = mapped_column(ForeignKey("job_roles.id"))
    skill_id: Mapped[int | None] = mapped_column(ForeignKey("skills.id"))
    weekly_periods: Mapped[int]
    kept_at: Mapped[datetime]
