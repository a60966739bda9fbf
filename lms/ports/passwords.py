"""Password hashing: Argon2id at the floor of safety.md A12, with a cap on what runs at once."""

from __future__ import annotations

import secrets
import threading
from functools import cache
from typing import Protocol

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

FLOOR_MEMORY_KIB = 19 * 1024
FLOOR_TIME_COST = 2
FLOOR_PARALLELISM = 1
CONCURRENT_HASHES = 2
INITIAL_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing that is misread on paper


class Passwords(Protocol):
    """Makes and checks password hashes."""

    def hash(self, password: str) -> str: ...

    def is_right(self, password_hash: str | None, password: str) -> bool: ...

    def needs_rehash(self, password_hash: str) -> bool: ...


class Argon2Passwords:
    """Argon2id; passwords are taken exactly as given, without truncation or change of case (A4)."""

    def __init__(
        self,
        *,
        memory_kib: int = FLOOR_MEMORY_KIB,
        time_cost: int = FLOOR_TIME_COST,
        parallelism: int = FLOOR_PARALLELISM,
        concurrent: int = CONCURRENT_HASHES,
    ) -> None:
        self._hasher = PasswordHasher(time_cost=time_cost, memory_cost=memory_kib, parallelism=parallelism)
        self._places = threading.BoundedSemaphore(concurrent)  # each takes a core for 50 ms
        self._nobody = self.hash(secrets.token_urlsafe(32))

    def hash(self, password: str) -> str:
        """The PHC string to store."""
        with self._places:
            return self._hasher.hash(password)

    def is_right(self, password_hash: str | None, password: str) -> bool:
        """Whether the password fits; without a hash the same time is spent and the answer is no (A10)."""
        with self._places:
            try:
                self._hasher.verify(password_hash or self._nobody, password)
            except (VerificationError, InvalidHashError):
                return False
        return bool(password_hash)

    def needs_rehash(self, password_hash: str) -> bool:
        """Whether the hash was made with other parameters than today's (A12)."""
        return self._hasher.check_needs_rehash(password_hash)


@cache
def floor_passwords() -> Argon2Passwords:
    """The hasher of commands, which have no settings of their own for it."""
    return Argon2Passwords()


def make_initial_password() -> str:
    """A random password for somebody else's first sign-in: five groups of four, 99 bits (A6)."""
    groups = ("".join(secrets.choice(INITIAL_ALPHABET) for _ in range(4)) for _ in range(5))
    return "-".join(groups)
