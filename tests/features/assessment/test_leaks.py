"""No response before submission contains a key, a reason or a rule (safety.md §4: frappe/lms #987)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask

from tests.factories.attempts import Taker, make_taker, right_fields
from tests.factories.curriculum import BASICS, SECRET

JSON = {"Accept": "application/json"}
HREF = re.compile(r'(?:href|action|src)="(/[^"#]*)')


@pytest.fixture
def taker(app: Flask, tmp_path: Path) -> Taker:
    return make_taker(app, tmp_path)


def crawl(taker: Taker, start: str) -> dict[str, str]:
    """Every page that can be reached from `start` by links and forms read as links."""
    pages: dict[str, str] = {}
    waiting = [start]
    while waiting:
        path = waiting.pop()
        if path in pages or path.startswith(("/static", "/sign-out")):
            continue
        pages[path] = taker.client.get(path).text
        waiting += HREF.findall(pages[path])
    return pages


def test_no_page_or_json_shows_a_secret_before_submission(taker: Taker) -> None:
    uuid = taker.start()
    bodies = list(crawl(taker, f"/attempts/{uuid}/1").values())
    bodies += [taker.client.get(f"/modules/{BASICS}").text, taker.client.get(f"/attempts/{uuid}/result").text]
    for row in taker.drawn(uuid):
        url = f"/attempts/{uuid}/{row['position']}"
        bodies.append(taker.client.get(url).text)
        bad = {"number": "x", "choice": "Z", "place-A": "99", "pair-1": "Z", "text": "y" * 300}
        bodies += [taker.client.post(url, data=bad).text, taker.client.post(url, data=bad, headers=JSON).text]
        good = right_fields(row) if row["kind"] not in ("fill_in", "number") else {}
        bodies += [taker.client.post(url, data=good, headers=JSON).text, taker.client.get(url).text]
    bodies.append(taker.client.get(f"/attempts/{uuid}/review").text)
    assert len(bodies) > 50
    for body in bodies:
        assert SECRET not in body
        assert "4711" not in body
        assert "is_right" not in body


def test_the_ids_of_the_files_never_reach_the_page(taker: Taker) -> None:
    uuid = taker.start()
    for row in taker.drawn(uuid):
        page = taker.client.get(f"/attempts/{uuid}/{row['position']}").text
        for id_ in [*row["choice_order"], *row["body"].get("left", {})]:
            if id_ not in ("true", "false"):
                assert id_ not in page


def test_after_submission_the_result_shows_reason_rule_and_basis(taker: Taker) -> None:
    uuid = taker.take(wrong=10)
    page = taker.client.get(f"/attempts/{uuid}/result").text
    assert page.count(f"{SECRET} reason") == 10
    assert page.count(f"{SECRET} rule") == 10
    marks = page.count("Checked against the source") + page.count("To be confirmed")
    assert marks == 10
    assert page.count("Checked against the source") in (4, 5, 6)
