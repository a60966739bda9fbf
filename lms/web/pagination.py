"""Pages of a list: every list is paged."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Page:
    """One page of a list and the ways to the others, as the table component shows them."""

    rows: Sequence[Any]
    first: int
    last: int
    total: int
    previous_url: str | None
    next_url: str | None
    links: list[dict[str, Any]] = field(default_factory=list)


def paginate(rows: Sequence[Any], *, number: int, size: int, url: Callable[[int], str]) -> Page:
    """The page with this number (from 1; out of range = the nearest one) of rows that are all here."""
    return page_of(lambda skip: rows[skip : skip + size], number=number, size=size, total=len(rows), url=url)


def page_of(
    read: Callable[[int], Sequence[Any]], *, number: int, size: int, total: int, url: Callable[[int], str]
) -> Page:
    """The page with this number of `total` rows, of which `read(skip)` fetches those behind the first `skip`."""
    pages = max(1, -(-total // size))
    number = min(max(number, 1), pages)
    start = (number - 1) * size
    shown = read(start)
    near = sorted({1, pages, *range(max(number - 1, 1), min(number + 1, pages) + 1)})
    links: list[dict[str, Any]] = []
    for n in near:
        if links and n - links[-1]["label"] > 1:
            links.append({"label": n - 1, "url": None, "is_current": False})
        links.append({"label": n, "url": url(n), "is_current": n == number})
    return Page(
        rows=shown,
        first=start + 1 if shown else 0,
        last=start + len(shown),
        total=total,
        previous_url=url(number - 1) if number > 1 else None,
        next_url=url(number + 1) if number < pages else None,
        links=links,
    )


def page_number(text: str | None) -> int:
    """The page asked for in an address; anything that is no number means the first."""
    return int(text) if text and text.isdecimal() and len(text) < 7 else 1
