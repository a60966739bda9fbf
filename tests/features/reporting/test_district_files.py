"""Exports of the district, its public page, its charts."""

from __future__ import annotations

import csv
import io
import itertools
import json
from datetime import date
from html import unescape
from pathlib import Path

import pytest
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import select

from lms.features.accounts.models import User
from lms.features.policies.models import PolicyVersion
from lms.features.reporting.district_charts import HEIGHT, LABEL_GAP, TOP, draw_chart, nice_limit, spread
from lms.features.trail.models import TrailEntry
from tests.factories.curriculum import ADVANCED, BASICS
from tests.factories.district import CANARY, DistrictWorld, add_person, make_district, make_firm, place

ENGLISH = {"Accept-Language": "en"}


@pytest.fixture
def world(app: Flask, tmp_path: Path) -> DistrictWorld:
    with app.extensions["database"].writing() as db:
        return make_district(db, tmp_path)


def read_csv(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))


def test_rows_leave_typed(app: Flask, world: DistrictWorld) -> None:
    with app.extensions["database"].writing() as db:
        db.get_one(User, world.people["wu"]).display_name = "=1+1"
    client = world.sign_in(app, "boss", world.north)
    answer = client.get("/district/rows/places.xlsx?layer=foundation")
    sheet = load_workbook(io.BytesIO(answer.get_data())).active
    assert sheet is not None
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0] == (
        "Person",
        "Enterprise",
        "Module",
        "Layer",
        "Periods",
        "Begun on",
        "Completed on",
        "Quiz",
    )
    assert len(rows) == 4  # Wu, Li and He have a place in basics
    [wu] = [row for row in rows if row[0] == "=1+1"]
    assert (wu[4], wu[5].date(), wu[6].date()) == (16, date(2026, 3, 1), date(2026, 3, 10))  # type: ignore[union-attr]
    assert wu[7] == "Passed"
    cell = next(cell for cell in sheet["A"] if cell.value == "=1+1")
    assert cell.data_type == "s"  # a text, no formula
    table = read_csv(client.get("/district/rows/places.csv?layer=foundation").get_data())
    assert [row[0] for row in table if "1+1" in row[0]] == ["'=1+1"]


def test_figures_leave_as_shown(app: Flask, world: DistrictWorld) -> None:
    client = world.sign_in(app, "boss", world.top)
    table = {row[0]: row[1:] for row in read_csv(client.get("/district.csv").get_data())}
    assert table["Learners"][:2] == ["4", "5"]
    assert table["Enterprises reached"][:2] == ["2", "3"]
    assert table["Completions: Foundations"][:2] == ["3", "4"]
    assert table["Pass rate: Of those who sat, best attempt"] == ["3", "5", "60.0", "23.1", "88.2"]
    assert table["Pass rate: Of all enrolled"][:3] == ["3", "6", "50.0"]
    assert table["Completions in 2026-11: Foundations"] == ["2"]
    assert table["Completions in 2026-11: North"] == ["1"]


def test_an_export_enters_the_trail(app: Flask, world: DistrictWorld) -> None:
    client = world.sign_in(app, "boss", world.north)
    assert client.get("/district/rows/people.xlsx").status_code == 200
    assert client.get("/district/rows/unknown.xlsx").status_code == 404
    with app.extensions["database"].reading() as db:
        entries = db.scalars(select(TrailEntry.facts).where(TrailEntry.action == "exported")).all()
    [facts] = map(json.loads, entries)
    assert (facts["list"], facts["rows"], facts["format"]) == ("district", 3, "xlsx")
    assert (facts["origin"], facts["first_on"], facts["last_on"]) == ("people", 20260101, 20261124)


def test_anybody_reads_the_public_page(app: Flask, world: DistrictWorld) -> None:
    """Three people completed something: too few to be told; enterprises and modules are no people."""
    with app.extensions["database"].writing() as db:
        day = date(2026, 11, 1)
        parameters = {"quiz_pass_percent": 85, "sign_in_free_failures": 7}
        db.add(PolicyVersion(valid_from_on=day, parameters=parameters, author="x", reason="y"))
    html = unescape(app.test_client().get("/public", headers=ENGLISH).get_data(as_text=True))
    assert html.count("withheld</dd>") >= 4  # learners, enterprises, completions, pass rate
    assert CANARY not in html
    assert "Quiz: percent to pass" in html
    assert "<b>85</b>" in html
    assert "since 2026-11-01" in html
    assert "sign_in" not in html
    assert "Replaced" not in html


def test_enough_people_are_told_but_no_small_layer(app: Flask, world: DistrictWorld) -> None:
    with app.extensions["database"].writing() as db:
        firm = make_firm(db, world.south, "Crowded")
        for n in range(6):
            person = add_person(db, world, f"p{n}", firm)
            place(db, person, BASICS, "2026-05-01", done="2026-05-02", tries=(("2026-05-02", True),))
            if n == 0:
                place(db, person, ADVANCED, "2026-06-01", done="2026-06-02", tries=(("2026-06-02", True),))
    html = unescape(app.test_client().get("/public", headers=ENGLISH).get_data(as_text=True))
    assert '<dd class="key-figure">10</dd>' in html  # completions: 3 + 6 + 1; learners are 4 + 6 as well
    assert (
        html.count("<b>withheld</b>") == 2
    )  # the one of the specialisms, and foundations that would tell it
    assert "83.3%" in html  # 10 of 12 sat passed
    with app.extensions["database"].reading() as db:
        assert db.scalar(select(TrailEntry.id).where(TrailEntry.action == "refused")) is None


def test_lines_begin_at_zero_and_names_do_not_cover_one_another() -> None:
    chart = draw_chart(
        [date(2026, n, 1) for n in (1, 2, 3)],
        {"a": (0, 5, 7), "b": (0, 0, 7), "c": (1, 0, 0)},
        urls={"a": "", "b": "", "c": ""},
    )
    assert chart.most == 10
    assert not chart.is_multiple
    ground, top = TOP + HEIGHT, TOP + HEIGHT - 112
    assert chart.series[0].points == f"0,{ground} 50,{TOP + 80} 100,{top}"
    heights = sorted(series.name_y for series in chart.series)
    assert all(b - a >= LABEL_GAP for a, b in itertools.pairwise(heights))


@pytest.mark.parametrize(("most", "limit"), [(0, 1), (1, 1), (3, 5), (11, 20), (186, 200), (501, 1000)])
def test_the_scale_ends_at_a_round_figure(most: int, limit: int) -> None:
    assert nice_limit(most) == limit


def test_names_at_the_ground_line_are_pushed_up() -> None:
    ground = TOP + HEIGHT
    assert spread({"a": ground, "b": ground, "c": TOP}) == {"a": ground - LABEL_GAP, "b": ground, "c": TOP}


def test_more_than_three_lines_become_small_charts() -> None:
    names = {str(n): (n,) for n in range(4)}
    chart = draw_chart([date(2026, 1, 1)], names, urls=dict.fromkeys(names, ""))
    assert chart.is_multiple
    assert chart.series[3].points.count(",") == 2  # one month is a level line
