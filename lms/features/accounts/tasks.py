"""Background jobs of accounts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from lms.features.accounts.service import purge_old
from lms.features.policies.queries import get_policy
from lms.ports.clock import local_date


def purge_accounts(db: Session, payload: Mapping[str, Any], now: datetime) -> None:
    """Delete ended sessions and old guesses; `payload` holds `idle_minutes` of this installation (P1)."""
    policy = get_policy(db, on=local_date(now))
    purge_old(
        db,
        now=now,
        idle=timedelta(minutes=int(payload["idle_minutes"])),
        window=timedelta(minutes=policy.sign_in_window_minutes),
    )
