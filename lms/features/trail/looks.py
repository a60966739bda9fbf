"""Looks, exports and refusals on pages that only read: written in a transaction of their own before the answer leaves.

An answer whose trace cannot be written is not given."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask, Response, g, request
from sqlalchemy.orm import Session

from lms.features.trail.service import record, record_look
from lms.web.context import clock, current_actor, database

QUEUE = "trail_queue"
Write = Callable[[Session], None]


def note_look(subject_id: int, page: str = "") -> None:
    """The acting person sees the record of one person; `page`: a key of `words.PAGES`, else the route's name."""
    actor_id, now, shown = current_actor().user_id, clock().now(), page or str(request.endpoint)
    _queue(lambda db: record_look(db, actor_id=actor_id, subject_id=subject_id, page=shown, now=now))


def note_export(kind: str, *, rows: int, file_format: str, path: str | None = None, **facts: Any) -> None:
    """The acting person takes a list out of the product: what, how many rows, in which format."""
    actor_id, now = current_actor().user_id, clock().now()
    all_facts = {"list": kind, "rows": rows, "format": file_format, **facts}
    _queue(lambda db: record(db, action="exported", actor_id=actor_id, facts=all_facts, path=path, now=now))


def note_refusal(permission: str) -> None:
    """The acting person asked for something that they may not have (safety.md L1)."""
    actor_id, now = current_actor().user_id, clock().now()
    facts = {"permission": permission, "page": str(request.endpoint)}
    _queue(lambda db: record(db, action="refused", actor_id=actor_id, facts=facts, now=now), always=True)


def init_looks(app: Flask) -> None:
    """Write what the answer's page has noted; an answer that shows nothing is no look."""
    app.extensions["note_refusal"] = note_refusal

    @app.after_request
    def write_looks(response: Response) -> Response:
        queue: list[tuple[Write, bool]] = g.pop(QUEUE, [])
        due = [write for write, always in queue if always or response.status_code < 400]
        if due:
            with database().writing() as own:
                for write in due:
                    write(own)
        return response


def _queue(write: Write, *, always: bool = False) -> None:
    g.setdefault(QUEUE, []).append((write, always))
