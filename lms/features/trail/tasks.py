"""Background jobs of the trail."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from lms.features.trail.service import note_head
from lms.features.trail.verifier import newest_noted_head, verify

log = logging.getLogger(__name__)


def check_trail(db: Session, payload: Mapping[str, Any], now: datetime) -> None:
    """Check the rows since last night, note where the chain ends, and say so in the log, which is kept elsewhere."""
    verdict = verify(db, after=newest_noted_head(db))
    if not verdict.is_whole:
        log.error("trail: %s Run `lms trail verify`.", verdict)
        return
    note_head(db, verdict.head, now=now)
    log.info("trail: %s", verdict)
