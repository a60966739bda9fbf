"""The goal that a learner keeps: its plan as it is today, and what of it has been done since (REQ-020)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from lms.domain.policy import Policy
from lms.features.catalog.snapshot import Snapshot
from lms.features.learning.queries import LearnerMap
from lms.features.skills.goal_plan import Closing, Goal, GoalPlan, make_plan, read_goal
from lms.features.skills.models import KeptGoal
from lms.features.skills.queries import EvidenceRow, levels_from
from lms.ports.clock import local_date


@dataclass(frozen=True)
class DoneModule:
    """A module that brought levels of the goal since it was kept; `source` names it and says when."""

    source: EvidenceRow
    done_on: date
    closes: list[Closing]


@dataclass(frozen=True)
class Progress:
    """Levels of the goal: asked, held today, held on the day it was kept; and what was done in between."""

    kept_on: date
    asked: int
    held: int
    held_then: int
    done: list[DoneModule]  # the earliest first


def kept_goal(snapshot: Snapshot, kept: KeptGoal | None) -> Goal | None:
    """The goal of the row; None where none is kept, or no module teaches the skill any more."""
    if kept is None:
        return None
    role, skill = snapshot.roles.get(kept.role_id or 0), snapshot.skills.get(kept.skill_id or 0)
    return read_goal(snapshot, role=role.slug if role else "", skill=skill.slug if skill else "")


def plan_goal(
    whole: LearnerMap, goal: Goal, evidence: Sequence[EvidenceRow], *, pace: int, today: date, policy: Policy
) -> GoalPlan:
    """The plan from the levels that the evidence gives today."""
    return make_plan(whole, goal, _levels(goal, evidence, today, policy), pace=pace, today=today)


def plan_kept_goal(
    whole: LearnerMap, kept: KeptGoal | None, evidence: Sequence[EvidenceRow], *, today: date, policy: Policy
) -> GoalPlan | None:
    """The plan to the kept goal as it is today."""
    goal = kept_goal(whole.snapshot, kept)
    if goal is None or kept is None:
        return None
    return plan_goal(whole, goal, evidence, pace=kept.weekly_periods, today=today, policy=policy)


def read_progress(
    whole: LearnerMap,
    goal: Goal,
    kept: KeptGoal,
    evidence: Sequence[EvidenceRow],
    *,
    today: date,
    policy: Policy,
) -> Progress:
    """What has come of the goal since it was kept."""
    kept_on = local_date(kept.kept_at)
    then = _levels(goal, [row for row in evidence if row.obtained_at < kept.kept_at], kept_on, policy)
    since = [row for row in evidence if row.obtained_at >= kept.kept_at and row.skill_id in goal.levels]
    return Progress(
        kept_on=kept_on,
        asked=sum(goal.levels.values()),
        held=_reached(goal, _levels(goal, evidence, today, policy)),
        held_then=_reached(goal, then),
        done=_done(whole.snapshot, goal, then, since),
    )


def _levels(goal: Goal, evidence: Sequence[EvidenceRow], today: date, policy: Policy) -> dict[int, int]:
    held = levels_from(evidence, today=today, policy=policy, must_skill_ids=goal.must_skill_ids)
    return {skill_id: row.level for skill_id, row in held.items()}


def _reached(goal: Goal, levels: dict[int, int]) -> int:
    """Levels of the goal that are held; what is held beyond it does not count."""
    return sum(min(levels.get(skill_id, 0), level) for skill_id, level in goal.levels.items())


def _done(
    snapshot: Snapshot, goal: Goal, then: dict[int, int], since: Sequence[EvidenceRow]
) -> list[DoneModule]:
    """Evidence since then by module, in the order of time, each with the levels it rose from and to."""
    levels = dict(then)
    found: dict[tuple[int | None, date], DoneModule] = {}
    for row in reversed(since):
        before, required = levels.get(row.skill_id, 0), goal.levels[row.skill_id]
        after = min(row.level, required)
        if after <= before:
            continue
        levels[row.skill_id] = after
        day = local_date(row.obtained_at)
        module = found.setdefault((row.version_id, day), DoneModule(row, day, []))
        is_must = row.skill_id in goal.must_skill_ids
        module.closes.append(Closing(snapshot.skills[row.skill_id], before, after, required, is_must))
    return list(found.values())
