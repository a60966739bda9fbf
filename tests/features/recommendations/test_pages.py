"""The pages of recommendations: answers, the switch, the explanation (REQ-020)."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from flask import Flask, render_template_string
from flask.testing import FlaskClient

from lms.db.transaction import Database
from lms.features.catalog.queries import find_module_card
from lms.features.enrollment.service import enroll
from lms.features.recommendations.queries import list_slots
from tests.conftest import NOON
from tests.factories.accounts import sign_in_as
from tests.factories.curriculum import make_learner
from tests.factories.modules import complete, make_programme


class _Text(HTMLParser):
    """The visible words of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def text_of(html: str) -> str:
    reader = _Text()
    reader.feed(re.sub(r"(?s)<(script|style|svg).*?</\1>", "", html))
    return re.sub(r"\s+", " ", " ".join(reader.words))


def officer(
    database: Database, name: str = "wu.min", *, language: str = "en", role: str | None = "safety-officer"
) -> int:
    with database.writing() as db:
        learner = make_learner(db, name, role=role, language=language)
        return learner.id


def programme(database: Database) -> None:
    with database.writing() as db:
        make_programme(db)


def cards(app: Flask, database: Database, learner_id: int, language: str) -> str:
    with app.test_request_context("/", headers={"Accept-Language": language}), database.reading() as db:
        from flask import g

        g.language = language
        return render_template_string(
            "{% from 'recommendations/cards.html' import recommendation_cards %}{{ recommendation_cards(slots) }}",
            slots=list_slots(db, learner_id),
        )


def test_cards_say_their_arithmetic_in_both_languages(app: Flask, database: Database) -> None:
    programme(database)
    learner_id = officer(database)
    with database.writing() as db:
        complete(db, learner_id, "safety-foundations")
    html = cards(app, database, learner_id, "zh")
    assert "补上<b>重大事故隐患判定</b> 0→3，岗位要求 3 级，法定" in html
    assert "8 级 ÷ 16 课时 = 每课时 0.50" in html
    assert "学完可开：事故应急处置与情景演练（13 级 ÷ 32 课时 = 0.41）" in html
    assert "暂时没有别的模块可以开始" in html
    english = cards(app, database, learner_id, "en")
    assert "8 levels ÷ 16 periods = 0.50 per period" in english
    assert "required by rule" in english
    assert not re.search(r"[\u4e00-\u9fff]", text_of(english))


def test_an_answer_acts_on_the_next_page_and_can_be_taken_back(app: Flask, database: Database) -> None:
    programme(database)
    learner_id = officer(database)
    client = sign_in_as(app, learner_id)
    with database.reading() as db:
        first = list_slots(db, learner_id)[0].slug
    answer = client.post(
        f"/recommendations/{first}/answer",
        data={"answer": "not_relevant", "next": "/recommendations/how"},
        follow_redirects=True,
    )
    page = text_of(answer.text)
    assert "is not recommended any more" in page
    assert "You said: not relevant" in page
    assert f'action="/recommendations/{first}/answer"' in answer.text
    with database.reading() as db:
        assert list_slots(db, learner_id)[0].slug != first
    client.post(f"/recommendations/{first}/answer", data={"undo": "1"})
    with database.reading() as db:
        assert list_slots(db, learner_id)[0].slug == first


def test_an_answer_that_no_page_offers_is_refused(app: Flask, database: Database) -> None:
    programme(database)
    client = sign_in_as(app, officer(database))
    assert client.post("/recommendations/safety-foundations/answer", data={"answer": "x"}).status_code == 400
    assert client.post("/recommendations/no-such/answer", data={"answer": "later"}).status_code == 404


def test_switched_off_two_learners_of_a_role_see_the_same(app: Flask, database: Database) -> None:
    """Role path first, then by layer; what either has done makes no difference."""
    programme(database)
    ids = [officer(database, "wu.min"), officer(database, "li.hua")]
    with database.writing() as db:
        complete(db, ids[0], "safety-foundations")
    pages = []
    for learner_id in ids:
        client = sign_in_as(app, learner_id)
        answer = client.post("/recommendations/switch", data={"is_on": "0"}, follow_redirects=True)
        assert "Personal recommendations are off" in answer.text
        pages.append(_order(client))
    assert pages[0] == pages[1]
    assert len(pages[0]) == 42
    assert pages[0][:4] == [
        "safety-foundations", "major-hazard-criteria", "emergency-response-drill", "work-safety-leadership",
    ]  # fmt: skip
    with database.reading() as db:
        assert list_slots(db, ids[0]) == []


def test_switched_on_the_page_shows_the_full_ranking(app: Flask, database: Database) -> None:
    programme(database)
    learner_id = officer(database)
    with database.writing() as db:
        complete(db, learner_id, "safety-foundations")
    client = sign_in_as(app, learner_id)
    order = _order(client)
    assert order[:3] == ["major-hazard-criteria", "emergency-response-drill", "work-safety-leadership"]
    assert sorted(order) == sorted(set(order))
    assert len(order) == 42
    page = text_of(client.get("/recommendations/how").text)
    for words in ("24 months", "12 months", "30 days", "What is never used", "If you do not agree", "0.41"):
        assert words in page


def test_without_a_role_the_catalogue_stands_by_layer(app: Flask, database: Database) -> None:
    programme(database)
    client = sign_in_as(app, officer(database, role=None))
    order = _order(client)
    assert order[:2] == ["contract-basics", "data-analysis-basics"]
    assert len(order) == 42
    assert "Choose a role" in client.get("/recommendations/how").text


def _order(client: FlaskClient) -> list[str]:
    """The modules of the explaining page's table, in its order."""
    html = client.get("/recommendations/how").text
    table = html[html.index("<table") : html.index("</table>")]
    return re.findall(r'href="/modules/([a-z-]+)"', table)


def test_what_is_under_way_fills_no_slot_and_the_same_reason_is_said_once(
    app: Flask, database: Database
) -> None:
    programme(database)
    learner_id = officer(database, role="workshop-worker")  # one module closes all six of its skills
    with database.writing() as db:
        card = find_module_card(db, "safety-foundations")
        assert card is not None
        assert list_slots(db, learner_id)[0].slug == "safety-foundations"
        enroll(db, learner_id=learner_id, module=card, now=NOON)
    html = cards(app, database, learner_id, "en")
    assert "/modules/safety-foundations" not in html
    assert html.count("What you have begun closes a gap: Safety foundations for all staff.") == 1
    assert html.count("<article") == 1
