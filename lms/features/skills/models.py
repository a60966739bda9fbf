"""Tables of evidence."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey
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
