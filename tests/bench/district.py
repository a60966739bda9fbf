"""The pages of a supervisor with many people in the district.

Anew: figures read from the database, as after every change in the district; else nothing has changed."""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

from flask.testing import FlaskClient
from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from lms.app import create_app
from lms.db.transaction import Database
from lms.domain.permissions import Hat
from lms.features.accounts.hats import grant_hat
from lms.features.accounts.models import User
from lms.features.assessment.models import Attempt
from lms.features.enrollment.models import Enrollment
from lms.features.organizations.models import Employment, Organization, OrganizationKind
from lms.features.organizations.service import create_organization
from lms.features.reporting.district_numbers import forget_figures
from lms.ports.clock import FixedClock
from tests import world
from tests.bench.measuring import ask, measure_times, report
from tests.conftest import NOON
from tests.factories.accounts import make_user, sign_in_as
from tests.factories.crowd import CHUNK, add_crowd

SUBDISTRICTS = 12
PEOPLE_PER_FIRM = 40
PAGES = {
    "district": "/district",
    "area": "/district?area={area}",
    "rows_people": "/district/rows/learners",
    "rows_places": "/district/rows/completions",
    "public": "/public",
}


@dataclass(frozen=True)
class DistrictSite:
    """The application with a supervisor's browser."""

    browser: FlaskClient
    database: Database
    pages: dict[str, str]

    def client(self, page: str) -> FlaskClient:
        return self.browser


def add_district(db: Session, people: int) -> Organization:
    """A crowd that works in firms of twelve subdistricts, a third of whose places are completed and passed."""
    kind = OrganizationKind
    top = create_organization(db, kind=kind.DISTRICT, name_zh="浦江区", name_en="District")
    areas = [
        create_organization(
            db, kind=kind.SUBDISTRICT, name_zh=f"街道{n}", name_en=f"Area {n}", parent_id=top.id
        )
        for n in range(SUBDISTRICTS)
    ]
    firms = [
        create_organization(
            db,
            kind=kind.ENTERPRISE,
            name_zh=f"企业{n}",
            name_en=f"Firm {n}",
            parent_id=areas[n % len(areas)].id,
        ).id
        for n in range(max(SUBDISTRICTS, people // PEOPLE_PER_FIRM))
    ]
    first = (db.scalar(select(func.max(User.id))) or 0) + 1
    add_crowd(db, people)
    _insert(db, Employment, [_work(first + n, firms[n % len(firms)]) for n in range(people)])
    done = db.execute(
        select(Enrollment.id, Enrollment.learner_id, Enrollment.module_id, Enrollment.version_id).where(
            Enrollment.learner_id >= first, Enrollment.completed_at.is_not(None)
        )
    )
    _insert(db, Attempt, [_passed(*row) for row in done])
    return top


def _work(user_id: int, firm_id: int) -> dict[str, Any]:
    return {
        "user_id": user_id,
        "organization_id": firm_id,
        "enterprise_id": firm_id,
        "started_on": date(2026, 1, 1),
    }


def _passed(enrollment_id: int, learner_id: int, module_id: int, version_id: int) -> dict[str, Any]:
    return {
        "uuid": UUID(int=2**64 + enrollment_id),
        "purpose": "quiz",
        "enrollment_id": enrollment_id,
        "learner_id": learner_id,
        "module_id": module_id,
        "version_id": version_id,
        "number": 1,
        "status": "graded",
        "pass_percent": 80,
        "started_at": NOON,
        "graded_at": NOON,
        "score_percent": 90,
        "is_passed": True,
    }


def _insert(db: Session, model: Any, rows: list[dict[str, Any]]) -> None:
    for start in range(0, len(rows), CHUNK):
        db.execute(insert(model), rows[start : start + CHUNK])


@contextmanager
def district_site(folder: Path, *, people: int, url: str | None = None) -> Iterator[DistrictSite]:
    """The small world with a district of so many people in it, and a supervisor of the district."""
    world.make_world(folder, url)
    with world.opened(folder, url) as database:
        with database.writing() as db:
            top = add_district(db, people)
            boss = make_user(db, "district.boss", display_name="Boss").id
            grant_hat(
                db,
                user_id=boss,
                hat=Hat.SUPERVISOR,
                organization_id=top.id,
                scope_path=top.path,
                granted_by_id=None,
                ends_at=None,
                now=NOON,
            )
            area = db.scalar(
                select(func.min(Organization.id)).where(Organization.kind == OrganizationKind.SUBDISTRICT)
            )
        if not database.is_sqlite:
            _analyze(database)
        settings = replace(world.world_settings(folder, url), is_testing=False)
        app = create_app(settings, database=database, clock=FixedClock(NOON))
        client = sign_in_as(app, boss)
        yield DistrictSite(client, database, {name: page.format(area=area) for name, page in PAGES.items()})


def _analyze(database: Database) -> None:
    from sqlalchemy import text

    with database.writing() as db:
        db.execute(text("ANALYZE"))


def report_district(site: DistrictSite, rounds: int) -> dict[str, Any]:
    """The figures of pages that have been read before, and the milliseconds when everything is read anew."""
    found = report(site, rounds)
    for name, url in site.pages.items():
        once = ask(site.browser, url)
        anew = measure_times({name: lambda once=once: (forget_figures(), once())}, max(3, rounds // 10))
        found["pages"][name]["anew_median_ms"] = round(statistics.median(anew[name].wall), 2)
    return found
