"""The inbox: everything that happens to a person is read there, in the reader's language."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from lms.db.transaction import Database
from lms.features.notifications.kinds import KINDS, words_of
from lms.features.notifications.models import Notification
from lms.features.notifications.service import notify, notify_all
from lms.features.notifications.tasks import purge_notifications
from lms.ports.clock import FixedClock
from tests.conftest import NOON
from tests.factories.accounts import make_user, sign_in_as

ASSIGNED = {"by": "郑志远", "title_zh": "有限空间", "title_en": "Confined space", "due_on": "2026-12-01"}
SAMPLE = {
    "by": "郑志远",
    "name": "吴敏",
    "title_zh": "标题",
    "title_en": "Title",
    "reason": "reason",
    "n": 3,
    "refused": 1,
    "file": "a.zip",
    "due_on": "2026-12-01",
    "ended_on": "2026-12-01",
}


@pytest.fixture
def wu(database: Database) -> int:
    with database.writing() as db:
        return make_user(db).id


def tell(database: Database, user_id: int, kind: str = "assigned", *, group: str = "", days: int = 0) -> None:
    with database.writing() as db:
        notify(
            db,
            user_id=user_id,
            kind=kind,
            text=SAMPLE | ASSIGNED,
            url="/curriculum",
            group=group,
            now=NOON + timedelta(days=days),
        )


def rows(database: Database, user_id: int) -> list[Notification]:
    with database.reading() as db:
        found = db.scalars(
            select(Notification).where(Notification.user_id == user_id).order_by(Notification.id)
        ).all()
        db.expunge_all()
    return list(found)


def bell(page: str) -> int:
    """The number on the bell."""
    found = re.search(r'<span class="bell-count" aria-hidden="true">(\d+)', page)
    return int(found[1]) if found else 0


def test_a_notice_is_news_until_it_is_opened(app: Flask, database: Database, wu: int) -> None:
    client = sign_in_as(app, wu)
    assert "Nothing has happened yet" in client.get("/notifications").text
    tell(database, wu)
    page = client.get("/notifications").text
    assert bell(page) == 1
    assert "郑志远 asks you to take Confined space by 1 Dec." in page
    (row,) = rows(database, wu)
    answer = client.post(f"/notifications/{row.id}/open")
    assert (answer.status_code, answer.location) == (303, "/curriculum")
    page = client.get("/notifications").text
    assert bell(page) == 0
    assert "asks you to take Confined space" in page
    assert rows(database, wu)[0].read_at == NOON


def test_the_words_are_the_readers(app: Flask, database: Database) -> None:
    with database.writing() as db:
        reader = make_user(db, "chen", language="zh").id
    tell(database, reader)
    assert (
        "郑志远给你布置了《有限空间》，请在12月1日前学完。"
        in sign_in_as(app, reader).get("/notifications").text
    )


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_has_words_in_both_languages(app: Flask, kind: str) -> None:
    for language in ("zh", "en"):
        with app.test_request_context(headers={"Accept-Language": language}):
            words = words_of(kind, SAMPLE)
        assert "%(" not in words
        assert bool(re.search(r"[一-鿿]", words.replace("郑志远", "").replace("吴敏", ""))) == (
            language == "zh"
        )


def test_the_inbox_is_grouped_by_day_and_subject(app: Flask, database: Database, wu: int) -> None:
    for kind, days in (("assigned", 0), ("role_set", 0), ("waived", 0), ("assigned", 1)):
        tell(database, wu, kind, days=days)
    page = sign_in_as(app, wu).get("/notifications").text
    heads = re.findall(r'<h2>([^<]+)</h2>|<h3 class="inbox-heading">([^<]+)</h3>', page)
    assert ["".join(head) for head in heads] == [
        "25 Nov",
        "Assigned learning",
        "24 Nov",
        "Assigned learning",
        "Your work",
    ]


def test_newer_news_of_one_thing_takes_the_place_of_the_unread_older(database: Database, wu: int) -> None:
    tell(database, wu, group="a")
    tell(database, wu, group="b")
    tell(database, wu, group="a", days=1)
    assert [row.group for row in rows(database, wu)] == ["b", "a"]
    with database.writing() as db:
        db.query(Notification).update({"read_at": NOON})
    tell(database, wu, group="a", days=2)
    assert [row.group for row in rows(database, wu)] == ["b", "a", "a"]


def test_all_are_marked_read_but_what_came_since(app: Flask, database: Database, wu: int) -> None:
    client = sign_in_as(app, wu)
    tell(database, wu)
    tell(database, wu)
    shown = max(row.id for row in rows(database, wu))
    tell(database, wu)
    client.post("/notifications/read", data={"up_to": str(shown)})
    assert bell(client.get("/notifications").text) == 1
    client.post("/notifications/read", data={"up_to": "nonsense"})
    assert bell(client.get("/notifications").text) == 1


def test_one_is_marked_read_and_news_again(app: Flask, database: Database, wu: int) -> None:
    client = sign_in_as(app, wu)
    tell(database, wu)
    (row,) = rows(database, wu)
    answer = client.post(f"/notifications/{row.id}/read", data={"next": "/notifications?page=2"})
    assert answer.location == "/notifications?page=2"
    assert bell(client.get("/").text) == 0
    client.post(f"/notifications/{row.id}/read", data={"undo": "1"})
    assert bell(client.get("/").text) == 1


def test_notices_of_others_do_not_exist(app: Flask, database: Database, wu: int) -> None:
    tell(database, wu)
    (row,) = rows(database, wu)
    with database.writing() as db:
        stranger = make_user(db, "stranger").id
    client = sign_in_as(app, stranger)
    for way in ("open", "read"):
        assert client.post(f"/notifications/{row.id}/{way}").status_code == 404
    client.post("/notifications/read", data={"up_to": "999"})
    assert "Confined space" not in client.get("/notifications").text
    assert rows(database, wu)[0].read_at is None


def test_a_notice_leads_nowhere_else(app: Flask, database: Database, wu: int) -> None:
    with database.writing() as db:
        notify(db, user_id=wu, kind="role_set", text=SAMPLE, url="https://evil.example/", now=NOON)
    (row,) = rows(database, wu)
    assert sign_in_as(app, wu).post(f"/notifications/{row.id}/open").location == "/notifications"


def test_many_are_told_in_a_few_statements(database: Database, wu: int) -> None:
    with database.writing() as db:
        people = [wu, *(make_user(db, f"person{n}").id for n in range(12)), wu]
        notify_all(db, user_ids=people, kind="role_set", text=SAMPLE, group="role", now=NOON)
        notify_all(db, user_ids=people, kind="role_set", text=SAMPLE, group="role", now=NOON)
    with database.reading() as db:
        assert len(db.scalars(select(Notification.user_id)).all()) == 13


def test_a_notice_without_its_figures_is_a_mistake_of_the_caller(database: Database, wu: int) -> None:
    with database.writing() as db:
        with pytest.raises(ValueError, match="needs due_on, title"):
            notify(db, user_id=wu, kind="assigned", text={"by": "x", "title_zh": "x"}, now=NOON)
        with pytest.raises(ValueError, match="no such kind"):
            notify(db, user_id=wu, kind="party", text={}, now=NOON)


def test_a_long_inbox_is_paged(app: Flask, database: Database, wu: int) -> None:
    for _ in range(53):
        tell(database, wu)
    client = sign_in_as(app, wu)
    first, second = (client.get(f"/notifications?page={n}").text for n in (1, 2))
    assert (first.count("inbox-row"), second.count("inbox-row")) == (50, 3)
    assert bell(first) == 53


def test_notices_are_deleted_when_their_time_is_over(database: Database, clock: FixedClock, wu: int) -> None:
    tell(database, wu)
    with database.writing() as db:
        db.query(Notification).update({"read_at": NOON})
    tell(database, wu)
    for days, left in ((180, 2), (181, 1), (400, 1), (401, 0)):
        with database.writing() as db:
            purge_notifications(db, {}, NOON + timedelta(days=days))
        assert len(rows(database, wu)) == left
