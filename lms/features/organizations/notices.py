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


def in_both(zh: str, en: str) -> Words:
    """A name in both languages, as notices take it."""
    return {"title_zh": zh, "title_en": en}


def tell_role(db: Session, user_ids: Collection[int], role: RoleRow, *, by: str, now: datetime) -> None:
    """Somebody has entered the job role of these people, perhaps as they had proposed."""
    text = {**in_both(role.name_zh, role.name_en), "by": by}
    notify_all(db, user_ids=user_ids, kind="role_set", text=text, url=SKILLS, group="role", now=now)


def tell_refusal(db: Session, user_id: int, role: RoleRow, *, by: str, reason: str, now: datetime) -> None:
    """A proposed job role was refused, and why."""
    text = {**in_both(role.name_zh, role.name_en), "by": by, "reason": reason}
    notify(db, user_id=user_id, kind="role_refused", text=text, url=PROFILE, group="role", now=now)


def tell_proposal(
    db: Session, user_ids: Collection[int], role: RoleRow, *, name: str, person_id: int, now: datetime
) -> None:
    """Managers: somebody proposes a job role."""
    text = {**in_both(role.name_zh, role.name_en), "name": name}
    group, url = f"proposal:{person_id}", "/role-proposals"
    notify_all(db, user_ids=user_ids, kind="role_proposed", text=text, url=url, group=group, now=now)


def tell_work(db: Session, user_ids: Collection[int], *, by: str, now: datetime) -> None:
    """Department, staff number or line manager of these people have changed."""
    text = {"by": by}
    notify_all(db, user_ids=user_ids, kind="work_changed", text=text, url=PROFILE, group="work", now=now)


def tell_name(db: Session, user_id: int, name: str, *, by: str, now: datetime) -> None:
    """The person is called otherwise from now on."""
    text = {"by": by, "name": name}
    notify(db, user_id=user_id, kind="name_changed", text=text, url=PROFILE, group="name", now=now)


def tell_begin(db: Session, user_ids: Collection[int], place: Words, *, by: str, now: datetime) -> None:
    """People who have an account work somewhere from now on."""
    text = {**place, "by": by}
    notify_all(db, user_ids=user_ids, kind="employment_begun", text=text, url=PROFILE, now=now)


def tell_end(db: Session, user_id: int, place: Words, *, on: date, now: datetime) -> None:
    """The person's employment has ended."""
    text = {**place, "ended_on": on.isoformat()}
    notify(db, user_id=user_id, kind="employment_ended", text=text, url=PROFILE, now=now)


def tell_account(db: Session, user_ids: Collection[int], kind: str, *, by: str, now: datetime) -> None:
    """The account was suspended, opened again, or given another first password."""
    text = {"by": by}
    notify_all(db, user_ids=user_ids, kind=kind, text=text, url=PROFILE, group="account", now=now)


def tell_hat(
    db: Session, user_id: int, place: Words, *, hat: str, is_given: bool, by: str, now: datetime
) -> None:
    """A hat was granted or has ended."""
    kind = f"hat_{'granted' if is_given else 'ended'}_{hat}"
    notify(db, user_id=user_id, kind=kind, text={**place, "by": by}, url=PROFILE, now=now)
