"""Who may hand out hats, and who may act upon the account of somebody who wears one (safety.md §1 fact 10)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from lms.domain.errors import RuleError
from lms.domain.permissions import Actor, Hat, Scope

GRANTABLE: dict[Hat, frozenset[Hat]] = {
    Hat.SUPERVISOR: frozenset({Hat.INSTRUCTOR, Hat.MANAGER, Hat.SUPERVISOR, Hat.AUDITOR}),
    Hat.MANAGER: frozenset({Hat.INSTRUCTOR, Hat.MANAGER}),
}
PLACES: dict[Hat, frozenset[str]] = {
    Hat.INSTRUCTOR: frozenset({"district", "subdistrict", "enterprise", "department"}),
    Hat.MANAGER: frozenset({"enterprise", "department"}),
    Hat.SUPERVISOR: frozenset({"district", "subdistrict"}),
    Hat.AUDITOR: frozenset({"district", "subdistrict", "enterprise"}),
}


class HatRefused(RuleError):
    """This hat cannot be granted to this person, for this place, until this day."""


def may_grant(actor: Actor, hat: Hat, path: str) -> bool:
    """Whether the actor may hand out `hat` for the organisation at `path`: supervisors every hat in their part
    of the tree, managers those of instructor and manager in theirs."""
    return any(hat in GRANTABLE.get(scope.hat, ()) and scope.covers(path) for scope in actor.scopes)


def grantable(actor: Actor, path: str, kind: str) -> tuple[Hat, ...]:
    """The hats that the actor may hand out for an organisation of this kind."""
    return tuple(hat for hat in Hat if kind in PLACES.get(hat, ()) and may_grant(actor, hat, path))


def check_grant(
    actor: Actor, *, user_id: int, hat: Hat, path: str, kind: str, ends_on: date, today: date, most_days: int
) -> None:
    """Raise unless the actor may give this hat.

    :raises HatRefused: to oneself, for a wrong kind of place, without the right, or for too long
    """
    if user_id == actor.user_id:
        raise HatRefused("Nobody grants a hat to themselves. Ask somebody else who may.")
    if kind not in PLACES.get(hat, ()) or not may_grant(actor, hat, path):
        raise HatRefused("You cannot grant this hat for this organisation.")
    if ends_on < today:
        raise HatRefused("The last day lies in the past.")
    if ends_on > today + timedelta(days=most_days):
        raise HatRefused("A hat is granted for at most %(n)d days; renew it then.", n=most_days)


def outranks(actor: Actor, user_id: int, scopes: Iterable[Scope]) -> bool:
    """Whether the actor may suspend somebody or give them another first password.

    Whoever could do that to a person with more rights would have these rights themselves: each hat of the
    person must be one that the actor could have granted. Nobody does it to themselves."""
    return user_id != actor.user_id and all(may_grant(actor, scope.hat, scope.path) for scope in scopes)
