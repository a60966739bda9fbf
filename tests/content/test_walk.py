"""The clock, the gauges and the ends of a drill, on the sample of nine decisions; figures worked by hand."""

import pytest
import yaml

from content.reader.scenario_schema import Scenario
from content.reader.walk import NoSuchChoice, has_idle_loop, survey, walk
from tests.content.scenario_sample import scenario_file


def scenario(**changes: object) -> Scenario:
    return Scenario.model_validate({**yaml.safe_load(scenario_file()), **changes})


RIGHT = ["right"] * 9


def test_clock_and_gauge_follow_the_choices() -> None:
    found = walk(scenario(), ["right", "wrong", "slow"])

    assert (found.state.place, found.state.used, found.state.gauges) == ("n4", 17, (7,))
    assert found.node is not None
    assert [step.after.used - step.before.used for step in found.steps] == [1, 1, 15]


@pytest.mark.parametrize(
    ("choices", "end", "used"),
    [
        (RIGHT, "closed", 9),
        (["wrong", *RIGHT[1:]], "held", 9),  # 7 where 10 is required
        (["slow", *RIGHT[1:]], "held", 23),  # within 20 is asked
        (["wrong"] * 3, "broken", 3),  # 10 − 9 = 1 is the limit
        (["slow"] * 3, "late", 45),  # 40 is the deadline
        (["slow", "slow", *RIGHT[2:]], "held", 37),
        (["slow", "wrong", "wrong", "slow", "wrong"], "broken", 33),
    ],
)
def test_every_kind_of_end_is_reached(choices: list[str], end: str, used: int) -> None:
    found = walk(scenario(), choices)

    assert (found.state.place, found.state.used, found.node) == (end, used, None)
    assert found.end is not None


def test_a_gauge_at_its_limit_comes_before_the_deadline() -> None:
    choices = ["slow", "slow", "wrong", "wrong"]
    data = yaml.safe_load(scenario_file())
    data["nodes"][4]["choices"][1]["effects"] = {
        "safety": -9
    }  # `slow` in the fifth situation, late and broken

    assert walk(Scenario.model_validate(data), [*choices, "slow"]).state.place == "broken"


def test_a_gauge_of_which_less_is_better_fails_from_below() -> None:
    gauge = {
        "id": "safety",
        "zh": "损失",
        "en": "Loss",
        "start": 0,
        "good": "low",
        "fails_at": 6,
        "end": "broken",
    }
    data = yaml.safe_load(scenario_file())
    for node in data["nodes"]:
        for choice in node["choices"]:
            choice["effects"] = {name: -change for name, change in choice.get("effects", {}).items()}
    data["gauges"], data["ends"][0]["requires"] = [gauge], {"safety": 0}
    loss = Scenario.model_validate(data)

    assert walk(loss, ["wrong"]).state.gauges == (3,)
    assert walk(loss, ["wrong", "wrong"]).state.place == "broken"
    assert walk(loss, RIGHT).state.place == "closed"
    assert walk(loss, ["wrong", *RIGHT[1:]]).state.place == "held"


@pytest.mark.parametrize("choices", [["none"], [*RIGHT, "right"], [""]])
def test_a_choice_that_is_not_there_is_refused(choices: list[str]) -> None:
    with pytest.raises(NoSuchChoice):
        walk(scenario(), choices)


def test_the_survey_finds_every_place_and_the_one_best_way() -> None:
    found = survey(scenario())

    assert found.reached == {*(f"n{n}" for n in range(1, 10)), "closed", "held", "broken", "late"}
    assert (found.best_ways, found.best_choices, found.is_too_wide) == (1, tuple(RIGHT), False)


def test_a_way_back_takes_time_under_a_deadline() -> None:
    data = yaml.safe_load(scenario_file())
    data["nodes"][8]["choices"][2]["goto"] = "n1"  # `slow`: back to the start, 15 minutes later
    assert not has_idle_loop(Scenario.model_validate(data))
    assert survey(Scenario.model_validate(data)).best_ways == 1

    assert has_idle_loop(Scenario.model_validate({**data, "clock": {"unit": "minutes"}}))
