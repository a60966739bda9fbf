"""Who may hand out hats, and to whom."""

from __future__ import annotations

from datetime import date

import pytest

from lms.domain.hats import HatRefused, check_grant, grantable, may_grant, outranks
from lms.domain.permissions import Actor, Hat, Scope

TODAY = date(2026, 11, 24)
STREET, FIRM, OFFICE, OTHER = "/1/2/", "/1/2/3/", "/1/2/3/4/", "/1/2/9/"


def actor(hat: Hat, path: str) -> Actor:
    return Actor(1, "x", "zh", None, True, scopes=(Scope(hat, 0, path),))


HEAD = actor(Hat.SUPERVISOR, STREET)
BOSS = actor(Hat.MANAGER, FIRM)


@pytest.mark.parametrize(
    ("who", "hat", "path", "expected"),
    [
        (HEAD, Hat.SUPERVISOR, STREET, True),
        (HEAD, Hat.MANAGER, OTHER, True),
        (HEAD, Hat.AUDITOR, "/1/", False),  # above the scope
        (BOSS, Hat.MANAGER, OFFICE, True),
        (BOSS, Hat.INSTRUCTOR, FIRM, True),
        (BOSS, Hat.SUPERVISOR, FIRM, False),
        (BOSS, Hat.AUDITOR, FIRM, False),
        (BOSS, Hat.MANAGER, OTHER, False),
        (BOSS, Hat.MANAGER, "/1/2/31/", False),  # a number that begins alike is another organisation
        (actor(Hat.AUDITOR, "/1/"), Hat.INSTRUCTOR, FIRM, False),
        (actor(Hat.INSTRUCTOR, "/1/"), Hat.INSTRUCTOR, FIRM, False),
    ],
)
def test_hats_are_handed_out_within_ones_scope(who: Actor, hat: Hat, path: str, expected: bool) -> None:
    assert may_grant(who, hat, path) is expected


def test_each_kind_of_place_has_its_hats() -> None:
    assert grantable(HEAD, STREET, "subdistrict") == (Hat.INSTRUCTOR, Hat.SUPERVISOR, Hat.AUDITOR)
    assert grantable(HEAD, FIRM, "enterprise") == (Hat.INSTRUCTOR, Hat.MANAGER, Hat.AUDITOR)
    assert grantable(BOSS, OFFICE, "department") == (Hat.INSTRUCTOR, Hat.MANAGER)
    assert grantable(BOSS, OTHER, "enterprise") == ()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"user_id": 1}, "themselves"),
        ({"kind": "subdistrict"}, "cannot grant"),
        ({"hat": Hat.SUPERVISOR}, "cannot grant"),
        ({"ends_on": date(2026, 11, 23)}, "past"),
        ({"ends_on": date(2026, 12, 25)}, "at most 30 days"),
    ],
)
def test_what_is_not_granted(change: dict[str, object], message: str) -> None:
    wish: dict[str, object] = {
        "user_id": 2,
        "hat": Hat.MANAGER,
        "path": FIRM,
        "kind": "enterprise",
        "ends_on": date(2026, 12, 24),
        "today": TODAY,
        "most_days": 30,
    }
    check_grant(BOSS, **wish)  # type: ignore[arg-type]
    with pytest.raises(HatRefused, match=message):
        check_grant(BOSS, **(wish | change))  # type: ignore[arg-type]


def test_nobody_takes_over_the_account_of_somebody_with_more_rights() -> None:
    manager, supervisor = Scope(Hat.MANAGER, 0, FIRM), Scope(Hat.SUPERVISOR, 0, STREET)
    assert outranks(BOSS, 2, ())
    assert outranks(BOSS, 2, (manager,))
    assert not outranks(BOSS, 2, (manager, supervisor))
    assert not outranks(actor(Hat.MANAGER, OFFICE), 2, (manager,))
    assert outranks(HEAD, 2, (manager, supervisor))
    assert not outranks(HEAD, 1, ())
