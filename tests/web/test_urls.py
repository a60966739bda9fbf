"""Redirects stay on this host (safety.md I10)."""

from __future__ import annotations

import pytest

from lms.web.pagination import page_number, paginate
from lms.web.urls import safe_next


@pytest.mark.parametrize("target", ["/", "/modules/a?x=1", "/curriculum/list?q=%E6%8F%90%E5%8D%95"])
def test_own_pages_pass(target: str) -> None:
    assert safe_next(target) == target


@pytest.mark.parametrize(
    "target",
    [
        "", "evil", "//evil.example", "/\\evil.example", "\\\\evil", "https://evil.example", "%2f%2fevil",
        "/%2fevil.example", "/%252fevil.example", "/%5cevil", "/\tevil", "/a\r\nLocation: x", "javascript:x",
    ],
)  # fmt: skip
def test_foreign_targets_do_not(target: str) -> None:
    assert safe_next(target) == "/"


def test_pages_of_42_rows() -> None:
    page = paginate(list(range(42)), number=3, size=20, url=lambda n: f"?page={n}")
    assert (page.first, page.last, page.total, list(page.rows)) == (41, 42, 42, [40, 41])
    assert (page.previous_url, page.next_url) == ("?page=2", None)
    assert paginate([], number=9, size=20, url=str).first == 0
    far = paginate(list(range(200)), number=5, size=20, url=lambda n: f"?page={n}")
    assert [(link["label"], link["url"] is None) for link in far.links] == [
        (1, False), (3, True), (4, False), (5, False), (6, False), (9, True), (10, False),
    ]  # fmt: skip


def test_page_number() -> None:
    assert [page_number(text) for text in ("3", None, "x", "-1", "9" * 99, "")] == [3, 1, 1, 1, 1, 1]
