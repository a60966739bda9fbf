"""The walk through a drill: what each page shows, where the choices lead, and who may walk."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from content.reader.loader import load_curriculum
from lms.db.transaction import Database
from lms.features.catalog.service import sync_curriculum
from tests.conftest import NOON
from tests.content.scenario_sample import scenario_file
from tests.factories.accounts import sign_in_as
from tests.factories.curriculum import ADVANCED, BASICS, make_learner, write_curriculum

URL = f"/modules/{BASICS}/scenario"
ALL_RIGHT = ".".join(["right"] * 9)


@pytest.fixture
def learner(app: Flask, database: Database, tmp_path: Path) -> FlaskClient:
    """A learner who has begun the module that has a drill."""
    root = tmp_path / "curriculum"
    write_curriculum(root)
    text = scenario_file().replace("zh: 车间", "zh: <b>车间").replace("en: shop", "en: <b>shop")
    (root / "foundations" / BASICS / "scenario.yaml").write_text(text, encoding="utf-8")
    with database.writing() as db:
        sync_curriculum(db, load_curriculum(root), now=NOON, media_dir=tmp_path / "media")
        user_id = make_learner(db).id
    return sign_in_as(app, user_id)


def begin(client: FlaskClient) -> FlaskClient:
    client.post(f"/modules/{BASICS}/enrollment")
    return client


def page(client: FlaskClient, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200, (url, answer.status_code, answer.location)
    return answer.text


def choices(text: str) -> list[str]:
    """The choices offered: the last step of the way that each leads to."""
    return [
        path.split(".")[-1]
        for path in re.findall(r'class="choice has-letter" href="[^"]*path=([^"&]*)', text)
    ]


def test_only_who_has_begun_walks(learner: FlaskClient) -> None:
    assert learner.get(URL).location == f"/modules/{BASICS}"
    assert URL not in page(learner, f"/modules/{BASICS}")
    begin(learner)
    assert "Drill: Stopping" in page(learner, f"/modules/{BASICS}")
    assert 'href="' + URL + '"' in page(learner, f"/modules/{BASICS}")
    assert "Begin the drill" in page(learner, URL)


def test_a_module_without_a_drill_leads_back(learner: FlaskClient) -> None:
    assert learner.get(f"/modules/{ADVANCED}/scenario").location == f"/modules/{ADVANCED}"
    assert learner.get("/modules/nowhere/scenario").status_code == 404


def test_facts_of_each_form_are_filled_in_as_text(learner: FlaskClient) -> None:
    begin(learner)
    assert "3 people in the &lt;b&gt;shop." in page(learner, f"{URL}?form=a&path=")
    assert "4 people in the store." in page(learner, f"{URL}?form=b&path=")
    assert "3 people" in page(learner, f"{URL}?form=x&path=")


def test_choices_lead_on_and_clock_and_gauge_follow(learner: FlaskClient) -> None:
    begin(learner)
    assert choices(page(learner, f"{URL}?path=")) == ["wrong", "right", "slow"]
    text = page(learner, f"{URL}?path=wrong.slow")
    assert choices(text) == ["right", "wrong", "slow"]  # the third situation
    assert "<b>16 min</b> of 40 min" in text
    assert "<b>7</b>" in text
    assert "(−3)" in text


@pytest.mark.parametrize(
    ("path", "end", "lines"),
    [
        (ALL_RIGHT, "The best way", 9),
        ("slow." + ALL_RIGHT[6:], "Held, with losses", 9),
        ("wrong.wrong.wrong", "The drill failed here", 3),
        ("slow.slow.slow", "The drill failed here", 3),
    ],
)
def test_every_kind_of_end_debriefs_the_way(learner: FlaskClient, path: str, end: str, lines: int) -> None:
    text = page(begin(learner), f"{URL}?path={path}")
    assert end in text
    assert choices(text) == []
    steps = text.split("Your way, step by step")[1]
    assert steps.count("<li>") - steps.count('<li><a href="') >= lines
    assert steps.count("The best choice here") == path.split(".").count("wrong") + path.split(".").count(
        "slow"
    )


@pytest.mark.parametrize("path", ["away", f"{ALL_RIGHT}.right", "right." * 300, "%3Cscript%3E"])
def test_a_way_that_is_none_begins_again(learner: FlaskClient, path: str) -> None:
    answer = begin(learner).get(f"{URL}?path={path}")
    assert answer.location == f"{URL}?form=a"


def test_chinese_reader_sees_chinese(learner: FlaskClient) -> None:
    begin(learner).post("/language/zh")
    text = page(learner, f"{URL}?path=")
    assert "&lt;b&gt;车间里有 3 个人。" in text
    assert "你怎么做？" in text


def test_shipping_trade_scenarios_stand_together_with_their_topics(
    learner: FlaskClient, app: Flask, tmp_path: Path
) -> None:
    assert "No scenarios are listed" in page(learner, "/curriculum/shipping-trade")
    app.extensions["settings"] = replace(app.extensions["settings"], content_dir=tmp_path)
    rows = [
        f"- {{number: {n}, module: {slug}, monday_topic: {{zh: 问题{n}, en: Question {n}}}}}"
        for n, slug in ((2, ADVANCED), (1, BASICS), (3, "nowhere"))
    ]
    (tmp_path / "shipping-trade.yaml").write_text("scenarios:\n" + "\n".join(rows), encoding="utf-8")
    text = page(learner, "/curriculum/shipping-trade")
    assert "2 shipping-trade scenarios" in text
    assert text.index("Question 1") < text.index("Question 2")
    assert f'href="/modules/{ADVANCED}"' in text
    assert "Question 3" not in text
