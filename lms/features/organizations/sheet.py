"""Reading a list of people from XLSX or CSV: nothing computed, nothing fetched, nothing unpacked beyond limits."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any
from xml.parsers import expat

from lms.domain.people_list import ListRefused, ListRow, read_heads

MOST_COLUMNS = 40
MOST_PARTS = 200
MOST_UNPACKED = 20 * 1024 * 1024  # bytes of all parts of an XLSX together
MOST_OF_SMALL_PART = 1024 * 1024  # of a part that is read as a whole
LONG_PARTS = ("xl/worksheets/", "xl/sharedStrings")
MOST_CELL = 500
ENCODINGS = ("utf-8-sig", "gb18030")
NOT_READABLE = "This file is neither XLSX nor CSV. Save the list as one of them and send it again."
TOO_LARGE = "Unpacked, this file is far larger than a list of people. Save it anew with the list only."


def read_list(data: bytes, *, most_rows: int) -> tuple[list[ListRow], list[str]]:
    """The rows of the file, and the heads of columns that mean nothing here.

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
    return rows, ignored


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
        raise ListRefused("This XLSX file is damaged. Save it anew and send it again.") from None
    return iter(found)


def _check_parts(data: bytes) -> None:
    """Look at every part before openpyxl does: how large unpacked, and no declarations that could fetch or grow.

    A part is never read beyond the size that the archive declares, so declared sizes bound the memory."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
            sizes = [part.file_size for part in parts]
            small = [p.file_size for p in parts if not p.filename.startswith(LONG_PARTS)]
            if len(parts) > MOST_PARTS or sum(sizes) > MOST_UNPACKED:
                raise ListRefused(TOO_LARGE)
            if max(small, default=0) > MOST_OF_SMALL_PART:
                raise ListRefused(TOO_LARGE)
            for part in parts:
                if part.filename.endswith((".xml", ".rels")):
                    _check_xml(archive.read(part))
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, expat.ExpatError):
        raise ListRefused("This XLSX file is damaged. Save it anew and send it again.") from None


def _check_xml(data: bytes) -> None:
    """Refuse declarations of document types: no list needs one, and entities come in by them (safety.md I7)."""
    parser = expat.ParserCreate()

    def refuse(*facts: Any) -> None:
        raise ListRefused("This XLSX file declares entities. Save it anew with a spreadsheet program.")

    parser.StartDoctypeDeclHandler = refuse
    parser.Parse(data, True)


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
    return text[1:] if text.startswith("'") and text[1:2] in ("=", "+", "-", "@") else text


def as_lines(heads: Iterable[str], rows: Iterable[ListRow]) -> list[list[str]]:
    """Rows in the order of these columns, as they stood in the file."""
    columns = list(heads)
    return [[row.get(column) for column in columns] for row in rows]
