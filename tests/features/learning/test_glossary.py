"""The glossary's page, and its terms in lessons."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from content.reader.reference_schema import Term
from content.reader.schema import Bilingual
from content.reader.terms import TermFinder
from lms.db.transaction import Database
from lms.features.catalog.rendering import render_lesson
from lms.features.learning.glossary import by_initial, initial
from tests.factories.accounts import make_user, sign_in_as


def term(slug: str, zh: str, en: str) -> Term:
    return Term(
        slug=slug, zh=zh, en=en, area="reading", definition=Bilingual(zh=f"{zh}<的意思", en=f"what {en} is")
    )


TERMS = (term("bill", "提单", "bill of lading"), term("e-bill", "电子提单", "electronic bill of lading"))


@pytest.fixture
def reader(app: Flask, database: Database) -> FlaskClient:
    with database.writing() as db:
        user_id = make_user(db, "wu.min", language="en").id
    return sign_in_as(app, user_id)


def test_a_term_is_marked_where_it_first_stands_in_a_section() -> None:
    text = "## 提单\n\n提单与电子提单，提单。\n\n"
    text += "| 提单 |\n|---|\n| 提单 |\n\n[提单](https://a.example/)\n\n## 二\n\n提单 `电子提单`\n"
    html = render_lesson(text, language="zh", media={}, terms=TermFinder("zh", TERMS)).html
    assert html.count('popovertarget="g1-bill"') == html.count('id="g1-bill"') == 1
    assert html.count('popovertarget="g1-e-bill"') == html.count('popovertarget="g2-bill"') == 1
    assert "g2-e-bill" not in html  # code
    assert html.count("<button") == 3
    assert "提单&lt;的意思" in html
    assert '<a href="/glossary#bill" rel="noopener">术语表</a>' in html


def test_english_terms_are_whole_words_in_any_case_and_number() -> None:
    finder = TermFinder("en", TERMS)
    text = "Bills of lading, a bill of lading, e-bill of lading, electronic bill of ladings"
    assert [text[place.start : place.end] for place in finder.find(text)] == [
        "bill of lading",
        "electronic bill of ladings",
    ]


def test_without_terms_nothing_is_marked() -> None:
    assert "<button" not in render_lesson("提单", language="zh", media={}).html


@pytest.mark.parametrize(
    ("word", "letter"),
    [
        ("危险源", "W"),
        ("区块链", "Q"),
        ("阿", "A"),
        ("坐", "Z"),
        ("阈", "Y"),
        ("hazard", "H"),
        ("窀", "#"),
        ("3D", "#"),
    ],
)
def test_words_stand_under_their_initial(word: str, letter: str) -> None:
    assert initial(word, "zh") == letter


def test_groups_are_in_the_reader_s_language() -> None:
    assert [letter for letter, _ in by_initial(TERMS, "zh")] == ["D", "T"]
    assert [letter for letter, _ in by_initial(TERMS, "en")] == ["B", "E"]


def test_the_page_finds_words_of_both_languages_and_says_when_nothing_matches(reader: FlaskClient) -> None:
    whole = reader.get("/glossary").text
    assert 'id="letter-of-credit"' in whole
    assert 'id="confined-space"' in whole
    found = reader.get("/glossary?q=信用证").text
    assert 'id="letter-of-credit"' in found
    assert 'id="confined-space"' not in found
    assert 'id="confined-space"' in reader.get("/glossary?q=CONFINED").text
    assert "No term contains these words" in reader.get("/glossary?q=%3Cb%3E").text
    assert reader.get("/glossary?q=%3Cb%3E").text.count("<b>") == whole.count("<b>") + 1
