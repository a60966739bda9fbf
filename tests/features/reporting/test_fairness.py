"""The fairness report, worked by hand: who is shown recommendations, and whose gaps close (REQ-020)."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from datetime import date, timedelta
from html import unescape

import pytest
from flask import Flask
from sqlalchemy import delete, event, select
from sqlalchemy.orm import Session

from lms.domain.window import this_year
from lms.features.accounts.models import User
from lms.features.organizations.models import Organization, OrganizationKind
from lms.features.organizations.service import create_organization, employ
from lms.features.recommendations.models import Recommendation
from lms.features.reporting.district_sets import Scope
from lms.features.reporting.fairness_numbers import GroupFigures, read_groups
from lms.features.skills.models import Evidence
from lms.features.taxonomy.models import JobRole, RoleRequirement, Skill
from tests.conftest import NOON
from tests.factories.curriculum import make_learner
from tests.factories.district import DistrictWorld
from tests.factories.modules import make_programme, module_id

YEAR = this_year(date(2026, 11, 24))
ENGLISH = {"Accept-Language": "en"}
ASKED = 13  # levels: workshop-worker asks for 3 + 2 + 2 + 2 + 2 + 2


@dataclass
class Site:
    app: Flask
    world: DistrictWorld
    ids: list[int]

    def groups(self) -> dict[tuple[str, str], GroupFigures]:
        with self.app.extensions["database"].reading() as db:
            rows = read_groups(db, Scope((self.world.top.path,), YEAR))
        return {(row.dimension, row.key): row for row in rows}


@pytest.fixture
def site(app: Flask) -> Site:
    """24 workers: 20 read Chinese at a firm in manufacturing, 4 English at one in tourism.

    The first ten have three cards each, the next ten two, the English ones one. Before this year the first ten held
    safety-awareness 3; in it the English four got to 2 of it, and the eleventh to all three."""
    with app.extensions["database"].writing() as db:
        make_programme(db)
        kind = OrganizationKind
        top = create_organization(db, kind=kind.DISTRICT, name_zh="区", name_en="District")
        firms = [_firm(db, top, "Works", "manufacturing"), _firm(db, top, "Travel", "tourism")]
        ids = [_worker(db, n, firms[n >= 20]) for n in range(24)]
        db.execute(delete(Recommendation))
        _show(db, ids)
        _evidence(db, ids)
        world = DistrictWorld(top, top, top)
        db.flush()
        db.expunge(top)
    return Site(app, world, ids)


def _firm(db: Session, top: Organization, name: str, industry: str) -> int:
    firm = create_organization(
        db, kind=OrganizationKind.ENTERPRISE, name_zh=name, name_en=name, parent_id=top.id
    )
    firm.industry = industry
    return firm.id


def _worker(db: Session, n: int, firm_id: int) -> int:
    user_id = make_learner(db, f"worker.{n}", role="workshop-worker", language="en" if n >= 20 else "zh").id
    employ(db, user_id=user_id, organization_id=firm_id, started_on=date(2025, 1, 1))
    return user_id


def _show(db: Session, ids: list[int]) -> None:
    module = module_id(db, "safety-foundations")
    for n, user_id in enumerate(ids):
        cards = 3 if n < 10 else 2 if n < 20 else 1
        for position in range(1, 4):
            shown = module if position <= cards else None
            db.add(
                Recommendation(
                    learner_id=user_id, position=position, module_id=shown, reasons=[], computed_at=NOON
                )
            )


def _evidence(db: Session, ids: list[int]) -> None:
    skill_id = db.scalars(select(Skill.id).where(Skill.slug == "safety-awareness")).one()
    long_ago, now = NOON - timedelta(days=400), NOON - timedelta(days=10)
    rows = [(user_id, 3, long_ago) for user_id in ids[:10]]
    rows += [(ids[10], 3, now), *((user_id, 2, now) for user_id in ids[20:])]
    for user_id, level, at in rows:
        db.add(
            Evidence(learner_id=user_id, skill_id=skill_id, level=level, kind="assessment", obtained_at=at)
        )


def test_the_role_asks_for_thirteen_levels(site: Site) -> None:
    with site.app.extensions["database"].reading() as db:
        role_id = select(JobRole.id).where(JobRole.slug == "workshop-worker").scalar_subquery()
        levels = db.scalars(select(RoleRequirement.level).where(RoleRequirement.role_id == role_id)).all()
    assert sum(levels) == ASKED


def test_figures_by_hand(site: Site) -> None:
    """Missing: 10 × (13 − 3) + 10 × 13 + 4 × 13 = 282; closed: 3 + 4 × 2 = 11."""
    groups = site.groups()
    everybody = groups["everybody", ""]
    assert everybody[2:] == (24, 10 * 3 + 10 * 2 + 4, 24, 11, 282)
    assert groups["language", "zh"][2:] == (20, 50, 20, 3, 230)
    assert groups["language", "en"][2:] == (4, 4, 4, 8, 52)
    assert groups["industry", "manufacturing"][2:] == groups["language", "zh"][2:]
    assert groups["industry", "tourism"][2:] == groups["language", "en"][2:]
    assert groups["size", "1"][2:] == groups["language", "zh"][2:]  # 20 people: the second band
    assert groups["size", "0"][2:] == groups["language", "en"][2:]
    [role] = [row for (dimension, _), row in groups.items() if dimension == "role"]
    assert role[2:] == everybody[2:]


def test_who_switched_off_or_has_no_gap_is_not_counted_as_passed_over(site: Site) -> None:
    with site.app.extensions["database"].writing() as db:
        db.get_one(User, site.ids[0]).is_personalised = False
        skills = db.execute(
            select(RoleRequirement.skill_id, RoleRequirement.level)
            .join(JobRole, JobRole.id == RoleRequirement.role_id)
            .where(JobRole.slug == "workshop-worker")
        ).all()
        for skill_id, level in skills:
            db.add(
                Evidence(
                    learner_id=site.ids[1],
                    skill_id=skill_id,
                    level=level,
                    kind="assessment",
                    obtained_at=NOON,
                )
            )
    everybody = site.groups()["everybody", ""]
    assert everybody.exposed == 22
    assert everybody.learners == 23
    assert (everybody.closed, everybody.missing) == (11 + 10, 282 - 10)


def test_the_page_flags_and_withholds(site: Site) -> None:
    """Zh: closure 3/230 ÷ 11/282 = 0.33, flagged; exposure 2.5 ÷ 2.25 = 1.11, even; four people are too few."""
    client = site.world.sign_in(site.app, "boss", site.world.top)
    html = unescape(client.get("/district/fairness", headers=ENGLISH).text)
    rows = [re.sub(r"<[^>]+>", "|", row) for row in re.findall(r"<tr>(.*?)</tr>", html)]
    chinese = [row for row in rows if "|Chinese|" in row]
    assert [re.findall(r"\|([\d.]+(?: %)?)\|", row) for row in chinese] == [
        ["20", "2.50", "1.11"],
        ["20", "1.30 %", "0.33"],
    ]
    assert "In line with everybody" in chinese[0]
    assert "Below 0.80 of everybody’s figure" in chinese[1]
    english = [row for row in rows if "|English|" in row]
    assert all("Too few people, fewer than 10" in row and "1.00" not in row for row in english)
    assert "3 groups differ from everybody" in html  # closure of one language, one industry, one size
    assert "/district/fairness" in client.get("/district").text


def test_the_export_has_the_same_lines(site: Site) -> None:
    client = site.world.sign_in(site.app, "boss", site.world.top)
    answer = client.get("/district/fairness.csv", headers=ENGLISH)
    rows = list(csv.reader(io.StringIO(answer.get_data().decode("utf-8-sig"))))
    assert rows[0] == [
        "Figure", "Grouped by", "Group", "Number of people", "Value", "Ratio to everybody", "Reading",
    ]  # fmt: skip
    assert len(rows) == 1 + 2 * 7
    assert [
        "Recommendations per person",
        "Language",
        "Chinese",
        "20",
        "2.50",
        "1.11",
        "In line with everybody",
    ] in rows
    [row] = [row for row in rows if row[:3] == ["Levels closed of those missing", "Language", "English"]]
    assert row[4:6] == ["", ""]
    assert client.get("/district/fairness.xlsx").status_code == 200


def test_queries_do_not_grow_with_people(site: Site) -> None:
    client = site.world.sign_in(site.app, "boss", site.world.top)
    database = site.app.extensions["database"]
    counts = []
    client.get("/district/fairness")  # what a process keeps is read once
    for turn in (1, 2):
        seen: list[str] = []

        def note(*call: object, seen: list[str] = seen) -> None:
            seen.append(str(call[2]))

        event.listen(database.reader, "before_cursor_execute", note)
        assert client.get("/district/fairness").status_code == 200
        event.remove(database.reader, "before_cursor_execute", note)
        counts.append(len(seen))
        with database.writing() as db:
            for n in range(100 * turn, 100 * turn + 15):
                _worker(
                    db, n, db.scalars(select(Organization.id).where(Organization.name_en == "Works")).one()
                )
    assert counts[0] == counts[1] <= 8


def test_nobody_at_all_is_no_failure(app: Flask) -> None:
    with app.extensions["database"].writing() as db:
        top = create_organization(db, kind=OrganizationKind.DISTRICT, name_zh="区", name_en="District")
        db.expunge(top)
    client = DistrictWorld(top, top, top).sign_in(app, "boss", top)
    assert "No group differs from everybody" in client.get("/district/fairness", headers=ENGLISH).text
