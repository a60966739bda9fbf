"""What skills have to say on pages of other features."""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

from flask import render_template
from sqlalchemy.orm import Session

from lms.domain.permissions import Actor
from lms.domain.policy import Policy
from lms.features.assessment.queries import AttemptRow
from lms.features.catalog.queries import ModuleCard, taught_skills
from lms.features.catalog.snapshot import read_snapshot
from lms.features.skills.queries import held_levels, levels_from, list_evidence
from lms.features.taxonomy.queries import RequirementRow, SkillName
from lms.ports.clock import local_date
from lms.web.context import clock, current_actor, db
from recommender import Held


class TaughtRow(NamedTuple):
    """A skill that a module teaches, beside what the learner holds and the role asks (0 = nothing asked)."""

    skill: SkillName
    level: int
    held: int
    required: int
    is_must: bool

    @property
    def after(self) -> int:
        """The level held once the module is completed."""
        return max(self.held, self.level)

    @property
    def missing(self) -> int:
        """Levels still missing then."""
        return max(0, self.required - self.after)


class Rise(NamedTuple):
    """What a passed module did to a skill: another level, or the same with younger evidence."""

    skill: SkillName
    before: int
    now: Held
    required: int
    is_must: bool

    @property
    def missing(self) -> int:
        return max(0, self.required - self.now.level)


def show_taught_skills(*, card: ModuleCard, version_id: int | None = None, **facts: Any) -> str:
    """Slot `module.skills`: from which level to which the module leads, and what the role asks."""
    actor, today = current_actor(), local_date(clock().now())
    rows = taught_rows(db(), actor, version_id=version_id or card.version_id, today=today)
    role = read_snapshot(db(), today=today)[0].roles.get(actor.role_id or 0)
    return render_template("skills/_taught_skills.html", rows=rows, role=role)


def show_rises(*, attempt: AttemptRow, **facts: Any) -> str:
    """Slot `result.after`: the levels that rose with this module; nothing while it is not completed."""
    if not attempt.is_passed:
        return ""
    today = local_date(clock().now())
    rises = list_rises(db(), current_actor(), version_id=attempt.version_id, today=today)
    return render_template("skills/_rises.html", rises=rises) if rises else ""


def taught_rows(db: Session, actor: Actor, *, version_id: int, today: date) -> list[TaughtRow]:
    """What a version teaches, those skills first that the role asks for."""
    policy, names, needs = _frame(db, actor, today)
    held = held_levels(db, actor.user_id, today=today, policy=policy, must_skill_ids=_must(needs))
    rows = []
    for taught in taught_skills(db, [version_id]):
        need = needs.get(taught.skill_id)
        level = held[taught.skill_id].level if taught.skill_id in held else 0
        required, is_must = (need.level, need.is_must) if need else (0, False)
        rows.append(TaughtRow(names[taught.skill_id], taught.level, level, required, is_must))
    return sorted(rows, key=lambda row: (not row.is_must, not row.required))


def list_rises(db: Session, actor: Actor, *, version_id: int, today: date) -> list[Rise]:
    """Skills with evidence from this version, compared with the levels held without it."""
    evidence = list_evidence(db, actor.user_id)
    new = {row.skill_id for row in evidence if row.version_id == version_id}
    if not new:
        return []
    policy, names, needs = _frame(db, actor, today)
    must = _must(needs)
    others = [row for row in evidence if row.version_id != version_id]
    before = levels_from(others, today=today, policy=policy, must_skill_ids=must)
    after = levels_from(evidence, today=today, policy=policy, must_skill_ids=must)
    rises = []
    for skill_id, name in names.items():
        if skill_id not in new or after.get(skill_id) in (None, before.get(skill_id)):
            continue
        need = needs.get(skill_id)
        level = before[skill_id].level if skill_id in before else 0
        required, is_must = (need.level, need.is_must) if need else (0, False)
        rises.append(Rise(name, level, after[skill_id], required, is_must))
    return sorted(rises, key=lambda row: (not row.is_must, not row.required))


def _frame(
    db: Session, actor: Actor, today: date
) -> tuple[Policy, dict[int, SkillName], dict[int, RequirementRow]]:
    snapshot, policy = read_snapshot(db, today=today)
    needs = snapshot.requirements.get(actor.role_id or 0, ())
    return policy, snapshot.skills, {need.skill_id: need for need in needs}


def _must(needs: dict[int, RequirementRow]) -> set[int]:
    return {skill_id for skill_id, need in needs.items() if need.is_must}
