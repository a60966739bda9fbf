"""Every page: no violation of accessibility rules, no complaint in the console, nothing wider than the screen."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import world
from tests.addresses import make_address_book
from tests.journeys.browser import DESKTOP, HEIGHTS, PHONE, Visitor
from tests.journeys.conftest import Open
from tests.journeys.server import LiveServer
from tests.journeys.steps import choose_language, enter

AXE = Path(__file__).parents[1] / "vendor" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN_AXE = """async (tags) => {
  const found = await axe.run(document, { runOnly: { type: "tag", values: tags }, resultTypes: ["violations"] });
  return found.violations.map((rule) => `${rule.id}: ` + rule.nodes.slice(0, 3).map((n) =>
    `${n.target.join(" ")} – ${(n.failureSummary || "").split("\\n").slice(1, 2).join("").trim()}`).join(" | "));
}"""
TOO_WIDE = "() => document.scrollingElement.scrollWidth - document.documentElement.clientWidth"
NO_PAGES = frozenset({"static", "catalog.show_media", "errors.service_worker"})


def page_paths(server: LiveServer) -> list[str]:
    """Every page a learner can see, and two that do not exist."""
    book = make_address_book(server.app, world.ZHOU)
    paths = [address.url for address in book.learner_pages() if address.endpoint not in NO_PAGES]
    return [path for path in dict.fromkeys(paths) if path != "/sign-in"]


def set_look(person: Visitor, width: int, *, is_dark: bool) -> None:
    person.page.set_viewport_size({"width": width, "height": HEIGHTS[width]})
    person.page.emulate_media(color_scheme="dark" if is_dark else "light", reduced_motion="reduce")


def violations(person: Visitor) -> list[str]:
    if not person.page.evaluate("() => 'axe' in window"):
        person.page.evaluate(AXE.read_text(encoding="utf-8"))
    found: list[str] = person.page.evaluate(RUN_AXE, TAGS)
    return found


def looks(person: Visitor, all_looks: list[tuple[int, bool]]) -> list[str]:
    """What is wrong with the page on screen, in each look."""
    found = []
    for width, is_dark in all_looks:
        set_look(person, width, is_dark=is_dark)
        name = f"{person.page.url} {width} {'dark' if is_dark else 'light'}"
        found += [f"{name} {violation}" for violation in violations(person)]
        if (pixels := person.page.evaluate(TOO_WIDE)) > 0:
            found.append(f"{name} is {pixels} pixels wider than the screen")
    return found


FULL = [(PHONE, False), (PHONE, True), (DESKTOP, True), (DESKTOP, False)]


@pytest.mark.parametrize(
    ("language", "all_looks"), [("zh", FULL), ("en", [(DESKTOP, False), (PHONE, False)])]
)
def test_axe_finds_nothing(
    open_browser: Open, server: LiveServer, language: str, all_looks: list[tuple[int, bool]]
) -> None:
    choose_language(server, world.ZHOU, language)
    found = []
    with open_browser(width=DESKTOP, language=language, bypass_csp=True) as person:
        person.visit("/sign-in")
        found += looks(person, all_looks)
        enter(person, world.ZHOU)
        for path in page_paths(server):
            person.visit(path)
            found += looks(person, all_looks)
    assert found == [], "\n".join(found)


def test_axe_would_find_something(open_browser: Open) -> None:
    with open_browser(width=DESKTOP, language="zh", bypass_csp=True) as person:
        person.visit("/sign-in")
        person.page.evaluate("() => document.querySelectorAll('label').forEach((label) => label.remove())")
        assert any(violation.startswith("label") for violation in violations(person))


@pytest.mark.parametrize("width", [PHONE, DESKTOP])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_page_complains(open_browser: Open, server: LiveServer, width: int, language: str) -> None:
    """Console errors, CSP reports, requests to other hosts and failed requests fail the visitor's check."""
    choose_language(server, world.ZHOU, language)
    with open_browser(width=width, language=language) as person:
        enter(person, world.ZHOU)
        for path in page_paths(server):
            person.visit(path)
            person.page.wait_for_load_state("networkidle")


def test_a_complaint_would_be_noticed(open_browser: Open) -> None:
    with open_browser(width=DESKTOP, language="zh") as person:
        person.visit("/sign-in")
        person.page.evaluate("() => { document.body.setAttribute('onclick', 'x()'); document.body.click(); }")
        person.page.evaluate("() => fetch('http://127.0.0.2:9/').catch(() => null)")
        person.page.wait_for_timeout(200)
        heard = " ".join(person.problems)
        assert "CSP" in heard
        assert "asks another host" in heard or "connect-src" in heard
        person.problems.clear()


def test_pages_of_all_kinds_are_visited(server: LiveServer) -> None:
    paths = page_paths(server)
    for part in (
        "/curriculum",
        "/skills",
        "/record",
        "/profile",
        "/attempts/",
        "/lessons/",
        "/recommendations/how",
    ):
        assert any(part in path for path in paths), part
