"""How many guesses are looked at (safety.md A5), names and networks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from lms.domain.policy import Policy
from lms.domain.sign_in import (
    Failure,
    SignInPaused,
    check_guess,
    folded_name,
    is_initial_password_over,
    network_of,
)

NOW = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
POLICY = Policy(
    sign_in_free_failures=5,
    sign_in_window_minutes=15,
    sign_in_account_failures=50,
    sign_in_network_failures=100,
)


def failures(
    n: int, *, account: bool, network: bool, known: bool = False, minutes_ago: int = 1
) -> list[Failure]:
    return [Failure(NOW - timedelta(minutes=minutes_ago), account, network, known)] * n


def minutes_to_wait(found: list[Failure], *, is_known_device: bool = False) -> int:
    try:
        check_guess(found, policy=POLICY, is_known_device=is_known_device, now=NOW)
    except SignInPaused as pause:
        return pause.minutes
    return 0


@pytest.mark.parametrize(
    ("account", "network", "allowed"),
    [(True, True, 5), (True, False, 50), (False, True, 100)],
    ids=["one account from one network", "one account from everywhere", "one network, many accounts"],
)
def test_each_counter_has_its_limit(account: bool, network: bool, allowed: int) -> None:
    assert minutes_to_wait(failures(allowed - 1, account=account, network=network)) == 0
    assert minutes_to_wait(failures(allowed, account=account, network=network)) == 14


def test_strangers_do_not_lock_out_a_known_device() -> None:
    strangers = failures(1000, account=True, network=True)
    assert minutes_to_wait(strangers) > 0
    assert minutes_to_wait(strangers, is_known_device=True) == 0


def test_a_known_device_has_a_counter_of_its_own() -> None:
    own = failures(5, account=True, network=True, known=True)
    assert minutes_to_wait(own, is_known_device=True) == 14
    assert minutes_to_wait(own) == 0
    assert minutes_to_wait(own[:4], is_known_device=True) == 0


def test_the_wait_ends_when_the_oldest_counted_failure_leaves_the_window() -> None:
    old = failures(1, account=True, network=True, minutes_ago=12)
    young = failures(4, account=True, network=True, minutes_ago=2)
    assert minutes_to_wait(old + young) == 3
    assert minutes_to_wait(failures(1, account=True, network=True, minutes_ago=15) + young) == 0


def test_a_begun_minute_counts_whole() -> None:
    found = [Failure(NOW - timedelta(minutes=14, seconds=30), True, True, False)] * 5
    assert minutes_to_wait(found) == 1


@pytest.mark.parametrize("typed", ["Wu.Min", " wu.min ", "ＷＵ．ＭＩＮ", "w u.m in"])
def test_a_name_is_folded(typed: str) -> None:
    assert folded_name(typed) == "wu.min"


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("", "unknown"),
        ("<script>", "unknown"),
    ],
)
def test_a_network_is_what_one_customer_is_given(address: str, network: str) -> None:
    assert network_of(address) == network


def test_an_initial_password_works_for_seven_days() -> None:
    def is_over(after: timedelta) -> bool:
        return is_initial_password_over(made_at=NOW - after, now=NOW, policy=Policy(initial_password_days=7))

    assert not is_over(timedelta(days=7))
    assert is_over(timedelta(days=7, seconds=1))
