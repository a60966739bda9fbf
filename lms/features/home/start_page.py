"""The learner's start page: what to do now, what must be done, what to learn next and why.

Eight queries at most, whatever the learner has done: the session, the snapshot's revision, the enrollments, the
facts of learning, the evidence, the assignments, the slots, and the outline of the module to continue."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from lms.domain.curriculum import Layer, ModuleState
from lms.domain.permissions import Actor
from lms.features.assignments.queries import RequiredModule, list_required
from lms.features.catalog.snapshot import read_snapshot
from lms.features.enrollment.queries import list_enrollments
from lms.features.learning.queries import (
    ContinuePoint,
    LearnerMap,
    LearnerModule,
    LearningFacts,
    combine,
    continue_point,
    learning_facts,
    ready_watches,
    with_begun,
)
from lms.features.recommendations.queries import SlotRow, in_catalogue_order, list_slots
from lms.features.skills.queries import SkillStanding, held_and_reachable, levels_from, stand
from lms.ports.clock import SHANGHAI
from lms.web.localisation import day, minutes_text, pick
from lms.web.text import gettext as _
from lms.web.text import ngettext

SHOWN_GAPS = 8


@dataclass(frozen=True)
class StartPage:
    """Everything the start page shows."""

    whole: LearnerMap
    facts: LearningFacts
    required: list[RequiredModule]
    standing: list[SkillStanding]
    slots: list[SlotRow]
    catalogue: list[LearnerModule]
    point: ContinuePoint | None
    ready: list[tuple[str, str, str]]
    today: date

    @property
    def layers(self) -> list[dict[str, Any]]:
        """The three small terraces, top to bottom."""
        rows = list(self.whole.modules.values())
        return [
            {
                "layer": str(layer),
                "total": sum(1 for row in rows if row.card.layer == layer),
                "done": sum(
                    1 for row in rows if row.card.layer == layer and row.state == ModuleState.COMPLETED
                ),
                "begun": sum(
                    1 for row in rows if row.card.layer == layer and row.state == ModuleState.ACTIVE
                ),
            }
            for layer in reversed(Layer)
        ]

    @property
    def periods(self) -> tuple[int, int]:
        """Required periods: done, and all."""
        return sum(row.periods_done for row in self.required), sum(row.periods for row in self.required)

    @property
    def skills_met(self) -> int:
        return sum(row.is_met for row in self.standing)

    @property
    def shown_gaps(self) -> list[SkillStanding]:
        """The role's skills, open ones first, as many as the card holds."""
        return sorted(self.standing, key=lambda row: row.is_met)[:SHOWN_GAPS]


def read_start_page(db: Session, actor: Actor, *, today: date) -> StartPage:
    """All facts of the start page."""
    snapshot, policy = read_snapshot(db, today=today, reader_id=actor.user_id)
    enrollments = list_enrollments(db, actor.user_id)
    snapshot = with_begun(db, snapshot, enrollments)
    facts = learning_facts(db, actor.user_id, today=today)
    whole = combine(snapshot, actor, enrollments=enrollments, recognised=facts.recognised)
    requirements = snapshot.requirements.get(actor.role_id or 0, ())
    evidence, reachable = held_and_reachable(db, actor.user_id)
    must = {row.skill_id for row in requirements if row.is_must}
    held = levels_from(evidence, today=today, policy=policy, must_skill_ids=must)
    is_ranked = actor.is_personalised and actor.role_id is not None
    active = next((row for row in enrollments if row.is_active), None)
    return StartPage(
        whole=whole,
        facts=facts,
        required=list_required(db, actor, whole),
        standing=stand(requirements, held, reachable),
        slots=list_slots(db, actor.user_id) if is_ranked else [],
        catalogue=[] if is_ranked else _catalogue(whole),
        point=continue_point(db, active, snapshot.cards[active.module_id]) if active else None,
        ready=ready_watches(db, actor.user_id) if facts.ready_watches else [],
        today=today,
    )


def _catalogue(whole: LearnerMap, n: int = 6) -> list[LearnerModule]:
    """The next modules without any ranking: in the order of the role's path, else by layer (REQ-020)."""
    cards = in_catalogue_order(whole.snapshot.cards.values(), whole.role)
    rows = [whole.modules[card.module_id] for card in cards]
    return [row for row in rows if row.is_on_path or whole.role is None][:n]


def greeting(name: str, now: datetime) -> str:
    """The greeting of the hour in Shanghai."""
    hour = now.astimezone(SHANGHAI).hour
    if hour < 5 or hour >= 18:
        return _("Good evening, %(name)s", name=name)
    if hour < 12:
        return _("Good morning, %(name)s", name=name)
    return _("Good afternoon, %(name)s", name=name)


def situation(page: StartPage) -> str:
    """One sentence that changes with the situation: what is late, what is near, what was begun."""
    late = [row for row in page.required if row.is_overdue(page.today)]
    if late:
        return ngettext(
            "%(num)d required module is overdue: %(title)s.",
            "%(num)d required modules are overdue, first %(title)s.",
            len(late),
            title=pick(late[0].module.card, "title"),
        )
    near = [row for row in page.required if row.is_near(page.today)]
    if near and near[0].due_on:
        left = sum(row.periods - row.periods_done for row in near) * 45
        return ngettext(
            "%(num)d required module to complete by %(day)s, about %(time)s.",
            "%(num)d required modules to complete by %(day)s, about %(time)s.",
            len(near),
            day=day(max(row.due_on for row in near if row.due_on)),
            time=minutes_text(left),
        )
    if page.point:
        title, percent = pick(page.point.card, "title"), page.point.enrollment.percent
        return _("Go on with %(title)s: %(n)d%% done.", title=title, n=percent)
    if page.whole.role is None:
        return _("Tell us your work, and you will see what it asks for.")
    return _("Nothing is due. Begin with the first suggestion below.")
