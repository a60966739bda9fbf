"""Who gets where: nobody to the sign-in page, nobody to what belongs to others (safety.md Z1, Z2, I10)."""

from __future__ import annotations

from urllib.parse import parse_qs, quote, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient

from lms.web.urls import safe_next
from tests import world
from tests.addresses import AddressBook
from tests.factories.accounts import PASSWORD
from tests.security.test_changes import fingerprints

EVIL = (
    "https://evil.example/",
    "//evil.example",
    "///evil.example",
    "////evil.example/a",
    "/\\evil.example",
    "\\\\evil.example",
    "\\/evil.example",
    "/%2f%2fevil.example",
    "/%2fevil.example",
    "%2f%2fevil.example",
    "/%5cevil.example",
    "/%255cevil.example",
    "https:evil.example",
    "https:/evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "http://127.0.0.1@evil.example/",
    "/\t/evil.example",
    "/\n/evil.example",
    "\t//evil.example",
    " //evil.example",
    "/%09/evil.example",
    "/a\r\nSet-Cookie: x=1",
    "evil.example",
    "",
)


def test_nobody_is_sent_to_the_sign_in_page(anonymous: FlaskClient, own: AddressBook) -> None:
    for address in own.pages():
        if address.is_public:
            continue
        answer = anonymous.get(address.url)
        target = urlsplit(answer.headers.get("Location", ""))
        assert (answer.status_code, target.path) == (302, "/sign-in"), (
            f"{address} answers {answer.status_code}"
        )
        assert parse_qs(target.query)["next"] == [address.url]


def test_nobody_changes_anything(world_app: Flask, anonymous: FlaskClient, own: AddressBook) -> None:
    world_app.config["WTF_CSRF_ENABLED"] = False
    before = fingerprints(world_app)
    for address in own.changes():
        if not address.is_public:
            answer = anonymous.open(address.url, method=address.method, data={"choice": "a"})
            assert answer.status_code == 419, f"{address} answers {answer.status_code}"
    assert fingerprints(world_app) == before


def test_only_named_routes_are_public(own: AddressBook) -> None:
    public = {address.endpoint for address in own.addresses if address.is_public}
    assert public == {
        "static",
        "accounts.sign_in",
        "accounts.sign_out",
        "district.show_public",
        "errors.offline",
        "errors.service_worker",
        "localisation.switch_language",
    }


def test_what_belongs_to_others_does_not_exist(
    world_app: Flask, learner: FlaskClient, own: AddressBook, foreign: AddressBook
) -> None:
    world_app.config["WTF_CSRF_ENABLED"] = False
    before = fingerprints(world_app)
    addresses = list(foreign.personal())
    assert len(addresses) >= 6
    for address in addresses:
        answer = learner.open(address.url, method=address.method, data={"choice": "a"})
        assert answer.status_code == 404, f"{address} answers {answer.status_code}"
    assert fingerprints(world_app) == before


def test_what_does_not_exist_answers_the_same(learner: FlaskClient, foreign: AddressBook) -> None:
    pages = [a.url for a in foreign.personal() if a.method == "GET"]
    missing = "00000000-0000-4000-8000-000000000000"
    for url in pages:
        parts = url.split("/")
        parts[2] = missing
        answers = [learner.get(url), learner.get("/".join(parts))]
        assert [answer.status_code for answer in answers] == [404, 404]
        assert len({main_of(answer.get_data(as_text=True)) for answer in answers}) == 1


def main_of(page: str) -> str:
    return page[page.index("<h1") : page.index("</h1>")]


@pytest.mark.parametrize("target", EVIL)
def test_an_address_elsewhere_becomes_the_start_page(target: str) -> None:
    assert safe_next(target) == "/"


def test_no_redirect_leaves_this_host(world_app: Flask) -> None:
    world_app.config["WTF_CSRF_ENABLED"] = False
    for target in EVIL:
        for url, sent in (
            ("/language/en", {"next": target}),
            (f"/sign-in?next={quote(target)}", {"name": world.LI, "password": PASSWORD}),
        ):
            answer = world_app.test_client().post(url, data=sent)
            assert (answer.status_code, answer.headers["Location"]) == (302, "/"), f"{url} with {target!r}"


@pytest.mark.parametrize(
    "target", ["/", "/modules/safety-foundations", "/curriculum/list?q=%E5%8F%91%E7%A5%A8&page=2"]
)
def test_a_page_of_our_own_is_kept(target: str) -> None:
    assert safe_next(target) == target
