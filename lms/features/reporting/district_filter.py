"""What a supervisor asked to see, as it stands in an address: the window, a subdistrict, a layer, words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from flask import url_for

from lms.domain import window
from lms.domain.curriculum import Layer
from lms.domain.permissions import Actor, Hat
from lms.domain.window import Window, WrongWindow
from lms.features.reporting.district_sets import Scope

HATS = (Hat.SUPERVISOR, Hat.AUDITOR)
PAGE_NAMES = ("period", "from", "to", "area")
NAMES = (*PAGE_NAMES, "layer", "q")
WINDOWS = {"year": window.this_year, "quarter": window.this_quarter, "months": window.last_twelve_months}
CHOSEN = "days"
USUAL = "year"


@dataclass(frozen=True)
class DistrictFilter:
    """The filters of a page. Values that mean nothing are ignored; days that make no window are reported."""

    values: Mapping[str, str]
    window: Window
    error: WrongWindow | None = None

    @classmethod
    def of(cls, arguments: Mapping[str, str], *, today: date) -> DistrictFilter:
        values = {name: arguments[name].strip()[:80] for name in NAMES if arguments.get(name, "").strip()}
        if not values.get("area", "0").isdecimal():
            del values["area"]
        if values.get("layer", "") not in ("", *Layer):
            del values["layer"]
        kind = values.get("period", USUAL)
        if kind not in (*WINDOWS, CHOSEN):
            del values["period"]
        if kind == CHOSEN:
            return cls._of_days(values, today)
        return cls(values, WINDOWS.get(kind, window.this_year)(today))

    @classmethod
    def _of_days(cls, values: dict[str, str], today: date) -> DistrictFilter:
        first_on, last_on = _day(values.get("from", "")), _day(values.get("to", ""))
        usual = window.this_year(today)
        if first_on is None or last_on is None:
            return cls(values, usual, WrongWindow("Both days are needed, as 2026-11-24."))
        try:
            return cls(values, window.chosen_days(first_on, last_on))
        except WrongWindow as error:
            return cls(values, usual, error)

    def only(self, *names: str) -> DistrictFilter:
        """The same filters without any others."""
        return replace(self, values={name: self.values[name] for name in names if name in self.values})

    def get(self, name: str) -> str:
        return self.values.get(name, "")

    @property
    def period(self) -> str:
        """Which of the usual windows is shown, or `days`."""
        return self.get("period") or USUAL

    @property
    def area_id(self) -> int:
        """The subdistrict asked for; 0: all."""
        text = self.get("area")
        return int(text) if text and len(text) < 10 else 0

    def scope(self, actor: Actor) -> Scope:
        """What the actor may count: where they hold the hat they wear, else either of the two."""
        hats = (actor.hat,) if actor.hat in HATS and actor.paths(actor.hat) else HATS
        return Scope(actor.paths(*hats), self.window)

    def url(self, endpoint: str, *, without: tuple[str, ...] = (), **changes: str) -> str:
        """The address of a page with some filters changed; an empty value takes one away."""
        places: dict[str, Any] = {key: changes.pop(key) for key in ("number", "kind") if key in changes}
        merged = {**{k: v for k, v in self.values.items() if k not in without}, **changes}
        query = urlencode({name: value for name, value in merged.items() if value})
        return url_for(endpoint, **places) + (f"?{query}" if query else "")

    def facts(self) -> dict[str, Any]:
        """The filters as the trail keeps them with an export: days as figures, which stay readable there."""
        days = {"first_on": self.window.first_on, "last_on": self.window.last_on}
        return {name: int(f"{day:%Y%m%d}") for name, day in days.items()} | {"area_id": self.area_id}


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None
