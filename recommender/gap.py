"""The skill-gap ranking and its reasons (REQ-020): plain Python, exact fractions, usable in a request."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from fractions import Fraction

from recommender.facts import Held, ModuleFacts, Requirement, SkillGap, level_of
from recommender.ordering import put_in_order
from recommender.prerequisites import Prerequisites
from recommender.reasons import GapRanking
from recommender.valuation import Valuation

Rate = Fraction | int
HALF = Fraction(1, 2)


def skill_gaps(requirements: Iterable[Requirement], held: Mapping[str, int | Held]) -> list[SkillGap]:
    """Required level − held level of every requirement, in the order given; 0 where enough is held.

    :param held: level by skill, as plain numbers or as `held_levels` gives them; absent = 0
    :raises ValueError: when a skill is required twice
    """
    gaps: dict[str, SkillGap] = {}
    for need in requirements:
        if need.skill in gaps:
            raise ValueError(f"skill required twice: {need.skill}")
        level = level_of(held, need.skill)
        gaps[need.skill] = SkillGap(need.skill, need.level, level, max(0, need.level - level), need.is_must)
    return list(gaps.values())


def rank_modules(
    requirements: Iterable[Requirement],
    modules: Iterable[ModuleFacts],
    held: Mapping[str, int | Held],
    done: Collection[str],
    *,
    industry: str,
    weights: Mapping[str, Rate] | None = None,
    foreign_factor: Rate = HALF,
) -> GapRanking:
    """Rank every module, each exactly once, by what it closes of the skill gaps per period (REQ-020).

    Order: by (closes a must skill, score); ties: fewer periods, then slug. A locked module follows its
    first startable step, which gains the line "opens" and, where the locked one ranks higher, its place
    ("prerequisites inserted"); one that waits for a module in preparation lifts no step. Then come
    modules that close nothing, locked ones without a startable step, those in preparation, the done ones.

    :param held: level by skill (0–5); a `Held` whose evidence is too old is named among the reasons
    :param done: ids of modules done: they satisfy prerequisites and are not recommended again; ids
        that are not among `modules` (withdrawn ones) are ignored
    :param industry: of the role, or of the enterprise where the role's is "all". A module is foreign
        unless it is made for this industry or for "all"; nothing is foreign to the industry "all".
    :param weights: by skill, 1 where none is given; a policy may set them
    :param foreign_factor: what the score of a foreign module is multiplied by
    :raises ValueError: for a skill required twice, a negative weight or factor, a module given twice,
        an unknown prerequisite or a cycle
    """
    rates = {skill: Fraction(rate) for skill, rate in (weights or {}).items()}
    if foreign_factor < 0 or any(rate < 0 for rate in rates.values()):
        raise ValueError("weights and the foreign factor must not be negative")
    gaps = tuple(skill_gaps(requirements, held))
    valuation = Valuation(
        graph=Prerequisites(modules),
        gaps=gaps,
        weights=rates,
        aged={skill: item for skill, item in held.items() if isinstance(item, Held) and item.is_aged},
        done=frozenset(done),
        industry=industry,
        foreign_factor=Fraction(foreign_factor),
    )
    return GapRanking(put_in_order(valuation.rank_all()), gaps, industry)
