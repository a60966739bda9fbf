"""A district with two enterprises, and people who wear hats in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.domain.permissions import Hat
from lms.features.accounts.hats import grant_hat
from lms.features.organizations.models import Organization, OrganizationKind
from lms.features.organizations.service import create_organization, employ
from lms.features.taxonomy.models import Industry, JobRole
from tests.conftest import NOON
from tests.factories.accounts import make_user

STARTED = date(2025, 3, 3)
ROLES = {"safety": ("安全管理员", "Safety officer"), "worker": ("生产岗位员工", "Workshop worker")}


@dataclass(frozen=True)
class Tree:
    """Ids of a small district: district – street – two firms, the first with two departments and a team.

    Boss manages the first firm, Rival the second, Head supervises the district, Auditor audits it; Wu and Li work
    in the team and the office of the first firm, He in the second firm."""

    district: int
    street: int
    firm: int
    workshop: int
    team: int
    office: int
    other_firm: int
    boss: int
    rival: int
    head: int
    auditor: int
    wu: int
    li: int
    he: int

    def path(self, *ids: int) -> str:
        return "/" + "".join(f"{i}/" for i in ids)

    @property
    def firm_path(self) -> str:
        return self.path(self.district, self.street, self.firm)


def make_tree(db: Session) -> Tree:
    """The district with its people; English names of organisations as in the class's docstring."""
    make_roles(db)
    kinds = OrganizationKind
    district = _place(db, kinds.DISTRICT, "望潮区", "District")
    street = _place(db, kinds.SUBDISTRICT, "临江街道", "Street", district)
    firm = _place(db, kinds.ENTERPRISE, "恒川制造", "Hengchuan", street)
    workshop = _place(db, kinds.DEPARTMENT, "车间", "Workshop", firm)
    team = _place(db, kinds.DEPARTMENT, "一组", "Team", workshop)
    office = _place(db, kinds.DEPARTMENT, "办公室", "Office", firm)
    other = _place(db, kinds.ENTERPRISE, "素里服饰", "Suli", street)
    people = {
        "boss": ("郑志远", firm),
        "rival": ("尚建平", other),
        "head": ("何砚青", district),
        "auditor": ("冷雪松", district),
        "wu": ("吴敏", team),
        "li": ("李伟", office),
        "he": ("何俊", other),
    }
    ids = {name: make_user(db, name, display_name=shown).id for name, (shown, _) in people.items()}
    for name, (_, place) in people.items():
        employ(db, user_id=ids[name], organization_id=place, started_on=STARTED)
    tree = Tree(district, street, firm, workshop, team, office, other, **ids)
    give_hat(db, tree.boss, Hat.MANAGER, firm)
    give_hat(db, tree.rival, Hat.MANAGER, other)
    give_hat(db, tree.head, Hat.SUPERVISOR, district)
    give_hat(db, tree.auditor, Hat.AUDITOR, district)
    return tree


def make_roles(db: Session) -> None:
    """Two job roles."""
    if db.scalar(select(JobRole.id).limit(1)) is not None:
        return
    db.add(Industry(slug="any", position=1, name_zh="通用", name_en="Any"))
    db.flush()
    for n, (slug, (zh, en)) in enumerate(ROLES.items(), start=1):
        db.add(
            JobRole(
                slug=slug,
                position=n,
                name_zh=zh,
                name_en=en,
                industry="any",
                is_key_industry=False,
                path="",
            )
        )
    db.flush()


def role_id(db: Session, slug: str) -> int:
    """The id of a job role."""
    return db.scalars(select(JobRole.id).where(JobRole.slug == slug)).one()


def give_hat(db: Session, user_id: int, hat: Hat, organization_id: int) -> int:
    """A hat without end, as the command line grants it; returns the grant's id."""
    place = db.get_one(Organization, organization_id)
    grant = grant_hat(
        db,
        user_id=user_id,
        hat=hat,
        organization_id=organization_id,
        scope_path=place.path,
        granted_by_id=None,
        ends_at=None,
        now=NOON,
    )
    return grant.id


def _place(
    db: Session, kind: OrganizationKind, name_zh: str, name_en: str, parent_id: int | None = None
) -> int:
    made = create_organization(db, kind=kind, name_zh=name_zh, name_en=name_en, parent_id=parent_id)
    return made.id
