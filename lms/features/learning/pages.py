"""What the pages of learning show: facts put in the shape that their templates need."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from flask import url_for
from sqlalchemy.orm import Session

from lms.domain.curriculum import Layer, ModuleState
from lms.domain.permissions import Actor
from lms.features.catalog.snapshot import Snapshot
from lms.features.learning.queries import LearnerMap, LearnerModule, learner_map
from lms.features.search.queries import find_refs
from lms.web.context import language
from lms.web.localisation import pick
from lms.web.text import gettext as _
from lms.web.text import ngettext

PAGE_SIZE = 20
TILE_STATES = {
    ModuleState.COMPLETED: "done",
    ModuleState.ACTIVE: "begun",
    ModuleState.OPEN: "open",
    ModuleState.LOCKED: "locked",
    ModuleState.IN_PREPARATION: "preparation",
}
FILTERS = ("q", "layer", "industry", "skill", "delivery", "state", "path")


@dataclass(frozen=True)
class CurriculumFilter:
    """What the reader asked to see; unknown values of the address are ignored."""

    values: Mapping[str, str]

    @classmethod
    def of(cls, arguments: Mapping[str, str]) -> CurriculumFilter:
        return cls(
            {name: arguments[name].strip()[:80] for name in FILTERS if arguments.get(name, "").strip()}
        )

    def get(self, name: str) -> str:
        return self.values.get(name, "")

    def url(self, endpoint: str, **changes: str) -> str:
        """The address with some filters changed; an empty value takes one away."""
        merged = {**self.values, **changes}
        query = urlencode({name: value for name, value in merged.items() if value})
        return url_for(endpoint) + (f"?{query}" if query else "")


@dataclass(frozen=True)
class Curriculum:
    """The curriculum as asked for: all modules, and which of them match."""

    whole: LearnerMap
    matching: list[LearnerModule]
    filter: CurriculumFilter


def read_curriculum(db: Session, actor: Actor, wanted: CurriculumFilter, *, today: date) -> Curriculum:
    """All modules with the learner's state, filtered as asked."""
    whole = learner_map(db, actor, today=today)
    found = find_refs(db, kind="module", words=wanted.get("q")) if wanted.get("q") else None
    teaching = _teaching(whole.snapshot, wanted.get("skill"))
    matching = [
        row
        for row in whole.modules.values()
        if _matches(row, wanted)
        and (found is None or row.card.module_id in found)
        and (teaching is None or row.card.version_id in teaching)
    ]
    return Curriculum(whole, matching, wanted)


def _teaching(snapshot: Snapshot, slug: str) -> set[int] | None:
    """Versions that teach the skill; None when there is no such skill."""
    ids = {skill_id for skill_id, skill in snapshot.skills.items() if skill.slug == slug}
    rows = (row for taught in snapshot.taught.values() for row in taught)
    return {row.version_id for row in rows if row.skill_id in ids} if ids else None


def _matches(row: LearnerModule, wanted: CurriculumFilter) -> bool:
    card = row.card
    return (
        wanted.get("layer") in ("", card.layer)
        and wanted.get("delivery") in ("", card.delivery)
        and wanted.get("state") in ("", row.state)
        and (not wanted.get("path") or row.is_on_path)
        and (not wanted.get("industry") or wanted.get("industry") in card.industries)
    )


def map_layers(page: Curriculum) -> list[dict[str, Any]]:
    """The three terraces, top to bottom, for the map."""
    matching = {row.card.module_id for row in page.matching}
    slugs = {row.card.module_id: row.card.slug for row in page.whole.modules.values()}
    layers = []
    for layer in reversed(Layer):
        rows = [row for row in page.whole.modules.values() if row.card.layer == layer]
        periods = sum(row.card.periods for row in rows)
        done = sum(1 for row in rows if row.state == ModuleState.COMPLETED)
        layers.append(
            {
                "layer": str(layer),
                "note": _("%(n)d modules · %(p)d periods", n=len(rows), p=periods),
                "summary": _("%(n)d modules · %(d)d done", n=len(rows), d=done),
                "tiles": [_tile(row, slugs, is_pale=row.card.module_id not in matching) for row in rows],
            }
        )
    return layers


def _tile(row: LearnerModule, slugs: dict[int, str], *, is_pale: bool) -> dict[str, Any]:
    return {
        "slug": row.card.slug,
        "title": pick(row.card, "short_title"),
        "periods": row.card.periods,
        "state": TILE_STATES[row.state],
        "percent": row.percent,
        "is_on_path": row.is_on_path,
        "is_pale": is_pale,
        "row": row.card.place_row,
        "column": row.card.place_column,
        "url": url_for("learning.show_module", slug=row.card.slug),
        "requires": [slugs[i] for i in row.prerequisites],
    }


def map_edges(page: Curriculum) -> list[tuple[str, str, bool]]:
    """Prerequisite → follower, and whether both lie on the role's path."""
    modules = page.whole.modules
    return [
        (modules[i].card.slug, row.card.slug, row.is_on_path and modules[i].is_on_path)
        for row in modules.values()
        for i in row.prerequisites
    ]


def path_periods(whole: LearnerMap) -> int:
    """The periods of the role's path."""
    return sum(row.card.periods for row in whole.modules.values() if row.is_on_path)


def state_words() -> dict[ModuleState, str]:
    """The states in the reader's language."""
    return {
        ModuleState.COMPLETED: _("Done"),
        ModuleState.ACTIVE: _("Begun"),
        ModuleState.OPEN: _("Can begin"),
        ModuleState.LOCKED: _("Prerequisite missing"),
        ModuleState.IN_PREPARATION: _("In preparation"),
    }


def delivery_words() -> dict[str, str]:
    """How a module is delivered."""
    return {
        "online": _("Online"),
        "blended": _("Blended"),
        "practical": _("Practical"),
        "live": _("Live"),
    }


def cadence_words() -> dict[str, str]:
    """How often a module is reviewed."""
    return {"quarterly": _("every quarter"), "half-yearly": _("every half year"), "yearly": _("every year")}


def split_words(split: Mapping[str, int]) -> list[str]:
    """The periods by kind of work, without the kinds that do not occur."""
    words = {
        "reading": _("reading %(n)d", n=split["reading"]),
        "exercise": _("exercise %(n)d", n=split["exercise"]),
        "drill": _("drill %(n)d", n=split["drill"]),
        "class": _("class %(n)d", n=split["class"]),
        "practice": _("practice %(n)d", n=split["practice"]),
    }
    return [words[kind] for kind in words if split[kind]]


def filter_menus(page: Curriculum, endpoint: str) -> list[dict[str, Any]]:
    """The filters as menus: label, options with address, which one is on."""
    wanted = page.filter

    def menu(name: str, label: str, options: list[tuple[str, str]]) -> dict[str, Any]:
        rows = [
            {
                "label": text,
                "url": wanted.url(endpoint, **{name: value}),
                "is_current": wanted.get(name) == value,
            }
            for value, text in options
        ]
        chosen = next((text for value, text in options if value == wanted.get(name)), None)
        return {
            "label": label,
            "options": rows,
            "chosen": chosen,
            "clear_url": wanted.url(endpoint, **{name: ""}),
        }

    snapshot = page.whole.snapshot
    side = 0 if language() == "zh" else 1
    industries = [(slug, names[side]) for slug, names in snapshot.industries.items()]
    skills = [(row.slug, pick(row, "name")) for row in snapshot.skills.values()]
    return [
        menu("layer", _("Layer"), [(str(layer), layer_word(layer)) for layer in Layer]),
        menu("industry", _("Industry"), industries),
        menu("skill", _("Skill"), skills),
        menu("delivery", _("Delivery"), list(delivery_words().items())),
        menu("state", _("State"), [(str(state), word) for state, word in state_words().items()]),
    ]


def layer_word(layer: Layer | str) -> str:
    """The name of a layer."""
    return {
        Layer.FOUNDATION: _("Foundations"),
        Layer.SPECIALISM: _("Specialisms"),
        Layer.FRONTIER: _("Frontier"),
    }[Layer(layer)]


def curriculum_sentence(whole: LearnerMap) -> str:
    """One sentence that says where the learner stands."""
    done, begun = whole.count(ModuleState.COMPLETED), whole.count(ModuleState.ACTIVE)
    if not done and not begun:
        return _("Step by step from the foundations up. You have not begun a module yet.")
    return _(
        "Step by step from the foundations up. You have completed %(done)d and begun %(begun)d.",
        done=done,
        begun=begun,
    )


def missing_sentence(count: int) -> str:
    """What keeps a module shut."""
    return ngettext("%(num)d prerequisite is missing.", "%(num)d prerequisites are missing.", count)
