"""Background jobs of notices."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from lms.features.notifications.service import purge_notifications as purge
from lms.features.policies.queries import get_policy
from lms.ports.clock import local_date


def purge_notifications(db: Session, payload: Mapping[str, Any], now: datetime) -> None:
    """Delete notices past their retention (safety.md P1)."""
    policy = get_policy(db, on=local_date(now))
    purge(db, now=now, read_days=policy.read_notice_days, unread_days=policy.unread_notice_days)
