"""Tables of skills and job roles, loaded from the curriculum's files."""

from __future__ import annotations

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.db.base import Base


class Skill(Base):
    """What a module teaches and a role asks for."""

    __tablename__ = "skills"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    group_slug: Mapped[str]
    group_zh: Mapped[str]
    group_en: Mapped[str]
    position: Mapped[int]
    name_zh: Mapped[str]
    name_en: Mapped[str]
    description_zh: Mapped[str]
    description_en: Mapped[str]


class Industry(Base):
    """An industry that modules, roles and enterprises name."""

    __tablename__ = "industries"

    slug: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int]
    name_zh: Mapped[str]
    name_en: Mapped[str]


class JobRole(Base):
    """A job role 岗位 with the skills it requires."""

    __tablename__ = "job_roles"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    position: Mapped[int]
    name_zh: Mapped[str]
    name_en: Mapped[str]
    industry: Mapped[str] = mapped_column(ForeignKey("industries.slug"))
    is_key_industry: Mapped[bool]
    path: Mapped[str]  # slugs of the exact minimum path in study order, separated by blanks


class RoleRequirement(Base):
    """The level of a skill that a role asks for; `is_must` when a rule makes it compulsory."""

    __tablename__ = "role_requirements"
    __table_args__ = (UniqueConstraint("role_id", "skill_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    role_id: Mapped[int] = mapped_column(ForeignKey("job_roles.id"), index=True)
    skill_id: Mapped[int] = mapped_column(ForeignKey("skills.id"))
    position: Mapped[int]
    level: Mapped[int]
    is_must: Mapped[bool]
