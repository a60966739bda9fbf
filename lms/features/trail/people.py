"""What the trail asks about people: the features that know it stand to the right, `lms/app.py` hands it in."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from sqlalchemy.orm import Session

PEOPLE = "trail_people"


@dataclass(frozen=True)
class People:
    """Three look-ups by ids of people; without anything handed in they know nobody."""

    places: Callable[[Session, Collection[int]], dict[int, str]] = lambda db, ids: {}
    names: Callable[[Session, Collection[int]], dict[int, str]] = lambda db, ids: {}
    find: Callable[[Session, str], list[int]] = lambda db, words: []


def people_of(db: Session) -> People:
    """The look-ups of this installation."""
    found: People = db.info.get(PEOPLE, NOBODY)
    return found


NOBODY = People()
