"""How well a text speaks of a thing: figures worked by hand."""

from __future__ import annotations

from math import log, sqrt

import pytest

from lms.features.skills.phrases import UNKNOWN, Phrases, folded_features, said_words

TWO = Phrases({"ship": ("Book freight",), "pay": ("Pay freight bills",)})
RARE, SHARED, MOST = log(3 / 1.5), log(3 / 2.5), log(6)


def test_the_label_itself_is_as_strong_as_can_be() -> None:
    assert TWO.match("Book FREIGHT")["ship"].strength == pytest.approx(1.0)
    assert TWO.match("Ｂｏｏｋ freight")["ship"].words == ("book", "freight")


def test_the_strength_is_the_mean_of_what_the_label_and_the_text_have_in_common() -> None:
    """Book freight tomorrow: of the label all; of the text all but one unknown word."""
    known = RARE + SHARED
    expected = sqrt(1.0 * known / (known + UNKNOWN * MOST))
    assert TWO.match("Book freight tomorrow")["ship"].strength == pytest.approx(expected)
    pay = TWO.match("Book freight tomorrow")["pay"].strength
    assert pay == pytest.approx(sqrt(SHARED / (known + UNKNOWN * MOST) * SHARED / (2 * RARE + SHARED)))


def test_what_has_nothing_in_common_is_no_match() -> None:
    assert TWO.match("weather") == {}
    assert TWO.match("") == {}


def test_plurals_and_traditional_characters_are_the_same_words() -> None:
    assert folded_features("policies") == folded_features("policy")
    assert folded_features("bills") == folded_features("bill")
    assert folded_features("customs basis class") == {"custom", "basis", "class"}
    customs = Phrases({"customs": ("报关",), "other": ("急救",)})
    assert customs.match("做跨境電商的報關")["customs"].words == ("报关",)


def test_the_words_shown_are_those_of_the_text() -> None:
    found = {"数据", "据出", "出境", "备案", "invoice", "要"}
    assert said_words("数据出境要不备案 invoices", found) == ("数据出境要", "备案", "invoices")
    assert said_words("碳的足迹", {"碳"}) == ("碳",)


def test_two_half_sure_pieces_weigh_less_than_a_sure_one() -> None:
    """0.5 and 0.5: 1 − (1 − 0.25)² = 0.4375; a sure one: 1."""
    assert TWO.match_all([("book freight", 0.5), ("book freight", 0.5)])["ship"].strength == pytest.approx(
        0.4375
    )
    assert TWO.match_all([("book freight", 1.0)])["ship"].strength == pytest.approx(1.0)
