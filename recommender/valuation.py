"""What one module is worth to one learner, and the lines of that sum (REQ-020).

Value = Σ weight · min(gap, gain) ÷ periods × industry factor. A locked module is valued together with
its missing prerequisites: the highest level per skill over all of them, and the periods of all of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from recommender.facts import ALL_INDUSTRIES, Held, ModuleFacts, SkillGap
from recommender.prerequisites import Prerequisites
from recommender.reasons import Closed, RankedModule, Reason, ReasonKind


@dataclass(frozen=True)
class Valuation:
    """Values modules for one learner.

    `aged` holds the levels that evidence too old has lowered; `weights` are 1 where none is given.
    """

    graph: Prerequisites[ModuleFacts]
    gaps: Sequence[SkillGap]
    weights: Mapping[str, Fraction]
    aged: Mapping[str, Held]
    done: frozenset[str]
    industry: str
    foreign_factor: Fraction

    def rank_all(self) -> list[RankedModule]:
        """Every module with its value and its own lines, in no order and without what it opens."""
        return [self._rank(module) for module in self.graph.modules.values()]

    def _rank(self, module: ModuleFacts) -> RankedModule:
        is_done = module.id in self.done
        missing = () if is_done else self.graph.missing(module.id, self.done)
        before = [self.graph.modules[id] for id in missing]
        closes = tuple(line for gap in self.gaps if (line := self._close(gap, [*before, module])))
        levels = sum((line.levels for line in closes), Fraction(0))
        periods = sum(part.periods for part in before) + module.periods
        factor = self.foreign_factor if self._is_foreign(module) else Fraction(1)
        steps = [part.id for part in before if module.is_startable and self._can_start(part)]
        ranked = RankedModule(
            module=module.id,
            score=levels / periods * factor,
            levels=levels,
            periods=periods,
            closes=closes,
            closes_must=any(line.is_must and line.by == module.id for line in closes),
            is_locked=bool(missing),
            missing=missing,
            first_step=steps[0] if steps else None,
            waits_for=tuple(part.id for part in before if not part.is_startable),
            is_done=is_done,
            is_in_preparation=not module.is_startable,
            industry_factor=factor,
        )
        return replace(ranked, reasons=tuple(self._lines(ranked, module)))

    def _can_start(self, module: ModuleFacts) -> bool:
        return module.is_startable and self.done.issuperset(module.prerequisites)

    def _is_foreign(self, module: ModuleFacts) -> bool:
        return self.industry != ALL_INDUSTRIES and not module.industries & {self.industry, ALL_INDUSTRIES}

    def _close(self, gap: SkillGap, bundle: list[ModuleFacts]) -> Closed | None:
        """What `bundle` (in study order) closes of `gap`; the first that gets so far is named for it."""
        reached = min(gap.required, max(module.teaches.get(gap.skill, 0) for module in bundle))
        if reached <= gap.held:
            return None
        by = next(module.id for module in bundle if module.teaches.get(gap.skill, 0) >= reached)
        weight = self.weights.get(gap.skill, Fraction(1))
        return Closed(gap.skill, gap.held, reached, gap.required, gap.is_must, weight, by)

    def _lines(self, ranked: RankedModule, module: ModuleFacts) -> Iterator[Reason]:
        yield from (_closing_line(closed) for closed in ranked.closes)
        if not ranked.closes:
            yield Reason(ReasonKind.CLOSES_NOTHING)
        for closed in ranked.closes:
            if held := self.aged.get(closed.skill):
                yield _aged_line(closed.skill, held)
        for id in ranked.missing:
            yield Reason(ReasonKind.TOGETHER_WITH, module=id, periods=self.graph.modules[id].periods)
        yield from _score_lines(ranked, is_foreign=self._is_foreign(module))
        yield from _state_lines(ranked)


def _closing_line(closed: Closed) -> Reason:
    return Reason(
        ReasonKind.CLOSES,
        skill=closed.skill,
        module=closed.by,
        held=closed.held,
        reached=closed.reached,
        required=closed.required,
        is_must=closed.is_must,
        weight=closed.weight,
        levels=closed.levels,
    )


def _aged_line(skill: str, held: Held) -> Reason:
    return Reason(
        ReasonKind.EVIDENCE_AGED,
        skill=skill,
        held=held.level,
        stated=held.stated,
        obtained_on=held.obtained_on,
    )


def _score_lines(ranked: RankedModule, *, is_foreign: bool) -> Iterator[Reason]:
    per_period = ranked.levels / ranked.periods
    yield Reason(ReasonKind.PER_PERIOD, levels=ranked.levels, periods=ranked.periods, score=per_period)
    kind = ReasonKind.FOREIGN_INDUSTRY if is_foreign else ReasonKind.OWN_INDUSTRY
    yield Reason(kind, factor=ranked.industry_factor, score=ranked.score)


def _state_lines(ranked: RankedModule) -> Iterator[Reason]:
    if ranked.first_step:
        yield Reason(ReasonKind.BEHIND, module=ranked.first_step)
    yield from (Reason(ReasonKind.WAITS_FOR, module=id) for id in ranked.waits_for)
    if ranked.is_done:
        yield Reason(ReasonKind.DONE)
    elif ranked.is_in_preparation:
        yield Reason(ReasonKind.IN_PREPARATION)
    elif ranked.is_locked and not ranked.first_step:
        yield Reason(ReasonKind.NO_STARTABLE_STEP)
