"""Every route of the product as addresses that can be asked for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask import Flask
from sqlalchemy import select
from werkzeug.routing import Rule

from lms.features.accounts.models import UserSession
from lms.features.assessment.models import Attempt
from lms.features.catalog.models import MediaFile
from lms.web.permissions import DECLARED, PUBLIC
from tests import world

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
NOBODY = 999_999  # the number of nothing: `tests.world` has no organisations, nobody in it wears a hat
NUMBERS = (
    "assignment_id",
    "grant_id",
    "notification_id",
    "organization_id",
    "proposal_id",
    "question_id",
    "request_id",
    "rule_id",
    "user_id",
)
OF_LEARNERS = frozenset(
    {
        "accounts",
        "assessment",
        "catalog",
        "drills",
        "errors",
        "finding",
        "glossary",
        "home",
        "learning",
        "localisation",
        "notifications",
        "recommendations",
        "skills",
        "static",
        "district.show_public",
        "trail.show_looks",
    }
)


@dataclass(frozen=True)
class Address:
    """A route with its values filled in."""

    method: str
    url: str
    endpoint: str
    is_public: bool
    is_personal: bool
    is_of_learners: bool  # a learner gets there, at least to what is theirs

    def __str__(self) -> str:
        return f"{self.method} {self.url}"


@dataclass(frozen=True)
class AddressBook:
    """All addresses, with the values of one person's things."""

    addresses: tuple[Address, ...]

    def pages(self) -> Iterator[Address]:
        return (address for address in self.addresses if address.method == "GET")

    def learner_pages(self) -> Iterator[Address]:
        """The pages that are for everybody who learns; those of hats answer learners with a refusal."""
        return (address for address in self.pages() if address.is_of_learners)

    def changes(self) -> Iterator[Address]:
        return (address for address in self.addresses if address.method not in SAFE)

    def personal(self) -> Iterator[Address]:
        """Addresses that name a thing which belongs to the person."""
        return (address for address in self.addresses if address.is_personal)


def make_address_book(app: Flask, name: str) -> AddressBook:
    """Every route, filled with things of the person.

    :raises KeyError: a route has a value that this module has not been taught
    """
    samples = _samples(app, name)
    adapter = app.url_map.bind("localhost")
    found = []
    for rule in app.url_map.iter_rules():
        for values in samples[rule.endpoint] if rule.endpoint in samples else [_values(rule, samples[""][0])]:
            url = adapter.build(rule.endpoint, values, method=next(iter(rule.methods or {"GET"})))
            found += [
                _address(app, rule, method, url)
                for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
            ]
    return AddressBook(tuple(found))


def _values(rule: Rule, samples: dict[str, Any]) -> dict[str, Any]:
    return {
        argument: samples[argument] for argument in rule.arguments if argument not in (rule.defaults or {})
    }


def _address(app: Flask, rule: Rule, method: str, url: str) -> Address:
    view = app.view_functions[rule.endpoint]
    is_public = getattr(view, DECLARED, None) == PUBLIC
    is_of_learners = bool({rule.endpoint, rule.endpoint.partition(".")[0]} & OF_LEARNERS)
    is_personal = is_of_learners and bool({"uuid", "session_id"} & set(rule.arguments))
    return Address(method, url, rule.endpoint, is_public, is_personal, is_of_learners)


def _samples(app: Flask, name: str) -> dict[str, list[dict[str, Any]]]:
    """Values for the arguments of all routes under an empty name; under an endpoint's name its own list."""
    with app.extensions["database"].reading() as db:
        owner = world.get_user_id(db, name)
        media = db.execute(select(MediaFile.sha256, MediaFile.name).limit(1)).one()
        by_status = dict(
            db.execute(select(Attempt.status, Attempt.uuid).where(Attempt.learner_id == owner)).all()
        )
        session_id = db.scalars(select(UserSession.id).where(UserSession.user_id == owner)).first()
    values = {
        "slug": world.BEGUN,
        "position": 1,
        "uuid": by_status["started"],
        "session_id": session_id,
        "sha256": media.sha256,
        "name": media.name,
        "code": "en",
        "filename": "css/terrace.css",
        "kind": "xlsx",
        "number": "people",
        **dict.fromkeys(NUMBERS, NOBODY),
    }
    modules = [{"slug": slug} for slug in (world.BEGUN, world.DONE, world.LOCKED)]
    return {
        "": [values],
        "learning.show_module": modules,
        "accounts.wear_hat": [{"name": "learner"}],
        "assessment.show_result": [{"uuid": by_status["graded"]}, {"uuid": by_status["started"]}],
    }
