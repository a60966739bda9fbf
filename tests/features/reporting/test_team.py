"""The manager's pages: who is on them, what the figures say, where the numbers lead, and who may see nothing."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from datetime import date
from html import unescape
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from lms.db.transaction import Database
from lms.domain.permissions import Hat
from lms.features.accounts.models import User
from lms.features.assignments.models import Assignment
from lms.features.organizations.models import Organization
from lms.features.reporting.summaries import summarise
from lms.features.taxonomy.models import Skill
from lms.features.trail.models import TrailEntry
from tests.bench.measuring import counted
from tests.conftest import NOON
from tests.factories.accounts import sign_in_as
from tests.factories.curriculum import BASICS, COUNTING, FAR, READING
from tests.factories.people import add_people, give_hat, make_firm
from tests.factories.teams import Works, ask, card, make_works
from tests.features.reporting.test_summaries import study

NAMES = {"Lu", "Wang", "Qian", "Chen"}
MOST_QUERIES = 12


@pytest.fixture
def works(database: Database, tmp_path: Path) -> Works:
    """Lu has completed basics and is late with far; Qian and Chen have a date in December."""
    with database.writing() as db:
        made = make_works(db, tmp_path)
        db.execute(update(User).values(language="en"))
    with database.writing() as db:
        study(db, made.lu, BASICS, lessons=2, passes=True)
        study(db, made.wang, BASICS, lessons=1)
        ask(db, made.gu, made.lu, FAR, date(2026, 11, 20))
        ask(db, made.gu, made.qian, BASICS, date(2026, 12, 2))
        ask(db, made.gu, made.chen, BASICS, date(2026, 12, 9))
    return made


@pytest.fixture
def gu(app: Flask, works: Works) -> FlaskClient:
    return sign_in_as(app, works.gu)


def page(client: FlaskClient, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200, (url, answer.status_code)
    return unescape(answer.get_data(as_text=True))


def people(html: str) -> list[str]:
    """The names of the table's rows, in order."""
    return re.findall(r'class="avatar"[^>]*>.</span><span>([^<]+)</span></a>', html)


def rows_of(client: FlaskClient, url: str) -> list[list[str]]:
    body = client.get(url).get_data().decode("utf-8-sig")
    return list(csv.reader(io.StringIO(body)))


def test_the_team_is_everybody_below_and_the_late_one_first(gu: FlaskClient, works: Works) -> None:
    html = page(gu, "/team")
    assert people(html) == ["Lu", "Qian", "Chen", "Wang"]
    assert "Alpha, 4 people" in html
    assert "1 person is overdue, for 4 days." in html
    assert "Overdue 4 days" in html
    assert "Zhao" not in html


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("show=direct", {"Lu", "Wang"}),
        ("show=overdue", {"Lu"}),
        ("show=unfinished", NAMES),
        ("show=legal", NAMES),
        ("q=an", {"Qian", "Wang"}),
        ("q=Clerk", NAMES),
        ("q=clerk%20lu", set()),
        ("due=2026-12-02", {"Qian"}),
        ("q=%25", set()),
    ],
)
def test_filters_leave_whom_they_say(gu: FlaskClient, query: str, expected: set[str]) -> None:
    assert set(people(page(gu, f"/team?{query}"))) == expected


def test_a_department_includes_what_lies_below(gu: FlaskClient, works: Works) -> None:
    assert set(people(page(gu, f"/team?organization={works.production}"))) == {"Lu", "Wang", "Qian"}
    assert set(people(page(gu, f"/team?organization={works.production}&itself=1"))) == {"Lu", "Wang"}


def test_sorting_both_ways(gu: FlaskClient) -> None:
    """Periods left: Lu 48 − 16, the others 32, Wang 32 − 5; gaps: Lu 2 levels, the others 6."""
    assert people(page(gu, "/team?sort=name")) == ["Chen", "Lu", "Qian", "Wang"]
    assert people(page(gu, "/team?sort=name&order=desc")) == ["Wang", "Qian", "Lu", "Chen"]
    assert people(page(gu, "/team?sort=gap"))[0] == "Lu"
    assert people(page(gu, "/team?sort=required"))[0] == "Wang"
    assert people(page(gu, "/team?sort=active&order=desc"))[:2] == ["Lu", "Wang"]


def test_figures_lead_to_their_people(gu: FlaskClient, database: Database) -> None:
    with database.reading() as db:
        reading = db.scalars(select(Skill.id).where(Skill.slug == READING)).one()
    html = page(gu, "/team")
    assert f"skill={reading}" in html
    assert "4 people lack it, 14 levels together" in html  # Lu 2, the others 4 each
    assert set(people(page(gu, f"/team?skill={reading}"))) == NAMES
    assert "2 Dec" in html


def test_an_open_row_shows_the_person_and_is_a_look(
    app: Flask, gu: FlaskClient, works: Works, database: Database
) -> None:
    html = page(gu, f"/team?open={works.lu}")
    assert "reading far" in html
    assert "No certificates yet" in html
    with database.reading() as db:
        assert db.scalars(select(TrailEntry.action)).all().count("looked") == 1
    assert "Gu" in page(sign_in_as(app, works.lu), "/profile/looks")


def test_the_persons_page_is_a_look_once_and_for_strangers_nothing(
    app: Flask, gu: FlaskClient, works: Works, database: Database
) -> None:
    html = page(gu, f"/team/people/{works.wang}")
    assert "Wang: 5 of 32 required periods done" in html
    for client, person in (
        (gu, works.zhao),
        (sign_in_as(app, works.he), works.lu),
        (sign_in_as(app, works.lu), works.wang),
        (gu, 999_999),
    ):
        assert client.get(f"/team/people/{person}").status_code == 404
    with database.reading() as db:
        assert db.scalars(select(TrailEntry.action)).all().count("looked") == 1


@pytest.mark.parametrize("url", ["/team", "/team/gaps", "/team/modules", "/team.csv", "/team/rules"])
def test_who_manages_nobody_sees_no_team(app: Flask, works: Works, url: str) -> None:
    assert sign_in_as(app, works.lu).get(url).status_code == 403


@pytest.mark.parametrize(
    "url",
    [
        "/team",
        "/team/gaps",
        "/team/modules",
        "/team.csv",
        "/team/gaps.csv",
        "/team/modules.csv",
        "/team?q=lu",
    ],
)
def test_another_enterprise_sees_nothing_of_this_one(app: Flask, works: Works, url: str) -> None:
    text = page(sign_in_as(app, works.he), url)
    assert not [name for name in NAMES if f">{name}<" in text or f"\n{name}," in text]


@pytest.mark.parametrize("url", ["/team", "/team/gaps", "/team/modules", "/team.xlsx"])
def test_a_foreign_department_is_not_found(app: Flask, works: Works, url: str) -> None:
    client = sign_in_as(app, works.he)
    assert client.get(f"{url}?organization={works.production}").status_code == 404
    assert client.get(f"{url}?organization=999999").status_code == 404


def test_a_supervisor_sees_everybody_and_assigns_nothing(
    app: Flask, works: Works, database: Database
) -> None:
    with database.writing() as db:
        give_hat(db, works.zhao, Hat.SUPERVISOR, db.get_one(Organization, works.district))
    client = sign_in_as(app, works.zhao)
    assert set(people(page(client, "/team"))) == NAMES | {"Gu", "He"}
    assert "Assign learning" not in page(client, f"/team/people/{works.lu}")
    assert client.get(f"/team/people/{works.lu}/assign").status_code == 404


def test_gaps_name_the_modules_that_close_them(gu: FlaskClient, database: Database) -> None:
    """Reading 4 is closed by reading-well for all four; counting 2 by basics for the three who lack it."""
    html = page(gu, "/team/gaps")
    assert "reading is missing most: 4 people" in html
    rows = {row[0]: row[1:] for row in rows_of(gu, "/team/closing-modules.csv")[1:]}
    assert rows[READING] == ["4", "14", "4", "reading well", "4", "4", "16"]
    counting = [row for row in rows_of(gu, "/team/closing-modules.csv") if row[0] == COUNTING]
    assert counting == [
        [COUNTING, "3", "6", "0", "reading basics", "2", "3", "16"],
        [COUNTING, "3", "6", "0", "reading far", "4", "3", "16"],
    ]


def test_the_heat_map_prints_every_figure(gu: FlaskClient) -> None:
    html = page(gu, "/team/gaps")
    lines = re.findall(r'<tr><th scope="row"><a[^>]*>([^<]+)</a></th>(.*?)</tr>', html, flags=re.DOTALL)
    cells = {name: re.findall(r">(\d)<|>(met)<", line) for name, line in lines}
    assert {name: ["".join(cell) for cell in found] for name, found in cells.items()} == {
        "Lu": ["2", "met", "2"],
        "Wang": ["4", "2", "6"],
        "Qian": ["4", "2", "6"],
        "Chen": ["4", "2", "6"],
    }
    assert html.count("by law</span>") == 4


def test_the_matrix_counts_and_its_numbers_lead_to_those_people(
    gu: FlaskClient, works: Works, database: Database
) -> None:
    """Basics is required of all four: Lu has completed it, Wang begun it. Far is Lu's alone, and late."""
    with database.reading() as db:
        basics, far = card(db, BASICS), card(db, FAR)
    rows = {(row[0], row[1]): [int(n) for n in row[2:]] for row in rows_of(gu, "/team/modules.csv")[1:]}
    assert rows["reading basics", "Production"] == [3, 1, 1, 0]
    assert rows["reading basics", "Sales"] == [1, 0, 0, 0]
    assert rows["reading far", "Production"] == [1, 0, 0, 1]
    html = page(gu, "/team/modules")
    for state, names in (("", {"Lu", "Wang", "Qian"}), ("completed", {"Lu"}), ("begun", {"Wang"})):
        place = f"organization={works.production}"
        wanted = "&".join(filter(None, (f"module={basics.module_id}", state and f"state={state}", place)))
        assert wanted in html
        assert set(people(page(gu, f"/team?{wanted}"))) == names
    late = f"/team?module={far.module_id}&state=overdue"
    assert late.partition("?")[2] in html
    assert people(page(gu, late)) == ["Lu"]


def test_what_was_completed_is_late_no_more(gu: FlaskClient, works: Works, database: Database) -> None:
    """Lu has completed basics; a wish whose date has passed changes nothing about it."""
    with database.writing() as db:
        wish = {"learner_id": works.lu, "module_id": card(db, BASICS).module_id, "assigned_by_id": works.gu}
        db.add(Assignment(**wish, due_on=date(2026, 11, 1), created_at=NOON))
        db.flush()
        summarise(db, [works.lu], NOON)
    rows = {(row[0], row[1]): [int(n) for n in row[2:]] for row in rows_of(gu, "/team/modules.csv")[1:]}
    assert rows["reading basics", "Production"] == [3, 1, 1, 0]
    assert "Overdue 4 days" in page(gu, "/team")


def test_people_at_the_head_itself_have_a_column_of_their_own(
    gu: FlaskClient, works: Works, database: Database
) -> None:
    rows = [row[1:4] for row in rows_of(gu, f"/team/modules.csv?organization={works.production}")[1:]]
    assert ["Production itself", "2", "1"] in rows
    assert ["Night shift", "1", "0"] in rows


def test_the_file_holds_what_the_page_shows(gu: FlaskClient, works: Works, database: Database) -> None:
    rows = rows_of(gu, "/team.csv?show=direct&sort=name&columns=required,state")
    assert rows == [
        [
            "Name",
            "Required modules",
            "Completed",
            "Required periods",
            "Periods done",
            "Situation",
            "Days overdue",
        ],
        ["Lu", "3", "1", "48", "16", "2026-11-20", "4"],
        ["Wang", "2", "0", "32", "5", "", "0"],
    ]
    with database.reading() as db:
        entry = db.scalars(select(TrailEntry).where(TrailEntry.action == "exported")).one()
        assert '"list":"team"' in entry.facts
        assert '"rows":2' in entry.facts
        assert '"format":"csv"' in entry.facts


def test_a_file_turns_no_name_into_a_formula(gu: FlaskClient, works: Works, database: Database) -> None:
    with database.writing() as db:
        db.execute(update(User).where(User.id == works.lu).values(display_name='=HYPERLINK("http://x")'))
    assert rows_of(gu, "/team.csv?show=overdue")[1][0] == '\'=HYPERLINK("http://x")'
    body = gu.get("/team.xlsx?show=overdue").get_data()
    with zipfile.ZipFile(io.BytesIO(body)) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
        texts = book.read("xl/sharedStrings.xml").decode()
    assert "<f>" not in sheet
    assert "hyperlink" not in sheet
    assert '=HYPERLINK("http://x")' in unescape(texts)
    assert re.search(r'<c r="[A-Z]2"[^>]*><v>48</v></c>|<v>16</v>', sheet)


def test_columns_are_chosen_and_carried_along(gu: FlaskClient) -> None:
    html = page(gu, "/team?columns=department&columns=gap")
    assert "Night shift" in html
    assert "Last active" not in re.findall(r"<thead>.*?</thead>", html, flags=re.DOTALL)[-1]
    assert "columns=department%2Cgap" in html


def test_nothing_breaks_on_nonsense(gu: FlaskClient) -> None:
    query = "show=x&sort=x&order=x&page=99999&open=abc&module=abc&state=x&due=never&skill=-1&columns=x&role=²"
    assert set(people(page(gu, f"/team?{query}"))) == NAMES


def test_an_empty_team_says_what_to_do(app: Flask, works: Works, database: Database) -> None:
    with database.writing() as db:
        place = db.get_one(Organization, works.shift)
        give_hat(db, works.qian, Hat.MANAGER, place)
    assert "Nobody works below you yet" in page(sign_in_as(app, works.qian), "/team")


@pytest.mark.parametrize(
    "url",
    ["/team", "/team?q=1", "/team?sort=name", "/team/gaps", "/team/modules", "/team.csv", "/team/gaps.csv"],
)
def test_queries_are_few_and_do_not_grow(app: Flask, works: Works, database: Database, url: str) -> None:
    counts = []
    for number, size in enumerate((5, 60)):
        with database.writing() as db:
            firm = make_firm(db, f"Firm {number}", manager=f"boss{number}")
            add_people(db, firm, size)
        client = sign_in_as(app, firm.manager_id)
        client.get(url).close()
        with counted() as statements:
            client.get(url).close()
        counts.append(len([s for s in statements if "trail" not in s]))
    assert counts[0] == counts[1] <= MOST_QUERIES
    with database.reading() as db:
        worker = db.scalars(select(User.id).where(User.sign_in_name.startswith("worker"))).first()
    with counted() as statements:
        client.get(f"/team?open={worker}").close()
    assert len([s for s in statements if "trail" not in s]) <= MOST_QUERIES
