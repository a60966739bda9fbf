"""What the page of one person shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from lms.domain.hats import grantable
from lms.domain.permissions import Actor, Hat
from lms.features.notifications.kinds import HATS
from lms.features.organizations import pages, people
from lms.features.organizations.forms import ways
from lms.features.organizations.people_queries import GrantRow, PersonRow, list_grants
from lms.features.organizations.queries import (
    OrganizationRow,
    enterprise_above,
    get_organization,
    list_ancestors,
    list_subtree,
)
from lms.features.taxonomy.queries import RoleRow, list_roles
from lms.ports.clock import local_date
from lms.web.context import language
from lms.web.text import gettext as _


@dataclass(frozen=True)
class HatLine:
    """A hat in force, and whether the reader may take it away."""

    row: GrantRow
    label: str
    can_end: bool

    @property
    def last_day(self) -> date | None:
        """The last whole day on which it holds."""
        return local_date(self.row.ends_at - timedelta(seconds=1)) if self.row.ends_at else None


@dataclass(frozen=True)
class PersonPage:
    """Somebody's work, hats and account, with what the reader may change."""

    person: PersonRow
    trail: list[dict[str, str]]
    roles: list[RoleRow]
    departments: list[tuple[int, str]]
    hats: list[HatLine]
    hat_options: list[tuple[str, str]]
    hat_places: list[tuple[int, str]]
    suggested_end: date
    today: date
    is_self: bool
    can_act_on_account: bool


def read_person_page(db: Session, actor: Actor, person: PersonRow, *, now: datetime) -> PersonPage:
    """The page as the actor may see and use it."""
    place = get_organization(db, person.organization_id)
    firm = enterprise_above(db, person.path)
    nodes = list_subtree(db, firm.path) if firm else ([place] if place else [])
    reachable = {node.organization_id for node in nodes if pages.is_in_charge(actor, node.path)}
    options, places = _grantable(db, actor, person, nodes)
    today = local_date(now)
    return PersonPage(
        person=person,
        trail=pages.trail_of(db, actor, place, person.display_name) if place else [],
        roles=list_roles(db),
        departments=[pair for pair in ways(nodes, language()) if pair[0] in reachable],
        hats=[
            HatLine(row, _(HATS[row.hat]), people.may_end(actor, row))
            for row in list_grants(db, person.user_id, now=now)
        ],
        hat_options=options,
        hat_places=places,
        suggested_end=today + timedelta(days=365),
        today=today,
        is_self=person.user_id == actor.user_id,
        can_act_on_account=people.may_act_on_account(db, person, actor, now=now),
    )


def _grantable(
    db: Session, actor: Actor, person: PersonRow, nodes: list[OrganizationRow]
) -> tuple[list[tuple[str, str]], list[tuple[int, str]]]:
    """The hats that the actor may hand out, and where: the person's enterprise and what stands above it."""
    if person.user_id == actor.user_id:
        return [], []
    above = list_ancestors(db, nodes[0].path) if nodes else []
    # the ways begin where the actor may grant: what stands above is none of a manager's business
    everything = [*(node for node in above if grantable(actor, node.path, node.kind)), *nodes]
    hats: set[Hat] = set()
    fit: set[int] = set()
    for node in everything:
        found = grantable(actor, node.path, node.kind)
        hats |= set(found)
        fit |= {node.organization_id} if found else set()
    options = [(str(hat), _(HATS[hat])) for hat in Hat if hat in hats]
    return options, [pair for pair in ways(everything, language()) if pair[0] in fit]
