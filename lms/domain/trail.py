"""The chain of the audit trail (全过程监管, REQ-049): what a row's hash covers, and how a broken row is found."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

GENESIS = "0" * 64  # the hash before the first row
CODE = re.compile(r"[a-z0-9_./:+-]{0,120}")

# What a fact under one of these names says is a code of the product, never a word that somebody wrote.
CODED_FACTS = frozenset(
    {
        "account",
        "basis",
        "delivery",
        "due_on",
        "format",
        "from_on",
        "hat",
        "kind",
        "language",
        "list",
        "method",
        "module",
        "origin",
        "page",
        "path",
        "permission",
        "role",
        "scope",
        "skill",
        "slug",
        "state",
        "status",
        "to_on",
        "version",
    }
)


class TrailRow(NamedTuple):
    """One row as it is stored; people stand in it by pseudonyms. Everything but `hash` is hashed."""

    id: int
    day: str
    at: str
    action: str
    actor: str | None
    subject: str | None
    path: str
    object_kind: str
    object_id: int | None
    facts: str
    previous_hash: str
    hash: str = ""


@dataclass(frozen=True)
class Head:
    """The last row of a chain: noted outside, it proves later that nothing behind it was cut off."""

    id: int
    hash: str

    def __str__(self) -> str:
        return f"{self.id}:{self.hash}"

    @classmethod
    def read(cls, text: str) -> Head:
        """A head as `lms trail head` prints it.

        :raises ValueError: the text is no head
        """
        number, _, digest = text.strip().partition(":")
        if not number.isdecimal() or not re.fullmatch(r"[0-9a-f]{64}", digest):
            raise ValueError(f"{text!r} is no head: expected NUMBER:HASH")
        return cls(int(number), digest)


@dataclass(frozen=True)
class Break:
    """The first row at which the chain does not hold, and what is wrong there."""

    id: int
    reason: str


def row_hash(row: TrailRow) -> str:
    """SHA-256 over the canonical form of a row, its predecessor's hash included."""
    return hashlib.sha256(canonical(row[:-1]).encode()).hexdigest()


def canonical(value: Any) -> str:
    """One text for one value: JSON without blanks, keys sorted, ASCII only."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), default=str)


def canonical_facts(facts: Mapping[str, Any], key: str) -> str:
    """Facts fit for a trail: numbers and codes as they are, any other text as a hash keyed by its person.

    A hash shows later whether a text is the one that stood there; with the key erased it tells nothing."""
    return canonical({name: _fact(name, value, key) for name, value in facts.items()})


def _fact(name: str, value: Any, key: str) -> Any:
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, date):
        return value.isoformat()
    text = str(value)
    if name in CODED_FACTS and CODE.fullmatch(text):
        return text
    return "hash:" + keyed(key, text)


def keyed(key: str, text: str) -> str:
    """What stands for a personal value in the trail: 128 bits of HMAC-SHA-256."""
    return hmac.new(key.encode(), text.encode(), "sha256").hexdigest()[:32]


def find_break(
    rows: Iterable[TrailRow], noted: Mapping[int, str], *, after: Head | None = None
) -> Break | None:
    """The first row, in the order of their numbers, that was edited, removed, moved or cut off.

    `noted`: hashes of rows by number, written down when these were the newest. `after`: the row before the
    first of `rows`."""
    last = after or Head(0, GENESIS)
    for row in rows:
        if row.id != last.id + 1:
            return Break(last.id + 1, "missing")
        if row.previous_hash != last.hash:
            return Break(row.id, "unlinked")
        if row_hash(row) != row.hash:
            return Break(row.id, "edited")
        if noted.get(row.id, row.hash) != row.hash:
            return Break(row.id, "rewritten")
        last = Head(row.id, row.hash)
    return Break(last.id + 1, "missing") if max(noted, default=0) > last.id else None
