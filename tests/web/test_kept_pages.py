"""Kept pages: what belongs to one answer or one person never reaches another."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from lms.db.transaction import Database
from lms.web import kept_pages
from tests.factories.accounts import sign_in_as
from tests.factories.curriculum import BASICS, ROLE, make_curriculum, make_learner

NONCE = re.compile(r'nonce="([^"]+)"')
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


@pytest.fixture
def clerk(app: Flask, database: Database, tmp_path: Path) -> FlaskClient:
    app.config["WTF_CSRF_ENABLED"] = True
    with database.writing() as db:
        make_curriculum(db, tmp_path)
        user_id = make_learner(db, "clerk", role=ROLE).id
    return sign_in_as(app, user_id)


@pytest.mark.parametrize("url", ["/", "/curriculum"])
def test_the_same_page_again_has_its_own_nonce_and_a_token_that_works(clerk: FlaskClient, url: str) -> None:
    first, second = clerk.get(url), clerk.get(url)
    nonces = [set(NONCE.findall(answer.text)) for answer in (first, second)]
    assert [len(found) for found in nonces] == [1, 1]
    assert nonces[0] != nonces[1]
    for answer, found in zip((first, second), nonces, strict=True):
        assert f"'nonce-{found.pop()}'" in answer.headers["Content-Security-Policy"]
        assert "@@" not in answer.text
    token = TOKEN.search(second.text)
    assert token is not None
    sent = clerk.post(f"/modules/{BASICS}/enrollment", data={"csrf_token": token[1]})
    assert sent.location == f"/modules/{BASICS}/lessons/1"


@pytest.mark.parametrize("word", ["@@nonce@@", "@@form-token@@"])
def test_what_a_reader_writes_is_no_placeholder(clerk: FlaskClient, word: str) -> None:
    """Else a link would bring the reader's own nonce or token to where its author wants it, such as an address."""
    assert all(
        re.search(r"[0-9a-f]{32}", mark) for mark in (kept_pages.NONCE, kept_pages.TOKEN)
    )  # drawn by lot
    answer = clerk.get("/curriculum/list", query_string={"q": word})
    nonce, token = NONCE.search(answer.text), TOKEN.search(answer.text)
    assert nonce is not None
    assert token is not None
    assert f'value="{nonce[1]}"' not in answer.text
    assert f"q={token[1]}" not in answer.text
    assert f'value="{word}"' in answer.text


def test_a_kept_page_is_drawn_once_and_anew_after_a_change(
    clerk: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = []
    draw = kept_pages._draw
    monkeypatch.setattr(kept_pages, "_draw", lambda *given: drawn.append(given[0]) or draw(*given))
    clerk.get("/")
    assert "No module begun" in clerk.get("/").text
    assert len(drawn) == 1
    token = TOKEN.search(clerk.get("/curriculum").text)
    assert token is not None
    clerk.post(f"/modules/{BASICS}/enrollment", data={"csrf_token": token[1]})
    assert "Lesson 1 of 2" in clerk.get("/").text


def test_two_people_with_the_same_facts_get_their_own_names(
    app: Flask, clerk: FlaskClient, database: Database
) -> None:
    from sqlalchemy import update

    from lms.features.accounts.models import User

    with database.writing() as db:
        other = make_learner(db, "other", role=ROLE).id
        db.execute(update(User).where(User.id == other).values(display_name="Ada"))
    assert "吴敏" in clerk.get("/").text
    text = sign_in_as(app, other).get("/").text
    assert "Ada" in text
    assert "吴敏" not in text
