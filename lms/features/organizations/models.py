"""Tables of the organisation tree."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from lms.db.base import Base


class OrganizationKind(StrEnum):
    DISTRICT = "district"
    SUBDISTRICT = "subdistrict"
    ENTERPRISE = "enterprise"
    DEPARTMENT = "department"


class Organization(Base):
    """A node of the tree district → subdistrict → enterprise → department."""

    __tablename__ = "organizations"

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[UUID] = mapped_column(unique=True)
    kind: Mapped[str]
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("organizations.id"), index=True)
    name_zh: Mapped[str]
    name_en: Mapped[str]
    industry: Mapped[str | None] = mapped_column(ForeignKey("industries.slug"))
    is_demo: Mapped[bool] = mapped_column(default=False)


class Employment(Base):
    """A person's work at an organisation."""

    __tablename__ = "employments"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"), index=True)
    started_on: Mapped[date]
    ended_on: Mapped[date | None]
