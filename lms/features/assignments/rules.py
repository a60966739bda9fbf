"""Standing assignments: evaluated when somebody begins to work somewhere, moves, or has another role – and nightly."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session, aliased

from lms.db.transaction import before_commit
from lms.domain.assignment import joiner_due_on
from lms.domain.events import AssignmentRuleEnded, AssignmentRuleMade
from lms.domain.permissions import Actor
from lms.features.accounts.models import User
from lms.features.assignments.models import AssignmentRule
from lms.features.assignments.service import assign_many
from lms.features.assignments.targets import chunks, list_members
from lms.features.catalog.queries import ModuleCard
from lms.features.catalog.snapshot import Snapshot, read_snapshot
from lms.features.organizations.models import Employment, Organization
from lms.features.organizations.queries import OrganizationRow, below
from lms.features.taxonomy.models import JobRole
from lms.jobs.outbox import event_time, publish
from lms.ports.clock import local_date

JOINERS = "assignment_joiners"


class RuleRow(NamedTuple):
    """A standing assignment; `path` is where its organisation stands now."""

    rule_id: int
    organization_id: int
    organization_zh: str
    organization_en: str
    path: str
    role_id: int | None
    role_zh: str | None
    role_en: str | None
    module_ids: list[int]
    due_on: date
    joiner_days: int
    made_by_id: int
    made_by: str
    made_at: datetime
    ended_at: datetime | None


def list_rules(db: Session, paths: Iterable[str]) -> list[RuleRow]:
    """The standing assignments in force in these parts of the tree, the newest first."""
    query = _rules().where(below(Organization.path, paths), AssignmentRule.ended_at.is_(None))
    return [RuleRow(*row) for row in db.execute(query.order_by(AssignmentRule.id.desc()))]


def get_rule(db: Session, rule_id: int) -> RuleRow | None:
    """A standing assignment in force."""
    query = _rules().where(AssignmentRule.id == rule_id, AssignmentRule.ended_at.is_(None))
    row = db.execute(query).first()
    return RuleRow(*row) if row else None


def make_rule(
    db: Session,
    *,
    organization: OrganizationRow,
    role_id: int | None,
    cards: Sequence[ModuleCard],
    actor: Actor,
    due_on: date,
    joiner_days: int,
    now: datetime,
) -> int:
    """Ask joiners of an organisation, too, from now on; returns the id. Those who are there are asked apart.

    Asking for the same twice, as by a double click, is asking once."""
    wish = {"organization_id": organization.organization_id, "role_id": role_id, "due_on": due_on}
    module_ids = [card.module_id for card in cards]
    standing = _find_same(db, wish, module_ids)
    if standing is not None:
        return standing
    rule = AssignmentRule(
        **wish, module_ids=module_ids, joiner_days=joiner_days, made_by_id=actor.user_id, made_at=now
    )
    db.add(rule)
    db.flush()  # the assignments refer to the row
    publish(db, AssignmentRuleMade(assignment_rule_id=rule.id, path=organization.path))
    return rule.id


def _find_same(db: Session, wish: Mapping[str, Any], module_ids: Sequence[int]) -> int | None:
    """The standing assignment that asks for the same; holds the organisation, so that two cannot be made at once."""
    head = select(Organization.id).where(Organization.id == wish["organization_id"])
    db.execute(head.with_for_update(key_share=True)).all()
    query = select(AssignmentRule.id, AssignmentRule.module_ids).filter_by(**wish, ended_at=None)
    found = (row.id for row in db.execute(query) if sorted(row.module_ids) == sorted(module_ids))
    return next(found, None)


def end_rule(db: Session, rule: RuleRow, *, actor: Actor, now: datetime) -> None:
    """Do not ask joiners any more; what was asked of people stays asked. Ending twice changes nothing."""
    here = (AssignmentRule.id == rule.rule_id, AssignmentRule.ended_at.is_(None))
    values = {"ended_at": now, "ended_by_id": actor.user_id}
    ended = db.execute(update(AssignmentRule).where(*here).values(values).returning(AssignmentRule.id))
    if ended.first() is not None:
        publish(db, AssignmentRuleEnded(assignment_rule_id=rule.rule_id, path=rule.path))


def note_joiner(db: Session, event: Any) -> None:
    """Somebody begins, moves, or has another role: what stands for their place is asked before the commit."""
    waiting: set[int] = db.info.setdefault(JOINERS, set())
    if not waiting:
        before_commit(db, _ask_joiners)
    waiting.update(getattr(event, "learner_ids", None) or (event.learner_id,))


def apply_rules(db: Session, payload: Mapping[str, Any], now: datetime) -> None:
    """Every night: whoever was missed, whatever the way they came, is asked now."""
    rules = [RuleRow(*row) for row in db.execute(_rules().where(AssignmentRule.ended_at.is_(None)))]
    for rule in rules:
        _ask(db, rule, list_members(db, rule.path, rule.role_id), now=now)


def _ask_joiners(db: Session) -> None:
    waiting: set[int] = db.info.pop(JOINERS, set())
    db.flush()  # the rules are held against the rows as they are now
    for some in chunks(waiting):
        for rule, learner_ids in _met(db, some):
            _ask(db, rule, learner_ids, now=event_time(db))


def _met(db: Session, learner_ids: Collection[int]) -> list[tuple[RuleRow, list[int]]]:
    """The standing assignments with those of these people whom they meet, in two queries."""
    rules = [RuleRow(*row) for row in db.execute(_rules().where(AssignmentRule.ended_at.is_(None)))]
    if not rules:
        return []
    query = (
        select(Employment.user_id, Organization.path, User.role_id)
        .join(Organization, Organization.id == Employment.organization_id)
        .join(User, User.id == Employment.user_id)
        .where(Employment.user_id.in_(learner_ids), Employment.ended_on.is_(None))
    )
    people = db.execute(query).all()
    found = []
    for rule in rules:
        met = [
            user_id
            for user_id, path, role_id in people
            if path.startswith(rule.path) and rule.role_id in (None, role_id)
        ]
        if met:
            found.append((rule, met))
    return found


def _ask(db: Session, rule: RuleRow, learner_ids: Collection[int], *, now: datetime) -> None:
    today = local_date(now)
    snapshot, _policy = read_snapshot(db, today=today)
    assign_many(
        db,
        learner_ids=learner_ids,
        cards=offered(snapshot, rule),
        assigned_by_id=rule.made_by_id,
        due_on=joiner_due_on(rule.due_on, today=today, days=rule.joiner_days),
        rule_id=rule.rule_id,
        only_new=True,
        now=now,
    )


def offered(snapshot: Snapshot, rule: RuleRow) -> list[ModuleCard]:
    """The modules of a rule that are still offered where it stands."""
    cards = snapshot.for_path(rule.path).cards
    return [cards[module_id] for module_id in rule.module_ids if module_id in cards]


def _rules() -> Select[Any]:
    maker = aliased(User)
    return (
        select(
            AssignmentRule.id,
            AssignmentRule.organization_id,
            Organization.name_zh,
            Organization.name_en,
            Organization.path,
            AssignmentRule.role_id,
            JobRole.name_zh,
            JobRole.name_en,
            AssignmentRule.module_ids,
            AssignmentRule.due_on,
            AssignmentRule.joiner_days,
            AssignmentRule.made_by_id,
            maker.display_name,
            AssignmentRule.made_at,
            AssignmentRule.ended_at,
        )
        .join(Organization, Organization.id == AssignmentRule.organization_id)
        .join(maker, maker.id == AssignmentRule.made_by_id)
        .outerjoin(JobRole, JobRole.id == AssignmentRule.role_id)
    )
