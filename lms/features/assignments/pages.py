"""The pages on which learning is assigned: whom, which modules, by when; and what stands for joiners."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from flask import url_for
from sqlalchemy.orm import Session

from lms.domain.assignment import NothingToAssign, check_due
from lms.domain.curriculum import Layer
from lms.domain.permissions import Actor, Hat
from lms.domain.policy import Policy
from lms.features.assignments.forms import AssignForm
from lms.features.assignments.rules import RuleRow, list_rules, make_rule, offered
from lms.features.assignments.service import Asked, assign_many
from lms.features.assignments.targets import PlaceRow, count_by_role, count_members, list_members, list_places
from lms.features.catalog.queries import ModuleCard
from lms.features.catalog.snapshot import Snapshot, read_snapshot
from lms.features.organizations.people_queries import PersonRow
from lms.features.organizations.queries import OrganizationRow, employment_path
from lms.features.taxonomy.queries import RoleRow
from lms.ports.clock import local_date
from lms.web.localisation import pick
from lms.web.text import gettext as _
from lms.web.text import ngettext

MOST_PLACES = 200


@dataclass(frozen=True)
class AssignPage:
    """Everything the page of one target shows."""

    path: str
    person: PersonRow | None
    organization: OrganizationRow | None
    people: int
    by_role: dict[int, int]
    places: list[PlaceRow]
    snapshot: Snapshot
    policy: Policy
    form: AssignForm
    today: date
    is_among: bool = False  # whether the one who assigns works there, too

    @property
    def layers(self) -> list[tuple[str, list[ModuleCard]]]:
        """The modules that can be assigned here, by layer from the ground up."""
        cards = self.cards.values()
        return [(str(layer), [card for card in cards if card.layer == layer]) for layer in Layer]

    @property
    def cards(self) -> dict[int, ModuleCard]:
        return self.snapshot.for_path(self.path).cards

    @property
    def roles(self) -> list[RoleRow]:
        """Roles of the people here, those with most people first; then the others, whose paths may be assigned."""
        return sorted(self.snapshot.roles.values(), key=lambda role: -self.by_role.get(role.role_id, 0))

    def path_cards(self, role: RoleRow) -> list[ModuleCard]:
        """The modules of a role's path, in study order."""
        by_slug = {card.slug: card for card in self.cards.values()}
        return [by_slug[slug] for slug in role.path if slug in by_slug]

    def role_options(self) -> list[tuple[str, str]]:
        """Everybody, or the people in one role, with how many that are."""
        options = [("", _("Everybody, whatever their role"))]
        for role in self.roles:
            people = self.by_role.get(role.role_id, 0)
            if people:
                label = ngettext(
                    "%(role)s: %(num)d person", "%(role)s: %(num)d people", people, role=pick(role, "name")
                )
                options.append((str(role.role_id), label))
        return options

    def path_options(self) -> list[tuple[str, str]]:
        """The roles' paths with how many modules and periods they have."""
        options = [("", _("No whole path"))]
        for role in self.roles:
            cards = self.path_cards(role)
            if cards:
                periods = sum(card.periods for card in cards)
                label = _(
                    "%(role)s: %(n)s modules, %(p)s periods", role=pick(role, "name"), n=len(cards), p=periods
                )
                options.append((str(role.role_id), label))
        return options

    def place_options(self) -> list[dict[str, Any]]:
        """The other departments that the actor manages; what was chosen so far goes along."""
        here = self.organization.organization_id if self.organization else 0
        return [
            {
                "label": pick(place, "name"),
                "url": url_for(
                    "assignments.ask_organization",
                    organization_id=place.organization_id,
                    module=list(self.form.slugs),
                    path=self.form.path_role_id or None,
                ),
                "is_current": place.organization_id == here,
                "count": place.people,
            }
            for place in self.places
        ]

    @property
    def last_day(self) -> date:
        return self.today + timedelta(days=self.policy.assignment_most_days)


@dataclass(frozen=True)
class RulesPage:
    """What stands for joiners in the actor's part of the tree."""

    rules: list[tuple[RuleRow, list[ModuleCard]]]
    actor: Actor

    @property
    def can_assign(self) -> bool:
        """Whether the viewer manages people anywhere; who only supervises reads."""
        return bool(self.actor.paths(Hat.MANAGER))

    def may_end(self, rule: RuleRow) -> bool:
        return self.actor.covers(rule.path, Hat.MANAGER)


def read_person_page(db: Session, person: PersonRow, form: AssignForm, *, today: date) -> AssignPage:
    """The page that assigns to one person."""
    snapshot, policy = read_snapshot(db, today=today)
    by_role = {person.role_id: 1} if person.role_id else {}
    return AssignPage(person.path, person, None, 1, by_role, [], snapshot, policy, form, today)


def read_organization_page(
    db: Session, actor: Actor, organization: OrganizationRow, form: AssignForm, *, today: date
) -> AssignPage:
    """The page that assigns to an organisation and everything below it."""
    snapshot, policy = read_snapshot(db, today=today)
    return AssignPage(
        path=organization.path,
        person=None,
        organization=organization,
        people=count_members(db, organization.path),
        by_role=count_by_role(db, organization.path),
        places=list_places(db, actor.paths(Hat.MANAGER), limit=MOST_PLACES),
        snapshot=snapshot,
        policy=policy,
        form=form,
        today=today,
        is_among=(employment_path(db, actor.user_id) or "").startswith(organization.path),
    )


def read_rules_page(db: Session, actor: Actor, *, today: date) -> RulesPage:
    """The standing assignments in the actor's part of the tree with their modules."""
    snapshot, _policy = read_snapshot(db, today=today)
    rules = list_rules(db, actor.paths(Hat.MANAGER, Hat.SUPERVISOR))
    return RulesPage([(rule, offered(snapshot, rule)) for rule in rules], actor)


def carry_out(db: Session, page: AssignPage, actor: Actor, *, now: datetime) -> Asked:
    """Do what the form asks, now and – where joiners are asked too – from now on.

    :raises NothingToAssign: a module or a role that is not in the list
    :raises DueDateRefused: in the past, or too far away
    """
    form, cards = page.form, chosen_cards(page)
    due_on = form.due_on or page.today
    check_due(due_on, today=local_date(now), most_days=page.policy.assignment_most_days)
    role_id, rule_id = form.role_id or None, None
    if role_id is not None and role_id not in page.snapshot.roles:
        raise NothingToAssign("Choose one of the roles in the list.")
    if page.organization and form.asks_joiners:
        rule_id = make_rule(
            db,
            organization=page.organization,
            role_id=role_id,
            cards=cards,
            actor=actor,
            due_on=due_on,
            joiner_days=page.policy.assignment_joiner_days,
            now=now,
        )
    learner_ids = [page.person.user_id] if page.person else list_members(db, page.path, role_id)
    return assign_many(
        db,
        learner_ids=learner_ids,
        cards=cards,
        assigned_by_id=actor.user_id,
        due_on=due_on,
        rule_id=rule_id,
        now=now,
    )


def chosen_cards(page: AssignPage) -> list[ModuleCard]:
    """The modules that the form names: single ones, and those of a role's path; each once.

    :raises NothingToAssign: one that is not offered here, or none at all
    """
    by_slug = {card.slug: card for card in page.cards.values()}
    role = page.snapshot.roles.get(page.form.path_role_id)
    wanted = dict.fromkeys(
        [*page.form.slugs, *(card.slug for card in (page.path_cards(role) if role else ()))]
    )
    if not wanted or any(slug not in by_slug for slug in wanted):
        raise NothingToAssign("Choose modules from the list.")
    return [by_slug[slug] for slug in wanted]


def outcome_words(asked: Asked) -> list[str]:
    """What became of it: who was asked, who has another date, who had it or holds it already."""
    new, later, kept, held = (len(_learners(p)) for p in (asked.new, asked.later, asked.kept, asked.held))
    words = (
        (new, ngettext("Asked %(num)d person.", "Asked %(num)d people.", new)),
        (later, ngettext("%(num)d person has a later date.", "%(num)d people have a later date.", later)),
        (
            kept,
            ngettext(
                "%(num)d person had been asked already, with the same or a later date.",
                "%(num)d people had been asked already, with the same or a later date.",
                kept,
            ),
        ),
        (
            held,
            ngettext("%(num)d person holds a module already.", "%(num)d people hold a module already.", held),
        ),
    )
    return [text for n, text in words if n]


def _learners(pairs: Iterable[tuple[int, int]]) -> set[int]:
    return {learner_id for learner_id, _module_id in pairs}
