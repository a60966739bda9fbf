"""Reading a list of people from XLSX or CSV: nothing computed, nothing fetched, nothing unpacked beyond limits."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from xml.parsers import expat

from lms.domain.people_list import ListRefused, ListRow, read_heads
from lms.features.files.archive import read_entries
from lms.features.files.limits import Limits
from lms.features.files.refusal import Refused
from lms.features.files.unpacking import read_data
from lms.web.spreadsheets import FORMULA_SIGNS

MOST_COLUMNS = 40
MIB = 1024 * 1024
LIMITS = Limits(
    archive_bytes=20 * MIB, files=200, total_bytes=20 * MIB, file_bytes=20 * MIB, ratio=200, depth=6
)
MOST_OF_SMALL_PART = MIB  # of a part that openpyxl reads as a whole
GROWING = frozenset({"archive_size", "files", "file_size", "total_size", "ratio", "sizes"})
LONG_PARTS = ("xl/worksheets/", "xl/sharedStrings")
MOST_ELEMENTS = 600_000  # of a part: five thousand people in forty columns are 400,000 cells and values
MOST_IN_ROW = 3 * 16_384  # what the widest row of a spreadsheet has: cells, each with a value inside text
MOST_OF_TOKEN = MIB // 4  # of what the parser has to see at once, such as one element's attributes
MOST_CELL = 500
ENCODINGS = ("utf-8-sig", "gb18030")
NOT_READABLE = "This file is neither XLSX nor CSV. Save the list as one of them and send it again."
DAMAGED = "This XLSX file is damaged. Save it anew and send it again."
TOO_LARGE = "Unpacked, this file is far larger than a list of people. Save it anew with the list only."


class ReadList(NamedTuple):
    """The rows of a file, and the heads of columns that mean nothing here."""

    rows: list[ListRow]
    ignored: list[str]


def read_list(data: bytes, *, most_rows: int) -> ReadList:
    """The rows of the file.

    :raises ListRefused: empty, unreadable, too long, or without the columns needed
    """
    if not data.strip():
        raise ListRefused("The file is empty.")
    lines = _xlsx_lines(data, most_rows) if data.startswith(b"PK") else _csv_lines(data)
    heads = next(lines, [])
    places, ignored = read_heads(heads)
    rows = []
    for number, line in enumerate(lines, start=2):
        cells = {column: line[place] for place, column in places.items() if place < len(line)}
        if any(cells.values()):
            rows.append(ListRow(number, cells))
        if len(rows) > most_rows:
            raise ListRefused("The list has more than %(n)d people. Send it in parts.", n=most_rows)
    if not rows:
        raise ListRefused("The list has heads but no people below them.")
    return ReadList(rows, ignored)


def _csv_lines(data: bytes) -> Iterator[list[str]]:
    text = _decode(data)
    if "\0" in text:
        raise ListRefused(NOT_READABLE)
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    try:
        for line in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True):
            yield [_plain(value) for value in line[:MOST_COLUMNS]]
    except csv.Error:
        raise ListRefused("A quotation mark in this CSV file is never closed.") from None


def _decode(data: bytes) -> str:
    """UTF-16 with its mark, UTF-8 with or without, else GB18030, which Chinese spreadsheets write."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings: Sequence[str] = ("utf-16",)
    else:
        encodings = ENCODINGS
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeError:
            continue
    raise ListRefused(NOT_READABLE)


def _xlsx_lines(data: bytes, most_rows: int) -> Iterator[list[str]]:
    from openpyxl import load_workbook

    _check_parts(data)
    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # what the file says about its own size may be wrong
        lines = sheet.iter_rows(max_row=most_rows + 2, max_col=MOST_COLUMNS, values_only=True)
        found = [[_plain(value) for value in line] for line in lines]
    except Exception:  # openpyxl raises what it pleases at a damaged file
        raise ListRefused(DAMAGED) from None
    return iter(found)


def _check_parts(data: bytes) -> None:
    """Look at every part before openpyxl does: how large it really is unpacked, and no declarations that could
    fetch or grow. What the archive says about itself may be wrong, so the data are read through once."""
    file = io.BytesIO(data)
    try:
        for entry in read_entries(file, LIMITS):
            is_long = entry.name.startswith(LONG_PARTS)
            if not is_long and entry.size > MOST_OF_SMALL_PART:
                raise ListRefused(TOO_LARGE)
            pieces = read_data(file, entry)
            if entry.name.endswith((".xml", ".rels")):
                _check_xml(pieces)
            for _ in pieces:
                pass
    except Refused as refusal:
        raise ListRefused(TOO_LARGE if refusal.code in GROWING else DAMAGED) from None
    except expat.ExpatError:
        raise ListRefused(DAMAGED) from None


def _check_xml(pieces: Iterable[bytes]) -> None:
    """Refuse declarations of document types, because no list needs one and entities come in by them
    (safety.md I7), and more elements than a list of people has: openpyxl makes objects of all of them."""
    parser = expat.ParserCreate()
    elements, row_began = 0, 0

    def refuse(*facts: Any) -> None:
        raise ListRefused("This XLSX file declares entities. Save it anew with a spreadsheet program.")

    def count(name: str, attributes: object) -> None:
        nonlocal elements, row_began
        elements += 1
        row_began = elements if name.rpartition(":")[2] in ("row", "si") else row_began
        if elements > MOST_ELEMENTS or elements - row_began > MOST_IN_ROW:
            raise ListRefused(TOO_LARGE)

    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = count
    fed = 0
    for piece in pieces:
        parser.Parse(piece, False)
        fed += len(piece)
        if fed - parser.CurrentByteIndex > MOST_OF_TOKEN:
            raise ListRefused(TOO_LARGE)
    parser.Parse(b"", True)


def _plain(value: Any) -> str:
    """A cell as text: days as 2026-11-24, whole numbers without a point, formulas as they stand."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    text = str(getattr(value, "text", value)).strip()[:MOST_CELL]
    return text[1:] if text.startswith("'") and text[1:2] in FORMULA_SIGNS else text
