"""What the pages of organisations show: facts put in the shape that their templates need."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import url_for
from sqlalchemy.orm import Session

from lms.domain.permissions import Actor, Hat, Permission, is_allowed
from lms.features.organizations.codes import count_without_code
from lms.features.organizations.forms import PeopleWish, column_words, kind_words, kinds_below, ways
from lms.features.organizations.import_knowledge import IN_CHARGE
from lms.features.organizations.models import Organization, OrganizationKind
from lms.features.organizations.people_queries import PeopleCounts, PeopleFilter, count_people, list_people
from lms.features.organizations.proposals import count_proposals
from lms.features.organizations.queries import (
    OrganizationRow,
    count_below,
    count_children,
    enterprise_above,
    list_ancestors,
    list_children,
    list_organizations,
    list_subtree,
)
from lms.features.organizations.service import PARENTS
from lms.web.context import language
from lms.web.localisation import pick
from lms.web.pagination import Page, page_number, page_of
from lms.web.spreadsheets import Cell
from lms.web.text import gettext as _

PAGE_SIZE = 25
SEEING = (Hat.MANAGER, Hat.SUPERVISOR, Hat.AUDITOR)


@dataclass(frozen=True)
class OrganizationPage:
    """A node, what stands below it, its people as asked for, and what waits there."""

    organization: OrganizationRow
    trail: list[dict[str, str]]
    below_count: int
    children: Page
    counts: PeopleCounts | None  # None: the actor may not see people
    people: Page | None
    wanted: PeopleWish
    proposals: int
    without_code: int
    can_edit: bool

    @property
    def is_with_people(self) -> bool:
        return self.organization.kind in (OrganizationKind.ENTERPRISE, OrganizationKind.DEPARTMENT)


@dataclass(frozen=True)
class EditPage:
    """What may be made below a node, and where the node may go."""

    organization: OrganizationRow
    trail: list[dict[str, str]]
    kinds: list[tuple[str, str]]
    can_edit: bool
    places: list[tuple[int, str]]


def own_places(db: Session, actor: Actor) -> list[OrganizationRow]:
    """The organisations that the actor's hats name, without those below others."""
    paths = set(actor.paths(*SEEING))
    ids = [scope.organization_id for scope in actor.scopes if scope.path in paths and scope.hat in SEEING]
    return list_organizations(db, ids)


def is_in_charge(actor: Actor, path: str) -> bool:
    """Whether the actor manages or supervises the organisation at this path."""
    return actor.covers(path, *IN_CHARGE)


def kinds_for(actor: Actor, organization: OrganizationRow) -> tuple[OrganizationKind, ...]:
    """What the actor may make below an organisation."""
    is_supervisor = actor.covers(organization.path, Hat.SUPERVISOR)
    return kinds_below(organization.kind, is_supervisor=is_supervisor)


def name_of(organization: OrganizationRow | Organization) -> str:
    """The name in the reader's language."""
    return pick(organization, "name")


def trail_of(db: Session, actor: Actor, organization: OrganizationRow, *more: str) -> list[dict[str, str]]:
    """The way down to a node as breadcrumbs, from the top of what the actor may see."""
    nodes = [*list_ancestors(db, organization.path), organization]
    crumbs = [
        {
            "label": name_of(n),
            "url": url_for("organizations.show_organization", organization_id=n.organization_id),
        }
        for n in nodes
        if actor.covers(n.path, *SEEING)
    ]
    return [*crumbs, *({"label": label} for label in more)]


def read_page(
    db: Session,
    actor: Actor,
    organization: OrganizationRow,
    wanted: PeopleWish,
    arguments: Mapping[str, str],
    *,
    now: datetime,
) -> OrganizationPage:
    """A node as the actor may see it; auditors see the tree and its figures, not the people."""
    sees_people = is_in_charge(actor, organization.path)
    counts = (
        count_people(db, (organization.path,), words=wanted.words, manager_id=actor.user_id)
        if sees_people
        else None
    )
    return OrganizationPage(
        organization=organization,
        trail=trail_of(db, actor, organization),
        below_count=count_below(db, organization.path),
        children=_children(db, organization, wanted, arguments),
        counts=counts,
        people=(
            _people(db, actor, organization, wanted, number=page_number(arguments.get("page")), counts=counts)
            if counts
            else None
        ),
        wanted=wanted,
        proposals=count_proposals(db, (organization.path,)) if sees_people else 0,
        without_code=(count_without_code(db, organization.path, now=now) if counts and counts.waiting else 0),
        can_edit=sees_people,
    )


def _children(
    db: Session, organization: OrganizationRow, wanted: PeopleWish, arguments: Mapping[str, str]
) -> Page:
    node = organization.organization_id
    return page_of(
        lambda skip: list_children(db, node, limit=PAGE_SIZE, offset=skip),
        number=page_number(arguments.get("below")),
        size=PAGE_SIZE,
        total=count_children(db, node),
        url=lambda n: wanted.url("organizations.show_organization", node, below=str(n)),
    )


def _people(
    db: Session,
    actor: Actor,
    organization: OrganizationRow,
    wanted: PeopleWish,
    *,
    number: int,
    counts: PeopleCounts,
) -> Page:
    return page_of(
        lambda skip: list_people(
            db,
            (organization.path,),
            words=wanted.words,
            chosen=wanted.chosen,
            manager_id=actor.user_id,
            limit=PAGE_SIZE,
            offset=skip,
        ),
        number=number,
        size=PAGE_SIZE,
        total=counts.of(wanted.chosen),
        url=lambda n: wanted.url(
            "organizations.show_organization", organization.organization_id, page=str(n)
        ),
    )


def people_table(
    db: Session, actor: Actor, organization: OrganizationRow, wanted: PeopleWish
) -> tuple[list[str], list[list[Cell]]]:
    """All people of a page as a table that can be changed and sent back as a list."""
    people = list_people(
        db, (organization.path,), words=wanted.words, chosen=wanted.chosen, manager_id=actor.user_id
    )
    here = language()
    rows: list[list[Cell]] = [
        [
            person.display_name,
            person.sign_in_name,
            person.staff_number,
            person.organization_zh if here == "zh" else person.organization_en,
            person.role_zh if here == "zh" else person.role_en,
            person.line_manager_sign_in,
            person.started_on,
        ]
        for person in people
    ]
    return list(column_words().values()), rows


def read_edit_page(db: Session, actor: Actor, organization: OrganizationRow) -> EditPage:
    """Which changes the actor may make at a node."""
    words = kind_words()
    can_edit = is_allowed(actor, Permission.ORGANIZATION_EDIT, organization)
    return EditPage(
        organization=organization,
        trail=trail_of(db, actor, organization, _("Change")),
        kinds=[(kind, words[kind]) for kind in kinds_for(actor, organization)],
        can_edit=can_edit,
        places=_places(db, actor, organization) if can_edit else [],
    )


def _places(db: Session, actor: Actor, organization: OrganizationRow) -> list[tuple[int, str]]:
    """Where the node may go: departments within their enterprise, others within the actor's part of the tree."""
    allowed = PARENTS[OrganizationKind(organization.kind)]
    firm = (
        enterprise_above(db, organization.path) if organization.kind == OrganizationKind.DEPARTMENT else None
    )
    heads = [firm.path] if firm else list(actor.paths(Hat.SUPERVISOR))
    nodes = [node for head in heads for node in list_subtree(db, head)]
    fit = {
        node.organization_id
        for node in nodes
        if node.kind in allowed
        and is_in_charge(actor, node.path)
        and not node.path.startswith(organization.path)
    }
    return [(node_id, way) for node_id, way in ways(nodes, language()) if node_id in fit]


FILTER_ORDER = tuple(PeopleFilter)


def filter_words() -> dict[str, str]:
    """The quick filters in the reader's language."""
    return {
        PeopleFilter.ALL: _("Everyone"),
        PeopleFilter.DIRECT: _("My direct reports"),
        PeopleFilter.WAITING: _("Not signed in yet"),
        PeopleFilter.SUSPENDED: _("Suspended"),
        PeopleFilter.WITHOUT_ROLE: _("Without job role"),
    }


def filter_chips(page: OrganizationPage) -> list[dict[str, Any]]:
    """The quick filters with their counts; those that would show nobody are left out unless chosen."""
    if page.counts is None:
        return []
    words = filter_words()
    node = page.organization.organization_id
    return [
        {
            "text": f"{words[chosen]} {page.counts.of(chosen)}",
            "url": page.wanted.url(
                "organizations.show_organization",
                node,
                show="" if chosen in (PeopleFilter.ALL, page.wanted.chosen) else str(chosen),
            ),
            "is_active": chosen is page.wanted.chosen,
        }
        for chosen in FILTER_ORDER
        if chosen in (PeopleFilter.ALL, page.wanted.chosen) or page.counts.of(chosen)
    ]
