"""What may be published about groups of people: nothing about small ones, nor what gives a small one away."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Group:
    """A figure and how many people stand behind it."""

    figure: int
    people: int


def hidden_groups(groups: Mapping[str, Group], *, smallest: int) -> frozenset[str]:
    """The names of groups whose figures must not be shown beside their total (REQ-040).

    Groups of 1 to `smallest` - 1 people are hidden. One hidden group alone could be reckoned from the total,
    so the next smallest one goes with it; a group of nobody tells nothing about anybody."""
    hidden = {name for name, group in groups.items() if 0 < group.people < smallest}
    if len(hidden) == 1:
        others = [name for name, group in groups.items() if name not in hidden and group.people]
        hidden |= set(sorted(others, key=lambda name: groups[name].people)[:1])
    return frozenset(hidden)


def is_publishable(people: int, *, smallest: int) -> bool:
    """Whether a figure about so many people may stand alone: of nobody, or of enough."""
    return people == 0 or people >= smallest
