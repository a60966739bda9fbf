"""The page that needs no sign-in (REQ-040): aggregate figures, parameters in force, the modules' change log."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.domain.curriculum import Origin, VersionState
from lms.domain.policy import Policy
from lms.domain.publication import Group, hidden_groups, is_publishable
from lms.domain.window import this_year
from lms.features.catalog.models import Module, ModuleVersion
from lms.features.policies.models import PolicyVersion
from lms.features.policies.queries import get_policy
from lms.features.reporting.district_numbers import Figures, read_figures
from lms.features.reporting.district_sets import Scope
from lms.ports.clock import local_date

EVERYWHERE = ("/",)
MOST_CHANGES = 50
PUBLISHED = (  # parameters of the rules; how the installation guards itself is nobody's business
    "quiz_pass_percent",
    "quiz_drawn_questions",
    "quiz_retry_minutes",
    "recognition_pass_percent",
    "recognition_retry_days",
    "evidence_validity_months",
    "must_evidence_validity_months",
    "review_notice_days",
    "review_grace_days",
    "publication_group_size",
)


class ParameterRow(NamedTuple):
    """A parameter of the programme's rules, and the version that set it; None: as it was from the start."""

    name: str
    value: int
    since_on: date | None


class ChangeRow(NamedTuple):
    """A version of a module, when it was published and what became of it."""

    slug: str
    title_zh: str
    title_en: str
    number: int
    published_at: datetime | None
    reviewed_on: date | None
    is_current: bool

    @property
    def published_on(self) -> date | None:
        """The day in Shanghai."""
        return local_date(self.published_at) if self.published_at else None


@dataclass(frozen=True)
class PublicPage:
    """What anybody may see. Figures about fewer people than the policy's group size are withheld."""

    figures: Figures
    smallest: int
    parameters: list[ParameterRow]
    changes: list[ChangeRow]

    @property
    def hidden_layers(self) -> frozenset[str]:
        """Layers whose completions are withheld."""
        groups = {name: Group(row.completed, row.people) for name, row in self.figures.layers.items()}
        return hidden_groups(groups, smallest=self.smallest)

    @property
    def shows_learners(self) -> bool:
        return is_publishable(self.figures.learners, smallest=self.smallest)

    @property
    def shows_completions(self) -> bool:
        return is_publishable(self.figures.completers, smallest=self.smallest)

    @property
    def shows_rate(self) -> bool:
        return self.figures.sat_people >= self.smallest


def read_public_page(db: Session, *, today: date, now: datetime) -> PublicPage:
    """This year's figures of the whole tree, policy versions and published module versions."""
    scope = Scope(EVERYWHERE, this_year(today))
    figures = read_figures(db, scope, area_id=0, now=now)
    policy = get_policy(db, on=today)
    parameters = _parameters(db, policy, today=today)
    return PublicPage(figures, policy.publication_group_size, parameters, _changes(db))


def _parameters(db: Session, policy: Policy, *, today: date) -> list[ParameterRow]:
    """What is in force, and since when: a version counts whole, what it leaves out has its first value again."""
    query = select(PolicyVersion.valid_from_on, PolicyVersion.parameters)
    newest_first = query.where(PolicyVersion.valid_from_on <= today).order_by(
        PolicyVersion.valid_from_on.desc()
    )
    versions = [(row.valid_from_on, row.parameters) for row in db.execute(newest_first)]
    found = []
    for name in PUBLISHED:
        since_on = None
        for valid_from_on, parameters in versions:
            if parameters.get(name) != getattr(policy, name):
                break
            since_on = valid_from_on
        found.append(ParameterRow(name, getattr(policy, name), since_on))
    return found


def _changes(db: Session) -> list[ChangeRow]:
    query = (
        select(
            Module.slug,
            ModuleVersion.title_zh,
            ModuleVersion.title_en,
            ModuleVersion.number,
            ModuleVersion.published_at,
            ModuleVersion.reviewed_on,
            ModuleVersion.is_current,
        )
        .join(Module, Module.id == ModuleVersion.module_id)
        .where(
            Module.origin == Origin.CURRICULUM,
            ModuleVersion.is_complete,
            ModuleVersion.state != VersionState.DRAFT,
            ModuleVersion.published_at.is_not(None),
        )
        .order_by(ModuleVersion.published_at.desc(), Module.slug, ModuleVersion.number.desc())
        .limit(MOST_CHANGES)
    )
    return [ChangeRow(*row) for row in db.execute(query)]
