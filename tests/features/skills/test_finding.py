"""Modules by description: both languages lead to the same modules, by way of the skills."""

from __future__ import annotations

import re
from datetime import date

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from lms.db.transaction import Database
from lms.features.catalog.models import CatalogRevision
from lms.features.catalog.snapshot import read_snapshot
from lms.features.skills.matching import matcher_of
from lms.features.taxonomy.models import Skill
from tests.factories.accounts import sign_in_as
from tests.factories.curriculum import make_learner
from tests.factories.modules import make_programme
from tests.features.recommendations.test_pages import text_of

TODAY = date(2026, 11, 24)


def browser(app: Flask, database: Database, language: str = "en") -> FlaskClient:
    with database.writing() as db:
        make_programme(db)
        learner_id = make_learner(db, language=language).id
    return sign_in_as(app, learner_id)


def found(client: FlaskClient, text: str) -> list[str]:
    html = client.get("/curriculum/find", query_string={"text": text}).text
    return re.findall(r'<a href="/modules/([^"]+)"', html)


SAID = {
    ("怎么审信用证", "check a letter of credit"): "smart-contract-letter-of-credit",
    ("冷藏箱报警", "alarms of reefer containers"): "iot-container-tracking",
    ("心肺复苏", "CPR"): "emergency-response-drill",
    ("数据出境要备案吗", "sending data abroad"): "data-space-depa",
    ("区块链提单", "bills of lading on a blockchain"): "blockchain-bill-of-lading",
    ("双随机检查", "random inspection"): "subsidy-supervision-audit",
    ("报关归类", "customs classification"): "digital-customs-clearance",
}


def test_both_languages_find_the_same_module(app: Flask, database: Database) -> None:
    client = browser(app, database)
    first = {texts: {found(client, text)[0] for text in texts} for texts in SAID}
    assert first == {texts: {module} for texts, module in SAID.items()}


def test_the_reasons_name_the_skill_its_level_and_the_readers_words(app: Flask, database: Database) -> None:
    """Letter of credit: taught to 4, 3 and 2; the higher comes first."""
    client = browser(app, database)
    text = text_of(client.get("/curriculum/find?text=check+a+letter+of+credit").text)
    assert "3 modules fit your description" in text
    reached = re.findall(
        r"teaches Letter of credit examination to level (\d); you wrote “letter, credit”", text
    )
    assert reached == ["4", "3", "2"]


def test_nothing_fits_and_what_to_do_then(app: Flask, database: Database) -> None:
    client = browser(app, database, "zh")
    page = text_of(client.get("/curriculum/find", query_string={"text": "今天中午吃什么"}).text)
    assert "课程里没有与此对应的能力" in page
    assert found(client, "今天中午吃什么") == []


def test_empty_and_very_long_texts(app: Flask, database: Database) -> None:
    client = browser(app, database)
    assert "Describe what you need" in text_of(client.get("/curriculum/find").text)
    assert "Describe what you need" in text_of(client.get("/curriculum/find?text=+++").text)
    long = text_of(client.get(f"/curriculum/find?text={'first+aid+' * 50}x").text)
    assert "That is 501 characters; at most 500 are read. Shorten it." in long
    assert found(client, "first aid " * 50)[0] == "emergency-response-drill"
    assert found(client, "<script>alert(1)</script>") == []


def test_the_list_of_the_curriculum_has_the_box(app: Flask, database: Database) -> None:
    html = browser(app, database).get("/curriculum/list").text
    assert 'action="/curriculum/find"' in html


def test_the_labels_are_read_once_for_each_revision(database: Database) -> None:
    with database.writing() as db:
        make_programme(db)
    with database.reading() as db:
        first = matcher_of(read_snapshot(db, today=TODAY)[0])
        assert matcher_of(read_snapshot(db, today=TODAY)[0]) is first
        assert first.match_skills("zeppelin") == []
    with database.writing() as db:
        db.execute(update(Skill).where(Skill.slug == "first-aid").values(name_en="Zeppelin"))
        db.execute(update(CatalogRevision).values(token="another"))
    with database.reading() as db:
        skills = matcher_of(read_snapshot(db, today=TODAY)[0]).match_skills("zeppelin")
        assert [(row.skill.slug, row.percent) for row in skills] == [("first-aid", 100)]
