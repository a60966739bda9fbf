"""Files that are no list of people, and files that are (safety.md U2, U3, I7)."""

from __future__ import annotations

import io
import tracemalloc
import zipfile
from collections.abc import Callable
from datetime import date
from random import Random

import openpyxl
import pytest

from lms.domain.people_list import ListRefused, ListRow
from lms.features.organizations.sheet import LIMITS, read_list
from lms.web.spreadsheets import write_csv, write_xlsx

HEADS = ["姓名", "登录名", "工号", "入职日期"]
TEXT = "姓名,登录名,备注\n吴敏,wu.min,x\n\n李伟,li.wei,\n"
EXPECTED = [
    ListRow(2, {"name": "吴敏", "sign_in_name": "wu.min"}),
    ListRow(4, {"name": "李伟", "sign_in_name": "li.wei"}),
]


def rows_of(data: bytes, most_rows: int = 100) -> list[ListRow]:
    return read_list(data, most_rows=most_rows).rows


def workbook(*lines: list[object]) -> bytes:
    book = openpyxl.Workbook()
    assert book.active is not None
    for line in lines:
        book.active.append(line)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def with_part(name: str, content: bytes, *, base: bytes | None = None) -> bytes:
    """An XLSX in which one part is another one."""
    source = zipfile.ZipFile(io.BytesIO(base or workbook(HEADS, ["吴敏", "wu.min", None, None])))
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
        for part in source.infolist():
            if part.filename != name:
                target.writestr(part, source.read(part))
        target.writestr(name, content)
    return buffer.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_is_read_in_the_encodings_that_spreadsheets_write(encoding: str, delimiter: str) -> None:
    read = read_list(TEXT.replace(",", delimiter).encode(encoding), most_rows=10)
    assert (read.rows, read.ignored) == (EXPECTED, ["备注"])


def test_a_rare_character_survives_gb18030() -> None:
    [row] = rows_of("姓名,登录名\n𠅤䶮,rare.name\n".encode("gb18030"))
    assert row.get("name") == "𠅤䶮"


def test_xlsx_cells_are_read_as_text() -> None:
    data = workbook(
        HEADS, ["吴敏", "wu.min", 1007, date(2025, 3, 3)], [], ["李伟", "li.wei", 7.5, "2025-03-03"]
    )
    assert [dict(row.cells) for row in rows_of(data)] == [
        {"name": "吴敏", "sign_in_name": "wu.min", "staff_number": "1007", "started_on": "2025-03-03"},
        {"name": "李伟", "sign_in_name": "li.wei", "staff_number": "7.5", "started_on": "2025-03-03"},
    ]


def test_formulas_are_text_and_never_computed() -> None:
    [row] = rows_of(workbook(HEADS, ['=HYPERLINK("http://example.org","x")', "=1+1", None, None]))
    assert (row.get("name"), row.get("sign_in_name")) == ('=HYPERLINK("http://example.org","x")', "=1+1")


@pytest.mark.parametrize("write", [write_xlsx, write_csv])
def test_what_was_written_is_read_back(write: Callable[..., bytes]) -> None:
    data = write(HEADS, [["=1+1", "wu.min", "-7", date(2025, 3, 3)]])
    assert [dict(row.cells) for row in rows_of(data)] == [
        {"name": "=1+1", "sign_in_name": "wu.min", "staff_number": "-7", "started_on": "2025-03-03"}
    ]


BOMB = b"<x>" + b"0" * (LIMITS.total_bytes + 1)
DOCTYPE = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>'
LAUGHS = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><x>&b;</x>'
BAD_FILES: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "empty"),
    "blank": (b" \r\n ", "empty"),
    "heads only": ("姓名,登录名\n".encode(), "no people below"),
    "wrong columns": (b"a,b\n1,2\n", "no column for the name"),
    "a head twice": ("姓名,登录名,name\n甲,aa,b\n".encode(), "mean the same"),
    "too many rows": ("姓名,登录名\n".encode() + b"x,yy\n" * 101, "more than 100"),
    "too many rows in XLSX": (workbook(HEADS, *([["x", "yy"]] * 101)), "more than 100"),
    "open quotation mark": ('姓名,登录名\n"吴敏,wu\n'.encode(), "never closed"),
    "a picture": (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(range(256)), "neither XLSX nor CSV"),
    "an old XLS": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512, "neither XLSX nor CSV"),
    "NUL": ("姓名,登录名\n吴\0敏,wu\n".encode(), "neither XLSX nor CSV"),
    "10 MB of zeros": (b"\0" * 10 * 1024 * 1024, "neither XLSX nor CSV"),
    "a zip cut off": (workbook(HEADS, ["x", "yy"])[:900], "damaged"),
    "a zip without a workbook": (with_part("xl/workbook.xml", b"<x/>"), "damaged"),
    "broken XML": (with_part("xl/worksheets/sheet1.xml", b"<worksheet><a>"), "damaged"),
    "a bomb of one sheet": (with_part("xl/worksheets/sheet1.xml", BOMB), "far larger"),
    "a bomb of shared strings": (with_part("xl/sharedStrings.xml", BOMB), "far larger"),
    "a bomb of styles": (with_part("xl/styles.xml", b"<x>" + b"0" * (2 * 1024 * 1024)), "far larger"),
    "an external entity": (with_part("xl/worksheets/sheet1.xml", DOCTYPE), "entities"),
    "entities that grow": (with_part("xl/sharedStrings.xml", LAUGHS), "entities"),
    "UTF-16 entities": (with_part("docProps/app.xml", LAUGHS.decode().encode("utf-16")), "entities"),
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_bad_files_are_refused_with_a_reason(name: str) -> None:
    data, words = BAD_FILES[name]
    with pytest.raises(ListRefused, match=words):
        read_list(data, most_rows=100)


def test_many_parts_are_refused() -> None:
    buffer = io.BytesIO(workbook(HEADS, ["x", "yy"]))
    with zipfile.ZipFile(buffer, "a") as archive:
        for n in range(300):
            archive.writestr(f"xl/{n}.xml", "<x/>")
    with pytest.raises(ListRefused, match="far larger"):
        read_list(buffer.getvalue(), most_rows=100)


def endless(before: str, element: str, times: int, after: str) -> bytes:
    """A part of many elements; comments of noise keep it from packing as well as it could."""
    chance = Random(1)  # noqa: S311
    noise = "".join(f"<!--{chance.randbytes(20_000).hex()}-->" for _ in range(8))
    return f"{before}{noise}{element * times}{after}".encode()


NAMESPACE = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
SHEET = (f"<worksheet {NAMESPACE}><sheetData>", "</sheetData></worksheet>")
MANY_ATTRIBUTES = "<row " + " ".join(f'a{n}="1"' for n in range(200_000)) + "/>"
ENDLESS = {
    "cells of one row": (
        "xl/worksheets/sheet1.xml",
        SHEET[0] + "<row>",
        "<c/>",
        2_000_000,
        f"</row>{SHEET[1]}",
    ),
    "rows": ("xl/worksheets/sheet1.xml", SHEET[0], "<row/>", 1_500_000, SHEET[1]),
    "texts": ("xl/sharedStrings.xml", f"<sst {NAMESPACE}>", "<si/>", 2_000_000, "</sst>"),
    "depth": ("xl/worksheets/sheet1.xml", SHEET[0], "<a>", 1_500_000, ""),
    "attributes": ("xl/worksheets/sheet1.xml", SHEET[0], MANY_ATTRIBUTES, 1, SHEET[1]),
}


@pytest.mark.parametrize("kind", ENDLESS)
def test_a_file_of_endless_elements_is_refused_before_objects_are_made_of_it(kind: str) -> None:
    """Each is within the limits of size and ratio, and was a gigabyte and half a minute to openpyxl."""
    name, before, element, times, after = ENDLESS[kind]
    data = with_part(name, endless(before, element, times, after))
    assert len(data) < 1024 * 1024
    tracemalloc.start()
    with pytest.raises(ListRefused, match="far larger"):
        read_list(data, most_rows=5000)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 50 * 1024 * 1024


def test_the_largest_list_is_read() -> None:
    """Five thousand people in forty columns."""
    heads = [*HEADS, *(f"more {n}" for n in range(36))]
    lines = [[f"名{n}", f"name.{n}", None, None, *(f"text {n} {k}" for k in range(36))] for n in range(5000)]
    assert len(rows_of(write_xlsx(heads, lines), most_rows=5000)) == 5000


def test_a_part_that_lies_about_its_size_is_not_unpacked() -> None:
    """The archive says 100 bytes where 20 MB come out: nothing beyond what it says is read."""
    data = bytearray(with_part("xl/worksheets/sheet1.xml", BOMB))
    size = len(BOMB).to_bytes(4, "little")
    assert data.count(size) == 2
    lying = bytes(data).replace(size, (100).to_bytes(4, "little"))
    tracemalloc.start()
    with pytest.raises(ListRefused, match="far larger"):
        read_list(lying, most_rows=100)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 10 * 1024 * 1024


def test_parts_padded_as_excel_pads_them_are_read() -> None:
    """Excel leaves room behind the names of its first part: a field of the part's own header."""
    buffer = io.BytesIO()
    source = zipfile.ZipFile(io.BytesIO(workbook(HEADS, ["吴敏", "wu.min", None, None])))
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
        for part in source.infolist():
            content = source.read(part)
            part.extra = b"\x20\xa2\x08\x00\x28\xa0\x04\x00\0\0\0\0"
            target.writestr(part, content)
            part.extra = b""
    [row] = rows_of(buffer.getvalue())
    assert row.get("name") == "吴敏"


def test_a_sheet_that_claims_a_million_rows_is_read_as_it_is() -> None:
    sheet = (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        '<dimension ref="A1:XFD1048576"/><sheetData>'
        '<row r="1"><c r="A1" t="inlineStr"><is><t>姓名</t></is></c>'
        '<c r="B1" t="inlineStr"><is><t>登录名</t></is></c></row>'
        '<row r="1048576"><c r="A1048576" t="inlineStr"><is><t>x</t></is></c></row></sheetData></worksheet>'
    )
    with pytest.raises(ListRefused, match="no people below"):
        read_list(with_part("xl/worksheets/sheet1.xml", sheet.encode()), most_rows=100)
