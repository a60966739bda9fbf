"""Signing in: names, networks, and how many guesses are looked at (safety.md A5, A10)."""

from __future__ import annotations

import ipaddress
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from lms.domain.errors import RuleError
from lms.domain.policy import Policy


class SignInRefused(RuleError):
    """Name and password do not belong together, or the account may not sign in; which of them is not said."""


class SignInPaused(RuleError):
    """Too many guesses; `figures["n"]` holds the minutes to wait."""

    @property
    def minutes(self) -> int:
        return int(self.figures["n"])


@dataclass(frozen=True)
class Failure:
    """A guess that was wrong, as far as it concerns one more guess."""

    at: datetime
    is_same_account: bool
    is_same_network: bool
    is_known_device: bool


def folded_name(name: str) -> str:
    """A sign-in name without differences of width, case and blanks."""
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())


def network_of(address: str) -> str:
    """Who shares a counter: an IPv4 address, or the /64 that one IPv6 customer is given."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(parsed, ipaddress.IPv6Address):
        mapped = parsed.ipv4_mapped
        return str(mapped or ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)


def is_initial_password_over(*, made_at: datetime, now: datetime, policy: Policy) -> bool:
    """Whether a password that somebody else has set was not used in time (A6)."""
    return now - made_at > timedelta(days=policy.initial_password_days)


def check_guess(failures: Sequence[Failure], *, policy: Policy, is_known_device: bool, now: datetime) -> None:
    """Raise unless one more guess may be looked at (A5).

    A browser from which the person has signed in before has a counter of its own, so that strangers who guess
    cannot lock the owner out. Others are counted per account and network, per account and per network.

    :raises SignInPaused: with the minutes until the next guess, rounded up
    """
    window = timedelta(minutes=policy.sign_in_window_minutes)
    recent = sorted((f for f in failures if now - f.at < window), key=lambda failure: failure.at)
    counters = _known_counters(recent, policy) if is_known_device else _stranger_counters(recent, policy)
    waits = [window - (now - times[-limit]) for times, limit in counters if 0 < limit <= len(times)]
    if any(limit == 0 for _, limit in counters):
        waits.append(window)
    if waits:
        minutes = -(-max(waits) // timedelta(minutes=1))
        raise SignInPaused("Too many tries. The next one opens in %(n)d minutes.", n=minutes)


Counters = list[tuple[list[datetime], int]]


def _known_counters(recent: Sequence[Failure], policy: Policy) -> Counters:
    own = [f.at for f in recent if f.is_same_account and f.is_known_device]
    return [(own, policy.sign_in_free_failures)]


def _stranger_counters(recent: Sequence[Failure], policy: Policy) -> Counters:
    strange = [f for f in recent if not f.is_known_device]
    return [
        (
            [f.at for f in strange if f.is_same_account and f.is_same_network],
            policy.sign_in_free_failures,
        ),
        ([f.at for f in strange if f.is_same_account], policy.sign_in_account_failures),
        ([f.at for f in strange if f.is_same_network], policy.sign_in_network_failures),
    ]
