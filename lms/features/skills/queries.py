"""Reads of evidence, held levels and a learner's standing against the role."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Executable, Row, bindparam, null, select, union_all
from sqlalchemy.orm import Session

from lms.domain.enrollment import EnrollmentStatus
from lms.domain.policy import Policy
from lms.features.assessment.models import Attempt
from lms.features.catalog.models import Module, ModuleSkill, ModuleVersion
from lms.features.enrollment.models import Enrollment
from lms.features.skills.models import Evidence, KeptGoal
from lms.features.taxonomy.queries import RequirementRow
from lms.ports.clock import local_date
from recommender import EvidenceItem, Held
from recommender import held_levels as reckon_levels


class EvidenceRow(NamedTuple):
    """One reason to believe in a level, with the module it comes from."""

    skill_id: int
    level: int
    obtained_at: datetime
    kind: str
    score_percent: int | None
    version_id: int | None
    module_slug: str | None
    title_zh: str | None
    title_en: str | None


class LevelFact(NamedTuple):
    """The level that one piece of evidence gave, and when."""

    skill_id: int
    level: int
    obtained_at: datetime


class SkillStanding(NamedTuple):
    """A skill the role asks for: held, within reach by the modules begun, asked (levels 0–5)."""

    skill_id: int
    skill_slug: str
    name_zh: str
    name_en: str
    held: int
    reachable: int
    required: int
    is_must: bool
    evidence: Held | None

    @property
    def gap(self) -> int:
        """Required level − held level, where positive (REQ-020)."""
        return max(0, self.required - self.held)

    @property
    def is_met(self) -> bool:
        return self.held >= self.required

    @property
    def will_be_met(self) -> bool:
        """Whether completing the modules begun is enough."""
        return max(self.held, self.reachable) >= self.required


def list_evidence(db: Session, learner_id: int) -> list[EvidenceRow]:
    """All evidence of a learner, the newest first."""
    query = (
        select(
            Evidence.skill_id,
            Evidence.level,
            Evidence.obtained_at,
            Evidence.kind,
            Evidence.score_percent,
            Evidence.version_id,
            Module.slug,
            ModuleVersion.title_zh,
            ModuleVersion.title_en,
        )
        .outerjoin(ModuleVersion, ModuleVersion.id == Evidence.version_id)
        .outerjoin(Module, Module.id == ModuleVersion.module_id)
        .where(Evidence.learner_id == learner_id)
        .order_by(Evidence.obtained_at.desc(), Evidence.id.desc())
    )
    return [EvidenceRow(*row) for row in db.execute(query)]


def level_facts(db: Session, learner_ids: Collection[int]) -> dict[int, list[LevelFact]]:
    """What the held levels of several learners rest on, by learner, in one query."""
    query = select(Evidence.learner_id, Evidence.skill_id, Evidence.level, Evidence.obtained_at).where(
        Evidence.learner_id.in_(learner_ids)
    )
    found: defaultdict[int, list[LevelFact]] = defaultdict(list)
    for row in db.execute(query):
        found[row.learner_id].append(LevelFact(row.skill_id, row.level, row.obtained_at))
    return found


def levels_from(
    facts: Iterable[LevelFact | EvidenceRow], *, today: date, policy: Policy, must_skill_ids: Collection[int]
) -> dict[int, Held]:
    """The level held of each skill today, by skill; old evidence counts one level lower (REQ-020)."""
    held = reckon_levels(
        (EvidenceItem(str(row.skill_id), row.level, local_date(row.obtained_at)) for row in facts),
        today=today,
        validity_months=policy.evidence_validity_months,
        must_validity_months=policy.must_evidence_validity_months,
        must_skills={str(skill_id) for skill_id in must_skill_ids},
    )
    return {int(skill): level for skill, level in held.items()}


def held_levels(
    db: Session, learner_id: int, *, today: date, policy: Policy, must_skill_ids: Collection[int]
) -> dict[int, Held]:
    """The level a learner holds of each skill today, in one query."""
    facts = level_facts(db, (learner_id,))[learner_id]
    return levels_from(facts, today=today, policy=policy, must_skill_ids=must_skill_ids)


def stand(
    requirements: Iterable[RequirementRow], held: dict[int, Held], reachable: dict[int, int]
) -> list[SkillStanding]:
    """Each requirement beside what is held and what the modules begun will give."""
    rows = []
    for need in requirements:
        evidence = held.get(need.skill_id)
        level = evidence.level if evidence else 0
        rows.append(
            SkillStanding(
                need.skill_id,
                need.skill_slug,
                need.name_zh,
                need.name_en,
                level,
                max(level, reachable.get(need.skill_id, 0)),
                need.level,
                need.is_must,
                evidence,
            )
        )
    return rows


def passed_attempts(db: Session, learner_id: int) -> dict[int, UUID]:
    """Module version → the learner's newest passed attempt at it."""
    query = (
        select(Attempt.version_id, Attempt.uuid)
        .where(Attempt.learner_id == learner_id, Attempt.is_passed.is_(True))
        .order_by(Attempt.graded_at, Attempt.id)
    )
    return {row.version_id: row.uuid for row in db.execute(query)}


_HELD_AND_REACHABLE: Executable = union_all(
    select(Evidence.skill_id, Evidence.level, Evidence.obtained_at).where(
        Evidence.learner_id == bindparam("learner_id")
    ),
    select(ModuleSkill.skill_id, ModuleSkill.level, null())
    .join(Enrollment, Enrollment.version_id == ModuleSkill.version_id)
    .where(Enrollment.learner_id == bindparam("learner_id"), Enrollment.status == EnrollmentStatus.ACTIVE),
)


def held_and_reachable(db: Session, learner_id: int) -> tuple[list[LevelFact], dict[int, int]]:
    """The evidence, and the best level per skill that the modules begun teach; one query for both."""
    facts: list[LevelFact] = []
    reachable: dict[int, int] = {}
    rows: Iterable[Row[Any]] = db.execute(_HELD_AND_REACHABLE, {"learner_id": learner_id})
    for row in rows:
        if row.obtained_at is None:
            reachable[row.skill_id] = max(row.level, reachable.get(row.skill_id, 0))
        else:
            facts.append(LevelFact(row.skill_id, row.level, row.obtained_at))
    return facts, reachable


def find_kept_goal(db: Session, learner_id: int) -> KeptGoal | None:
    """The goal that a learner keeps."""
    return db.get(KeptGoal, learner_id)
