"""The lines of a ranking's arithmetic as data: stored with a recommendation, put into words by pages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from lms.domain.rates import decimals
from recommender import Reason, Slot

Name = tuple[str, str]
EMPTY = "empty"
PART = "part"
TOTAL = "total"


@dataclass(frozen=True)
class Names:
    """Names in zh and en by slug: they are stored with the reason, so that no page has to look them up."""

    skills: Mapping[str, Name]
    modules: Mapping[str, Name]

    def skill(self, slug: str) -> dict[str, str]:
        zh, en = self.skills[slug]
        return {"slug": slug, "zh": zh, "en": en}

    def module(self, slug: str) -> dict[str, str]:
        zh, en = self.modules[slug]
        return {"slug": slug, "zh": zh, "en": en}

    def list_modules(self, slugs: Iterable[str]) -> list[dict[str, str]]:
        return [self.module(slug) for slug in slugs]


@dataclass(frozen=True)
class ReasonLine:
    """One stored line; figures come back ready to be printed."""

    data: Mapping[str, Any]

    @property
    def kind(self) -> str:
        return str(self.data["kind"])

    @property
    def is_must(self) -> bool:
        return bool(self.data.get("is_must"))

    @property
    def gain(self) -> int:
        """Levels gained, before any weight."""
        return int(self.data.get("reached", 0)) - int(self.data.get("held", 0))

    @property
    def obtained_on(self) -> date:
        return date.fromisoformat(self.data["obtained_on"])

    @property
    def score(self) -> str:
        """Two decimals, half up: 0.41."""
        return two_decimals(Fraction(self.data["score"]))

    @property
    def exact(self) -> str:
        """Three decimals, with the sign: what was learned is rounded to thousandths before it is added."""
        return decimals(Fraction(self.data["score"]), 3)

    @property
    def is_gain(self) -> bool:
        return Fraction(self.data["score"]) > 0

    @property
    def chance(self) -> str:
        """In percent."""
        return plain(100 * Fraction(self.data["chance"]))

    @property
    def levels(self) -> str:
        return plain(Fraction(self.data["levels"]))

    @property
    def factor(self) -> str:
        return plain(Fraction(self.data["factor"]))

    @property
    def weight(self) -> str | None:
        """The weight where a policy sets one, None where it is 1."""
        weight = Fraction(self.data.get("weight", "1"))
        return plain(weight) if weight != 1 else None


def reason_data(reason: Reason, names: Names) -> dict[str, Any]:
    """The fields that a line fills, as JSON can keep them; fractions stay exact."""
    data = {name: _as_json(value) for name, value in asdict(reason).items() if value not in (None, ())}
    if reason.skill:
        data["skill"] = names.skill(reason.skill)
    if reason.module:
        data["module"] = names.module(reason.module)
    if reason.waits_for:
        data["waits_for"] = names.list_modules(reason.waits_for)
    return data


def slot_data(slot: Slot, names: Names, *, set_aside: int, begun: Sequence[str] = ()) -> list[dict[str, Any]]:
    """The lines of a card, or the one line that says why a slot is empty.

    :param set_aside: modules the learner has put off or called not relevant
    :param begun: modules under way that close a gap
    """
    if slot.card:
        return [reason_data(reason, names) for reason in slot.card.reasons]
    steps = [
        {"module": names.module(step.module), "after": names.list_modules(step.after)}
        for step in slot.next_steps
    ]
    reason = str(slot.reason)
    return [
        {
            "kind": EMPTY,
            "reason": reason,
            "steps": steps,
            "modules": names.list_modules(slot.modules),
            "set_aside": set_aside,
            "begun": names.list_modules(begun),
        }
    ]


def blend_data(
    worth: Fraction,
    parts: Mapping[str, Fraction],
    causes: Mapping[str, Sequence[str]],
    names: Names,
    *,
    is_guarded: bool,
    drawn: Fraction | None,
) -> list[dict[str, Any]]:
    """The lines of what was learned: a summand each, what they come to, and what else brought the card here.

    :param worth: what the gap says, in levels per period
    :param causes: by part, the slugs of modules done that speak for it
    :param is_guarded: the card stands here so that its layer is shown
    :param drawn: the chance with which it was drawn, where it was
    """
    lines: list[dict[str, Any]] = [
        {
            "kind": PART,
            "part": name,
            "score": str(value),
            "modules": names.list_modules(causes.get(name, ())),
        }
        for name, value in parts.items()
    ]
    total = worth + sum(parts.values(), Fraction(0))
    lines.append({"kind": TOTAL, "base": str(worth), "score": str(total)})
    if is_guarded:
        lines.append({"kind": "guarded"})
    if drawn is not None:
        lines.append({"kind": "drawn", "chance": str(drawn)})
    return lines


def two_decimals(value: Fraction) -> str:
    """`value` as scores are shown: 13/32 → 0.41."""
    return decimals(value, 2)


def plain(value: Fraction) -> str:
    """A whole number as such, anything else with at most two decimals: 8, 0.5."""
    if value.denominator == 1:
        return str(value.numerator)
    return two_decimals(value).rstrip("0").rstrip(".")


def _as_json(value: Any) -> Any:
    if isinstance(value, Fraction):
        return str(value)
    return value.isoformat() if isinstance(value, date) else value
