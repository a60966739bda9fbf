"""What people are told about modules and questions."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from lms.features.notifications.service import notify, notify_all
from lms.features.studio.models import UploadedModule


def _title(row: Any) -> dict[str, str]:
    return {"title_zh": row.title_zh or row.file_name, "title_en": row.title_en or row.file_name}


def _url(uuid: Any) -> str:
    return f"/studio/uploads/{uuid}"


def tell_imported(db: Session, upload: UploadedModule, *, now: datetime) -> None:
    """The draft is ready to be looked at."""
    notify(
        db,
        user_id=upload.uploaded_by_id,
        kind="upload_finished",
        text=_title(upload),
        url=_url(upload.uuid),
        group=f"upload:{upload.id}",
        now=now,
    )


def tell_failed(db: Session, upload: UploadedModule, *, now: datetime) -> None:
    """Nothing could be made of the upload."""
    notify(
        db,
        user_id=upload.uploaded_by_id,
        kind="upload_failed",
        text={"file": upload.file_name, **_title(upload)},
        url=_url(upload.uuid),
        group=f"upload:{upload.id}",
        now=now,
    )


def tell_asked(db: Session, user_ids: Collection[int], upload: Any, *, by: str, now: datetime) -> None:
    """A second person is asked to look at a draft."""
    _tell_about(db, user_ids, "review_asked", upload, text={"by": by}, now=now)


def tell_published(db: Session, upload: Any, *, by: str, now: datetime) -> None:
    """Somebody else has published what this person uploaded."""
    _tell_about(db, (upload.uploaded_by_id,), "review_agreed", upload, text={"by": by}, now=now)


def tell_sent_back(db: Session, upload: Any, *, by: str, reason: str, now: datetime) -> None:
    """The second person did not agree."""
    _tell_about(
        db, (upload.uploaded_by_id,), "review_refused", upload, text={"by": by, "reason": reason}, now=now
    )


def tell_unpublished(
    db: Session, user_ids: Collection[int], module: Any, *, reason: str, now: datetime
) -> None:
    """A module is not offered any more."""
    text = {"title_zh": module.title_zh, "title_en": module.title_en, "reason": reason}
    url, group = f"/studio/modules/{module.slug}", f"module:{module.module_id}"
    notify_all(db, user_ids=user_ids, kind="module_unpublished", text=text, url=url, group=group, now=now)


def tell_show_wish(db: Session, user_ids: Collection[int], module: Any, *, by: str, now: datetime) -> None:
    """Supervisors: an enterprise would like to show its module to the district."""
    text = {"title_zh": module.title_zh, "title_en": module.title_en, "by": by}
    group = f"show:{module.module_id}"
    notify_all(
        db, user_ids=user_ids, kind="show_asked", text=text, url="/studio/shared", group=group, now=now
    )


def tell_show_answer(
    db: Session, user_id: int, module: Any, *, by: str, is_granted: bool, reason: str, now: datetime
) -> None:
    """The wish was answered."""
    text = {"title_zh": module.title_zh, "title_en": module.title_en, "by": by, "reason": reason}
    kind = "show_agreed" if is_granted else "show_refused"
    url = f"/studio/modules/{module.slug}"
    notify(db, user_id=user_id, kind=kind, text=text, url=url, group=f"show:{module.module_id}", now=now)


def tell_question(
    db: Session, user_ids: Collection[int], *, person: str, titles: tuple[str, str], now: datetime
) -> None:
    """Instructors: a learner asks."""
    text = {"name": person, "person": person, "title_zh": titles[0], "title_en": titles[1]}
    notify_all(db, user_ids=user_ids, kind="question_asked", text=text, url="/studio/questions", now=now)


def tell_answer(
    db: Session, user_id: int, *, by: str, titles: tuple[str, str], url: str, now: datetime
) -> None:
    """The learner: the question was answered."""
    text = {"by": by, "title_zh": titles[0], "title_en": titles[1]}
    notify(db, user_id=user_id, kind="question_answered", text=text, url=url, now=now)


def _tell_about(
    db: Session, user_ids: Collection[int], kind: str, upload: Any, *, text: dict[str, str], now: datetime
) -> None:
    notify_all(
        db,
        user_ids=user_ids,
        kind=kind,
        text={**_title(upload), **text},
        url=_url(upload.uuid),
        group=f"upload:{upload.upload_id}",
        now=now,
    )
