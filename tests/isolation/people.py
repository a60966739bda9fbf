"""The tree of the isolation tests, who works where, and who acts: twelve ways of being somebody, and one more."""

from __future__ import annotations

from dataclasses import dataclass, field

from lms.domain.permissions import Hat

# place → the one above it; the letters and digits stand in the canaries
PLACES: dict[str, str | None] = {
    "d": None,
    "s": "d",
    "t": "d",
    **dict.fromkeys("ab", "s"),
    **dict.fromkeys("ce", "t"),
    **{f"{firm}{n}": firm for firm in "abce" for n in (1, 2)},
}
FIRMS = "abce"


@dataclass(frozen=True)
class Person:
    """Somebody of the world: where they work, what they wear where, which language they read."""

    key: str
    works_at: str
    hats: tuple[tuple[Hat, str], ...] = ()
    language: str = "en"
    is_suspended: bool = False

    @property
    def firm(self) -> str:
        """The enterprise of the person; empty for who works above enterprises."""
        return self.works_at[0] if self.works_at[0] in FIRMS else ""

    def covers(self, place: str, *hats: Hat) -> bool:
        """Whether one of these hats covers a place of the tree."""
        return any(hat in hats and lies_in(place, scope) for hat, scope in self.hats)

    def holds(self, *hats: Hat) -> bool:
        return any(hat in hats for hat, _ in self.hats)


def lies_in(place: str, scope: str) -> bool:
    """Whether a place is another one or below it."""
    here: str | None = place
    while here is not None and here != scope:
        here = PLACES[here]
    return here is not None


def boss_of(firm: str) -> str:
    return f"boss{firm}"


def teacher_of(firm: str) -> str:
    return f"teach{firm}"


def _staff(firm: str, language: str) -> tuple[Person, Person]:
    return (
        Person(boss_of(firm), firm, ((Hat.MANAGER, firm),), language),
        Person(teacher_of(firm), f"{firm}1", ((Hat.INSTRUCTOR, firm),), language),
    )


PEOPLE = {
    person.key: person
    for person in (
        Person("wu", "a1"),
        Person("li", "a2", language="zh"),
        Person("he", "b1", language="zh"),
        Person("xu", "c1"),
        Person("qi", "e1"),
        *_staff("a", "en"),
        *_staff("b", "zh"),
        *_staff("c", "en"),
        *_staff("e", "zh"),
        Person("lead", "a1", ((Hat.MANAGER, "a1"),), "zh"),
        Person("street", "s", ((Hat.SUPERVISOR, "s"),)),
        Person("head", "d", ((Hat.SUPERVISOR, "d"),), "zh"),
        Person("audit", "d", ((Hat.AUDITOR, "d"),)),
        Person("gone", "a1", ((Hat.MANAGER, "a"), (Hat.INSTRUCTOR, "a")), is_suspended=True),
    )
}
LEARNERS = ("wu", "li", "he", "xu", "qi")  # who has begun modules


@dataclass(frozen=True)
class Walker:
    """Somebody who tries every address."""

    name: str
    key: str = ""  # empty: nobody is signed in
    person: Person = field(default=Person("", "d"))

    @property
    def is_in(self) -> bool:
        """Whether the product knows who this is."""
        return bool(self.key) and not self.person.is_suspended


WALKERS = tuple(
    Walker(name, key, PEOPLE[key]) if key else Walker(name)
    for name, key in (
        ("anonymous", ""),
        ("learner", "wu"),
        ("colleague", "li"),
        ("learner-elsewhere", "he"),
        ("instructor", "teacha"),
        ("instructor-elsewhere", "teachb"),
        ("manager", "bossa"),
        ("manager-elsewhere", "bossb"),
        ("manager-of-a-department", "lead"),
        ("supervisor-of-a-street", "street"),
        ("supervisor", "head"),
        ("auditor", "audit"),
        ("suspended", "gone"),
    )
)
