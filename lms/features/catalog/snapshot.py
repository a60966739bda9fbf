"""The curriculum as one process keeps it: what changes at a sync only is read once, not on every page.

Pages ask for the revision (one small query, the policy's parameters come with it) and get the kept snapshot while
it is the same. The token is random, so a sync that was rolled back can never be taken for a later one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, select
from sqlalchemy.orm import Session

from lms.domain.policy import Policy, policy_from
from lms.features.catalog.models import CatalogRevision
from lms.features.catalog.queries import (
    ModuleCard,
    TaughtSkill,
    list_module_cards,
    prerequisite_ids,
    taught_skills,
)
from lms.features.policies.queries import parameters_query
from lms.features.taxonomy.queries import (
    RequirementRow,
    RoleRow,
    SkillName,
    all_requirements,
    industry_names,
    list_roles,
    skill_names,
)


@dataclass(frozen=True)
class Snapshot:
    """Modules, skills and roles of one revision. Nobody changes what it holds."""

    token: str
    cards: dict[int, ModuleCard]  # by module id, from the ground up
    prerequisites: dict[int, tuple[int, ...]]
    taught: dict[int, tuple[TaughtSkill, ...]]  # by version id, current versions
    roles: dict[int, RoleRow]
    requirements: dict[int, tuple[RequirementRow, ...]]  # by role id
    skills: dict[int, SkillName]
    industries: dict[str, tuple[str, str]]

    def find_card(self, slug: str) -> ModuleCard | None:
        """The module with this slug."""
        return next((card for card in self.cards.values() if card.slug == slug), None)


_KEPT: WeakKeyDictionary[Engine | Connection, Snapshot] = WeakKeyDictionary()


def read_snapshot(db: Session, *, today: date) -> tuple[Snapshot, Policy]:
    """The curriculum's snapshot and the policy in force, in one query when nothing was synced since."""
    row = db.execute(
        select(
            select(CatalogRevision.token).limit(1).scalar_subquery(),
            parameters_query(on=today).scalar_subquery(),
        )
    ).one()
    token, parameters = row[0] or "", row[1] or {}
    bind = db.get_bind()
    kept = _KEPT.get(bind)
    if kept is None or kept.token != token:
        kept = _read(db, token)
        _KEPT[bind] = kept
    return kept, policy_from(parameters)


def _read(db: Session, token: str) -> Snapshot:
    taught: dict[int, tuple[TaughtSkill, ...]] = {}
    for row in taught_skills(db):
        taught[row.version_id] = (*taught.get(row.version_id, ()), row)
    return Snapshot(
        token=token,
        cards={card.module_id: card for card in list_module_cards(db)},
        prerequisites=prerequisite_ids(db),
        taught=taught,
        roles={role.role_id: role for role in list_roles(db)},
        requirements=all_requirements(db),
        skills=skill_names(db),
        industries=industry_names(db),
    )
