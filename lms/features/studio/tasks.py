"""Background jobs of the studio."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.features.files.store import UploadStore
from lms.features.studio.models import UploadedModule
from lms.features.studio.service import IMPORT_TASK, import_step
from lms.jobs.outbox import go_on

UNKNOWN_AFTER = timedelta(hours=1)


def import_upload(db: Session, payload: Mapping[str, Any], now: datetime) -> None:
    """Make one piece of a draft; the next message makes the next one, so that nobody waits for the writer."""
    store, media_dir = UploadStore(Path(payload["store"])), Path(payload["media_dir"])
    if import_step(db, payload["upload_id"], store=store, media_dir=media_dir, now=now):
        go_on(db, IMPORT_TASK, payload)


def sweep_uploads(db: Session, payload: Mapping[str, Any], now: datetime) -> None:
    """Remove kept archives that no row knows: a process was killed before its commit."""
    known = set(db.scalars(select(UploadedModule.uuid)))
    store = UploadStore(Path(payload["store"]))
    store.sweep_kept(known, older_than=(now - UNKNOWN_AFTER).timestamp())
