"""What scenario.yaml may say: a branching drill with a clock, gauges, decisions and ends (REQ-015)."""

from collections.abc import Mapping
from functools import cached_property
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from .schema import Bilingual, Count, Model, Slug

Whole = Annotated[int, Field(strict=True)]
FactName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=40)]
FormName = Literal["a", "b"]


def _in_both(value: object) -> object:
    """A fact that reads the same in both languages may be written once."""
    if isinstance(value, str | int | float) and not isinstance(value, bool):
        return {"zh": str(value), "en": str(value)}
    return value


Fact = Annotated[Bilingual, BeforeValidator(_in_both)]
Facts = dict[FactName, Fact]


class Clock(Model):
    """Time runs with the choices: `used` at the start, and later than `deadline` the walk ends at `late`."""

    unit: Literal["minutes", "hours", "days"] = "minutes"
    used: Count = 0
    deadline: Annotated[int, Field(strict=True, gt=0)] | None = None
    late: Slug | None = None


class Gauge(Bilingual):
    """A consequence that is counted; `fails_at` (from the good side) ends the walk at `end`."""

    id: Slug
    start: Whole
    good: Literal["high", "low"] = "high"
    fails_at: Whole | None = None
    end: Slug | None = None

    def has_failed(self, value: int) -> bool:
        """Whether `value` has reached the limit, coming from the good side."""
        if self.fails_at is None:
            return False
        return value <= self.fails_at if self.good == "high" else value >= self.fails_at

    def is_at_least(self, value: int, wanted: int) -> bool:
        """Whether `value` is as good as `wanted`, or better."""
        return value >= wanted if self.good == "high" else value <= wanted


class Option(Bilingual):
    """What the reader may do: where it leads, the time it takes, what it does to the gauges."""

    id: Slug
    goto: Slug
    takes: Count = 0
    effects: dict[Slug, Whole] = Field(default_factory=dict)
    debrief: Bilingual | None = None


class Node(Model):
    """A situation (Markdown) and what can be done in it; with two options and more, a decision."""

    id: Slug
    text: Bilingual
    choices: Annotated[tuple[Option, ...], Field(min_length=1, max_length=5)]

    @property
    def is_decision(self) -> bool:
        """Whether there is anything to decide."""
        return len(self.choices) > 1


class End(Model):
    """Where a walk ends. Who arrives without what is required goes on to `otherwise`."""

    id: Slug
    kind: Literal["best", "good", "fail"]
    title: Bilingual
    debrief: Bilingual
    requires: dict[Slug, Whole] = Field(default_factory=dict)
    within: Annotated[int, Field(strict=True, gt=0)] | None = None
    otherwise: Slug | None = None


class Scenario(Model):
    """scenario.yaml. `{{name}}` in any text stands for a fact of the form that is walked."""

    id: Slug
    title: Bilingual
    role: Bilingual
    clock: Clock
    gauges: Annotated[tuple[Gauge, ...], Field(min_length=1, max_length=2)]
    start: Slug
    nodes: Annotated[tuple[Node, ...], Field(min_length=1)]
    ends: Annotated[tuple[End, ...], Field(min_length=1)]
    forms: dict[FormName, Facts] = Field(default_factory=dict)

    @cached_property
    def nodes_by_id(self) -> Mapping[str, Node]:
        """The nodes under their ids."""
        return {node.id: node for node in self.nodes}

    @cached_property
    def ends_by_id(self) -> Mapping[str, End]:
        """The ends under their ids."""
        return {end.id: end for end in self.ends}

    @cached_property
    def gauges_by_id(self) -> Mapping[str, Gauge]:
        """The gauges under their ids."""
        return {gauge.id: gauge for gauge in self.gauges}
