"""The shortest way to a role or a skill, week by week from today (REQ-020)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from lms.domain.curriculum import ModuleState
from lms.features.catalog.snapshot import Snapshot
from lms.features.learning.queries import LearnerMap, LearnerModule
from lms.features.skills.models import KeptGoal
from lms.features.taxonomy.queries import RoleRow, SkillName
from recommender import ModuleSpec, Plan, UnreachableLevel, plan_path

PACES = (2, 4, 6, 8)
USUAL_PACE = 4
"""Periods a week: three hours."""


@dataclass(frozen=True)
class Goal:
    """What somebody wants to reach: everything a role asks for, or one skill as far as modules teach it."""

    role: RoleRow | None
    skill: SkillName | None
    levels: dict[int, int]  # by skill id
    must_skill_ids: frozenset[int]

    @property
    def role_id(self) -> int | None:
        return self.role.role_id if self.role else None

    @property
    def skill_id(self) -> int | None:
        return self.skill.skill_id if self.skill else None

    def is_kept_in(self, kept: KeptGoal) -> bool:
        """Whether it is the goal of this row, at whatever pace."""
        return (self.role_id, self.skill_id) == (kept.role_id, kept.skill_id)


class Closing(NamedTuple):
    """The levels of a skill that a step brings, and the level the goal asks for."""

    skill: SkillName
    before: int
    after: int
    required: int
    is_must: bool


@dataclass(frozen=True)
class PlannedStep:
    """A module of the plan; `closes` is empty for one that only opens others."""

    position: int
    module: LearnerModule
    closes: list[Closing]
    first_week: int
    last_week: int
    begins_on: date
    ends_on: date

    @property
    def is_startable(self) -> bool:
        return self.module.state in (ModuleState.OPEN, ModuleState.ACTIVE)


@dataclass(frozen=True)
class GoalPlan:
    """The whole plan; `beyond` are skills whose level no module teaches."""

    goal: Goal
    pace: int
    steps: list[PlannedStep]
    plan: Plan
    beyond: list[tuple[SkillName, int]]

    @property
    def weeks(self) -> int:
        return self.steps[-1].last_week if self.steps else 0

    @property
    def ends_on(self) -> date | None:
        return self.steps[-1].ends_on if self.steps else None

    @property
    def surplus(self) -> int:
        """The periods by which this plan may be longer than the shortest, at most."""
        return self.plan.periods - self.plan.lower_bound

    @property
    def next_step(self) -> PlannedStep | None:
        """What to do now: the first step that is begun or can be."""
        return next((step for step in self.steps if step.is_startable), None)

    @property
    def in_preparation(self) -> int:
        return sum(step.module.state == ModuleState.IN_PREPARATION for step in self.steps)


def read_goal(snapshot: Snapshot, *, role: str, skill: str) -> Goal | None:
    """The goal with this slug; None when there is no such role, or no module teaches such a skill."""
    row = next((row for row in snapshot.roles.values() if row.slug == role), None)
    if row is not None:
        needs = snapshot.requirements.get(row.role_id, ())
        must = frozenset(need.skill_id for need in needs if need.is_must)
        return Goal(row, None, {need.skill_id: need.level for need in needs}, must)
    name = next((name for name in snapshot.skills.values() if name.slug == skill), None)
    versions = {card.version_id for card in snapshot.cards.values()}
    levels = [
        taught.level
        for version_id in versions
        for taught in snapshot.taught.get(version_id, ())
        if name is not None and taught.skill_id == name.skill_id
    ]
    return Goal(None, name, {name.skill_id: max(levels)}, frozenset()) if name and levels else None


def make_plan(whole: LearnerMap, goal: Goal, held: Mapping[int, int], *, pace: int, today: date) -> GoalPlan:
    """The plan from what the learner has done and holds (level by skill id), at `pace` periods a week."""
    plan, beyond = _plan(whole, goal, held, pace)
    return GoalPlan(goal, pace, _lay_out(whole, goal, plan, pace, today), plan, beyond)


def _plan(
    whole: LearnerMap, goal: Goal, held: Mapping[int, int], pace: int
) -> tuple[Plan, list[tuple[SkillName, int]]]:
    """The plan to the levels that modules teach, and the levels beyond, such as 5."""
    skills = whole.snapshot.skills
    required = {skills[skill_id].slug: level for skill_id, level in goal.levels.items()}
    by_slug = {skill.slug: skill for skill in skills.values()}
    modules = _specs(whole)
    done = {row.card.slug for row in whole.modules.values() if row.state == ModuleState.COMPLETED}
    levels = {skills[skill_id].slug: level for skill_id, level in held.items()}
    beyond: list[tuple[SkillName, int]] = []
    while True:
        try:
            return plan_path(required, modules, held=levels, done=done, weekly_periods=pace), beyond
        except UnreachableLevel as unreachable:
            beyond.append((by_slug[unreachable.skill], required.pop(unreachable.skill)))


def _specs(whole: LearnerMap) -> list[ModuleSpec]:
    """Modules in preparation count like others: the plan is the way, not what can be begun today."""
    snapshot = whole.snapshot
    return [
        ModuleSpec(
            id=row.card.slug,
            periods=row.card.periods,
            prerequisites=tuple(whole.modules[i].card.slug for i in row.prerequisites),
            teaches={
                snapshot.skills[taught.skill_id].slug: taught.level
                for taught in snapshot.taught.get(row.card.version_id, ())
            },
        )
        for row in whole.modules.values()
    ]


def _lay_out(whole: LearnerMap, goal: Goal, plan: Plan, pace: int, today: date) -> list[PlannedStep]:
    modules = {row.card.slug: row for row in whole.modules.values()}
    periods, steps = 0, []
    for position, step in enumerate(plan.steps, start=1):
        module = modules[step.module]
        first, periods = periods // pace + 1, periods + module.card.periods
        last = -(-periods // pace)
        steps.append(
            PlannedStep(
                position=position,
                module=module,
                closes=_closings(whole.snapshot, goal, module, step.closes),
                first_week=first,
                last_week=last,
                begins_on=today + timedelta(weeks=first - 1),
                ends_on=today + timedelta(days=7 * last - 1),
            )
        )
    return steps


def _closings(
    snapshot: Snapshot, goal: Goal, module: LearnerModule, gains: Mapping[str, int]
) -> list[Closing]:
    found = []
    for taught in snapshot.taught.get(module.card.version_id, ()):
        skill = snapshot.skills[taught.skill_id]
        if skill.slug in gains:
            required = goal.levels[taught.skill_id]
            after = min(taught.level, required)
            is_must = taught.skill_id in goal.must_skill_ids
            found.append(Closing(skill, after - gains[skill.slug], after, required, is_must))
    return found
