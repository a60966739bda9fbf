"""Security headers and cookies on every answer, error pages too (safety.md S5, W2, W3, W6)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from flask import Flask, abort
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from lms.app import create_app
from lms.ports.clock import FixedClock
from lms.web.permissions import public
from tests import world
from tests.addresses import AddressBook
from tests.conftest import NOON
from tests.factories.accounts import PASSWORD

NONCE = re.compile(r"'nonce-([\w-]{20,})'")
SCRIPT = re.compile(r"<script\b[^>]*>")
MEDIA = "default-src 'none'; style-src 'unsafe-inline'; sandbox"  # a figure opened by itself runs nothing
YEAR = 365 * 24 * 3600


def directives(policy: str) -> dict[str, str]:
    return {name: rest for name, _, rest in (part.strip().partition(" ") for part in policy.split(";"))}


def check_headers(answer: TestResponse) -> None:
    """What every answer must carry."""
    headers = answer.headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] in ("same-origin", "no-referrer", "strict-origin-when-cross-origin")
    assert "Server" not in headers
    assert "X-Powered-By" not in headers
    policy = headers["Content-Security-Policy"]
    if policy != MEDIA:
        check_policy(answer, policy)
    if answer.mimetype == "text/html":
        assert headers["Cache-Control"] == "no-store"


def check_policy(answer: TestResponse, policy: str) -> None:
    """Nothing but what comes from here, scripts only with this answer's nonce."""
    rules = directives(policy)
    assert rules["default-src"] == "'none'"
    assert rules["object-src"] == rules["base-uri"] == rules["frame-ancestors"] == "'none'"
    assert rules["form-action"] == "'self'"
    assert "unsafe" not in policy
    assert "http" not in policy
    assert "*" not in policy
    nonce = NONCE.fullmatch(rules["script-src"])
    assert nonce is not None
    if answer.mimetype == "text/html":
        for tag in SCRIPT.findall(answer.get_data(as_text=True)):
            assert f'nonce="{nonce.group(1)}"' in tag


def test_every_page_of_a_learner(learner: FlaskClient, own: AddressBook) -> None:
    for address in own.learner_pages():
        answer = learner.get(address.url, headers={"Origin": "https://evil.example"})
        assert answer.status_code < 400, f"{address} answers {answer.status_code}"
        check_headers(answer)
        assert "Access-Control-Allow-Origin" not in answer.headers
        assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
        answer.close()


def test_every_page_of_nobody(anonymous: FlaskClient, own: AddressBook) -> None:
    for address in own.pages():
        answer = anonymous.get(address.url)
        check_headers(answer)
        answer.close()


def test_the_nonce_is_new_on_every_answer(anonymous: FlaskClient) -> None:
    policies = [anonymous.get("/sign-in").headers["Content-Security-Policy"] for _ in range(5)]
    assert len(set(policies)) == 5


def break_view(code: int) -> Callable[[], str]:
    def view() -> str:
        if code == 500:
            raise ZeroDivisionError
        abort(code)

    return public(view)  # type: ignore[return-value]


@pytest.fixture
def broken(world_app: Flask) -> Iterator[FlaskClient]:
    """A browser of an application whose routes /break/<code> answer with that error, as when it is served."""
    world_app.testing = False
    world_app.config["PROPAGATE_EXCEPTIONS"] = False
    for code in (400, 403, 404, 413, 419, 429, 500):
        world_app.add_url_rule(f"/break/{code}", view_func=break_view(code), endpoint=f"break_{code}")
    yield world_app.test_client()
    world_app.testing = True


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("code", [400, 403, 404, 413, 419, 429, 500])
def test_error_pages_speak_both_languages_and_lead_on(broken: FlaskClient, language: str, code: int) -> None:
    answer = broken.get(f"/break/{code}", headers={"Accept-Language": language})
    text = answer.get_data(as_text=True)
    assert answer.status_code == code
    check_headers(answer)
    main = text[text.index("<main") : text.index("</main>")]
    assert f'lang="{"zh-CN" if language == "zh" else "en"}"' in text
    assert bool(re.search("[一-鿿]", main)) == (language == "zh")
    assert re.search(r'<(?:a|button)\b[^>]*(?:href="/|type=)', main), "no way on"
    assert "ZeroDivisionError" not in text
    assert "Traceback" not in text


def test_a_missing_page_and_a_wrong_method(learner: FlaskClient) -> None:
    for answer, code in ((learner.get("/nowhere"), 404), (learner.post("/curriculum"), (405, 400, 419))):
        assert answer.status_code in (code if isinstance(code, tuple) else (code,))
        check_headers(answer)


def test_an_answer_to_a_script_is_protected_too(broken: FlaskClient) -> None:
    answer = broken.get("/break/403", headers={"Accept": "application/json"})
    assert answer.json == {"error": 403}
    check_headers(answer)


def served(app: Flask, base_url: str) -> FlaskClient:
    """The same world behind another address."""
    settings = world.with_base_url(app.extensions["settings"], base_url)
    other = create_app(settings, database=app.extensions["database"], clock=FixedClock(NOON))
    other.config["WTF_CSRF_ENABLED"] = False
    return other.test_client()


def sign_in(client: FlaskClient, base_url: str) -> TestResponse:
    return client.post("/sign-in", data={"name": world.LI, "password": PASSWORD}, base_url=base_url)


def test_https_has_hsts_and_host_cookies(world_app: Flask) -> None:
    base = "https://terrace.example"
    client = served(world_app, base)
    answer = sign_in(client, base)
    policy = answer.headers["Strict-Transport-Security"]
    assert int(policy.split("max-age=")[1].split(";")[0]) >= YEAR
    assert "includeSubDomains" in policy
    check_cookies(answer, is_https=True)


def test_http_has_neither(world_app: Flask) -> None:
    base = "http://127.0.0.1:8000"
    answer = sign_in(served(world_app, base), base)
    assert "Strict-Transport-Security" not in answer.headers
    check_cookies(answer, is_https=False)


def check_cookies(answer: TestResponse, *, is_https: bool) -> None:
    """Every cookie: out of reach of scripts, of this site only, secure under its `__Host-` name on https."""
    cookies = answer.headers.getlist("Set-Cookie")
    assert answer.status_code == 302
    assert cookies
    for cookie in cookies:
        parts = [part.strip() for part in cookie.split(";")]
        assert "HttpOnly" in parts
        assert {"SameSite=Lax", "SameSite=Strict"} & set(parts)
        assert "Path=/" in parts
        assert not any(part.startswith("Domain=") for part in parts)
        assert ("Secure" in parts) == is_https
        assert cookie.startswith("__Host-") == is_https


def test_the_language_cookie_is_no_worse(anonymous: FlaskClient, world_app: Flask) -> None:
    world_app.config["WTF_CSRF_ENABLED"] = False
    cookie = anonymous.post("/language/en").headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
