"""People at work in bulk: an enterprise of many departments, a manager above it, required learning, evidence."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from lms.db.base import Base
from lms.domain.enrollment import EnrollmentStatus
from lms.domain.permissions import Hat
from lms.features.accounts.hats import grant_hat
from lms.features.accounts.models import User
from lms.features.assignments.models import Assignment
from lms.features.catalog.models import ModuleVersion
from lms.features.enrollment.models import Enrollment
from lms.features.organizations.models import Employment, Organization, OrganizationKind
from lms.features.organizations.service import create_organization, employ
from lms.features.reporting.summaries import summarise
from lms.features.skills.models import Evidence, EvidenceKind
from lms.features.taxonomy.models import Skill
from tests.conftest import NOON
from tests.factories.accounts import make_user
from tests.factories.crowd import insert_users

TODAY = NOON.date()
CHUNK = 2000
GROUP = 1000  # people summed up at once
DEPARTMENTS = 40
TEAM = 12  # direct reports of one line manager
WISHES_EACH = 3
PLACES_EACH = 3
EVIDENCE_EACH = 4
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
GIVEN = ("敏", "洁", "立群", "佳怡", "国强", "玉兰", "俊杰", "海峰", "慧", "雪梅", "志远", "建华")


@dataclass(frozen=True)
class Firm:
    """An enterprise with its departments and the manager whose scope it is."""

    organization_id: int
    path: str
    department_ids: tuple[int, ...]
    manager_id: int


def make_district(db: Session, name: str = "示范区") -> Organization:
    """The head of a tree."""
    return create_organization(db, kind=OrganizationKind.DISTRICT, name_zh=name, name_en=f"{name} (en)")


def make_firm(
    db: Session,
    name: str = "启明",
    *,
    departments: int = 2,
    manager: str = "gu.haifeng",
    district: Organization | None = None,
) -> Firm:
    """An enterprise, its departments, and a manager of all of it who works at its head."""
    district = district or make_district(db)
    firm = create_organization(
        db,
        kind=OrganizationKind.ENTERPRISE,
        name_zh=name,
        name_en=f"{name} Ltd",
        parent_id=district.id,
    )
    parts = [
        create_organization(
            db,
            kind=OrganizationKind.DEPARTMENT,
            name_zh=f"{name}部门{n}",
            name_en=f"{name} department {n}",
            parent_id=firm.id,
        )
        for n in range(1, departments + 1)
    ]
    boss = make_user(db, manager, display_name="顾海峰", language="en")
    employ(db, user_id=boss.id, organization_id=firm.id, started_on=TODAY - timedelta(days=900))
    give_hat(db, boss.id, Hat.MANAGER, firm)
    return Firm(firm.id, firm.path, tuple(part.id for part in parts), boss.id)


def give_hat(db: Session, user_id: int, hat: Hat, organization: Organization) -> None:
    """A hat for an organisation and everything below it."""
    grant_hat(
        db,
        user_id=user_id,
        hat=hat,
        organization_id=organization.id,
        scope_path=organization.path,
        granted_by_id=None,
        ends_at=None,
        now=NOON - timedelta(days=300),
    )


def add_people(db: Session, firm: Firm, count: int) -> range:
    """Add people to the firm's departments, and sum them up; returns their ids.

    Each has a role, three assigned modules (every seventh one overdue), three modules begun or completed and four
    pieces of evidence; the first of each department manages the next twelve, everybody else nobody."""
    first = (db.scalar(select(func.max(User.id))) or 0) + 1
    ids = range(first, first + count)
    _add_users(db, ids)
    _add_work(db, firm, ids)
    _add_learning(db, firm, ids)
    _set_sequences(db)
    for start in range(0, count, GROUP):
        summarise(db, ids[start : start + GROUP], NOON)
    return ids


def _add_users(db: Session, ids: range) -> None:
    shown = {n: f"{SURNAMES[n % len(SURNAMES)]}{GIVEN[n // 20 % len(GIVEN)]}{n}" for n in ids}
    insert_users(db, {n: (f"worker{n}", name) for n, name in shown.items()})


def _add_work(db: Session, firm: Firm, ids: range) -> None:
    parts = firm.department_ids
    work = [
        {
            "user_id": id_,
            "organization_id": parts[n % len(parts)],
            "enterprise_id": firm.organization_id,
            "staff_number": f"S{id_}",
            "line_manager_id": firm.manager_id
            if n < TEAM
            else ids[n % len(parts)]
            if n >= len(parts)
            else None,
            "started_on": TODAY - timedelta(days=400),
            "ended_on": None,
        }
        for n, id_ in enumerate(ids)
    ]
    _insert(db, Employment, work)


def _add_learning(db: Session, firm: Firm, ids: range) -> None:
    query = select(ModuleVersion.id, ModuleVersion.module_id, ModuleVersion.lesson_count)
    versions = db.execute(query.where(ModuleVersion.is_current).order_by(ModuleVersion.id)).all()
    skills = list(db.scalars(select(Skill.id).order_by(Skill.id)))
    wishes, places, evidence = [], [], []
    for id_ in ids:
        for k in range(min(WISHES_EACH, len(versions))):
            wishes.append(_wish(id_, versions[(id_ + k) % len(versions)].module_id, k, firm.manager_id))
        for k in range(min(PLACES_EACH, len(versions))):
            places.append(_place(id_, versions[(id_ + k * 2) % len(versions)], k))
        for k in range(EVIDENCE_EACH):
            evidence.append(_evidence(id_, skills[(id_ + k * 3) % len(skills)], k))
    _insert(db, Assignment, wishes)
    _insert(db, Enrollment, places)
    _insert(db, Evidence, evidence)


def _wish(learner_id: int, module_id: int, k: int, by_id: int) -> dict[str, Any]:
    days = -(learner_id % 30 + 1) if (learner_id + k) % 7 == 0 else learner_id % 60 + 1
    return {
        "learner_id": learner_id,
        "module_id": module_id,
        "assigned_by_id": by_id,
        "due_on": TODAY + timedelta(days=days),
        "created_at": NOON - timedelta(days=40),
        "rule_id": None,
        "waived_at": None,
        "waived_by_id": None,
        "waive_reason": None,
    }


def _place(learner_id: int, version: Any, k: int) -> dict[str, Any]:
    is_done = (learner_id + k) % 3 == 0 and version.lesson_count > 0
    return {
        "learner_id": learner_id,
        "module_id": version.module_id,
        "version_id": version.id,
        "status": EnrollmentStatus.COMPLETED if is_done else EnrollmentStatus.ACTIVE,
        "enrolled_at": NOON - timedelta(days=40),
        "last_active_at": NOON - timedelta(days=learner_id % 30 + k, minutes=learner_id % 600),
        "lessons_read": version.lesson_count if is_done else version.lesson_count // 2,
        "quiz_passed_at": NOON - timedelta(days=2) if is_done else None,
        "completed_at": NOON - timedelta(days=2) if is_done else None,
        "withdrawn_at": None,
    }


def _evidence(learner_id: int, skill_id: int, k: int) -> dict[str, Any]:
    return {
        "learner_id": learner_id,
        "skill_id": skill_id,
        "level": (learner_id + k) % 4 + 1,
        "kind": EvidenceKind.ASSESSMENT,
        "version_id": None,
        "score_percent": 90,
        "obtained_at": NOON - timedelta(days=(learner_id + k) % 500),
    }


def _insert(db: Session, model: type[Base], rows: list[dict[str, Any]]) -> None:
    for start in range(0, len(rows), CHUNK):
        db.execute(insert(model).execution_options(render_nulls=True), rows[start : start + CHUNK])


def _set_sequences(db: Session) -> None:
    """Rows with given ids do not move PostgreSQL's counters."""
    if db.get_bind().dialect.name == "postgresql":
        highest = select(func.max(User.id)).scalar_subquery()
        db.execute(select(func.setval(func.pg_get_serial_sequence("users", "id"), highest)))
