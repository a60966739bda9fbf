"""What learners are told about assigned learning: who asked, what, by when."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date, datetime

from sqlalchemy.orm import Session

from lms.features.catalog.queries import ModuleCard
from lms.features.notifications.service import notify, notify_all

HOME = "/"


def tell_assigned(
    db: Session,
    pairs: Collection[tuple[int, int]],
    cards: Sequence[ModuleCard],
    *,
    by: str,
    due_on: date,
    now: datetime,
) -> None:
    """Learners who are asked for the same modules get the same notice, one each."""
    by_id = {card.module_id: card for card in cards}
    asked: dict[int, set[int]] = defaultdict(set)
    for learner_id, module_id in pairs:
        asked[learner_id].add(module_id)
    groups: dict[tuple[int, ...], list[int]] = defaultdict(list)
    for learner_id, module_ids in asked.items():
        groups[tuple(sorted(module_ids))].append(learner_id)
    for wanted, learners in groups.items():
        text = {"by": by, "due_on": due_on.isoformat()}
        if len(wanted) == 1:
            card = by_id[wanted[0]]
            text |= {"title_zh": card.title_zh, "title_en": card.title_en}
            notify_all(db, user_ids=learners, kind="assigned", text=text, url=_url(card), now=now)
        else:
            more = {**text, "n": len(wanted)}
            notify_all(db, user_ids=learners, kind="assigned_many", text=more, url=HOME, now=now)


def tell_due(
    db: Session,
    pairs: Collection[tuple[int, int]],
    cards: Sequence[ModuleCard],
    *,
    due_on: date,
    now: datetime,
) -> None:
    """A wish has another date; the newest one counts, so an unread older one makes way."""
    for card in cards:
        learners = [learner_id for learner_id, module_id in pairs if module_id == card.module_id]
        if learners:
            text = {"title_zh": card.title_zh, "title_en": card.title_en, "due_on": due_on.isoformat()}
            notify_all(
                db,
                user_ids=learners,
                kind="due_changed",
                text=text,
                url=_url(card),
                group=f"due:{card.slug}",
                now=now,
            )


def tell_waived(
    db: Session, learner_id: int, card: ModuleCard, *, by: str, reason: str, now: datetime
) -> None:
    """A module is not asked for any more."""
    text = {"by": by, "title_zh": card.title_zh, "title_en": card.title_en, "reason": reason}
    notify(db, user_id=learner_id, kind="waived", text=text, url=_url(card), now=now)


def _url(card: ModuleCard) -> str:
    return f"/modules/{card.slug}"
