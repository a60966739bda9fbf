"""Tables of the organisation tree, of who works where, and of people's lists that wait to be taken over."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint, false, text
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
    path: Mapped[str] = mapped_column(
        index=True, default="", server_default=""
    )  # "/1/4/": own id last; the subtree starts with it
    name_zh: Mapped[str]
    name_en: Mapped[str]
    industry: Mapped[str | None] = mapped_column(ForeignKey("industries.slug"))
    is_demo: Mapped[bool] = mapped_column(default=False)
    needs_second_approval: Mapped[bool] = mapped_column(
        default=False, server_default=false()
    )  # uploads: publisher is not the uploader


class Employment(Base):
    """A person's work at an organisation; nobody has two at once, so that one enterprise answers for them."""

    __tablename__ = "employments"
    __table_args__ = (
        Index(
            "ix_employments_present",
            "user_id",
            unique=True,
            sqlite_where=text("ended_on IS NULL"),
            postgresql_where=text("ended_on IS NULL"),
        ),
        Index(
            "ix_employments_staff_number",
            "enterprise_id",
            "staff_number",
            unique=True,
            sqlite_where=text("ended_on IS NULL"),
            postgresql_where=text("ended_on IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"), index=True)
    enterprise_id: Mapped[int | None] = mapped_column(
        ForeignKey("organizations.id")
    )  # the firm above, if any
    staff_number: Mapped[str | None]  # unique within the enterprise
    line_manager_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)
    started_on: Mapped[date]
    ended_on: Mapped[date | None]


class RoleProposal(Base):
    """A job role that somebody thinks is theirs; a manager accepts or refuses it with a reason."""

    __tablename__ = "role_proposals"
    __table_args__ = (
        Index(
            "ix_role_proposals_open",
            "user_id",
            unique=True,
            sqlite_where=text("answered_at IS NULL"),
            postgresql_where=text("answered_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    role_id: Mapped[int] = mapped_column(ForeignKey("job_roles.id"))
    proposed_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    is_accepted: Mapped[bool | None]
    reason: Mapped[str] = mapped_column(default="")


class ImportState(StrEnum):
    CHECKED = "checked"
    APPLIED = "applied"
    DISCARDED = "discarded"


class PeopleImport(Base):
    """A list of people that was read and checked; nothing of it is written before somebody says so."""

    __tablename__ = "people_imports"

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[UUID] = mapped_column(unique=True)
    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"), index=True)
    uploaded_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    uploaded_at: Mapped[datetime] = mapped_column(index=True)
    file_name: Mapped[str]
    ignored_heads: Mapped[list[Any]]  # columns of the file that mean nothing here
    state: Mapped[str] = mapped_column(default=ImportState.CHECKED)
    applied_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    applied_at: Mapped[datetime | None]


class PeopleImportRow(Base):
    """A row of such a list: what stood in it, and what became of it."""

    __tablename__ = "people_import_rows"
    __table_args__ = (UniqueConstraint("import_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    import_id: Mapped[int] = mapped_column(ForeignKey("people_imports.id"))
    number: Mapped[int]  # the row of the file, the heads being row 1
    cells: Mapped[dict[str, Any]]  # column → text as it stood in the file
    outcome: Mapped[str]  # new, changed, same, refused
    changes: Mapped[list[Any]]  # columns that differ from what is known
    problems: Mapped[list[Any]]  # [column, message, figures], worded for the reader when shown
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))  # who it became or was
