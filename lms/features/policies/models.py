"""Tables of dated policy versions."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from lms.db.base import Base


class PolicyVersion(Base):
    """Parameters in force from a day on; the newest valid one counts."""

    __tablename__ = "policy_versions"

    id: Mapped[int] = mapped_column(primary_key=True)
    valid_from_on: Mapped[date] = mapped_column(unique=True)
    parameters: Mapped[dict[str, Any]]
    author: Mapped[str]
    reason: Mapped[str]
