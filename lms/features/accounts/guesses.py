"""Guesses at passwords: how many are looked at, and what is remembered of them (safety.md A5)."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from lms.db.transaction import Database
from lms.domain.policy import Policy
from lms.domain.sign_in import SignInPaused, check_guess
from lms.features.accounts.models import SignInFailure
from lms.features.accounts.queries import list_failures


@dataclass(frozen=True)
class Guesser:
    """Whose password is guessed, and from where; hashes keyed with the installation's secret."""

    account_hash: str
    network_hash: str
    is_known_device: bool


def keyed_hash(key: str, kind: str, text: str) -> str:
    """A name for something that must not stand in the table itself."""
    return hmac.new(key.encode(), f"{kind}:{text}".encode(), hashlib.sha256).hexdigest()


def check_pace(
    db: Session, guesser: Guesser, *, policy: Policy, now: datetime, but_id: int | None = None
) -> None:
    """Raise unless one more guess may be looked at; `but_id` is the guess itself.

    :raises SignInPaused: with the minutes to wait
    """
    failures = list_failures(
        db,
        account_hash=guesser.account_hash,
        network_hash=guesser.network_hash,
        since=now - timedelta(minutes=policy.sign_in_window_minutes),
        but_id=but_id,
    )
    check_guess(failures, policy=policy, is_known_device=guesser.is_known_device, now=now)


def spend_guess(database: Database, guesser: Guesser, *, policy: Policy, now: datetime) -> None:
    """Count the guess as wrong before it is looked at; `forgive` takes that back.

    Guesses that arrive together all count themselves first and the others afterwards, so that the last of
    them sees all: no more are looked at than allowed, however many threads and servers ask.

    :raises SignInPaused: with the minutes to wait; such a guess leaves no trace
    """
    with database.writing() as db:
        forget_failures(db, before=now - timedelta(minutes=policy.sign_in_window_minutes))
        failure = SignInFailure(
            account_hash=guesser.account_hash,
            network_hash=guesser.network_hash,
            is_known_device=guesser.is_known_device,
            at=now,
        )
        db.add(failure)
        db.flush()  # the id, to leave this row out of the count
        failure_id = failure.id
    try:
        with database.reading() as db:
            check_pace(db, guesser, policy=policy, now=now, but_id=failure_id)
    except SignInPaused:
        with database.writing() as db:
            db.execute(delete(SignInFailure).where(SignInFailure.id == failure_id))
        raise


def forgive(db: Session, guesser: Guesser) -> None:
    """The password was right: the wrong guesses before it, from this place, were its owner's."""
    db.execute(
        delete(SignInFailure).where(
            SignInFailure.account_hash == guesser.account_hash,
            SignInFailure.network_hash == guesser.network_hash,
            SignInFailure.is_known_device == guesser.is_known_device,
        )
    )


def forget_failures(db: Session, *, before: datetime) -> None:
    """Drop wrong guesses that no longer count."""
    db.execute(delete(SignInFailure).where(SignInFailure.at <= before))
