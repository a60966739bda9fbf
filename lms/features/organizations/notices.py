"""What people are told about their work: nothing happens to a person without a notice."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from sqlalchemy.orm import Session

from lms.features.notifications.service import notify, notify_all
from lms.features.taxonomy.queries import RoleRow

PROFILE = "/profile"
SKILLS = "/skills"
Words = dict[str, str]


def role_words(role: RoleRow) -> Words:
    """A job role in both languages."""
    return {"role_zh": role.name_zh, "role_en": role.name_en}


def place_words(zh: str, en: str) -> Words:
    """An organisation in both languages."""
    return {"place_zh": zh, "place_en": en}


def tell_role(db: Session, user_ids: Collection[int], role: RoleRow, *, by: str, now: datetime) -> None:
    """Somebody has entered the job role of these people."""
    text = {**role_words(role), "by": by}
    notify_all(db, user_ids=user_ids, kind="role_set", text=text, url=SKILLS, group="role", now=now)


def tell_answer(
    db: Session, user_id: int, role: RoleRow, *, is_accepted: bool, reason: str, by: str, now: datetime
) -> None:
    """A proposed job role was accepted or refused."""
    text = {**role_words(role), "by": by, "reason": reason}
    kind, url = ("role_accepted", SKILLS) if is_accepted else ("role_refused", PROFILE)
    notify(db, user_id=user_id, kind=kind, text=text, url=url, group="role", now=now)


def tell_proposal(
    db: Session, user_ids: Collection[int], role: RoleRow, *, person: str, person_id: int, now: datetime
) -> None:
    """Managers: somebody proposes a job role."""
    text = {**role_words(role), "person": person}
    group, url = f"proposal:{person_id}", "/role-proposals"
    notify_all(db, user_ids=user_ids, kind="role_proposed", text=text, url=url, group=group, now=now)


def tell_place(db: Session, user_ids: Collection[int], place: Words, *, now: datetime) -> None:
    """These people are entered at another department."""
    notify_all(db, user_ids=user_ids, kind="moved", text=place, url=PROFILE, group="place", now=now)


def tell_manager(db: Session, user_ids: Collection[int], *, person: str, now: datetime) -> None:
    """These people have another line manager."""
    text = {"person": person}
    notify_all(db, user_ids=user_ids, kind="manager_set", text=text, url=PROFILE, group="manager", now=now)


def tell_end(db: Session, user_id: int, place: Words, *, now: datetime) -> None:
    """The person's employment has ended."""
    notify(db, user_id=user_id, kind="employment_ended", text=place, url=PROFILE, group="place", now=now)


def tell_account(db: Session, user_ids: Collection[int], kind: str, *, now: datetime) -> None:
    """The account was suspended, opened again, or given another first password."""
    notify_all(db, user_ids=user_ids, kind=kind, text={}, url=PROFILE, group="account", now=now)


def tell_grant(
    db: Session, user_id: int, place: Words, *, hat: str, by: str, ends_on: date, now: datetime
) -> None:
    """A hat was granted."""
    text = {**place, "hat": hat, "by": by, "ends_on": ends_on.isoformat()}
    notify(db, user_id=user_id, kind="hat_granted", text=text, url=PROFILE, now=now)


def tell_hat_end(db: Session, user_id: int, place: Words, *, hat: str, now: datetime) -> None:
    """A hat has ended."""
    notify(db, user_id=user_id, kind="hat_ended", text={**place, "hat": hat}, url=PROFILE, now=now)
