"""Which things an address may name: somebody's own, a colleague's, a stranger's, and none at all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Flask
from werkzeug.routing import Rule

from tests.addresses import SAFE
from tests.isolation.people import boss_of, teacher_of
from tests.isolation.world import World

MISSING = "missing"
DRAFT_FIGURE = "catalog.show_media of a draft"
OF_A_PLACE = " of a place"
PLACED = {"team.show_team": "/team", "team.show_gaps": "/team/gaps", "team.show_modules": "/team/modules"}
PLACED |= {f"team.export_{name}": f"/team/{name}.xlsx" for name in ("gaps", "modules")}
PLACED |= {"team.export_team": "/team.xlsx", "team.export_closers": "/team/closing-modules.xlsx"}
NOBODY = 999_999
NO_UUID = UUID("00000000-0000-4000-8000-000000000000")
NOTHING: dict[str, Any] = {
    "slug": "no-such-module",
    "uuid": NO_UUID,
    "sha256": "0" * 64,
    "name": "plan.svg",
    "number": "no-such-number",
}
# values that say how something is shown, not whose it is
WAYS: dict[str, Any] = {"position": 1, "kind": "xlsx", "code": "en", "filename": "css/terrace.css"}
MORE_WAYS = {"kind": "csv"}
BY_ENDPOINT = {
    ("accounts.wear_hat", "name"): ("learner", "manager", "supervisor"),
    ("district.list_rows", "number"): ("people", "enterprises", "completions", "places"),
    ("district.export_rows", "number"): ("people", "enterprises", "places"),
}


@dataclass(frozen=True)
class Bundle:
    """Things that belong together: of one person at one place; `relation` is filled in by who asks."""

    key: str  # the person; `missing`: things that do not exist
    place: str
    values: Mapping[str, Any]

    @property
    def firm(self) -> str:
        return self.place[:1]

    @property
    def boss(self) -> str:
        return boss_of(self.firm)

    @property
    def learner(self) -> str:
        """Whose attempt is in the bundle: heads have no learning of their own, a learner's stands for it."""
        return {boss_of("a"): "wu", boss_of("b"): "he"}.get(self.key, self.key)

    @property
    def is_missing(self) -> bool:
        return self.key == MISSING

    @property
    def is_department(self) -> bool:
        return len(self.place) == 2


@dataclass(frozen=True)
class Try:
    """A request to make: `bundle` is None where the address names nobody's thing."""

    endpoint: str
    method: str
    url: str
    bundle: Bundle | None

    @property
    def is_change(self) -> bool:
        return self.method not in SAFE

    def __str__(self) -> str:
        whose = f" ({self.bundle.key}’s)" if self.bundle else ""
        return f"{self.method} {self.url} [{self.endpoint}]{whose}"


def make_bundles(world: World) -> tuple[Bundle, ...]:
    """One bundle per learner and one of the first enterprise's head, and the one of nothing."""
    heads = [_bundle(world, boss_of(firm), firm) for firm in "ab"]
    owners = (("wu", "a1"), ("li", "a2"), ("he", "b1"), ("xu", "c1"), ("qi", "e1"))
    return (*(_bundle(world, *owner) for owner in owners), *heads, Bundle(MISSING, "d", {}))


def _bundle(world: World, key: str, place: str) -> Bundle:
    learner = Bundle(key, place, {}).learner
    values = {**world.things[place[0]], **world.things[learner], **world.things[key]}
    values |= world.things[f"at {place}"]
    values |= {"user_id": world.people[key], "organization_id": world.places[place]}
    values |= {"firm_id": world.places[place[0]], "teacher_id": world.people[teacher_of(place[0])]}
    return Bundle(key, place, values)


# (endpoint or blueprint, argument) → what it is called in a bundle; other arguments are called as they are
NAMES = {
    ("drills", "slug"): "module",
    ("learning", "slug"): "module",
    ("assessment", "slug"): "module",
    ("assessment", "uuid"): "attempt",
    ("recommendations", "slug"): "module",
    ("studio", "slug"): "module",
    ("studio", "request_id"): "wish",
    ("studio.switch_second_approval", "organization_id"): "firm_id",
    ("uploads", "uuid"): "upload",
    ("people_lists", "uuid"): "list",
    ("catalog", "sha256"): "title_sha256",
}


def all_tries(app: Flask, bundles: tuple[Bundle, ...]) -> Iterator[Try]:
    """Every route with every method, once per bundle when it names a thing."""
    adapter = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        names = sorted(rule.arguments - set(rule.defaults or {}))
        is_of_somebody = any(name not in WAYS and not _choices(rule, name) for name in names)
        for bundle in bundles if is_of_somebody else (None,):
            for values in _fillings(rule, names, bundle):
                url = adapter.build(rule.endpoint, values, method=next(iter(rule.methods or {"GET"})))
                for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                    yield Try(rule.endpoint, method, url, bundle)


def draft_tries(bundles: tuple[Bundle, ...]) -> Iterator[Try]:
    """The figure of a module that is not published: its address is the same route's, its readers are fewer."""
    for bundle in bundles:
        digest = bundle.values.get("draft_sha256", NOTHING["sha256"])
        yield Try(DRAFT_FIGURE, "GET", f"/media/{digest}/plan.svg", bundle)


def placed_tries(app: Flask, bundles: tuple[Bundle, ...]) -> Iterator[Try]:
    """Pages that name a part of the tree, or a person to open, in the query of their address."""
    for endpoint, url in PLACED.items() if "team" in app.blueprints else ():
        for bundle in bundles:
            place = bundle.values.get("organization_id", NOBODY)
            yield Try(f"{endpoint}{OF_A_PLACE}", "GET", f"{url}?organization={place}", bundle)
            person = bundle.values.get("user_id", NOBODY)
            yield Try(endpoint, "GET", f"{url}?open={person}", None)


def _choices(rule: Rule, name: str) -> tuple[Any, ...]:
    return BY_ENDPOINT.get((rule.endpoint, name), ())


def _fillings(rule: Rule, names: list[str], bundle: Bundle | None) -> Iterator[dict[str, Any]]:
    first = {name: _value(rule, name, bundle) for name in names if not _choices(rule, name)}
    chosen = next((name for name in names if _choices(rule, name)), None)
    fillings = [first | {chosen: value} for value in _choices(rule, chosen)] if chosen else [first]
    for filling in fillings:
        yield filling
        for name, value in MORE_WAYS.items():
            if name in filling:
                yield filling | {name: value}


def _value(rule: Rule, name: str, bundle: Bundle | None) -> Any:
    """The value of an argument.

    :raises KeyError: a route has a value that this module has not been taught
    """
    if name in WAYS:
        return WAYS[name]
    assert bundle is not None
    if bundle.is_missing:
        return NOTHING.get(name, NOBODY)
    blueprint = rule.endpoint.partition(".")[0]
    called = NAMES.get((rule.endpoint, name)) or NAMES.get((blueprint, name)) or name
    return bundle.values[called]
