"""Modules made by hand or drawn by Hypothesis."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import settings
from hypothesis import strategies as st

from recommender import GapRanking, ModuleFacts, Requirement, rank_modules

unhurried = settings(deadline=None)
"""A busy machine is no failure."""

SKILLS = ("fire", "gas", "law", "maths")
LAYERS = ("foundation", "specialism", "frontier")


def make_module(
    id: str,
    periods: int = 10,
    *,
    after: tuple[str, ...] = (),
    layer: str = "foundation",
    industries: tuple[str, ...] = ("all",),
    is_startable: bool = True,
    **teaches: int,
) -> ModuleFacts:
    """A module for all industries that can be started; skills with their levels as keywords."""
    return ModuleFacts(id, layer, periods, after, teaches, frozenset(industries), is_startable)


def need(skill: str, level: int) -> Requirement:
    return Requirement(skill, level)


def must(skill: str, level: int) -> Requirement:
    return Requirement(skill, level, is_must=True)


@dataclass(frozen=True)
class Case:
    """All that a ranking depends on."""

    requirements: tuple[Requirement, ...]
    modules: tuple[ModuleFacts, ...]
    held: dict[str, int]
    done: frozenset[str]
    weights: dict[str, int]

    def rank(
        self, *, held: dict[str, int] | None = None, modules: tuple[ModuleFacts, ...] = ()
    ) -> GapRanking:
        """The ranking of the case for tourism, with another `held` or order of `modules` if given."""
        return rank_modules(
            self.requirements,
            modules or self.modules,
            self.held if held is None else held,
            self.done,
            industry="tourism",
            weights=self.weights,
        )


@st.composite
def draw_modules(draw: st.DrawFn, *, most: int = 7) -> tuple[ModuleFacts, ...]:
    """Up to `most` modules; prerequisites point to earlier ones, so there is no cycle."""
    modules: list[ModuleFacts] = []
    for n in range(draw(st.integers(1, most))):
        earlier = st.lists(st.integers(0, n - 1), max_size=min(n, 2), unique=True) if n else st.just([])
        modules.append(
            ModuleFacts(
                id=f"m{n}",
                layer=draw(st.sampled_from(LAYERS)),
                periods=draw(st.integers(1, 6)),
                prerequisites=tuple(f"m{place}" for place in draw(earlier)),
                teaches=draw(st.dictionaries(st.sampled_from(SKILLS), st.integers(1, 4), max_size=3)),
                industries=draw(
                    st.sampled_from([frozenset({"all"}), frozenset({"tourism"}), frozenset({"fashion"})])
                ),
                is_startable=draw(st.sampled_from([True, True, True, False])),
            )
        )
    return tuple(modules)


draw_requirements = st.lists(
    st.builds(Requirement, st.sampled_from(SKILLS), st.integers(1, 4), st.booleans()),
    max_size=4,
    unique_by=lambda requirement: requirement.skill,
).map(tuple)


@st.composite
def draw_cases(draw: st.DrawFn) -> Case:
    """A learner, a role and a small catalogue."""
    modules = draw(draw_modules())
    return Case(
        requirements=draw(draw_requirements),
        modules=modules,
        held=draw(st.dictionaries(st.sampled_from(SKILLS), st.integers(0, 5))),
        done=frozenset(draw(st.sets(st.sampled_from([module.id for module in modules]), max_size=3))),
        weights=draw(st.dictionaries(st.sampled_from(SKILLS), st.integers(0, 3))),
    )
