"""The curriculum as one process keeps it: what changes at a sync only is read once, not on every page.

Pages ask for the revision (one small query, the policy's parameters come with it) and get the kept snapshot while
it is the same. The token is random, so a sync that was rolled back can never be taken for a later one.

What is kept for everybody are everybody's modules; those shown to some only come on top (`for_path`)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from itertools import count
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Date, Engine, Integer, bindparam, null, select
from sqlalchemy.orm import Session

from lms.domain.curriculum import Layer
from lms.domain.policy import Policy, policy_from
from lms.features.catalog.models import CatalogRevision
from lms.features.catalog.queries import (
    ModuleCard,
    TaughtSkill,
    list_module_cards,
    list_private_cards,
    prerequisite_ids,
    taught_skills,
    work_path,
)
from lms.features.policies.queries import parameters_query
from lms.features.taxonomy.queries import (
    RequirementRow,
    RoleRow,
    SkillName,
    all_requirements,
    industry_names,
    list_roles,
    skill_names,
)


@dataclass(frozen=True, repr=False)
class Snapshot:
    """Modules, skills and roles of one revision. Nobody changes what it holds."""

    token: str
    cards: dict[int, ModuleCard]  # by module id, from the ground up; those that this reader may see
    private: tuple[ModuleCard, ...]  # shown to some only; they are in nobody's cards without `for_path`
    prerequisites: dict[int, tuple[int, ...]]
    taught: dict[int, tuple[TaughtSkill, ...]]  # by version id, current versions
    roles: dict[int, RoleRow]
    requirements: dict[int, tuple[RequirementRow, ...]]  # by role id
    skills: dict[int, SkillName]
    industries: dict[str, tuple[str, str]]

    def __repr__(self) -> str:
        """What tells two snapshots apart: the revision, and which modules besides everybody's are in it."""
        more = [card.module_id for card in self.private if card.module_id in self.cards]
        return f"Snapshot({self.token}, {more})"

    def find_card(self, slug: str) -> ModuleCard | None:
        """The module with this slug."""
        return next((card for card in self.cards.values() if card.slug == slug), None)

    def for_path(self, path: str | None) -> Snapshot:
        """With the modules that are shown to people who work at `path` of the tree."""
        return self.with_cards(
            [card for card in self.private if path and path.startswith(card.visible_path or "-")]
        )

    def with_cards(self, more: Iterable[ModuleCard]) -> Snapshot:
        """With these modules besides; each without a stored place gets the next empty cell of its layer."""
        new = [card for card in more if card.module_id not in self.cards]
        if not new:
            return self
        taken = {(card.layer, card.place_row, card.place_column) for card in self.cards.values()}
        cards = [*self.cards.values(), *(_placed(card, taken) for card in new)]
        order = {layer.value: n for n, layer in enumerate(Layer)}
        cards.sort(key=lambda card: (order[card.layer], card.place_row, card.place_column, card.slug))
        return replace(self, cards={card.module_id: card for card in cards})


COLUMNS = 8
FIRST_COLUMN = {Layer.FRONTIER.value: 2}  # the map is a terrace: the frontier begins further to the right


def _placed(card: ModuleCard, taken: set[tuple[str, int, int]]) -> ModuleCard:
    if card.place_row:
        return card
    columns = range(FIRST_COLUMN.get(card.layer, 1), COLUMNS + 1)
    cells = ((card.layer, row, column) for row in count(1) for column in columns)
    cell = next(cell for cell in cells if cell not in taken)
    taken.add(cell)
    return card._replace(place_row=cell[1], place_column=cell[2])


_REVISION = (
    select(CatalogRevision.token).limit(1).scalar_subquery(),
    parameters_query(on=bindparam("today", type_=Date())).scalar_subquery(),
)
_FOR_ALL = select(*_REVISION, null())
_FOR_READER = select(*_REVISION, work_path(bindparam("reader_id", type_=Integer())))
_KEPT: WeakKeyDictionary[Engine | Connection, Snapshot] = WeakKeyDictionary()


def read_snapshot(db: Session, *, today: date, reader_id: int | None = None) -> tuple[Snapshot, Policy]:
    """The curriculum's snapshot and the policy in force, in one query when nothing was synced since.

    With a `reader_id` the modules are in it that are shown where that person works; without, everybody's only."""
    row = db.execute(_FOR_READER if reader_id else _FOR_ALL, {"today": today, "reader_id": reader_id}).one()
    token, parameters, path = row[0] or "", row[1] or {}, row[2]
    bind = db.get_bind()
    kept = _KEPT.get(bind)
    if kept is None or kept.token != token:
        kept = _read(db, token)
        _KEPT[bind] = kept
    return kept.for_path(path), policy_from(parameters)


def _read(db: Session, token: str) -> Snapshot:
    taught: dict[int, tuple[TaughtSkill, ...]] = {}
    for row in taught_skills(db):
        taught[row.version_id] = (*taught.get(row.version_id, ()), row)
    return Snapshot(
        token=token,
        cards={card.module_id: card for card in list_module_cards(db)},
        private=tuple(list_private_cards(db)),
        prerequisites=prerequisite_ids(db),
        taught=taught,
        roles={role.role_id: role for role in list_roles(db)},
        requirements=all_requirements(db),
        skills=skill_names(db),
        industries=industry_names(db),
    )
