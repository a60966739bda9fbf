"""The page "my skills": each skill the role asks for, what it rests on, and what would raise it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from lms.domain.curriculum import ModuleState
from lms.domain.permissions import Actor
from lms.domain.policy import Policy
from lms.features.catalog.queries import taught_skills
from lms.features.learning.queries import LearnerMap, LearnerModule, learner_map
from lms.features.policies.queries import get_policy
from lms.features.skills.abilities import (
    NO_ANSWERS,
    BankSize,
    FromAnswers,
    bank_sizes,
    levels_from_answers,
)
from lms.features.skills.goal_plan import GoalPlan
from lms.features.skills.kept_goal import plan_kept_goal
from lms.features.skills.queries import (
    EvidenceRow,
    SkillStanding,
    find_kept_goal,
    levels_from,
    list_evidence,
    passed_attempts,
    stand,
)
from lms.features.taxonomy.queries import RoleRow
from lms.ports.clock import local_date
from recommender import Held

EXPIRING_DAYS = 90
FILTERS = ("all", "gap", "law", "expiring")
WAY_ORDER = (ModuleState.ACTIVE, ModuleState.OPEN, ModuleState.LOCKED, ModuleState.IN_PREPARATION)


@dataclass(frozen=True)
class Proof:
    """A piece of evidence on the line of time, with its age in days and its validity."""

    row: EvidenceRow
    validity: Held
    age_days: int
    attempt_uuid: UUID | None


@dataclass(frozen=True)
class Way:
    """A module not yet done that teaches more of a skill than is held, up to `level`."""

    module: LearnerModule
    level: int
    missing: tuple[LearnerModule, ...]


@dataclass(frozen=True)
class SkillLine:
    """A row of the page."""

    standing: SkillStanding
    proofs: list[Proof]
    ways: list[Way]
    is_expiring: bool
    answers: FromAnswers
    bank: BankSize

    @property
    def newest(self) -> Proof | None:
        return self.proofs[0] if self.proofs else None

    @property
    def best_way(self) -> Way | None:
        return self.ways[0] if self.ways else None

    def is_shown(self, show: str) -> bool:
        """Whether the row passes a filter of the page."""
        passes = {
            "gap": not self.standing.is_met,
            "law": self.standing.is_must,
            "expiring": self.is_expiring,
        }
        return passes.get(show, True)


@dataclass(frozen=True)
class MySkills:
    """The whole page for one learner with a role."""

    role: RoleRow
    lines: list[SkillLine]
    show: str
    begun: int
    goal: GoalPlan | None  # the one kept

    @property
    def shown(self) -> list[SkillLine]:
        return [line for line in self.lines if line.is_shown(self.show)]

    @property
    def met(self) -> int:
        return sum(line.standing.is_met for line in self.lines)

    @property
    def will_be_met(self) -> int:
        """Skills met once the modules begun are completed."""
        return sum(line.standing.will_be_met for line in self.lines)

    def count(self, show: str) -> int:
        return sum(line.is_shown(show) for line in self.lines)


def read_my_skills(db: Session, actor: Actor, *, today: date, show: str) -> MySkills | None:
    """The page's facts; None when the learner has no role yet."""
    whole = learner_map(db, actor, today=today)
    if whole.role is None:
        return None
    requirements = whole.snapshot.requirements.get(whole.role.role_id, ())
    policy = get_policy(db, on=today)
    must = {need.skill_id for need in requirements if need.is_must}
    evidence = list_evidence(db, actor.user_id)
    proofs = _proofs(db, actor.user_id, evidence, today=today, policy=policy, must=must)
    held = levels_from(
        (proof.row for row in proofs.values() for proof in row),
        today=today,
        policy=policy,
        must_skill_ids=must,
    )
    teachers = _teachers(db, whole)
    answers = levels_from_answers(db, actor.user_id)
    banks = bank_sizes(db, [need.skill_id for need in requirements], _open_versions(whole))
    lines = []
    for standing in stand(requirements, held, _reachable(teachers)):
        ways = _ways(teachers.get(standing.skill_id, ()), standing, whole)
        lines.append(
            SkillLine(
                standing,
                proofs.get(standing.skill_id, []),
                ways,
                _is_expiring(standing, today),
                answers.get(standing.skill_id, NO_ANSWERS),
                banks[standing.skill_id],
            )
        )
    begun = sum(row.state == ModuleState.ACTIVE for row in whole.modules.values())
    kept = find_kept_goal(db, actor.user_id)
    goal = plan_kept_goal(whole, kept, evidence, today=today, policy=policy)
    return MySkills(whole.role, lines, show if show in FILTERS else "all", begun, goal)


def _proofs(
    db: Session,
    learner_id: int,
    evidence: Iterable[EvidenceRow],
    *,
    today: date,
    policy: Policy,
    must: set[int],
) -> dict[int, list[Proof]]:
    """Evidence by skill, the newest first."""
    attempts = passed_attempts(db, learner_id)
    found: dict[int, list[Proof]] = {}
    for row in evidence:
        held = levels_from([row], today=today, policy=policy, must_skill_ids=must).get(row.skill_id)
        if held is None:
            continue  # dated after today: it does not count yet
        age = (today - local_date(row.obtained_at)).days
        uuid = attempts.get(row.version_id) if row.version_id else None
        found.setdefault(row.skill_id, []).append(Proof(row, held, age, uuid))
    return found


def _teachers(db: Session, whole: LearnerMap) -> dict[int, list[tuple[LearnerModule, int]]]:
    """Skill → modules that teach it with the level reached, in the version begun, else the current one."""
    by_version = {
        module.enrollment.version_id if module.enrollment else module.card.version_id: module
        for module in whole.modules.values()
    }
    found: dict[int, list[tuple[LearnerModule, int]]] = {}
    for taught in taught_skills(db, by_version):
        found.setdefault(taught.skill_id, []).append((by_version[taught.version_id], taught.level))
    return found


def _open_versions(whole: LearnerMap) -> list[int]:
    """The current versions of the modules that this learner may see and that are not in preparation."""
    return [row.card.version_id for row in whole.modules.values() if row.card.is_complete]


def _reachable(teachers: dict[int, list[tuple[LearnerModule, int]]]) -> dict[int, int]:
    return {
        skill_id: max((level for module, level in rows if module.state == ModuleState.ACTIVE), default=0)
        for skill_id, rows in teachers.items()
    }


def _ways(
    teachers: Iterable[tuple[LearnerModule, int]], standing: SkillStanding, whole: LearnerMap
) -> list[Way]:
    """What would raise the level, the nearest first: begun, open, locked, in preparation; then by length."""
    ways = [
        Way(module, level, tuple(whole.modules[i] for i in module.missing))
        for module, level in teachers
        if module.state != ModuleState.COMPLETED and level > standing.held
    ]
    return sorted(
        ways,
        key=lambda way: (
            WAY_ORDER.index(way.module.state),
            way.level < standing.required,
            way.module.card.periods,
            way.module.card.slug,
        ),
    )


def _is_expiring(standing: SkillStanding, today: date) -> bool:
    evidence = standing.evidence
    if evidence is None or evidence.is_aged:
        return False
    return (evidence.valid_until - today).days <= EXPIRING_DAYS
