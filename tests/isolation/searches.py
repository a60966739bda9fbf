"""Lists asked for with words, filters and scopes that might reach too far."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Flask

from tests.isolation.things import Try
from tests.isolation.world import World

WORDS = ("kanari", "title", "craft", "%25", "_")


def list_searches(app: Flask, world: World) -> Iterator[Try]:
    """Every list with words that stand in everybody's texts, and with the numbers of foreign places."""
    rooms = set(app.blueprints)
    for endpoint, url in _urls(world):
        if endpoint.partition(".")[0] in rooms:
            yield Try(endpoint, "GET", url, None)


def _urls(world: World) -> Iterator[tuple[str, str]]:
    for word in WORDS:
        yield "learning.show_curriculum_list", f"/curriculum/list?q={word}"
        yield "learning.show_curriculum", f"/curriculum?q={word}"
        yield "trail.show_trail", f"/trail?span=all&q={word}"
        yield "trail.export_trail", f"/trail/csv?span=all&q={word}"
        for number in ("people", "enterprises", "places"):
            yield "district.list_rows", f"/district/rows/{number}?q={word}"
        yield "team.show_team", f"/team?q={word}"
        yield "team.export_team", f"/team.csv?q={word}"
        yield "organizations.show_organizations", f"/organizations?q={word}"
    for state in ("open", "begun", "path"):
        yield "learning.show_curriculum_list", f"/curriculum/list?state={state}"
    for place in ("s", "t", "a", "c"):
        area = world.places[place]
        yield "district.show_district", f"/district?area={area}"
        yield "district.export_district", f"/district.csv?area={area}"
        for number in ("people", "enterprises", "places", "learners"):
            yield "district.list_rows", f"/district/rows/{number}?area={area}"
            yield "district.export_rows", f"/district/rows/{number}.xlsx?area={area}"
    for page in ("2", "0", "-1", "99"):
        yield "notifications.show_inbox", f"/notifications?page={page}"
        yield "trail.show_looks", f"/profile/looks?page={page}"
        yield "proposals.show_proposals", f"/role-proposals?page={page}"
