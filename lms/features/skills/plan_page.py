"""The page that turns a role, or a sentence, into a plan with dates, and keeps one of them as the goal."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date

from sqlalchemy.orm import Session

from lms.domain.permissions import Actor
from lms.features.catalog.snapshot import read_snapshot
from lms.features.learning.queries import LearnerMap, learner_map
from lms.features.policies.queries import get_policy
from lms.features.skills.forms import GoalForm
from lms.features.skills.goal_plan import Goal, GoalPlan, read_goal
from lms.features.skills.kept_goal import Progress, kept_goal, plan_goal, read_progress
from lms.features.skills.matching import RoleMatch, SkillMatch, matcher_of
from lms.features.skills.models import KeptGoal
from lms.features.skills.queries import find_kept_goal, list_evidence
from lms.features.taxonomy.queries import RoleRow


@dataclass(frozen=True)
class PlanPage:
    """Before a goal is chosen: what the sentence may mean; then the plan.

    :param progress: what has come of the goal shown, where it is the kept one
    :param kept: the goal kept, whichever is shown
    """

    form: GoalForm
    own_role: RoleRow | None
    roles: list[RoleRow]
    goal: GoalPlan | None = None
    progress: Progress | None = None
    kept: Goal | None = None
    is_kept_pace: bool = False
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
    """The plan to the goal of the form, or what its sentence may mean; before anything is said, the kept goal."""
    whole = learner_map(db, actor, today=today)
    snapshot = whole.snapshot
    kept = find_kept_goal(db, actor.user_id)
    own = kept_goal(snapshot, kept)
    page = PlanPage(form, whole.role, list(snapshot.roles.values()), kept=own)
    if kept and own and not form.is_sent:
        page = replace(page, form=replace(form, pace=kept.weekly_periods))
        return _with_plan(db, actor, whole, page, goal=own, kept=kept, today=today)
    goal = read_goal(snapshot, role=form.role, skill=form.skill)
    if goal is not None:
        return _with_plan(db, actor, whole, page, goal=goal, kept=kept, today=today)
    if form.error or not form.text:
        return page
    matcher = matcher_of(snapshot)
    skills = matcher.match_skills(form.text)
    return replace(page, role_matches=matcher.match_roles(form.text, skills), skill_matches=skills)


def read_named_goal(db: Session, actor: Actor, form: GoalForm, *, today: date) -> Goal | None:
    """The goal whose slug the form names; None when it names none that this reader can see."""
    snapshot, _ = read_snapshot(db, today=today, reader_id=actor.user_id)
    return read_goal(snapshot, role=form.role, skill=form.skill)


def _with_plan(
    db: Session,
    actor: Actor,
    whole: LearnerMap,
    page: PlanPage,
    *,
    goal: Goal,
    kept: KeptGoal | None,
    today: date,
) -> PlanPage:
    policy = get_policy(db, on=today)
    evidence, pace = list_evidence(db, actor.user_id), page.form.pace
    plan = plan_goal(whole, goal, evidence, pace=pace, today=today, policy=policy)
    if kept is None or not goal.is_kept_in(kept):
        return replace(page, goal=plan)
    progress = read_progress(whole, goal, kept, evidence, today=today, policy=policy)
    return replace(page, goal=plan, progress=progress, is_kept_pace=pace == kept.weekly_periods)
