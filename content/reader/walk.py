"""Walking a scenario: the clock and the gauges after each choice, and where it ends."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from .scenario_schema import End, Node, Option, Scenario


class NoSuchChoice(Exception):
    """The walk names a choice that its node does not have."""


@dataclass(frozen=True)
class State:
    """Where a walk stands: a node's or an end's id, the time used, the gauges in their order."""

    place: str
    used: int
    gauges: tuple[int, ...]


@dataclass(frozen=True)
class Step:
    """A choice that was made, and what it led to."""

    node: Node
    choice: Option
    before: State
    after: State


@dataclass(frozen=True)
class Walk:
    """A way through a scenario so far; `node` is None at an end, `end` is None before it."""

    state: State
    steps: tuple[Step, ...]
    node: Node | None
    end: End | None


def begin(scenario: Scenario) -> State:
    """The state before the first choice."""
    return State(scenario.start, scenario.clock.used, tuple(gauge.start for gauge in scenario.gauges))


def advance(scenario: Scenario, state: State, choice: Option) -> State:
    """The state after `choice`.

    A choice that leads to a fatal end ends there; else a gauge at its limit ends the walk, else the clock,
    else an end that requires more than the walk has sends it on to its `otherwise`.
    """
    used = state.used + choice.takes
    gauges = tuple(
        value + choice.effects.get(gauge.id, 0)
        for gauge, value in zip(scenario.gauges, state.gauges, strict=True)
    )
    return State(_place(scenario, choice.goto, used, gauges), used, gauges)


def _place(scenario: Scenario, goto: str, used: int, gauges: tuple[int, ...]) -> str:
    end = scenario.ends_by_id.get(goto)
    if end and end.kind == "fail":
        return goto
    for gauge, value in zip(scenario.gauges, gauges, strict=True):
        if gauge.end and gauge.has_failed(value):
            return gauge.end
    clock = scenario.clock
    if clock.late and clock.deadline is not None and used > clock.deadline:
        return clock.late
    seen: set[str] = set()
    while end and end.otherwise and end.id not in seen and not _is_met(scenario, end, used, gauges):
        seen.add(end.id)
        end = scenario.ends_by_id.get(end.otherwise)
    return end.id if end else goto


def _is_met(scenario: Scenario, end: End, used: int, gauges: tuple[int, ...]) -> bool:
    if end.within is not None and used > end.within:
        return False
    values = dict(zip(scenario.gauges_by_id, gauges, strict=True))
    return all(
        scenario.gauges_by_id[name].is_at_least(values[name], wanted) for name, wanted in end.requires.items()
    )


def walk(scenario: Scenario, choices: list[str]) -> Walk:
    """The walk that makes these choices, by their ids, from the start.

    :raises NoSuchChoice: a choice that is not there, or one more after the end
    """
    state, steps = begin(scenario), list[Step]()
    for choice_id in choices:
        node = scenario.nodes_by_id.get(state.place)
        choice = next((c for c in node.choices if c.id == choice_id), None) if node else None
        if node is None or choice is None:
            raise NoSuchChoice(choice_id)
        after = advance(scenario, state, choice)
        steps.append(Step(node, choice, state, after))
        state = after
    place = state.place
    return Walk(state, tuple(steps), scenario.nodes_by_id.get(place), scenario.ends_by_id.get(place))


MOST_STATES = 50_000
"""A scenario with more of them is too wide to be checked, and to be written well."""


@dataclass
class Survey:
    """All that can happen in a scenario: the places that are reached, and the ways to a best end."""

    reached: set[str] = field(default_factory=set)
    best_ways: int = 0
    best_choices: tuple[str, ...] = ()  # of one of them
    is_too_wide: bool = False


def survey(scenario: Scenario) -> Survey:
    """Walk every way, each state once. The graph must have no loop without progress (`has_idle_loop`)."""
    result = Survey()
    ways: dict[State, tuple[int, tuple[str, ...]]] = {}
    stack: list[tuple[State, bool]] = [(begin(scenario), False)]
    while stack and len(ways) < MOST_STATES:
        state, is_ready = stack.pop()
        if state in ways:
            continue
        result.reached.add(state.place)
        node = scenario.nodes_by_id.get(state.place)
        if node is None:
            end = scenario.ends_by_id.get(state.place)
            ways[state] = (1 if end and end.kind == "best" else 0, ())
            continue
        after = [(choice.id, advance(scenario, state, choice)) for choice in node.choices]
        if is_ready:
            ways[state] = _joined([(name, ways[following]) for name, following in after])
        else:
            stack.append((state, True))
            stack.extend((following, False) for _, following in after if following not in ways)
    result.is_too_wide = bool(stack)
    result.best_ways, result.best_choices = ways.get(begin(scenario), (0, ()))
    return result


def _joined(after: list[tuple[str, tuple[int, tuple[str, ...]]]]) -> tuple[int, tuple[str, ...]]:
    count = sum(number for _, (number, _) in after)
    best = next(((name, *rest) for name, (number, rest) in after if number), ())
    return count, best


def has_idle_loop(scenario: Scenario) -> bool:
    """Whether one can go round for ever: a loop in which no time passes, or any loop without a deadline."""
    idle: Mapping[str, list[str]] = {node.id: list(_idle(scenario, node)) for node in scenario.nodes}
    left = dict(idle)
    while True:
        leaves = [name for name, after in left.items() if not any(other in left for other in after)]
        if not leaves:
            return bool(left)
        for name in leaves:
            del left[name]


def _idle(scenario: Scenario, node: Node) -> Iterator[str]:
    has_deadline = scenario.clock.deadline is not None and scenario.clock.late is not None
    for choice in node.choices:
        if choice.takes == 0 or not has_deadline:
            yield choice.goto
