"""The page that explains the recommendations: the principle, the parameters, the reader's own full ranking."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from lms.domain.permissions import Actor
from lms.domain.policy import Policy
from lms.features.catalog.queries import ModuleCard
from lms.features.catalog.snapshot import read_snapshot
from lms.features.recommendations.blending import Blended
from lms.features.recommendations.inputs import AnswerRow, LearnerState, list_learners, list_states
from lms.features.recommendations.model_store import Model, model_in_force
from lms.features.recommendations.queries import Mode, in_catalogue_order
from lms.features.recommendations.ranking import Frame, added_lines, blend_in, rank
from lms.features.recommendations.reasons import (
    PART,
    TOTAL,
    ReasonLine,
    plain,
    reason_data,
    two_decimals,
)
from lms.features.skills.queries import level_facts
from lms.features.taxonomy.queries import RoleRow
from lms.ports.clock import local_date
from recommender import GapRanking, RankedModule


@dataclass(frozen=True)
class ExplainedModule:
    """A row of the full ranking; without personalisation there is no entry, only the place."""

    place: int  # from 1
    card: ModuleCard
    entry: RankedModule | None = None
    lines: tuple[ReasonLine, ...] = ()
    answer: AnswerRow | None = None

    @property
    def closes(self) -> list[ReasonLine]:
        return [line for line in self.lines if line.kind == "closes"]

    @property
    def score(self) -> str:
        total = self.line(TOTAL)
        if total:
            return total.exact
        return two_decimals(self.entry.score) if self.entry else ""

    @property
    def learned(self) -> list[ReasonLine]:
        """What was learned of it, and what the sum comes to."""
        return [line for line in self.lines if line.kind in (PART, TOTAL)]

    @property
    def levels(self) -> str:
        return plain(self.entry.levels) if self.entry else ""

    @property
    def factor(self) -> str:
        return plain(self.entry.industry_factor) if self.entry else ""

    def line(self, kind: str) -> ReasonLine | None:
        """The first line of a kind."""
        return next((line for line in self.lines if line.kind == kind), None)


@dataclass(frozen=True)
class Explanation:
    """What the page says to one reader."""

    mode: Mode
    role: RoleRow | None
    industry: tuple[str, str] | None
    policy: Policy
    rows: list[ExplainedModule]
    model: Model | None = None  # what was learned from others; None: nothing yet, the gap alone decides

    @property
    def weights(self) -> list[tuple[str, str]]:
        """What was learned and what it may weigh at most, in levels per period: name and figure."""
        values = self.model.chosen["values"] if self.model else {}
        return [(name, f"{value:.3f}") for name, value in values.items() if name != "gap"]


def explain_to(db: Session, actor: Actor, *, now: datetime) -> Explanation:
    """The ranking of all modules as it stands now, or the catalogue's order where nothing is personal."""
    today = local_date(now)
    snapshot, policy = read_snapshot(db, today=today, reader_id=actor.user_id)
    role = snapshot.roles.get(actor.role_id or 0)
    if role is None or not actor.is_personalised:
        mode = Mode.NO_ROLE if role is None else Mode.OFF
        order = in_catalogue_order(snapshot.cards.values(), role)
        rows = [ExplainedModule(place, card) for place, card in enumerate(order, start=1)]
        return Explanation(mode, role, None, policy, rows)
    learner = list_learners(db, (actor.user_id,))[0]
    state = list_states(db, (actor.user_id,), now=now)[actor.user_id]
    frame = Frame(snapshot, policy, today, model_in_force(db))
    evidence = level_facts(db, (actor.user_id,))[actor.user_id]
    ranking = rank(frame, learner, state, evidence)
    blended = blend_in(frame, learner, state, evidence, ranking)
    rows = _rows(frame, state, blended.ranking if blended else ranking, blended)
    industry = snapshot.industries.get(learner.industry)
    return Explanation(Mode.PERSONAL, role, industry, policy, rows, frame.model)


def _rows(
    frame: Frame, state: LearnerState, ranking: GapRanking, blended: Blended | None
) -> list[ExplainedModule]:
    by_slug = {card.slug: card for card in frame.snapshot.cards.values()}
    rows = []
    for place, entry in enumerate(ranking.entries, start=1):
        data = [reason_data(reason, frame.names) for reason in entry.reasons]
        data += added_lines(frame, blended, None, entry.module) if blended else []
        card = by_slug[entry.module]
        lines = tuple(ReasonLine(one) for one in data)
        rows.append(ExplainedModule(place, card, entry, lines, state.answers.get(card.module_id)))
    return rows
