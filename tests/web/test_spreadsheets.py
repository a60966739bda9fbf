"""Tables as files: typed, and nothing in them is a formula (safety.md I6, U6)."""

from __future__ import annotations

import csv
import io
from datetime import date

import openpyxl
import pytest

from lms.web.spreadsheets import send_bytes, send_table, write_csv, write_xlsx

EVIL = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\tx",
    "\rx",
    "\nx",
    "＝1+1",
    "＋1",
    "－1",
    "＠SUM(A1)",
    '=HYPERLINK("http://example.org")',
    "http://example.org",
]


def test_xlsx_cells_are_typed_and_texts_stay_texts() -> None:
    rows = [[text, 7, 2.5, date(2026, 11, 24), None] for text in EVIL]
    sheet = openpyxl.load_workbook(io.BytesIO(write_xlsx(["a", "=b", "c", "d", "e"], rows))).active
    assert sheet is not None
    cells = list(sheet.iter_rows(min_row=2))
    assert {row[0].data_type for row in cells} == {"s"}
    assert [bool(row[0].quotePrefix) for row in cells] == [True] * 12 + [False]
    assert {(row[1].value, row[2].value, row[3].value.date()) for row in cells} == {
        (7, 2.5, date(2026, 11, 24))
    }
    assert sheet["B1"].data_type == "s"
    assert all(row[0].hyperlink is None for row in cells)


def test_csv_texts_that_look_like_formulas_stand_behind_an_apostrophe() -> None:
    data = write_csv(["a", "b"], [[text, -7] for text in EVIL])
    assert data.startswith("﻿".encode())
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))[1:]
    assert [row[0] for row in rows] == [f"'{text}" for text in EVIL[:12]] + EVIL[12:]
    assert {row[1] for row in rows} == {"-7"}


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_a_table_is_sent_as_a_file_to_keep(kind: str) -> None:
    response = send_table("people", kind, ["a"], [["x"]])
    assert response.headers["Content-Disposition"].startswith(f'attachment; filename="people.{kind}"')


@pytest.mark.parametrize(
    "name", ['a"; x="b.csv', "a\r\nSet-Cookie: x=y.csv", "人员.csv", "../../etc/passwd.csv"]
)
def test_file_names_cannot_break_out_of_the_header(name: str) -> None:
    value = send_bytes(name, b"", "text/csv").headers["Content-Disposition"]
    assert "\r" not in value
    assert "\n" not in value
    assert value.count('"') == 2
    assert "/" not in value.split("filename*=")[0].removeprefix("attachment")
