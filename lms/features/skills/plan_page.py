"""The page that turns a role, or a sentence, into a plan with dates."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from sqlalchemy.orm import Session

from lms.domain.permissions import Actor
from lms.features.learning.queries import LearnerMap, learner_map
from lms.features.policies.queries import get_policy
from lms.features.skills.forms import GoalForm
from lms.features.skills.goal_plan import Goal, GoalPlan, make_plan, read_goal
from lms.features.skills.matching import RoleMatch, SkillMatch, matcher_of
from lms.features.skills.queries import held_levels
from lms.features.taxonomy.queries import RoleRow


@dataclass(frozen=True)
class PlanPage:
    """Before a goal is chosen: what the sentence may mean; then the plan."""

    form: GoalForm
    own_role: RoleRow | None
    roles: list[RoleRow]
    goal: GoalPlan | None = None
    role_matches: list[RoleMatch] = field(default_factory=list)
    skill_matches: list[SkillMatch] = field(default_factory=list)

    @property
    def error(self) -> str:
        return self.form.error

    @property
    def has_matches(self) -> bool:
        return bool(self.role_matches or self.skill_matches)

    @property
    def is_unknown(self) -> bool:
        """Something was said, and nothing in the curriculum answers to it."""
        return self.form.is_sent and not (self.error or self.goal or self.has_matches)


def read_plan_page(db: Session, actor: Actor, form: GoalForm, *, today: date) -> PlanPage:
    """The plan to the goal of the form, or what its sentence may mean."""
    whole = learner_map(db, actor, today=today)
    snapshot = whole.snapshot
    roles = list(snapshot.roles.values())
    goal = read_goal(snapshot, role=form.role, skill=form.skill)
    if goal is not None:
        return PlanPage(
            form, whole.role, roles, goal=_plan(db, actor, whole, goal, pace=form.pace, today=today)
        )
    if form.error or not form.text:
        return PlanPage(form, whole.role, roles)
    matcher = matcher_of(snapshot)
    skills = matcher.match_skills(form.text)
    meant = matcher.match_roles(form.text, skills)
    return PlanPage(form, whole.role, roles, role_matches=meant, skill_matches=skills)


def _plan(db: Session, actor: Actor, whole: LearnerMap, goal: Goal, *, pace: int, today: date) -> GoalPlan:
    policy = get_policy(db, on=today)
    held = held_levels(db, actor.user_id, today=today, policy=policy, must_skill_ids=goal.must_skill_ids)
    levels = {skill_id: row.level for skill_id, row in held.items()}
    return make_plan(whole, goal, levels, pace=pace, today=today)
