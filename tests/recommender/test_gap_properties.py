"""What holds for every gap ranking, whoever the learner is (REQ-020)."""

from __future__ import annotations

from fractions import Fraction
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from recommender import EmptyReason, RankedModule, Reason, ReasonKind, recommend
from tests.recommender.factories import SKILLS, Case, draw_cases, unhurried


def lines(entry: RankedModule, *kinds: ReasonKind) -> list[Reason]:
    return [reason for reason in entry.reasons if reason.kind in kinds]


def bundle_of(case: Case, module: str) -> set[str]:
    """The module and what is missing before it, by plain recursion."""
    facts = next(facts for facts in case.modules if facts.id == module)
    found = {module}
    for prerequisite in () if module in case.done else facts.prerequisites:
        if prerequisite not in case.done:
            found |= bundle_of(case, prerequisite)
    return found


@unhurried
@given(draw_cases())
def test_every_module_is_ranked_exactly_once(case: Case) -> None:
    assert sorted(entry.module for entry in case.rank().entries) == sorted(
        module.id for module in case.modules
    )


@unhurried
@given(draw_cases())
def test_the_lines_add_up(case: Case) -> None:
    periods = {module.id: module.periods for module in case.modules}
    for entry in case.rank().entries:
        assert sum(line.levels for line in entry.closes) == entry.levels
        assert sum(line.levels or 0 for line in lines(entry, ReasonKind.CLOSES)) == entry.levels
        together = sum(line.periods or 0 for line in lines(entry, ReasonKind.TOGETHER_WITH))
        assert together + periods[entry.module] == entry.periods
        (per_period,) = lines(entry, ReasonKind.PER_PERIOD)
        (industry,) = lines(entry, ReasonKind.OWN_INDUSTRY, ReasonKind.FOREIGN_INDUSTRY)
        assert per_period.score == entry.levels / entry.periods
        assert per_period.score * (industry.factor or 0) == industry.score == entry.score


@unhurried
@given(draw_cases())
def test_the_score_is_the_one_of_the_formula(case: Case) -> None:
    facts = {module.id: module for module in case.modules}
    for entry in case.rank().entries:
        bundle = [facts[id] for id in bundle_of(case, entry.module)]
        levels = 0
        for requirement in case.requirements:
            level = case.held.get(requirement.skill, 0)
            taught = max(module.teaches.get(requirement.skill, 0) for module in bundle)
            gain = min(max(0, requirement.level - level), max(0, taught - level))
            levels += case.weights.get(requirement.skill, 1) * gain
        is_near = facts[entry.module].industries & {"tourism", "all"}
        factor = Fraction(1) if is_near else Fraction(1, 2)
        assert entry.score == Fraction(levels, sum(module.periods for module in bundle)) * factor


@unhurried
@given(draw_cases(), st.randoms(use_true_random=False))
def test_the_order_of_the_input_does_not_matter(case: Case, random: Random) -> None:
    shuffled = list(case.modules)
    random.shuffle(shuffled)
    assert case.rank(modules=tuple(shuffled)) == case.rank()


@unhurried
@given(draw_cases())
def test_who_holds_everything_gains_nothing(case: Case) -> None:
    ranking = case.rank(held={requirement.skill: requirement.level for requirement in case.requirements})
    assert {entry.score for entry in ranking.entries} == {0}
    assert [slot.reason for slot in recommend(ranking)] == [EmptyReason.NO_GAP] * 3


@unhurried
@given(draw_cases(), st.sampled_from(SKILLS))
def test_a_higher_level_never_raises_a_score(case: Case, skill: str) -> None:
    higher = case.rank(held={**case.held, skill: case.held.get(skill, 0) + 1})
    for entry in case.rank().entries:
        assert higher.get_entry(entry.module).score <= entry.score


@unhurried
@given(draw_cases())
def test_cards_that_owe_their_place_to_nobody_are_in_order(case: Case) -> None:
    keys = [(not card.closes_must, -card.score, card.periods, card.module) for card in case.rank().cards]
    own = [key for key, card in zip(keys, case.rank().cards, strict=True) if card.lifted_by is None]
    assert own == sorted(own)


@unhurried
@given(draw_cases())
def test_a_lifted_card_stands_by_the_worth_of_what_it_opens(case: Case) -> None:
    ranking = case.rank()
    cards = ranking.cards
    worth = [
        (not by.closes_must, -by.score) for by in (ranking.get_entry(c.lifted_by or c.module) for c in cards)
    ]
    assert worth == sorted(worth)
    assert all(card.lifted_by in (None, *card.opens) for card in cards)


@unhurried
@given(draw_cases())
def test_what_is_opened_stands_behind_its_first_step(case: Case) -> None:
    ranking = case.rank()
    place = {entry.module: place for place, entry in enumerate(ranking.entries)}
    for entry in ranking.entries:
        if entry.first_step:
            step = ranking.get_entry(entry.first_step)
            assert step.can_start
            assert entry.first_step in entry.missing
            assert place[entry.first_step] < place[entry.module]
            assert (entry.module in step.opens) == entry.contributes
        opened = lines(entry, ReasonKind.OPENS)
        assert tuple(line.module for line in opened) == entry.opens
        assert [line.score for line in opened] == [ranking.get_entry(id).score for id in entry.opens]


@unhurried
@given(draw_cases())
def test_nothing_in_preparation_stands_before_what_can_be_started(case: Case) -> None:
    entries = case.rank().entries
    startable = [place for place, entry in enumerate(entries) if entry.can_start]
    waiting = [place for place, entry in enumerate(entries) if entry.is_in_preparation]
    assert max(startable, default=-1) < min(waiting, default=len(entries))


@unhurried
@given(draw_cases(), st.integers(0, 5))
def test_every_slot_holds_a_card_or_a_reason(case: Case, n: int) -> None:
    ranking = case.rank()
    slots = recommend(ranking, n)
    assert len(slots) == n
    assert tuple(slot.card for slot in slots if slot.card) == ranking.cards[:n]
    assert all((slot.card is None) != (slot.reason is None) for slot in slots)
    for slot in slots:
        assert all(ranking.get_entry(step.module).missing == step.after for step in slot.next_steps)
