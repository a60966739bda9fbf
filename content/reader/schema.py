"""What the files of the curriculum may say: one frozen model per shape, unknown keys refused.

References (a skill's slug, a prerequisite) are plain slugs here; whether they resolve is the
linter's business, because it takes the whole curriculum to know.
"""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    FiniteFloat,
    RootModel,
    StrictBool,
    StringConstraints,
)

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("zh", "en")

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Count = Annotated[int, Field(strict=True, ge=0)]
Level = Annotated[int, Field(strict=True, ge=1, le=5)]
Evidence = Literal["sourced", "general"]
"""Checked against a public text, or general knowledge that is shown as *to be confirmed*."""


class Model(BaseModel):
    """A shape of the curriculum: cannot be changed, knows no other keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Bilingual(Model):
    """The same words in Chinese and in English."""

    zh: Text
    en: Text

    def of(self, language: Language) -> str:
        """The words in `language`."""
        return self.zh if language == "zh" else self.en


class Named(Bilingual):
    """A thing that others refer to by its slug; `zh` and `en` are its name."""

    slug: Slug


# skills.yaml


class SkillLevel(Bilingual):
    """A step of the one scale that every skill shares; `zh` and `en` are its name."""

    level: Level
    desc: Bilingual


class Skill(Named):
    """A skill; `reference` is the nearest concept of ESCO (E), O*NET (O) or SFIA (S), unverified."""

    group: Slug
    desc: Bilingual
    reference: Text


class SkillsFile(Model):
    """skills.yaml."""

    version: Count
    level_max_by_module: Level
    levels: tuple[SkillLevel, ...]
    groups: tuple[Named, ...]
    skills: tuple[Skill, ...]


# roles.yaml


class Requirement(Model):
    """A skill at the least level a role needs; `must` when a rule makes the training compulsory."""

    skill: Slug
    level: Level
    must: StrictBool = False


class Role(Named):
    """A job role; `key_industry` marks it for the separate figure of key roles (REQ-004)."""

    industry: Slug
    key_industry: StrictBool
    requires: Annotated[tuple[Requirement, ...], Field(min_length=1)]


class RolesFile(Model):
    """roles.yaml."""

    version: Count
    roles: tuple[Role, ...]


# layers.yaml


class CreditRule(Model):
    """How periods become credits: divided, rounded to the nearest step, never below the minimum."""

    periods_per_credit: Annotated[int, Field(strict=True, gt=0)]
    round_to: Annotated[float, Field(gt=0)]
    minimum: Annotated[float, Field(gt=0)]

    def credit(self, periods: int) -> float:
        """The credit of a module of so many periods; a tie rounds up."""
        steps = int(periods / self.periods_per_credit / self.round_to + 0.5)
        return max(self.minimum, steps * self.round_to)


class Owner(Named):
    """The party that signs a module's review; `dimension` is its side of 政-校-企-社."""

    dimension: Literal["government", "university", "enterprise", "society"]


class LayersFile(Model):
    """layers.yaml."""

    version: Count
    period_minutes: Annotated[int, Field(strict=True, gt=0)]
    credit_rule: CreditRule
    layers: tuple[Named, ...]
    industries: tuple[Named, ...]
    owners: tuple[Owner, ...]


# uuids.yaml, plan.yaml, hands-on.yaml, shipping-trade.yaml


class UuidsFile(RootModel[dict[Slug, UUID]]):
    """uuids.yaml: the uuid that each module's slug was published with."""

    model_config = ConfigDict(frozen=True)


class PlanFile(RootModel[dict[Slug, Count]]):
    """plan.yaml: the periods that the approved plan gives each module."""

    model_config = ConfigDict(frozen=True)


class HandsOn(Model):
    """A module whose plan has a branching drill; with `measures_gain` it has two forms (REQ-015)."""

    measures_gain: StrictBool = False


class HandsOnFile(RootModel[dict[Slug, HandsOn]]):
    """hands-on.yaml: the modules that have a drill."""

    model_config = ConfigDict(frozen=True)


class ShippingScenario(Model):
    """One of the twelve shipping-trade scenarios: its module, and a topic for 周一30分 (REQ-017, REQ-018)."""

    number: Annotated[int, Field(strict=True, ge=1, le=12)]
    module: Slug
    monday_topic: Bilingual


class ShippingTradeFile(Model):
    """shipping-trade.yaml."""

    scenarios: tuple[ShippingScenario, ...]


# module.yaml


class Periods(Model):
    """A module's periods by kind of work; a period is 45 minutes."""

    reading: Count
    exercise: Count
    drill: Count
    class_: Count = Field(alias="class")
    practice: Count

    @property
    def total(self) -> int:
        """The sum over all kinds."""
        return self.reading + self.exercise + self.drill + self.class_ + self.practice


class Review(Model):
    """How often the module's owner signs a review."""

    cadence: Literal["quarterly", "half-yearly", "yearly"]


class Teaches(Model):
    """A skill and the level that completing the module gives evidence of."""

    skill: Slug
    level: Level


class Outcome(Bilingual):
    """What one can do afterwards."""

    id: Slug


class Basis(Model):
    """A text that the module rests on."""

    name: Bilingual
    status: Evidence


class Place(Model):
    """A cell on the map of layers; row 1 is the lower one."""

    row: Annotated[int, Field(strict=True)]
    column: Annotated[int, Field(strict=True)]


class ModuleMeta(Model):
    """module.yaml."""

    uuid: UUID
    slug: Slug
    layer: Slug
    status: Literal["complete", "in-preparation"]
    title: Bilingual
    short_title: Bilingual
    summary: Bilingual
    industries: Annotated[tuple[Slug, ...], Field(min_length=1)]
    periods: Periods
    credit: FiniteFloat
    delivery: Literal["online", "blended", "practical", "live"]
    review: Review
    owner: Slug
    prerequisites: tuple[Slug, ...]
    teaches: Annotated[tuple[Teaches, ...], Field(min_length=1)]
    outcomes: Annotated[tuple[Outcome, ...], Field(min_length=1)]
    basis: tuple[Basis, ...]
    lessons: Annotated[tuple[Named, ...], Field(min_length=1)]
    place: Place
    scenario_number: Count | None = None
    practice_clock_hours: Count | None = None
