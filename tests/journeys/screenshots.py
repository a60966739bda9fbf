"""Pictures of every page, to be looked at: `python -m tests.journeys.screenshots OUT_DIR [--only home,lesson]`.

360 and 1440 px wide, Chinese and English, light and dark; the file's name says which.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from lms.web.permissions import public
from tests import world
from tests.addresses import make_address_book
from tests.journeys.browser import DESKTOP, HEIGHTS, Visitor, chromium, visitor
from tests.journeys.server import LiveServer, running
from tests.journeys.steps import choose_language, enter

SMALL = 360
LANGUAGES = ("zh", "en")
NO_PAGES = frozenset({"static", "catalog.show_media", "errors.service_worker", "accounts.sign_in"})
ERRORS = (403, 404, 419, 429, 500)


@dataclass(frozen=True)
class Shot:
    """A page with the name of its picture."""

    name: str
    path: str


def shots(server: LiveServer) -> list[Shot]:
    """Every page of a learner, named after its endpoint; further ones of the same endpoint get their address."""
    found: dict[str, Shot] = {}
    for address in make_address_book(server.app, world.ZHOU).pages():
        if address.endpoint in NO_PAGES:
            continue
        name = address.endpoint.partition(".")[2]
        if name in found:
            name += "-" + address.url.strip("/").replace("/", "-")[-24:]
        found[name] = Shot(name, address.url)
    found["search"] = Shot("search", "/curriculum/list?q=发票")
    found["search_nothing"] = Shot("search_nothing", "/curriculum/list?q=zzzz")
    return [*found.values(), *(Shot(f"error_{code}", f"/break/{code}") for code in ERRORS)]


def add_error_pages(server: LiveServer) -> None:
    """Routes that fail, as when the product is served."""
    from flask import abort

    server.app.testing = False
    for code in ERRORS:
        view = public(lambda code=code: abort(code))
        server.app.add_url_rule(f"/break/{code}", view_func=view, endpoint=f"break_{code}")


def take(person: Visitor, shot: Shot, folder: Path) -> Iterator[Path]:
    """The page on screen in four looks."""
    for width in (SMALL, DESKTOP):
        for look in ("light", "dark"):
            person.page.set_viewport_size({"width": width, "height": HEIGHTS[width]})
            person.page.emulate_media(color_scheme="dark" if look == "dark" else "light")
            target = folder / f"{shot.name}-{width}-{person.language}-{look}.png"
            person.page.screenshot(path=target, full_page=True)
            yield target


def take_all(server: LiveServer, person: Visitor, folder: Path, only: frozenset[str]) -> int:
    """Pictures of all pages in one language; how many."""
    person.expected |= {*ERRORS}
    count = 0
    person.visit("/sign-in")
    if not only or "sign_in" in only:
        count += len(list(take(person, Shot("sign_in", "/sign-in"), folder)))
    enter(person, world.ZHOU)
    for shot in shots(server):
        if only and shot.name not in only:
            continue
        person.visit(shot.path)
        person.page.wait_for_load_state("networkidle")
        count += len(list(take(person, shot, folder)))
    person.problems.clear()  # pictures are to be looked at; complaints are the journeys' work
    return count


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.journeys.screenshots", description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--only", default="", help="names of pages, with commas between them")
    parser.add_argument(
        "--language", choices=LANGUAGES, action="append", help="one language; both unless given"
    )
    options = parser.parse_args(arguments)
    options.out.mkdir(parents=True, exist_ok=True)
    only = frozenset(filter(None, options.only.split(",")))
    count = 0
    with tempfile.TemporaryDirectory() as name, chromium() as browser:
        world.make_world(Path(name))
        with running(Path(name)) as server:
            add_error_pages(server)
            for language in options.language or LANGUAGES:
                choose_language(server, world.ZHOU, language)
                with visitor(browser, server.url, width=DESKTOP, language=language) as person:
                    count += take_all(server, person, options.out, only)
    print(f"{count} pictures in {options.out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
