"""Changes of skills and roles: they come from the curriculum's files only."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from lms.features.taxonomy.models import Industry, JobRole, RoleRequirement, Skill


@dataclass(frozen=True)
class SkillFacts:
    """A skill as the files describe it."""

    slug: str
    group_slug: str
    group: tuple[str, str]
    name: tuple[str, str]
    description: tuple[str, str]


@dataclass(frozen=True)
class RoleFacts:
    """A role as the files describe it; `requires` holds (skill, level, is_must)."""

    slug: str
    name: tuple[str, str]
    industry: str
    is_key_industry: bool
    requires: tuple[tuple[str, int, bool], ...]


def store_industries(db: Session, industries: Iterable[tuple[str, str, str]]) -> None:
    """Insert or update the industries (slug, zh, en)."""
    for position, (slug, zh, en) in enumerate(industries):
        row = db.get(Industry, slug) or Industry(slug=slug)
        row.position, row.name_zh, row.name_en = position, zh, en
        db.add(row)
    db.flush()  # roles refer to the rows


def store_skills(db: Session, skills: Iterable[SkillFacts]) -> dict[str, int]:
    """Insert or update the skills; returns the id of each slug."""
    known = {row.slug: row for row in db.scalars(select(Skill))}
    for position, facts in enumerate(skills):
        row = known.setdefault(facts.slug, Skill(slug=facts.slug))
        row.position = position
        row.group_slug, (row.group_zh, row.group_en) = facts.group_slug, facts.group
        row.name_zh, row.name_en = facts.name
        row.description_zh, row.description_en = facts.description
        db.add(row)
    db.flush()  # the ids are needed by modules and roles
    return {slug: row.id for slug, row in known.items()}


def store_roles(db: Session, roles: Iterable[RoleFacts], skill_ids: dict[str, int]) -> None:
    """Insert or update the roles and what they require."""
    known = {row.slug: row for row in db.scalars(select(JobRole))}
    for position, facts in enumerate(roles):
        row = known.get(facts.slug) or JobRole(slug=facts.slug, path="")
        row.position, row.industry = position, facts.industry
        row.is_key_industry = facts.is_key_industry
        row.name_zh, row.name_en = facts.name
        db.add(row)
        db.flush()  # the requirements refer to the row
        db.execute(delete(RoleRequirement).where(RoleRequirement.role_id == row.id))
        for place, (skill, level, is_must) in enumerate(facts.requires):
            requirement = RoleRequirement(role_id=row.id, skill_id=skill_ids[skill], level=level)
            requirement.position, requirement.is_must = place, is_must
            db.add(requirement)
    db.flush()  # whoever listens to the sync reads the rows


def set_role_path(db: Session, role_id: int, path: Sequence[str]) -> None:
    """Store the exact minimum path of a role, slugs in study order."""
    role = db.get_one(JobRole, role_id)
    role.path = " ".join(path)
