"""The cards a learner sees, and why a slot is empty (REQ-020)."""

from __future__ import annotations

from datetime import date

import pytest

from recommender import EmptyReason, EvidenceItem, NextStep, Slot, held_levels, rank_modules, recommend
from tests.recommender.factories import make_module, need


def test_as_many_cards_as_slots_in_their_order() -> None:
    modules = [make_module(id, 10 + n, law=3) for n, id in enumerate("dcba")]
    slots = recommend(rank_modules([need("law", 3)], modules, {}, (), industry="all"))
    assert [slot.card.module for slot in slots if slot.card] == ["d", "c", "b"]


def test_an_empty_slot_says_what_becomes_possible_and_after_what() -> None:
    modules = [
        make_module("base", 10, law=2),
        make_module("other", 10, gas=2),
        make_module("both", 10, after=("base", "other"), maths=2),
        make_module("next", 10, after=("base",), fire=2),
        make_module("later", 10, after=("next",), fire=3),
    ]
    needs = [need("law", 2), need("gas", 2), need("maths", 2), need("fire", 3)]
    slots = recommend(rank_modules(needs, modules, {}, (), industry="all"), 4)
    assert [slot.card.module for slot in slots if slot.card] == ["base", "other"]
    assert slots[2] == Slot(
        reason=EmptyReason.BECOMES_POSSIBLE_NEXT,
        next_steps=(NextStep("next", ("base",)), NextStep("both", ("base", "other"))),
    )
    assert slots[3] == Slot(reason=EmptyReason.NOTHING_MORE_STARTABLE)


def test_where_no_card_suffices_the_nearest_locked_module_is_named() -> None:
    modules = [
        make_module("a", 10),
        make_module("b", 10, after=("a",)),
        make_module("top", 10, after=("b",), fire=2),
    ]
    slots = recommend(rank_modules([need("fire", 2)], modules, {}, (), industry="all"), 2)
    assert slots[0].card is not None
    assert slots[0].card.module == "a"
    assert slots[1].next_steps == (NextStep("top", ("a", "b")),)


def test_without_a_gap_every_slot_says_so() -> None:
    ranking = rank_modules([need("law", 2)], [make_module("a", law=2)], {"law": 2}, (), industry="all")
    assert recommend(ranking) == (Slot(reason=EmptyReason.NO_GAP),) * 3


def test_modules_in_preparation_are_named() -> None:
    modules = [
        make_module("soon", 10, law=2, is_startable=False),
        make_module("top", 10, after=("soon",), fire=2),
        make_module("idle", 10, gas=2),
    ]
    slots = recommend(rank_modules([need("law", 2), need("fire", 2)], modules, {}, (), industry="all"), 2)
    assert slots[0] == Slot(reason=EmptyReason.ALL_IN_PREPARATION, modules=("top", "soon"))
    assert slots[1] == Slot(reason=EmptyReason.NOTHING_MORE_STARTABLE)


def test_a_gap_that_only_a_renewal_closes_is_named() -> None:
    held = held_levels([EvidenceItem("law", 3, date(2020, 1, 1))], today=date(2026, 1, 1))
    ranking = rank_modules([need("law", 3)], [make_module("a", 10, law=3)], held, {"a"}, industry="all")
    assert recommend(ranking, 1) == (Slot(reason=EmptyReason.ONLY_RENEWAL, modules=("a",)),)


def test_a_gap_that_no_module_closes_leaves_nothing_to_start() -> None:
    ranking = rank_modules([need("law", 5)], [make_module("a", law=4)], {"law": 4}, (), industry="all")
    assert recommend(ranking, 1) == (Slot(reason=EmptyReason.NOTHING_MORE_STARTABLE),)


def test_no_slots_and_fewer_than_none() -> None:
    ranking = rank_modules([], [], {}, (), industry="all")
    assert recommend(ranking, 0) == ()
    with pytest.raises(ValueError, match="must not be negative"):
        recommend(ranking, -1)
