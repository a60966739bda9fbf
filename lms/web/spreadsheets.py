"""Tables as files: XLSX with typed cells and CSV, in which no text becomes a formula (safety.md I6)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from urllib.parse import quote

from flask import Response

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMULA_SIGNS = tuple("=+-@＝＋－＠")  # wide ones: in Chinese Excel
FORMULA_STARTS = (*FORMULA_SIGNS, "\t", "\r", "\n", "\0")
NO_MAGIC = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
MOST_WIDE = 60

Cell = str | int | float | date | None


def is_formula_like(text: str) -> bool:
    """Whether a spreadsheet might take this text for a formula once somebody edits or re-imports it."""
    return text.startswith(FORMULA_STARTS)


def write_xlsx(heads: Sequence[str], rows: Iterable[Sequence[Cell]], *, sheet: str = "Terrace") -> bytes:
    """One sheet: numbers and days typed, every text a text; what looks like a formula carries the quote mark."""
    import xlsxwriter

    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True, **NO_MAGIC}) as book:
        page = book.add_worksheet(sheet[:31])
        formats = {
            "head": book.add_format({"bold": True, "bottom": 1}),
            "day": book.add_format({"num_format": "yyyy-mm-dd"}),
            "quoted": book.add_format({"quote_prefix": True}),
        }
        widths = [len(head) for head in heads]
        for column, head in enumerate(heads):
            page.write_string(0, column, head, formats["head"])
        for number, row in enumerate(rows, start=1):
            for column, value in enumerate(row):
                _write_cell(page, number, column, value, formats)
                widths[column] = max(widths[column], len(str(value or "")))
        for column, width in enumerate(widths):
            page.set_column(column, column, min(width * 2, MOST_WIDE))
        page.freeze_panes(1, 0)
    return buffer.getvalue()


def _write_cell(page: Any, row: int, column: int, value: Cell, formats: dict[str, Any]) -> None:
    if value is None or value == "":
        return
    if isinstance(value, date):
        page.write_datetime(row, column, value, formats["day"])
    elif isinstance(value, str):
        page.write_string(row, column, value, formats["quoted"] if is_formula_like(value) else None)
    else:
        page.write_number(row, column, value)


def write_csv(heads: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """UTF-8 with the mark that Excel asks for; what looks like a formula stands behind an apostrophe."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow([_plain(head) for head in heads])
    writer.writerows([_plain(value) for value in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def _plain(value: Cell) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return f"'{value}" if is_formula_like(value) else value
    return value.isoformat() if isinstance(value, date) else str(value)


def send_table(name: str, kind: str, heads: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Response:
    """The table as a file to keep; `kind` is `xlsx` or `csv`, `name` has no ending."""
    body = write_xlsx(heads, rows) if kind == "xlsx" else write_csv(heads, rows)
    return send_bytes(f"{name}.{kind}", body, XLSX if kind == "xlsx" else "text/csv; charset=utf-8")


def send_bytes(file_name: str, body: bytes, media_type: str) -> Response:
    """Bytes as a file to keep, its name safe in the header (safety.md U6)."""
    plain = "".join(c if c.isalnum() and c.isascii() else "-" for c in file_name.rpartition(".")[0]).strip(
        "-"
    )
    ending = file_name.rpartition(".")[2]
    response = Response(body, content_type=media_type)
    response.headers["Content-Disposition"] = (
        f"attachment; filename=\"{plain or 'table'}.{ending}\"; filename*=UTF-8''{quote(file_name, safe='')}"
    )
    return response
