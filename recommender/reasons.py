"""What comes out: ranked modules with the lines of their arithmetic as data, no language (REQ-020)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction

from recommender.facts import SkillGap


class ReasonKind(StrEnum):
    """What a line says; in brackets the fields of `Reason` it fills."""

    CLOSES = "closes"
    """A gap gets smaller (skill, held, reached, required, is_must, weight, levels; module: who closes it)."""
    CLOSES_NOTHING = "closes_nothing"
    """No gap gets smaller ()."""
    EVIDENCE_AGED = "evidence_aged"
    """The held level is lower because its evidence is too old (skill, held, stated, obtained_on)."""
    TOGETHER_WITH = "together_with"
    """A missing prerequisite that is counted in (module, periods), one line each, in study order."""
    PER_PERIOD = "per_period"
    """levels ÷ periods, before the industry factor (levels, periods, score)."""
    OWN_INDUSTRY = "own_industry"
    """The factor is 1 (factor, score: the final one)."""
    FOREIGN_INDUSTRY = "foreign_industry"
    """The module is made for other industries (factor, score: the final one)."""
    OPENS = "opens"
    """A locked module stands behind this step (module, levels, periods, score, is_must, waits_for)."""
    BEHIND = "behind"
    """This locked module stands behind its first startable step (module: the step)."""
    WAITS_FOR = "waits_for"
    """A missing prerequisite is in preparation (module), one line each."""
    NO_STARTABLE_STEP = "no_startable_step"
    """Locked, and no missing prerequisite can be started either ()."""
    IN_PREPARATION = "in_preparation"
    """The module itself cannot be started yet ()."""
    DONE = "done"
    """The learner has done it; its score is what doing it again would close ()."""


@dataclass(frozen=True)
class Reason:
    """One line of the arithmetic; `kind` says which of the fields are filled."""

    kind: ReasonKind
    skill: str | None = None
    module: str | None = None
    held: int | None = None
    reached: int | None = None
    required: int | None = None
    is_must: bool = False
    weight: Fraction | None = None
    levels: Fraction | None = None
    periods: int | None = None
    score: Fraction | None = None
    factor: Fraction | None = None
    stated: int | None = None
    obtained_on: date | None = None
    waits_for: tuple[str, ...] = ()


@dataclass(frozen=True)
class Closed:
    """A gap made smaller: `held` → `reached` of `required`.

    `reached` never exceeds `required`: what is taught beyond the need is worth nothing here.
    `by` is the module that reaches it (of a locked module's bundle, the first in study order).
    """

    skill: str
    held: int
    reached: int
    required: int
    is_must: bool
    weight: Fraction
    by: str

    @property
    def levels(self) -> Fraction:
        """Weighted levels closed; these add up to `RankedModule.levels`."""
        return self.weight * (self.reached - self.held)


@dataclass(frozen=True)
class RankedModule:
    """A module in its place, with its value and why.

    :param module: its id
    :param score: levels ÷ periods × industry_factor
    :param levels: Σ weight × levels closed; of a locked module together with its missing prerequisites
    :param periods: its periods; of a locked module together with its missing prerequisites
    :param closes: the lines that add up to `levels`
    :param closes_must: the module itself (not a prerequisite) closes a skill that a rule makes compulsory
    :param is_locked: a prerequisite is missing
    :param missing: missing prerequisites, transitively, in study order
    :param first_step: of a locked module that is not in preparation, the first of `missing` that can
        be started now
    :param waits_for: those of `missing` that are in preparation
    :param opens: locked modules that stand behind this one, best first
    :param lifted_by: the one of `opens` to whose worth this one owes its place, if not to its own
    :param reasons: every line above as data, in the order to be shown
    """

    module: str
    score: Fraction
    levels: Fraction
    periods: int
    closes: tuple[Closed, ...]
    closes_must: bool
    is_locked: bool
    missing: tuple[str, ...]
    first_step: str | None
    waits_for: tuple[str, ...]
    is_done: bool
    is_in_preparation: bool
    industry_factor: Fraction
    opens: tuple[str, ...] = ()
    lifted_by: str | None = None
    reasons: tuple[Reason, ...] = ()

    @property
    def contributes(self) -> bool:
        """Whether the module itself brings a level that is needed, beyond its missing prerequisites.

        A must skill counts whatever its weight: a policy cannot weigh a rule away.
        """
        return any(line.by == self.module and (line.levels > 0 or line.is_must) for line in self.closes)

    @property
    def can_start(self) -> bool:
        """Whether the learner may begin it now."""
        return not (self.is_done or self.is_locked or self.is_in_preparation)

    @property
    def is_card(self) -> bool:
        """Whether it may be recommended: it can be started, and closes a gap or opens what does."""
        return self.can_start and (self.contributes or bool(self.opens))


@dataclass(frozen=True)
class GapRanking:
    """All modules, each exactly once, best first, and the skill gaps they were ranked for."""

    entries: tuple[RankedModule, ...]
    gaps: tuple[SkillGap, ...]
    industry: str

    @property
    def cards(self) -> tuple[RankedModule, ...]:
        """The entries that may be recommended, best first."""
        return tuple(entry for entry in self.entries if entry.is_card)

    def get_entry(self, module: str) -> RankedModule:
        """The entry of `module`.

        :raises KeyError: when it was not ranked
        """
        for entry in self.entries:
            if entry.module == module:
                return entry
        raise KeyError(module)


class EmptyReason(StrEnum):
    """Why a slot holds no card."""

    NO_GAP = "no_gap"
    """Every required level is held."""
    BECOMES_POSSIBLE_NEXT = "becomes_possible_next"
    """Something locked becomes possible (`Slot.next_steps`)."""
    ALL_IN_PREPARATION = "all_in_preparation"
    """What else would close a gap is in preparation or waits for what is (`Slot.modules`)."""
    ONLY_RENEWAL = "only_renewal"
    """Only modules already done would close what is open: their evidence is too old (`Slot.modules`)."""
    NOTHING_MORE_STARTABLE = "nothing_more_startable"
    """No further module closes a gap."""


@dataclass(frozen=True)
class NextStep:
    """`module` becomes possible once all of `after` are done (study order)."""

    module: str
    after: tuple[str, ...]


@dataclass(frozen=True)
class Slot:
    """A place on the learner's page: a card, or the reason why there is none."""

    card: RankedModule | None = None
    reason: EmptyReason | None = None
    next_steps: tuple[NextStep, ...] = ()
    modules: tuple[str, ...] = ()
