"""Writing the good rows of a list: in as many statements for five thousand people as for one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from lms.domain.events import EmploymentBegun, EmploymentChanged, PersonRenamed, RolesSet
from lms.domain.people_list import Outcome, PlannedRow
from lms.domain.permissions import Actor
from lms.features.accounts.models import User
from lms.features.accounts.service import NewUser, create_users
from lms.features.organizations import notices
from lms.features.organizations.models import Employment
from lms.features.organizations.queries import OrganizationRow
from lms.features.taxonomy.queries import list_roles
from lms.features.trail.service import record
from lms.jobs.outbox import publish

WORK = {"department", "staff_number", "line_manager"}
LANGUAGE = "zh"  # what a new account speaks until its owner chooses


def write_people(
    db: Session, planned: Sequence[PlannedRow], *, actor: Actor, firm: OrganizationRow, now: datetime
) -> dict[str, int]:
    """Make and change what the good rows say; returns the ids of their people by sign-in name."""
    new = [plan for plan in planned if plan.outcome == Outcome.NEW]
    changed = [plan for plan in planned if plan.outcome == Outcome.CHANGED]
    strangers = [
        NewUser(plan.sign_in_name, plan.name, LANGUAGE, plan.role_id) for plan in new if plan.person is None
    ]
    ids = create_users(db, strangers, now=now)
    ids |= {plan.sign_in_name: plan.person.user_id for plan in planned if plan.person}
    managers = ids | _manager_ids(db, planned, ids)
    _begin_work(db, new, ids, managers, firm)
    _change_work(db, changed, managers)
    _rename(db, [plan for plan in (*new, *changed) if plan.person], actor=actor, now=now)
    _set_roles(db, (*new, *changed), ids, actor=actor, now=now)
    _tell(db, new, changed, actor=actor, firm=firm, now=now)
    return ids


def _manager_ids(db: Session, planned: Sequence[PlannedRow], ids: Mapping[str, int]) -> dict[str, int]:
    """Line managers whom the list names without having a row for them."""
    names = {plan.manager for plan in planned if plan.manager} - ids.keys()
    query = select(User.sign_in_name, User.id).where(User.sign_in_name.in_(names))
    return {row.sign_in_name: row.id for row in db.execute(query)} if names else {}


def _begin_work(
    db: Session,
    new: Sequence[PlannedRow],
    ids: Mapping[str, int],
    managers: Mapping[str, int],
    firm: OrganizationRow,
) -> None:
    rows: list[dict[str, Any]] = [
        {
            "user_id": ids[plan.sign_in_name],
            "organization_id": plan.organization_id,
            "enterprise_id": firm.organization_id,
            "staff_number": plan.staff_number,
            "line_manager_id": managers.get(plan.manager or ""),
            "started_on": plan.started_on,
        }
        for plan in new
    ]
    if rows:
        db.execute(insert(Employment).execution_options(render_nulls=True), rows)
    for row in rows:
        publish(db, EmploymentBegun(learner_id=row["user_id"], organization_id=row["organization_id"]))


def _change_work(db: Session, changed: Sequence[PlannedRow], managers: Mapping[str, int]) -> None:
    rows: list[dict[str, Any]] = []
    for plan in changed:
        person = plan.person
        if person is None or not WORK & set(plan.changes):
            continue
        organization_id = plan.organization_id or person.organization_id
        rows.append(
            {
                "id": person.employment_id,
                "organization_id": organization_id,
                "staff_number": plan.staff_number,
                "line_manager_id": managers.get(plan.manager or "", person.manager_id),
            }
        )
        publish(db, EmploymentChanged(learner_id=person.user_id, organization_id=organization_id))
    if rows:
        db.execute(update(Employment), rows)


def _rename(db: Session, known: Sequence[PlannedRow], *, actor: Actor, now: datetime) -> None:
    names = {
        plan.person.user_id: plan.name for plan in known if plan.person and plan.person.name != plan.name
    }
    if names:
        db.execute(update(User), [{"id": id_, "display_name": name} for id_, name in names.items()])
    for user_id, name in names.items():
        publish(db, PersonRenamed(user_id=user_id))
        notices.tell_name(db, user_id, name, by=actor.display_name, now=now)


def _set_roles(
    db: Session, plans: Sequence[PlannedRow], ids: Mapping[str, int], *, actor: Actor, now: datetime
) -> None:
    """Roles with one event for all of them: what follows from them is computed by a job."""
    roles: dict[int, list[int]] = defaultdict(list)
    known: set[int] = set()
    for plan in plans:
        if plan.role_id and (plan.person is None or plan.person.role_id != plan.role_id):
            roles[plan.role_id].append(ids[plan.sign_in_name])
            known |= {plan.person.user_id} if plan.person else set()
    if not roles:
        return
    rows = [{"id": i, "role_id": role_id} for role_id, some in roles.items() for i in some if i in known]
    if rows:
        db.execute(update(User), rows)
    for user_id in (i for some in roles.values() for i in some):
        record(db, action="role_changed", actor_id=actor.user_id, subject_id=user_id, now=now)
    publish(db, RolesSet(learner_ids=tuple(sorted(i for some in roles.values() for i in some))))
    for role in list_roles(db):
        _tell_role(db, role, known & set(roles.get(role.role_id, ())), by=actor.display_name, now=now)


def _tell_role(db: Session, role: Any, user_ids: Collection[int], *, by: str, now: datetime) -> None:
    if user_ids:
        notices.tell_role(db, user_ids, role, by=by, now=now)


def _tell(
    db: Session,
    new: Sequence[PlannedRow],
    changed: Sequence[PlannedRow],
    *,
    actor: Actor,
    firm: OrganizationRow,
    now: datetime,
) -> None:
    """Who was here before hears that their work was changed; who has an account already, that it begins here."""
    ids = [plan.person.user_id for plan in changed if plan.person and WORK & set(plan.changes)]
    if ids:
        notices.tell_work(db, ids, by=actor.display_name, now=now)
    taken_in = [plan.person.user_id for plan in new if plan.person]
    if taken_in:
        place = notices.in_both(firm.name_zh, firm.name_en)
        notices.tell_begin(db, taken_in, place, by=actor.display_name, now=now)
