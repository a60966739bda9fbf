"""Two enterprises of one district, with instructors, learners, a manager and a supervisor."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from lms.config import Settings
from lms.domain.permissions import Hat
from lms.features.accounts.models import HatGrant
from lms.features.organizations.models import OrganizationKind
from lms.features.organizations.service import create_organization, employ
from lms.features.studio.models import UploadedModule
from lms.jobs.outbox import deliver
from tests.conftest import NOON
from tests.factories.accounts import make_user, sign_in_as
from tests.factories.curriculum import ROLE, make_curriculum, make_learner
from tests.files.modules import module_files
from tests.files.zips import Part, Zip

NAMES = ("instructor", "second", "manager", "learner", "stranger", "other", "supervisor")


@dataclass
class Studio:
    """The application, and a browser for each person by name."""

    app: Flask
    ids: dict[str, int]
    district_id: int
    firm_id: int
    other_id: int

    def browser(self, name: str) -> FlaskClient:
        return sign_in_as(self.app, self.ids[name])

    def reading(self) -> Any:
        return self.app.extensions["database"].reading()

    def writing(self) -> Any:
        return self.app.extensions["database"].writing()

    def work(self) -> None:
        """Let the worker do what waits."""
        while deliver(self.app.extensions["database"], now=self.app.extensions["clock"].now()):
            pass

    def upload(
        self, files: dict[str, bytes] | None = None, *, by: str = "instructor", raw: bytes | None = None
    ) -> TestResponse:
        """Send a module's files, or any bytes, by the form."""
        data = zipped(files or module_files()) if raw is None else raw
        form = {"archive": (BytesIO(data), "own module.zip")}
        return self.browser(by).post("/studio/uploads", data=form, content_type="multipart/form-data")

    def import_(self, files: dict[str, bytes] | None = None, *, by: str = "instructor") -> UUID:
        """Upload and import; the uuid of the upload."""
        answer = self.upload(files, by=by)
        assert answer.status_code == 302, answer.text
        assert self.browser(by).post(f"{answer.location}/import").status_code == 302
        self.work()
        return UUID(answer.location.rpartition("/")[2])

    def publish(self, files: dict[str, bytes] | None = None, *, by: str = "instructor") -> str:
        """Upload, import, publish; the slug of the module."""
        uuid = self.import_(files, by=by)
        self.browser(by).post(f"/studio/uploads/{uuid}/publication")
        self.work()
        return self.slug()

    def row(self) -> UploadedModule:
        """The newest upload."""
        with self.reading() as db:
            found = db.scalars(select(UploadedModule).order_by(UploadedModule.id.desc())).first()
            assert found is not None
            db.expunge(found)  # it outlives its transaction
        return found

    def slug(self) -> str:
        return f"own-module~{self.firm_id}"


def zipped(files: dict[str, bytes]) -> bytes:
    return Zip([Part(name.encode(), data) for name, data in files.items()]).build()


@pytest.fixture
def settings(settings: Settings, tmp_path: Path) -> Settings:
    """The tiny curriculum is the one that uploads are judged beside."""
    from dataclasses import replace

    return replace(settings, content_dir=tmp_path / "curriculum")


@pytest.fixture
def studio(app: Flask, tmp_path: Path) -> Studio:
    with app.extensions["database"].writing() as db:
        make_curriculum(db, tmp_path)
        district = _organization(db, OrganizationKind.DISTRICT, "区", None)
        firm = _organization(db, OrganizationKind.ENTERPRISE, "甲厂", district)
        part = _organization(db, OrganizationKind.DEPARTMENT, "车间", firm)
        other = _organization(db, OrganizationKind.ENTERPRISE, "乙厂", district)
        ids = {name: _person(db, name) for name in NAMES}
        for name, place in (("learner", part), ("stranger", other), ("instructor", firm)):
            employ(db, user_id=ids[name], organization_id=place, started_on=date(2026, 1, 1))
        for name, hat, place in (
            ("instructor", Hat.INSTRUCTOR, firm),
            ("second", Hat.INSTRUCTOR, firm),
            ("manager", Hat.MANAGER, firm),
            ("other", Hat.INSTRUCTOR, other),
            ("supervisor", Hat.SUPERVISOR, district),
        ):
            _grant(db, ids[name], hat, place)
    return Studio(app, ids, district, firm, other)


def _person(db: Session, name: str) -> int:
    if name in ("learner", "stranger"):
        return make_learner(db, name, role=ROLE).id
    return make_user(db, name, display_name=name.title()).id


def _organization(db: Session, kind: OrganizationKind, name: str, parent_id: int | None) -> int:
    return create_organization(db, kind=kind, name_zh=name, name_en=f"{name} en", parent_id=parent_id).id


def _grant(db: Session, user_id: int, hat: Hat, organization_id: int) -> None:
    from lms.features.organizations.models import Organization

    path = db.get_one(Organization, organization_id).path
    db.add(
        HatGrant(user_id=user_id, hat=hat, organization_id=organization_id, scope_path=path, granted_at=NOON)
    )
    db.flush()
