"""The demo's district as `district.yaml` describes it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

SOURCE = Path(__file__).with_name("district.yaml")


@dataclass(frozen=True)
class Place:
    """A node of the tree below the district; `below` is another place's key, None for the district."""

    key: str
    below: str | None
    zh: str
    en: str
    industry: str | None = None


@dataclass(frozen=True)
class Person:
    """Somebody who works at a place."""

    sign_in: str
    name: str
    role: str | None
    language: str
    at: str


@dataclass(frozen=True)
class PlannedCourse:
    """A module somebody took: begun so many days ago, lessons read (None: all), scores of the tries."""

    slug: str
    days_ago: int
    lessons: int | None
    scores: tuple[int, ...]


@dataclass(frozen=True)
class Persona:
    """Somebody as whom visitors sign in, with a fixed story."""

    sign_in: str
    zh: str
    en: str
    story: tuple[PlannedCourse, ...]


@dataclass(frozen=True)
class Wish:
    """A module that a manager wants people to take by a day, counted from today."""

    by: str
    to: tuple[str, ...]
    module: str
    due: int


@dataclass(frozen=True)
class PriorLearning:
    """A module that an assessor recognised for people who had learned it elsewhere."""

    module: str
    assessor: str
    people: tuple[str, ...]


@dataclass(frozen=True)
class WornHat:
    """A hat of somebody for a place (None: the district); `by` granted it, None: the command line."""

    who: str
    hat: str
    at: str | None
    by: str | None


@dataclass(frozen=True)
class Proposed:
    """A job role that somebody proposed so many days ago; nobody has answered yet."""

    who: str
    role: str
    days_ago: int


@dataclass(frozen=True)
class District:
    """Everything the demo is made of, apart from chance."""

    name: tuple[str, str]
    subdistricts: tuple[Place, ...]
    workplaces: tuple[Place, ...]
    departments: tuple[Place, ...]
    people: tuple[Person, ...]
    personas: tuple[Persona, ...]
    without_personalisation: str
    wishes: tuple[Wish, ...]
    prior_learning: tuple[PriorLearning, ...]
    hats: tuple[WornHat, ...]
    line_managers: dict[str, str]  # place → who leads it
    proposals: tuple[Proposed, ...]


@cache
def read_district() -> District:
    """The district of the file."""
    data: dict[str, Any] = yaml.safe_load(SOURCE.read_text(encoding="utf-8"))
    return District(
        name=(data["district"]["zh"], data["district"]["en"]),
        subdistricts=tuple(Place(row["key"], None, row["zh"], row["en"]) for row in data["subdistricts"]),
        workplaces=tuple(
            Place(row["key"], row["below"], row["zh"], row["en"], row["industry"])
            for row in data["workplaces"]
        ),
        departments=tuple(
            Place(row["key"], row["key"].partition(".")[0], row["zh"], row["en"])
            for row in data["departments"]
        ),
        people=tuple(_people(data)),
        personas=tuple(_persona(row) for row in data["personas"]),
        without_personalisation=data["without_personalisation"],
        wishes=tuple(Wish(r["by"], tuple(r["to"]), r["module"], r["due"]) for r in data["assignments"]),
        prior_learning=tuple(
            PriorLearning(r["module"], r["assessor"], tuple(r["people"])) for r in data["recognitions"]
        ),
        hats=tuple(WornHat(r["who"], r["hat"], r["at"], r["by"]) for r in data["hats"]),
        line_managers=dict(data["line_managers"]),
        proposals=tuple(Proposed(r["who"], r["role"], r["days_ago"]) for r in data["proposals"]),
    )


def _people(data: dict[str, Any]) -> Iterator[Person]:
    for department in data["departments"]:
        for row in department["people"]:
            yield _person(row, department["key"])
    for liaison in data["liaisons"]:
        yield _person(liaison["person"], liaison["at"])


def _person(row: list[Any], at: str) -> Person:
    sign_in, name, role, *language = row
    return Person(sign_in, name, role, language[0] if language else "zh", at)


def _persona(row: dict[str, Any]) -> Persona:
    story = (PlannedCourse(slug, days, read, tuple(scores)) for slug, days, read, scores in row["story"])
    return Persona(row["sign_in"], row["zh"], row["en"], tuple(story))
