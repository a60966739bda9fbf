"""What a list of people is checked against, in as many queries for five thousand rows as for one."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from lms.domain.people_list import Known, KnownPerson, ListRow, folded
from lms.domain.permissions import Actor, Hat
from lms.domain.sign_in import folded_name
from lms.features.accounts.models import User
from lms.features.organizations.models import Employment, Organization
from lms.features.organizations.queries import OrganizationRow, list_subtree
from lms.features.taxonomy.queries import list_roles

IN_CHARGE = (Hat.MANAGER, Hat.SUPERVISOR)


def read_known(
    db: Session,
    actor: Actor,
    *,
    organization: OrganizationRow,
    firm: OrganizationRow,
    rows: Sequence[ListRow],
    today: date,
) -> Known:
    """The enterprise's people whom the list names, its departments that the actor manages, all job roles."""
    names = {folded_name(row.get(column)) for row in rows for column in ("sign_in_name", "line_manager")}
    numbers = {row.get(column).strip() for row in rows for column in ("staff_number", "line_manager")}
    people, taken = _by_name(db, actor, firm=firm, names=names - {""})
    present = _by_number(db, actor, firm=firm, numbers=numbers - {""})
    for person in present.values():
        people.setdefault(person.sign_in_name, person)
    roles = {
        folded(name): role.role_id
        for role in list_roles(db)
        for name in (role.slug, role.name_en, role.name_zh)
    }
    return Known(
        people=people,
        numbers=present,
        taken=frozenset(taken),
        departments=_departments(list_subtree(db, firm.path), actor),
        roles=roles,
        organization_id=organization.organization_id,
        today=today,
    )


def _people() -> Select[Any]:
    columns: tuple[Any, ...] = (
        User.id,
        User.sign_in_name,
        User.display_name,
        User.role_id,
        Employment.id,
        Employment.staff_number,
        Employment.organization_id,
        Employment.line_manager_id,
        Employment.ended_on,
        Employment.enterprise_id,
        Organization.path,
    )
    return (
        select(*columns)
        .select_from(User)
        .outerjoin(Employment, Employment.user_id == User.id)
        .outerjoin(Organization, Organization.id == Employment.organization_id)
    )


def _by_name(
    db: Session, actor: Actor, *, firm: OrganizationRow, names: Collection[str]
) -> tuple[dict[str, KnownPerson], set[str]]:
    """People of the enterprise by sign-in name, and the names that belong to anybody else.

    Who left is the last employer's to take back; who works nowhere may be taken in by a supervisor only, because
    with the person come their records."""
    query = _people().where(User.sign_in_name.in_(names)).order_by(Employment.started_on, Employment.id)
    newest: dict[str, Any] = {}
    for row in db.execute(query):
        if row.sign_in_name not in newest or newest[row.sign_in_name].ended_on is not None:
            newest[row.sign_in_name] = row
    found, taken = {}, set[str]()
    for name, row in newest.items():
        is_free = row.path is None or row.ended_on is not None
        if row.enterprise_id == firm.organization_id or (is_free and actor.covers(firm.path, Hat.SUPERVISOR)):
            found[name] = _known(row, actor, firm)
        else:
            taken.add(name)
    return found, taken


def _by_number(
    db: Session, actor: Actor, *, firm: OrganizationRow, numbers: Collection[str]
) -> dict[str, KnownPerson]:
    query = _people().where(
        Employment.enterprise_id == firm.organization_id,
        Employment.staff_number.in_(numbers),
        Employment.ended_on.is_(None),
    )
    return {row.staff_number: _known(row, actor, firm) for row in db.execute(query)}


def _known(row: Any, actor: Actor, firm: OrganizationRow) -> KnownPerson:
    is_here = row.enterprise_id == firm.organization_id
    return KnownPerson(
        user_id=row[0],
        sign_in_name=row.sign_in_name,
        name=row.display_name,
        role_id=row.role_id,
        employment_id=row[4] or 0,
        staff_number=row.staff_number if is_here else None,
        organization_id=row.organization_id or 0,
        manager_id=row.line_manager_id,
        is_present=is_here and row.ended_on is None,
        is_in_reach=not is_here or actor.covers(row.path, *IN_CHARGE),
    )


def _departments(nodes: Iterable[OrganizationRow], actor: Actor) -> dict[str, tuple[int, ...]]:
    """Folded names, and ways from the enterprise's own departments down, of what the actor manages."""
    ways: dict[int, tuple[str, str]] = {}
    found: dict[str, set[int]] = {}
    for node in nodes:
        above = ways.get(node.parent_id or 0)
        names = (node.name_zh, node.name_en)
        head = not ways  # the enterprise itself does not begin every way
        way = names if above is None else tuple(f"{a}{n}" for a, n in zip(above, names, strict=True))
        ways[node.organization_id] = ("", "") if head else (f"{way[0]}/", f"{way[1]}/")
        if actor.covers(node.path, *IN_CHARGE):
            for name in (*names, *way):
                found.setdefault(folded(name), set()).add(node.organization_id)
    return {name: tuple(sorted(ids)) for name, ids in found.items()}
