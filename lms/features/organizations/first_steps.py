"""What an operator does by command: the district, and the first hat, which nobody on a page could grant."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy.orm import Session

from lms.domain.errors import RuleError
from lms.domain.events import HatGranted
from lms.domain.hats import PLACES
from lms.domain.permissions import Hat
from lms.domain.sign_in import folded_name
from lms.features.accounts import hats
from lms.features.accounts.queries import find_user
from lms.features.organizations.models import OrganizationKind
from lms.features.organizations.queries import find_organizations
from lms.features.organizations.service import create_organization, lock_tree
from lms.jobs.outbox import publish
from lms.ports.clock import day_end


class CommandRefused(RuleError):
    """The command names nobody, nothing, or several things."""


def create_district(db: Session, *, name_zh: str, name_en: str) -> int:
    """The top of a tree; returns its id."""
    made = create_organization(db, kind=OrganizationKind.DISTRICT, name_zh=name_zh, name_en=name_en)
    return made.id


def grant_by_command(
    db: Session, *, sign_in_name: str, hat: Hat, organization: str, until: date | None, now: datetime
) -> str:
    """Give a hat for an organisation named by id or name; returns that organisation's name.

    :raises CommandRefused: no such person or organisation, or several, or the hat does not belong there
    """
    lock_tree(db)  # the path must not change before the grant stands
    user = find_user(db, folded_name(sign_in_name))
    if user is None:
        raise CommandRefused("Nobody signs in as %(name)s.", name=sign_in_name)
    found = find_organizations(db, organization)
    if len(found) != 1:
        ids = ", ".join(str(row.organization_id) for row in found) or "none"
        raise CommandRefused("%(name)s is not one organisation; ids: %(ids)s.", name=organization, ids=ids)
    [place] = found
    if place.kind not in PLACES.get(hat, ()):
        raise CommandRefused(
            "The hat %(hat)s is not granted for an organisation of the kind %(kind)s.",
            hat=hat.value,
            kind=place.kind,
        )
    hats.grant_hat(
        db,
        user_id=user.id,
        hat=hat,
        organization_id=place.organization_id,
        scope_path=place.path,
        granted_by_id=None,
        ends_at=day_end(until) if until else None,
        now=now,
    )
    publish(db, HatGranted(user_id=user.id, hat=hat, path=place.path))
    return f"{place.name_zh} / {place.name_en}"
