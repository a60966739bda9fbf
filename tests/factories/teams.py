"""A small enterprise on the tiny curriculum, made by the services: a boss, two departments, four clerks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.domain.permissions import Actor, Hat, Scope
from lms.features.accounts.models import User
from lms.features.accounts.service import set_role
from lms.features.assignments.service import assign
from lms.features.catalog.models import CatalogRevision
from lms.features.catalog.queries import ModuleCard, find_module_card
from lms.features.organizations.models import Organization, OrganizationKind
from lms.features.organizations.queries import OrganizationRow, get_organization
from lms.features.organizations.service import create_organization, employ
from lms.features.taxonomy.models import JobRole, RoleRequirement
from tests.conftest import NOON
from tests.factories.accounts import make_user
from tests.factories.curriculum import ROLE, make_curriculum
from tests.factories.people import give_hat

TODAY = date(2026, 11, 24)


@dataclass(frozen=True)
class Works:
    """Enterprise Alpha: Lu and Wang in production, Qian in the shift below it, Chen in sales; Gu manages all.

    Lu and Wang report to Gu. All four are clerks: reading 4 by rule and counting 2, so reading-basics and
    reading-well (16 periods each) are required of each by rule. Beta is another enterprise with one clerk, Zhao,
    and a manager, He."""

    district: int
    alpha: int
    production: int
    shift: int
    sales: int
    beta: int
    gu: int
    he: int
    lu: int
    wang: int
    qian: int
    chen: int
    zhao: int

    @property
    def clerks(self) -> list[int]:
        return [self.lu, self.wang, self.qian, self.chen]


def make_works(db: Session, folder: Path) -> Works:
    """Curriculum, tree, people, hats."""
    make_curriculum(db, folder)
    district = _node(db, OrganizationKind.DISTRICT, "district", None)
    alpha = _node(db, OrganizationKind.ENTERPRISE, "Alpha", district)
    production = _node(db, OrganizationKind.DEPARTMENT, "Production", alpha)
    shift = _node(db, OrganizationKind.DEPARTMENT, "Night shift", production)
    sales = _node(db, OrganizationKind.DEPARTMENT, "Sales", alpha)
    beta = _node(db, OrganizationKind.ENTERPRISE, "Beta", district)
    gu = hire(db, "gu", alpha, role=False)
    he = hire(db, "he", beta, role=False)
    give_hat(db, gu, Hat.MANAGER, alpha)
    give_hat(db, he, Hat.MANAGER, beta)
    return Works(
        district.id, alpha.id, production.id, shift.id, sales.id, beta.id, gu, he,
        lu=hire(db, "lu", production, manager_id=gu),
        wang=hire(db, "wang", production, manager_id=gu),
        qian=hire(db, "qian", shift),
        chen=hire(db, "chen", sales),
        zhao=hire(db, "zhao", beta),
    )  # fmt: skip


def lift_rules(db: Session) -> None:
    """Nothing is compulsory by rule from now on: the curriculum is another one, with a revision of its own."""
    for requirement in db.scalars(select(RoleRequirement)):
        requirement.is_must = False
    db.scalars(select(CatalogRevision)).one().token = "without rules"
    db.flush()


def hire(
    db: Session, name: str, place: Organization, *, role: bool = True, manager_id: int | None = None
) -> int:
    """Somebody new who works there, as a clerk unless told; the id."""
    user = make_user(db, name, display_name=name.title())
    started = TODAY - timedelta(days=100)
    employ(db, user_id=user.id, organization_id=place.id, started_on=started, line_manager_id=manager_id)
    if role:
        set_role(
            db, user_id=user.id, role_id=db.scalars(select(JobRole.id).where(JobRole.slug == ROLE)).one()
        )
    return user.id


def card(db: Session, slug: str) -> ModuleCard:
    found = find_module_card(db, slug)
    assert found is not None
    return found


def ask(db: Session, by_id: int, learner_id: int, slug: str, due_on: date) -> None:
    """A wish."""
    module_id = card(db, slug).module_id
    assign(db, learner_id=learner_id, module_id=module_id, assigned_by_id=by_id, due_on=due_on, now=NOON)


def organization(db: Session, organization_id: int) -> OrganizationRow:
    found = get_organization(db, organization_id)
    assert found is not None
    return found


def actor(db: Session, user_id: int, *places: int) -> Actor:
    """The person as manager of these organisations."""
    user = db.get_one(User, user_id)
    scopes = tuple(Scope(Hat.MANAGER, place, organization(db, place).path) for place in places)
    return Actor(user.id, user.display_name, "en", None, True, hat=Hat.MANAGER, scopes=scopes)


def _node(db: Session, kind: OrganizationKind, name: str, parent: Organization | None) -> Organization:
    parent_id = parent.id if parent else None
    return create_organization(db, kind=kind, name_zh=f"{name}。", name_en=name, parent_id=parent_id)
