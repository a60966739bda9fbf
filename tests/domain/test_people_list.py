"""What may stand in a list of people, and what each row would do."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from lms.domain.people_list import (
    Known,
    KnownPerson,
    ListRefused,
    ListRow,
    Outcome,
    PlannedRow,
    plan_rows,
    read_day,
    read_heads,
)

TODAY = date(2026, 11, 24)
WU = KnownPerson(5, "wu.min", "吴敏", 1, 50, "007", 4, None, True, True)
LI = KnownPerson(6, "li.wei", "李伟", None, 60, "008", 4, None, True, True)
FAR = KnownPerson(7, "he.jun", "何俊", None, 70, "009", 9, None, True, False)
LEFT = KnownPerson(8, "qian", "钱雨", None, 80, None, 4, None, False, True)
KNOWN = Known(
    people={p.sign_in_name: p for p in (WU, LI, FAR, LEFT)},
    numbers={"007": WU, "008": LI, "009": FAR},
    taken=frozenset({"somebody"}),
    departments={"车间": (4,), "workshop": (4,), "一组": (5, 6), "车间/一组": (5,), "办公室/一组": (6,)},
    roles={"safetyofficer": 1, "安全管理员": 1, "worker": 2},
    organization_id=3,
    today=TODAY,
)


def plan(*rows: dict[str, str]) -> list[PlannedRow]:
    return plan_rows([ListRow(n, row) for n, row in enumerate(rows, start=2)], KNOWN)


def one(**cells: str) -> PlannedRow:
    [row] = plan(cells)
    return row


def test_a_new_person_works_from_today_where_the_list_was_sent() -> None:
    row = one(name="王 一", sign_in_name=" Wang.Yi ")
    assert (row.outcome, row.sign_in_name, row.organization_id, row.started_on) == (
        Outcome.NEW,
        "wang.yi",
        3,
        TODAY,
    )


@pytest.mark.parametrize(
    ("cells", "changes"),
    [
        ({"name": "吴敏", "staff_number": "007"}, []),
        ({"name": "吴敏", "sign_in_name": "WU.MIN", "role": "安全管理员", "department": "车间"}, []),
        ({"name": "吴敏敏", "staff_number": "007"}, ["name"]),
        (
            {"name": "吴敏", "staff_number": "007", "role": "worker", "department": "车间 > 一组"},
            ["department", "role"],
        ),
        (
            {"name": "吴敏", "sign_in_name": "wu.min", "staff_number": "1", "line_manager": "008"},
            ["staff_number", "line_manager"],
        ),
    ],
)
def test_known_people_change_by_what_is_filled_in(cells: dict[str, str], changes: list[str]) -> None:
    row = one(**cells)
    assert row.person == WU
    assert row.changes == changes
    assert row.outcome == (Outcome.CHANGED if changes else Outcome.SAME)


def test_who_left_comes_back() -> None:
    row = one(name="钱雨", sign_in_name="qian")
    assert (row.outcome, row.person) == (Outcome.NEW, LEFT)


@pytest.mark.parametrize(
    ("cells", "column", "words"),
    [
        ({}, "name", "missing"),
        ({"name": "x" * 81, "sign_in_name": "xx"}, "name", "longer than 80"),
        ({"name": "+cmd|' /C calc'!A0", "sign_in_name": "xx"}, "name", "sign of arithmetic"),
        ({"name": '=HYPERLINK("http://x")', "sign_in_name": "xx"}, "name", "formula"),
        ({"name": "甲", "sign_in_name": "xx", "role": "=1+1"}, "role", "formula"),
        ({"name": "甲"}, "sign_in_name", "needs a sign-in name"),
        ({"name": "甲", "sign_in_name": "x"}, "sign_in_name", "2 to 64"),
        ({"name": "甲", "sign_in_name": "a b/c"}, "sign_in_name", "2 to 64"),
        ({"name": "甲", "sign_in_name": "somebody"}, "sign_in_name", "taken"),
        ({"name": "何俊", "staff_number": "009"}, "sign_in_name", "do not manage"),
        ({"name": "甲", "sign_in_name": "xx", "staff_number": "007"}, "staff_number", "Somebody else"),
        ({"name": "吴敏", "sign_in_name": "wu.min", "staff_number": "008"}, "staff_number", "Somebody else"),
        ({"name": "甲", "sign_in_name": "xx", "staff_number": "=7"}, "staff_number", "formula"),
        ({"name": "甲", "sign_in_name": "xx", "staff_number": "七"}, "staff_number", "at most 32"),
        ({"name": "甲", "sign_in_name": "xx", "department": "财务"}, "department", "no department"),
        ({"name": "甲", "sign_in_name": "xx", "department": "一组"}, "department", "Several departments"),
        ({"name": "甲", "sign_in_name": "xx", "role": "Pilot"}, "role", "no job role"),
        ({"name": "甲", "sign_in_name": "xx", "line_manager": "qian"}, "line_manager", "Nobody in the"),
        ({"name": "甲", "sign_in_name": "xx", "line_manager": "xx"}, "line_manager", "their own"),
        ({"name": "甲", "sign_in_name": "xx", "started_on": "gestern"}, "started_on", "no date"),
        ({"name": "甲", "sign_in_name": "xx", "started_on": "2026-02-30"}, "started_on", "no date"),
        ({"name": "甲", "sign_in_name": "xx", "started_on": "2036-01-01"}, "started_on", "too far"),
    ],
)
def test_a_bad_cell_refuses_the_row_and_says_why(cells: dict[str, str], column: str, words: str) -> None:
    row = one(**cells)
    assert row.outcome == Outcome.REFUSED
    assert words in {p.column: str(p.error) for p in row.problems}[column]


def test_a_row_that_comes_twice_counts_once() -> None:
    rows = plan(
        {"name": "甲", "sign_in_name": "xx", "staff_number": "1"},
        {"name": "乙", "sign_in_name": "XX"},
        {"name": "丙", "sign_in_name": "yy", "staff_number": "1"},
        {"name": "吴敏", "sign_in_name": "wu.min"},
        {"name": "吴敏", "staff_number": "007"},
    )
    assert [row.outcome for row in rows] == ["new", "refused", "refused", "same", "refused"]
    assert str(rows[2].problems[0].error) == "The same as in row 2."


def test_a_line_manager_may_stand_in_the_list_but_not_in_a_refused_row() -> None:
    rows = plan(
        {"name": "甲", "sign_in_name": "aa", "line_manager": "12"},
        {"name": "乙", "sign_in_name": "bb", "staff_number": "12", "line_manager": "cc"},
        {"name": "丙", "sign_in_name": "cc"},
        {"name": "丁", "sign_in_name": "dd", "line_manager": "ee"},
        {"name": "戊", "sign_in_name": "ee", "line_manager": "ff"},
        {"name": "", "sign_in_name": "ff"},
    )
    assert [row.outcome for row in rows] == ["new"] * 3 + ["refused"] * 3
    assert [row.manager for row in rows[:2]] == ["bb", "cc"]


def test_a_manager_of_one_person_stays_when_the_cell_is_empty() -> None:
    person = replace(WU, manager_id=6)
    known = replace(KNOWN, people={"wu.min": person}, numbers={})
    [row] = plan_rows([ListRow(2, {"name": "吴敏", "sign_in_name": "wu.min"})], known)
    assert row.outcome == Outcome.SAME


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-24",
        "2026/11/24",
        "2026.11.24",
        "2026年11月24日",
        "20261124",
        " 2026-11-24 ",
        "２０２６-11-24",
    ],
)
def test_days_are_read_as_people_write_them(text: str) -> None:
    assert read_day(text) == TODAY


def test_heads_are_read_in_both_languages_with_any_case_and_blanks() -> None:
    places, ignored = read_heads(["Line Manager", " 姓名 ", "备注", "", "SIGN-IN NAME", "Reason"])
    assert places == {0: "line_manager", 1: "name", 4: "sign_in_name"}
    assert ignored == ["备注"]


@pytest.mark.parametrize(
    ("heads", "words"),
    [
        ([], "no column for the name"),
        (["工号"], "no column for the name"),
        (["姓名", "部门"], "neither sign-in name nor staff number"),
        (["姓名", "工号", "Name"], "mean the same"),
    ],
)
def test_heads_that_cannot_be_used(heads: list[str], words: str) -> None:
    with pytest.raises(ListRefused, match=words):
        read_heads(heads)
