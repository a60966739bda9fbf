"""The sets of people, enterprises and places that the district's figures count; rows and figures use the same ones.

A person counts where they work, or worked last. A *place* is one person's enrollment in one module: it ran in
the window when it was begun before the window's end and neither completed nor withdrawn before its start."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import CTE, ColumnElement, Select, and_, case, func, literal, or_, select
from sqlalchemy.orm import aliased

from lms.domain.attempt import AttemptPurpose, AttemptStatus
from lms.domain.enrollment import EnrollmentStatus
from lms.domain.window import Window
from lms.features.assessment.models import Attempt
from lms.features.catalog.models import Module, ModuleVersion
from lms.features.enrollment.models import Enrollment
from lms.features.organizations.models import Employment, Organization, OrganizationKind
from lms.features.organizations.queries import below
from lms.ports.clock import SHANGHAI

MATERIALIZED = "MATERIALIZED"  # both engines would else look up the same rows once for every use


@dataclass(frozen=True)
class Scope:
    """What is counted: parts of the tree, and the days of the report."""

    paths: tuple[str, ...]
    window: Window

    @property
    def start(self) -> datetime:
        return self.window.instants(SHANGHAI)[0]

    @property
    def after(self) -> datetime:
        """The first instant that does not belong to the window any more."""
        return self.window.instants(SHANGHAI)[1]


def enterprises_query(scope: Scope) -> Select[int]:
    """The ids of all enterprises in the scope."""
    inside = below(Organization.path, scope.paths)
    return select(Organization.id).where(Organization.kind == OrganizationKind.ENTERPRISE, inside)


def people_set(scope: Scope) -> CTE:
    """Who works in the scope, or left it within the window and works nowhere else now."""
    places = _workplaces(scope)
    left = (
        select(func.max(Employment.id))
        .group_by(Employment.user_id)
        .having(func.count(Employment.ended_on) == func.count(Employment.id))
    )
    counts = or_(
        Employment.ended_on.is_(None),
        and_(Employment.ended_on >= scope.window.first_on, Employment.id.in_(left)),
    )
    return (
        select(
            Employment.user_id,
            Employment.enterprise_id,
            Employment.organization_id,
            places.c.subdistrict_id,
        )
        .join(places, places.c.id == Employment.organization_id)
        .where(counts)
        .cte("people")
        .prefix_with(MATERIALIZED)
    )


def _workplaces(scope: Scope) -> CTE:
    """The organisations of the scope, each with the subdistrict above it."""
    above = aliased(Organization)
    is_above = and_(above.kind == OrganizationKind.SUBDISTRICT, Organization.path.like(above.path + "%"))
    query = select(Organization.id, above.id.label("subdistrict_id")).outerjoin(above, is_above)
    return query.where(below(Organization.path, scope.paths)).cte("workplaces").prefix_with(MATERIALIZED)


def places_set(scope: Scope, people: CTE) -> CTE:
    """The places of these people that ran in the window, with what came of them."""
    closed_at = func.coalesce(Enrollment.completed_at, Enrollment.withdrawn_at)
    completed = completed_in(scope)
    return (
        select(
            Enrollment.id,
            Enrollment.learner_id,
            Enrollment.module_id,
            Enrollment.version_id,
            people.c.enterprise_id,
            people.c.organization_id,
            people.c.subdistrict_id,
            Module.layer,
            Enrollment.enrolled_at,
            Enrollment.completed_at,
            _flag(Enrollment.last_active_at >= scope.start).label("is_active"),
            _flag(completed).label("is_completed"),
            case((completed, ModuleVersion.periods), else_=0).label("periods"),
        )
        .join(people, people.c.user_id == Enrollment.learner_id)
        .join(Module, Module.id == Enrollment.module_id)
        .join(ModuleVersion, ModuleVersion.id == Enrollment.version_id)
        .where(Enrollment.enrolled_at < scope.after, or_(closed_at.is_(None), closed_at >= scope.start))
        .cte("places")
        .prefix_with(MATERIALIZED)
    )


def completed_in(scope: Scope) -> ColumnElement[bool]:
    """Condition: the enrollment was completed within the window."""
    return and_(
        Enrollment.status == EnrollmentStatus.COMPLETED,
        Enrollment.completed_at >= scope.start,
        Enrollment.completed_at < scope.after,
    )


def tries_set(scope: Scope) -> CTE:
    """The enrollments whose learner sat the graded quiz within the window (REQ-014).

    `is_best_passed`: an attempt of the window was passed; `is_first_passed`: the very first attempt was."""
    is_failed = case((Attempt.is_passed.is_(True), 0), else_=1)
    first = (
        func.min(Attempt.number * 2 + is_failed) % 2 == 0
    )  # the smallest number decides, its parity says how
    passed_now = and_(Attempt.is_passed.is_(True), Attempt.graded_at >= scope.start)
    return (
        select(
            Attempt.enrollment_id,
            _flag(first).label("is_first_passed"),
            func.max(_flag(passed_now)).label("is_best_passed"),
            func.count(Attempt.id).label("tries"),
        )
        .where(
            Attempt.purpose == AttemptPurpose.QUIZ,
            Attempt.status == AttemptStatus.GRADED,
            Attempt.enrollment_id.is_not(None),
            Attempt.graded_at < scope.after,
        )
        .group_by(Attempt.enrollment_id)
        .having(func.max(Attempt.graded_at) >= scope.start)
        .cte("tries")
    )


def _flag(condition: ColumnElement[bool]) -> ColumnElement[int]:
    """1 or 0, which both engines can add up."""
    return case((condition, literal(1)), else_=literal(0))
