"""Tables of people who sign in."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from lms.db.base import Base


class UserStatus(StrEnum):
    ACTIVE = "active"
    SUSPENDED = "suspended"


class User(Base):
    """A person with an account."""

    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[UUID] = mapped_column(unique=True)
    sign_in_name: Mapped[str] = mapped_column(unique=True)  # case-folded, without blanks
    password_hash: Mapped[str]
    display_name: Mapped[str]
    language: Mapped[str] = mapped_column(default="zh")
    status: Mapped[str] = mapped_column(default=UserStatus.ACTIVE)
    role_id: Mapped[int | None] = mapped_column(ForeignKey("job_roles.id"))
    is_personalised: Mapped[bool] = mapped_column(default=True)
    is_demo: Mapped[bool] = mapped_column(default=False)
    must_change_password: Mapped[bool] = mapped_column(default=False)
    worn_hat: Mapped[str] = mapped_column(default="learner", server_default="learner")  # by the next session
    created_at: Mapped[datetime]
    password_changed_at: Mapped[datetime]


class UserSession(Base):
    """A signed-in browser; the cookie holds the token, the table only its SHA-256."""

    __tablename__ = "user_sessions"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    device: Mapped[str]
    hat: Mapped[str] = mapped_column(default="learner", server_default="learner")  # the one worn now


class HatGrant(Base):
    """A hat granted to a person for an organisation and everything below it."""

    __tablename__ = "hat_grants"
    __table_args__ = (
        Index(
            "ix_hat_grants_in_force",
            "user_id",
            "hat",
            "organization_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    hat: Mapped[str]
    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"), index=True)
    scope_path: Mapped[str]  # the organisation's path, kept here so that a session needs one query
    granted_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    granted_at: Mapped[datetime]
    ends_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class KnownDevice(Base):
    """A browser from which a person has signed in before; keeps the owner in while others guess."""

    __tablename__ = "known_devices"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime]


class SignInFailure(Base):
    """A refused sign-in; names and networks are kept as keyed hashes, for the length of the window only."""

    __tablename__ = "sign_in_failures"
    __table_args__ = (
        Index("ix_sign_in_failures_account", "account_hash", "at"),
        Index("ix_sign_in_failures_network", "network_hash", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_hash: Mapped[str]
    network_hash: Mapped[str]
    is_known_device: Mapped[bool]
    at: Mapped[datetime]
