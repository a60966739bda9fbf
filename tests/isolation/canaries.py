"""Words that betray their owner: every text of the world names the part of the tree and the person it belongs to."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterator
from html import unescape
from typing import NamedTuple
from urllib.parse import unquote

CANARY = re.compile(r"kanari-([a-z]\d?)-([a-z]+)-([a-z]+)", re.IGNORECASE)
ZIPPED = b"PK\x03\x04"
SHARED = "all"


class Canary(NamedTuple):
    """`place`: whose text it is; `who`: the person it is about, else `all`; `kind`: what sort of text."""

    place: str
    who: str
    kind: str

    def __str__(self) -> str:
        return f"kanari-{self.place}-{self.who}-{self.kind}"


def canary(place: str, who: str, kind: str) -> str:
    """The word, as it stands in a text."""
    return str(Canary(place, who, kind))


def canaries_in(body: bytes, headers: str = "") -> set[Canary]:
    """Every canary of an answer: in its text, in the sheets of a workbook, in what its headers say."""
    texts = [*texts_of(body), headers]
    return {
        Canary(*(part.lower() for part in found.groups()))
        for text in texts
        for found in CANARY.finditer(unquote(text))
    }


def has_formula(body: bytes, mimetype: str) -> bool:
    """Whether a table would run something in the program that opens it."""
    if mimetype == "text/csv":
        rows = csv.reader(io.StringIO(body.decode("utf-8-sig"), newline=""))
        return any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row)
    return body.startswith(ZIPPED) and any("<f>" in text for text in texts_of(body))


def texts_of(body: bytes) -> Iterator[str]:
    """What a reader of the answer can read: a workbook is unzipped, entities and escapes are undone."""
    if body.startswith(ZIPPED):
        with zipfile.ZipFile(io.BytesIO(body)) as book:
            for name in book.namelist():
                yield from texts_of(book.read(name))
        return
    text = body.decode("utf-8", errors="replace")
    yield unescape(text).replace("\\u002d", "-").replace("\\u007E", "~")
