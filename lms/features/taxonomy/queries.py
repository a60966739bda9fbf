"""Reads of skills, roles and industries."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.features.taxonomy.models import Industry, JobRole, RoleRequirement, Skill


class SkillName(NamedTuple):
    """A skill as pages name it."""

    skill_id: int
    slug: str
    name_zh: str
    name_en: str
    description_zh: str
    description_en: str
    group_zh: str
    group_en: str


class RoleRow(NamedTuple):
    """A job role; `path` holds the slugs of its exact minimum path in study order."""

    role_id: int
    slug: str
    name_zh: str
    name_en: str
    industry: str
    path: tuple[str, ...]


class RequirementRow(NamedTuple):
    """The level of a skill that a role asks for."""

    skill_id: int
    skill_slug: str
    name_zh: str
    name_en: str
    level: int
    is_must: bool


_SKILL = (
    Skill.id,
    Skill.slug,
    Skill.name_zh,
    Skill.name_en,
    Skill.description_zh,
    Skill.description_en,
    Skill.group_zh,
    Skill.group_en,
)
_ROLE = (JobRole.id, JobRole.slug, JobRole.name_zh, JobRole.name_en, JobRole.industry, JobRole.path)


def skill_names(db: Session) -> dict[int, SkillName]:
    """All skills by id, in the order of the skill frame."""
    rows = db.execute(select(*_SKILL).order_by(Skill.position))
    return {row[0]: SkillName(*row) for row in rows}


def list_roles(db: Session) -> list[RoleRow]:
    """All job roles in the order of the list."""
    return [_role(row) for row in db.execute(select(*_ROLE).order_by(JobRole.position))]


def get_role(db: Session, role_id: int | None) -> RoleRow | None:
    """One job role, None without one."""
    if role_id is None:
        return None
    row = db.execute(select(*_ROLE).where(JobRole.id == role_id)).first()
    return _role(row) if row else None


def role_requirements(db: Session, role_id: int) -> list[RequirementRow]:
    """What a role asks for, in the role's own order."""
    query = (
        select(
            Skill.id, Skill.slug, Skill.name_zh, Skill.name_en, RoleRequirement.level, RoleRequirement.is_must
        )
        .join(Skill, Skill.id == RoleRequirement.skill_id)
        .where(RoleRequirement.role_id == role_id)
        .order_by(RoleRequirement.position)
    )
    return [RequirementRow(*row) for row in db.execute(query)]


def all_requirements(db: Session) -> dict[int, tuple[RequirementRow, ...]]:
    """What every role asks for, by role id."""
    query = (
        select(
            RoleRequirement.role_id,
            Skill.id,
            Skill.slug,
            Skill.name_zh,
            Skill.name_en,
            RoleRequirement.level,
            RoleRequirement.is_must,
        )
        .join(Skill, Skill.id == RoleRequirement.skill_id)
        .order_by(RoleRequirement.role_id, RoleRequirement.position)
    )
    found: dict[int, tuple[RequirementRow, ...]] = {}
    for row in db.execute(query):
        found[row[0]] = (*found.get(row[0], ()), RequirementRow(*row[1:]))
    return found


def industry_names(db: Session) -> dict[str, tuple[str, str]]:
    """Industries by slug: the names in zh and en, in order."""
    query = select(Industry.slug, Industry.name_zh, Industry.name_en).order_by(Industry.position)
    return {slug: (zh, en) for slug, zh, en in db.execute(query)}


def _role(row: tuple[int, str, str, str, str, str] | object) -> RoleRow:
    role_id, slug, name_zh, name_en, industry, path = row  # type: ignore[misc]
    return RoleRow(role_id, slug, name_zh, name_en, industry, tuple(path.split()))
