"""The plain walk through a module's drill, page by page: the way so far stands in the address, nothing is kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.domain.permissions import Actor
from lms.features.catalog.models import ModuleVersion
from lms.features.catalog.queries import ModuleCard
from lms.features.catalog.scenarios import Drill, NoSuchChoice, Step, Walk, find_drill
from lms.features.enrollment.queries import find_enrollment
from lms.web.context import language
from lms.web.localisation import minutes_text
from lms.web.text import ngettext

MOST_CHOICES = 200
BETWEEN = "."  # in no id of a choice


@dataclass(frozen=True)
class DrillPage:
    """A walk that has come so far; `walk` is None on the page before the first situation."""

    card: ModuleCard
    drill: Drill
    walk: Walk | None
    choices: tuple[str, ...]

    def words(self, text: Any) -> str:
        """A plain text of the drill in the reader's language."""
        return self.drill.words(text, language())

    def html(self, text: Any) -> str:
        """A rendered text of the drill in the reader's language."""
        return self.drill.html(text, language())

    def url(self, *choices: str, form: str | None = None) -> str:
        """The address of the walk that makes these choices."""
        path, form = BETWEEN.join(choices), form or self.drill.form
        return url_for("drills.walk_drill", slug=self.card.slug, form=form, path=path)

    def url_after(self, choice_id: str) -> str:
        """The address of the page that this choice leads to."""
        return self.url(*self.choices, choice_id)

    @property
    def other_form(self) -> str:
        return "a" if self.drill.form == "b" else "b"

    @property
    def used(self) -> int:
        return self.walk.state.used if self.walk else self.drill.scenario.clock.used

    def time(self, number: int) -> str:
        """A length of time in the clock's unit."""
        match self.drill.scenario.clock.unit:
            case "minutes":
                return minutes_text(number)
            case "hours":
                return ngettext("%(num)d hour", "%(num)d hours", number)
            case _:
                return ngettext("%(num)d day", "%(num)d days", number)

    @property
    def gauges(self) -> list[tuple[str, int, int]]:
        """Name, value, change since the start."""
        values = self.walk.state.gauges if self.walk else tuple(g.start for g in self.drill.scenario.gauges)
        pairs = zip(self.drill.scenario.gauges, values, strict=True)
        return [(self.words(gauge), value, value - gauge.start) for gauge, value in pairs]

    def effects(self, step: Step) -> list[tuple[str, int]]:
        """What a choice did to the gauges: name and change, without those it left alone."""
        changes = zip(self.drill.scenario.gauges, step.before.gauges, step.after.gauges, strict=True)
        return [(self.words(gauge), after - before) for gauge, before, after in changes if after != before]

    @property
    def missed(self) -> dict[str, Any]:
        """Node → the choice of the best way, where the walk made another one."""
        best = self.drill.best_choices()
        steps = self.walk.steps if self.walk else ()
        return {
            step.node.id: choice
            for step in steps
            for choice in step.node.choices
            if choice.id == best.get(step.node.id) and choice.id != step.choice.id
        }


def find_drill_page(
    db: Session, actor: Actor, card: ModuleCard, *, form: str, path: str | None
) -> DrillPage | None:
    """The drill of the learner's own version; None without a live enrollment or without a drill.

    :raises NoSuchChoice: the way in the address is no way of this version's drill
    """
    enrollment = find_enrollment(db, actor.user_id, card.module_id)
    if enrollment is None:
        return None
    details = db.scalars(select(ModuleVersion.details).where(ModuleVersion.id == enrollment.version_id)).one()
    drill = find_drill(details, form)
    if drill is None:
        return None
    choices = tuple(path.split(BETWEEN)) if path else ()
    if len(choices) > MOST_CHOICES:
        raise NoSuchChoice(choices[MOST_CHOICES])
    return DrillPage(card, drill, None if path is None else drill.walk(list(choices)), choices)
