"""The supervisor's figures, worked by hand, and the rows behind each of them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from html import unescape
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from lms.domain.permissions import Hat
from lms.domain.rates import PassRates
from lms.domain.window import this_quarter, this_year
from lms.features.organizations.models import Employment, OrganizationKind
from lms.features.organizations.service import create_organization, employ
from lms.features.reporting.district_numbers import Figures, read_figures
from lms.features.reporting.district_rows import Number, Wanted, count_rows, list_rows
from lms.features.reporting.district_sets import Scope
from tests.conftest import NOON
from tests.factories.curriculum import ADVANCED, BASICS
from tests.factories.district import CANARY, DistrictWorld, add_person, make_district, make_firm, place

TODAY = date(2026, 11, 24)
YEAR, QUARTER = this_year(TODAY), this_quarter(TODAY)


@dataclass
class Site:
    app: Flask
    world: DistrictWorld

    @property
    def database(self):  # type: ignore[no-untyped-def]
        return self.app.extensions["database"]

    def figures(self, *paths: str, window=YEAR, area_id: int = 0) -> Figures:  # type: ignore[no-untyped-def]
        with self.database.reading() as db:
            return read_figures(db, Scope(paths or ("/",), window), area_id=area_id, now=NOON)


@pytest.fixture
def site(app: Flask, tmp_path: Path) -> Site:
    with app.extensions["database"].writing() as db:
        return Site(app, make_district(db, tmp_path))


def text_of(client: FlaskClient, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200, (url, answer.status_code)
    return unescape(answer.get_data(as_text=True))


def test_the_year_of_the_district(site: Site) -> None:
    figures = site.figures(site.world.top.path)
    assert (figures.people, figures.learners) == (5, 4)  # Qian learned in 2025 only
    assert (figures.enterprises, figures.reached) == (3, 2)  # nobody at Harbour has completed anything
    assert (figures.places, figures.completed) == (6, 3)
    assert {k: (v.completed, v.places) for k, v in figures.layers.items()} == {
        "foundation": (3, 4),
        "specialism": (0, 2),
        "frontier": (0, 0),
    }
    assert figures.periods == 3 * 16
    assert (figures.periods_offered, figures.periods_planned) == (32, 48)
    # Wu twice and once, Li, Zhou twice, of whom one withdrew: five sat; Li and Zhou passed at once, Wu later
    assert figures.rates == PassRates(enrolled=6, sat=5, first=2, best=3)


def test_the_quarter_counts_what_ran_in_it(site: Site) -> None:
    figures = site.figures(site.world.top.path, window=QUARTER)
    assert (figures.people, figures.learners, figures.reached) == (5, 3, 2)
    assert (figures.places, figures.completed) == (4, 2)  # Wu's advanced module is still open
    assert figures.rates == PassRates(enrolled=4, sat=2, first=2, best=2)


def test_one_subdistrict_alone(site: Site) -> None:
    figures = site.figures(site.world.north.path)
    assert (figures.people, figures.learners, figures.enterprises, figures.reached) == (3, 3, 2, 1)
    assert figures.rates == PassRates(enrolled=4, sat=3, first=1, best=2)
    assert site.figures(site.world.top.path, area_id=site.world.north.id).rates == figures.rates


def test_a_foreign_subdistrict_cuts_nothing(site: Site) -> None:
    figures = site.figures(site.world.north.path, area_id=site.world.south.id)
    assert figures.area is None
    assert figures.people == 3


def test_completions_per_month(site: Site) -> None:
    figures = site.figures(site.world.top.path)
    assert len(figures.months) == 11
    assert figures.by_layer["foundation"] == (0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 2)
    assert figures.by_area[site.world.north.id] == (0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1)
    assert figures.by_area[site.world.south.id] == (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1)


def test_who_left_counts_where_they_worked_last(site: Site) -> None:
    with site.database.writing() as db:
        left = add_person(db, site.world, "sun", make_firm(db, site.world.north, "Old"))
        place(db, left, BASICS, "2026-05-01", done="2026-05-05")
        work = db.scalars(select(Employment).where(Employment.user_id == left)).one()
        work.ended_on = date(2026, 6, 30)
    assert site.figures(site.world.north.path).completed == 3
    assert site.figures(site.world.north.path, window=QUARTER).people == 3
    with site.database.writing() as db:
        employ(db, user_id=left, organization_id=site.world.south.id, started_on=date(2026, 7, 1))
    assert site.figures(site.world.north.path).completed == 2
    assert site.figures(site.world.south.path).completed == 2


def test_days_begin_and_end_in_shanghai(site: Site) -> None:
    from datetime import UTC, datetime

    from lms.features.enrollment.models import Enrollment

    with site.database.writing() as db:
        id_ = place(db, site.world.people["qian"], ADVANCED, "2025-12-30", done="2025-12-31")
        row = db.get_one(Enrollment, id_)
        row.completed_at = datetime(2025, 12, 31, 16, 0, tzinfo=UTC)  # midnight of the new year in Shanghai
    assert site.figures("/").completed == 4
    with site.database.writing() as db:
        db.get_one(Enrollment, id_).completed_at = datetime(2025, 12, 31, 15, 59, tzinfo=UTC)
        create_organization(db, kind=OrganizationKind.SUBDISTRICT, name_zh="新", name_en="N", parent_id=1)
    assert site.figures("/").completed == 3


EXPECTED = {
    Number.PEOPLE: 5,
    Number.LEARNERS: 4,
    Number.ENTERPRISES: 3,
    Number.REACHED: 2,
    Number.PLACES: 6,
    Number.COMPLETIONS: 3,
    Number.PERIODS_OFFERED: 32,
    Number.PERIODS_PLANNED: 48,
    Number.PERIODS_ATTENDED: 48,
    Number.SAT: 5,
    Number.PASSED: 3,
    Number.PASSED_FIRST: 2,
    Number.REVIEW_CURRENT: 2,
    Number.REVIEW_DUE: 0,
    Number.REVIEW_OVERDUE: 0,
    Number.REVIEW_STALE: 0,
    Number.REVIEW_NONE: 1,
}


def test_every_figure_has_its_rows(site: Site) -> None:
    """The sum of the rows behind a figure is the figure, for all of them and page by page (REQ-048)."""
    assert set(EXPECTED) == set(Number)
    scope = Scope((site.world.top.path,), YEAR)
    with site.database.reading() as db:
        for number, figure in EXPECTED.items():
            wanted = Wanted(number)
            rows = list_rows(db, scope, wanted, today=TODAY)
            added = sum(row.periods for row in rows) if "periods" in number else len(rows)
            total = count_rows(db, scope, wanted, today=TODAY)
            assert (added, total.figure, total.total) == (figure, figure, len(rows)), number
            paged = [
                row
                for skip in range(0, len(rows), 2)
                for row in list_rows(db, scope, wanted, today=TODAY, limit=2, offset=skip)
            ]
            assert paged == list(rows), number


def test_the_page_shows_each_figure_and_leads_to_as_many_rows(site: Site) -> None:
    client = site.world.sign_in(site.app, "boss", site.world.top)
    html = text_of(client, "/district")
    links = {
        url: int(value)
        for url, value in re.findall(
            r'<a(?: class="hint")? href="(/district/rows/[^"]+)">(?:of )?(\d+)', html
        )
    }
    assert len(links) >= 17
    for url, value in links.items():
        heading = re.search(r"<h1>[^<]*: (\d+)</h1>", text_of(client, url))
        assert heading, url
        assert int(heading.group(1)) == value, url
    assert "60.0%" in html
    assert "95 % interval 23.1–88.2" in html  # Wilson for 3 of 5
    assert "40.0%" in html
    assert "50.0%" in html


def test_a_rate_of_nothing_is_not_computable(site: Site) -> None:
    client = site.world.sign_in(site.app, "boss", site.world.top)
    html = text_of(client, "/district?period=days&from=2024-01-01&to=2024-02-01")
    assert html.count("not computable") >= 4
    assert "0 completions in 0 enterprises" in html


def test_a_supervisor_sees_only_their_own_part(site: Site) -> None:
    client = site.world.sign_in(site.app, "north.boss", site.world.north)
    south = site.world.south.id
    pages = ["/district", f"/district?area={south}", "/district.csv"]
    pages += [f"/district/rows/{number}?area={south}" for number in Number]
    pages += [f"/district/rows/{number}.csv" for number in Number]
    for url in pages:
        assert CANARY not in text_of(client, url), url
    assert "wu" in text_of(client, "/district/rows/people").casefold()
    own = site.world.sign_in(site.app, "south.boss", site.world.south)
    assert CANARY in text_of(own, "/district/rows/people")


@pytest.mark.parametrize("hat", [Hat.MANAGER, Hat.INSTRUCTOR])
def test_other_hats_do_not_come_in(hat: Hat, site: Site) -> None:
    client = site.world.sign_in(site.app, "other", site.world.north, hat)
    for url in ("/district", "/district.xlsx", "/district/rows/people", "/district/rows/people.csv"):
        assert client.get(url).status_code in (403, 404), url


def test_an_auditor_reads_too(site: Site) -> None:
    client = site.world.sign_in(site.app, "audit", site.world.north, Hat.AUDITOR)
    assert "Farsail" in text_of(client, "/district/rows/enterprises")


def test_a_figure_that_does_not_exist(site: Site) -> None:
    client = site.world.sign_in(site.app, "boss", site.world.top)
    assert client.get("/district/rows/unknown").status_code == 404


def test_rows_are_filtered_by_words_and_layer(site: Site) -> None:
    client = site.world.sign_in(site.app, "boss", site.world.top)
    assert "Places" not in text_of(client, "/district/rows/places?q=wu")
    assert "<h1>Enrollments: 2</h1>" in text_of(client, "/district/rows/places?q=wu")
    assert "<h1>Enrollments: 1</h1>" in text_of(client, "/district/rows/places?q=wu&layer=specialism")
    assert "<h1>Enrollments: 0</h1>" in text_of(client, "/district/rows/places?q=%25")


def test_wrong_days_are_named_and_kept(site: Site) -> None:
    client = site.world.sign_in(site.app, "boss", site.world.top)
    html = text_of(client, "/district?period=days&from=2026-05-01&to=2026-04-01")
    assert "The last day lies before the first." in html
    assert 'value="2026-05-01"' in html


def test_a_change_is_seen_at_once(site: Site) -> None:
    from lms.features.catalog.queries import find_module_card
    from lms.features.enrollment.service import enroll

    assert site.figures("/").places == 6
    with site.database.writing() as db:
        card = find_module_card(db, BASICS)
        assert card is not None
        enroll(db, learner_id=site.world.people["qian"] + 0, module=card, now=NOON)
        new = add_person(db, site.world, "gu", make_firm(db, site.world.south, "New"))
        enroll(db, learner_id=new, module=card, now=NOON)
    assert site.figures("/").places == 7
    assert site.figures("/").enterprises == 4
