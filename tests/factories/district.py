"""A small district with two subdistricts, whose figures can be worked by hand.

North: Farsail (Wu, Li) and Harbour (He). South: Quiet (Zhou). Qian works for the district itself. It is 24 November
2026. Of 2026: four completions of basics do not include Qian's (2025) and He's advanced module (2025)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import uuid4

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.domain.permissions import Hat
from lms.features.accounts.hats import grant_hat
from lms.features.assessment.models import Attempt
from lms.features.catalog.models import Module, ModuleVersion
from lms.features.enrollment.models import Enrollment
from lms.features.organizations.models import Organization, OrganizationKind
from lms.features.organizations.service import create_organization, employ
from tests.conftest import NOON
from tests.factories.accounts import make_user, sign_in_as
from tests.factories.curriculum import ADVANCED, BASICS, make_curriculum

CANARY = "Kanarienvogel"
Tries = tuple[tuple[str, bool], ...]


def at(day: str) -> datetime:
    """Noon UTC of a day."""
    return datetime.combine(date.fromisoformat(day), datetime.min.time(), UTC) + timedelta(hours=12)


@dataclass
class DistrictWorld:
    """The ids of the world's places and people."""

    top: Organization
    north: Organization
    south: Organization
    people: dict[str, int] = field(default_factory=dict)

    def sign_in(self, app: Flask, name: str, place: Organization, hat: Hat = Hat.SUPERVISOR) -> FlaskClient:
        """Somebody new with a hat for a place."""
        with app.extensions["database"].writing() as db:
            user_id = make_user(db, name, display_name=name).id
            grant_hat(
                db,
                user_id=user_id,
                hat=hat,
                organization_id=place.id,
                scope_path=place.path,
                granted_by_id=None,
                ends_at=None,
                now=NOON,
            )
        return sign_in_as(app, user_id)


def make_district(db: Session, folder: Path) -> DistrictWorld:
    """The world of this module's first lines."""
    make_curriculum(db, folder)
    kind = OrganizationKind
    top = create_organization(db, kind=kind.DISTRICT, name_zh="区", name_en="District")
    north = create_organization(
        db, kind=kind.SUBDISTRICT, name_zh="北街道", name_en="North", parent_id=top.id
    )
    south = create_organization(
        db, kind=kind.SUBDISTRICT, name_zh=f"{CANARY}街道", name_en=f"South {CANARY}", parent_id=top.id
    )
    world = DistrictWorld(top, north, south)
    farsail = make_firm(db, north, "Farsail")
    harbour = make_firm(db, north, "Harbour")
    quiet = make_firm(db, south, f"Quiet {CANARY}")
    add_person(db, world, "wu", farsail)
    add_person(db, world, "li", farsail)
    add_person(db, world, "he", harbour)
    add_person(db, world, "zhou", quiet, shown=f"Zhou {CANARY}")
    add_person(db, world, "qian", top, shown=f"Qian {CANARY}")
    _learn(db, world.people)
    for place in (top, north, south):
        db.expunge(place)
    return world


def _learn(db: Session, people: dict[str, int]) -> None:
    failed, passed = False, True
    wu, li, he, zhou, qian = (people[name] for name in ("wu", "li", "he", "zhou", "qian"))
    tries: Tries = (("2026-03-09", failed), ("2026-03-10", passed))
    place(db, wu, BASICS, "2026-03-01", done="2026-03-10", tries=tries)
    place(db, wu, ADVANCED, "2026-04-01", tries=(("2026-05-01", failed),))
    place(db, li, BASICS, "2026-11-02", done="2026-11-20", tries=(("2026-11-20", passed),))
    place(db, he, BASICS, "2026-10-01")
    place(db, he, ADVANCED, "2025-05-01", done="2025-06-01", tries=(("2025-06-01", passed),))
    place(db, zhou, BASICS, "2026-10-20", done="2026-11-02", tries=(("2026-11-02", passed),))
    place(db, zhou, ADVANCED, "2025-12-01", withdrawn="2026-02-01", tries=(("2026-01-15", failed),))
    place(db, qian, BASICS, "2025-12-01", done="2025-12-30", tries=(("2025-12-30", passed),))


def make_firm(db: Session, below: Organization, name: str) -> Organization:
    """An enterprise."""
    return create_organization(
        db, kind=OrganizationKind.ENTERPRISE, name_zh=name, name_en=name, parent_id=below.id
    )


def add_person(
    db: Session, world: DistrictWorld, name: str, at_place: Organization, *, shown: str = ""
) -> int:
    """Somebody who works at a place since 2025."""
    user_id = make_user(db, f"{name}.x", display_name=shown or name.title()).id
    employ(db, user_id=user_id, organization_id=at_place.id, started_on=date(2025, 1, 1))
    world.people[name] = user_id
    return user_id


def place(
    db: Session,
    learner_id: int,
    slug: str,
    begun: str,
    *,
    done: str | None = None,
    withdrawn: str | None = None,
    tries: Tries = (),
) -> int:
    """An enrollment with the graded tries at its quiz, as the services would have left it."""
    version_id, module_id = db.execute(
        select(ModuleVersion.id, Module.id).join(Module).where(Module.slug == slug, ModuleVersion.is_current)
    ).one()
    days = [day for day in (begun, done, withdrawn, *(day for day, _ in tries)) if day]
    row = Enrollment(
        learner_id=learner_id,
        module_id=module_id,
        version_id=version_id,
        status="completed" if done else "withdrawn" if withdrawn else "active",
        enrolled_at=at(begun),
        last_active_at=at(max(d for d in days if d != withdrawn)),
        lessons_read=2,
        completed_at=at(done) if done else None,
        withdrawn_at=at(withdrawn) if withdrawn else None,
    )
    db.add(row)
    db.flush()
    for number, (day, is_passed) in enumerate(tries, start=1):
        db.add(
            Attempt(
                uuid=uuid4(),
                purpose="quiz",
                enrollment_id=row.id,
                learner_id=learner_id,
                module_id=module_id,
                version_id=version_id,
                number=number,
                status="graded",
                pass_percent=80,
                started_at=at(day),
                graded_at=at(day),
                score_percent=90 if is_passed else 40,
                is_passed=is_passed,
            )
        )
    db.flush()
    return row.id
