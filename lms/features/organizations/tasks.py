"""Background jobs of organisations."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from lms.features.organizations.imports import purge_lists
from lms.features.policies.queries import get_policy
from lms.ports.clock import local_date


def purge_people_lists(db: Session, payload: Mapping[str, Any], now: datetime) -> None:
    """Delete lists of people past their retention (safety.md P1)."""
    keep = timedelta(days=get_policy(db, on=local_date(now)).import_keep_days)
    purge_lists(db, now=now, keep=keep)
