"""The demo's tree of organisations and the people in it."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from lms.demo.district import District, Person
from lms.domain.permissions import Hat
from lms.features.accounts.hats import grant_hat
from lms.features.accounts.models import User
from lms.features.accounts.service import NO_PASSWORD, create_user
from lms.features.organizations.models import Organization, OrganizationKind
from lms.features.organizations.proposals import wish_role
from lms.features.organizations.queries import find_employment
from lms.features.organizations.service import create_organization, employ
from lms.features.taxonomy.queries import list_roles
from lms.ports.clock import local_date
from lms.ports.passwords import floor_passwords, make_initial_password

DISTRICT = "district"  # the key of the top of the tree


@dataclass(frozen=True)
class People:
    """Ids of the people by their sign-in names."""

    ids: dict[str, int]


def settle(db: Session, district: District, password: str, *, now: datetime) -> People:
    """Make the tree and the people; personas can sign in with `password`, the others cannot at all."""
    places = _make_places(db, district)
    roles = {role.slug: role.role_id for role in list_roles(db)}
    password_hash = floor_passwords().hash(password)
    personas = {persona.sign_in for persona in district.personas}
    ids: dict[str, int] = {}
    for person in district.people:
        rng = random.Random(f"work {person.sign_in}")
        joined = now - timedelta(days=rng.randint(430, 2600))
        user = _make_person(
            db,
            person,
            password=password if person.sign_in in personas else make_initial_password(),
            password_hash=password_hash if person.sign_in in personas else NO_PASSWORD,
            role_id=roles[person.role] if person.role else None,
            now=now - timedelta(days=428 if person.role else 3),
        )
        user.is_personalised = person.sign_in != district.without_personalisation
        employ(
            db,
            user_id=user.id,
            organization_id=places[person.at],
            started_on=local_date(joined),
            staff_number=f"{len(ids) + 1:04}",
        )
        ids[person.sign_in] = user.id
    _set_line_managers(db, district, ids)
    _grant_hats(db, district, ids, places, now=now)
    for proposed in district.proposals:
        if proposed.who in ids:
            day = now - timedelta(days=proposed.days_ago)
            wish_role(db, user_id=ids[proposed.who], role_id=roles[proposed.role], now=day)
    return People(ids)


def _set_line_managers(db: Session, district: District, ids: dict[str, int]) -> None:
    for person in district.people:
        leader = ids.get(district.line_managers.get(person.at, ""))
        employment = find_employment(db, user_id=ids[person.sign_in])
        if employment is not None and leader != employment.user_id:
            employment.line_manager_id = leader
    db.flush()  # proposals ask the database


def _grant_hats(
    db: Session, district: District, ids: dict[str, int], places: dict[str, int], *, now: datetime
) -> None:
    """Hats, worn from the first sign-in on."""
    for worn in district.hats:
        if worn.who not in ids:
            continue
        place = db.get_one(Organization, places[worn.at or DISTRICT])
        grant_hat(
            db,
            user_id=ids[worn.who],
            hat=Hat(worn.hat),
            organization_id=place.id,
            scope_path=place.path,
            granted_by_id=ids.get(worn.by or ""),
            ends_at=now + timedelta(days=365) if worn.by else None,
            now=now - timedelta(days=30),
        )
        db.get_one(User, ids[worn.who]).worn_hat = worn.hat


def _make_places(db: Session, district: District) -> dict[str, int]:
    """The tree from the top down; returns ids by key."""
    top = create_organization(
        db, kind=OrganizationKind.DISTRICT, name_zh=district.name[0], name_en=district.name[1], is_demo=True
    )
    ids: dict[str | None, int] = {None: top.id}
    kinds = (
        (OrganizationKind.SUBDISTRICT, district.subdistricts),
        (OrganizationKind.ENTERPRISE, district.workplaces),
        (OrganizationKind.DEPARTMENT, district.departments),
    )
    for kind, places in kinds:
        for place in places:
            made = create_organization(
                db,
                kind=kind,
                name_zh=place.zh,
                name_en=place.en,
                parent_id=ids[place.below],
                industry=place.industry,
                is_demo=True,
            )
            ids[place.key] = made.id
    return {key or DISTRICT: place_id for key, place_id in ids.items()}


def _make_person(
    db: Session, person: Person, *, password: str, password_hash: str, role_id: int | None, now: datetime
) -> User:
    return create_user(
        db,
        sign_in_name=person.sign_in,
        password=password,
        password_hash=password_hash,
        display_name=person.name,
        language=person.language,
        role_id=role_id,
        now=now,
        is_demo=True,
    )
