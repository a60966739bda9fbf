"""One-time codes for the first sign-in, printed on paper: no mail is needed.

A code is a first password. It is shown once, kept as a hash, and replaced by its owner when they sign in (A6)."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy.orm import Session

from lms.db.transaction import Database
from lms.domain.hats import outranks
from lms.domain.permissions import Actor
from lms.features.accounts.service import store_first_passwords
from lms.features.organizations import notices
from lms.features.organizations.import_knowledge import IN_CHARGE
from lms.features.organizations.people_queries import PersonRow, count_codeless, list_codeless, list_scopes
from lms.features.organizations.queries import employment_paths
from lms.features.policies.queries import get_policy
from lms.ports.clock import local_date
from lms.ports.passwords import CONCURRENT_HASHES, Passwords, make_initial_password

AT_ONCE = 100  # each costs a core 50 ms, and a hundred slips are a stack of paper


class Slip(NamedTuple):
    """What is printed for one person."""

    person: PersonRow
    code: str


def list_without_code(db: Session, path: str, *, now: datetime) -> list[PersonRow]:
    """Whose turn it is in this part of the tree: never signed in, no code that still works.

    Who wears a hat is given a code one by one, by somebody of higher rank."""
    return list_codeless(db, path, valid_since=_valid_since(db, now), now=now, limit=AT_ONCE)


def count_without_code(db: Session, path: str, *, now: datetime) -> int:
    """How many people there wait for a code."""
    return count_codeless(db, path, valid_since=_valid_since(db, now), now=now)


def valid_days(db: Session, *, now: datetime) -> int:
    """For how many days a code works."""
    return get_policy(db, on=local_date(now)).initial_password_days


def _valid_since(db: Session, now: datetime) -> datetime:
    return now - timedelta(days=valid_days(db, now=now))


def make_codes(
    database: Database,
    passwords: Passwords,
    people: Sequence[PersonRow],
    *,
    actor: Actor,
    now: datetime,
    is_for_waiting: bool = True,
) -> list[Slip]:
    """Make a code for each and keep the hashes; takes the `Database`, because hashing belongs into no transaction.

    `is_for_waiting`: whoever signs in at this very moment keeps the password of their own."""
    codes = {person.user_id: make_initial_password() for person in people}
    with ThreadPoolExecutor(CONCURRENT_HASHES) as pool:
        hashes = dict(zip(codes, pool.map(passwords.hash, codes.values()), strict=True))
    with database.writing() as db:
        allowed = _still_allowed(db, list(hashes), actor=actor, now=now, is_for_waiting=is_for_waiting)
        hashes = {user_id: hashed for user_id, hashed in hashes.items() if user_id in allowed}
        stored = store_first_passwords(db, hashes, now=now, is_for_waiting=is_for_waiting)
        if not is_for_waiting:
            notices.tell_account(db, stored, "password_given", by=actor.display_name, now=now)
    return [Slip(person, codes[person.user_id]) for person in people if person.user_id in stored]


def _still_allowed(
    db: Session, user_ids: Sequence[int], *, actor: Actor, now: datetime, is_for_waiting: bool
) -> set[int]:
    """Who still works where the actor is in charge and has not been given more rights while codes were hashed."""
    places = employment_paths(db, user_ids)
    scopes = list_scopes(db, user_ids, now=now)
    found = {user_id for user_id, path in places.items() if actor.covers(path, *IN_CHARGE)}
    if is_for_waiting:
        return found - scopes.keys()
    return {user_id for user_id in found if outranks(actor, user_id, scopes.get(user_id, ()))}
