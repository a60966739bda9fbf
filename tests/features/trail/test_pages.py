"""The trail on pages: for auditors in their scope, for everybody who looked at them, as a file (REQ-049, L1, I6)."""

from __future__ import annotations

import csv
import io
import json
from datetime import timedelta

import pytest
from flask import Blueprint, Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from lms.db.transaction import Database
from lms.domain import events
from lms.domain.permissions import Hat
from lms.features.trail.looks import note_look
from lms.features.trail.service import action_of, record
from lms.features.trail.words import WORDS
from lms.ports.clock import FixedClock
from lms.web.permissions import public
from tests.conftest import NOON
from tests.factories.accounts import PASSWORD, make_user, sign_in_as
from tests.factories.trail import entries
from tests.factories.tree import Tree, give_hat, make_tree


@pytest.fixture
def tree(database: Database) -> Tree:
    with database.writing() as db:
        return make_tree(db)


@pytest.fixture
def auditor(app: Flask, tree: Tree) -> FlaskClient:
    return sign_in_as(app, tree.auditor)


def look(database: Database, actor_id: int, subject_id: int, page: str = "skills") -> None:
    with database.writing() as db:
        record(db, action="looked", actor_id=actor_id, subject_id=subject_id, facts={"page": page}, now=NOON)


def table_rows(page: str) -> list[str]:
    """The rows of the table as text without tags."""
    body = page.split("<tbody>")[1].split("</tbody>", maxsplit=1)[0]
    return [" ".join(part.split("</tr>")[0].split()) for part in body.split("<tr")[1:]]


def test_the_person_sees_who_looked_when_and_at_what(app: Flask, database: Database, tree: Tree) -> None:
    wu = sign_in_as(app, tree.wu)
    assert "Nobody has looked yet" in wu.get("/profile/looks").text
    look(database, tree.boss, tree.wu)
    look(database, tree.boss, tree.li)
    page = wu.get("/profile/looks").text
    (row,) = table_rows(page)
    assert [word for word in ("郑志远", "24 Nov 12:00", "Skills") if word not in row] == []
    assert "Who looked at my record" in wu.get("/profile").text


def test_a_page_that_shows_somebody_writes_the_look(app: Flask, database: Database, tree: Tree) -> None:
    boss = sign_in_as(app, tree.boss)
    before = len(entries(database))
    assert boss.get(f"/people/{tree.wu}").status_code == 200
    looked = entries(database)[before:]
    assert [(row.action, row.facts) for row in looked] == [("looked", '{"page":"person"}')]
    assert looked[0].path == tree.firm_path + f"{tree.workshop}/{tree.team}/"
    assert "Page of the person" in sign_in_as(app, tree.wu).get("/profile/looks").text


def test_what_is_refused_is_written_and_is_no_look(app: Flask, database: Database, tree: Tree) -> None:
    rival = sign_in_as(app, tree.rival)
    before = len(entries(database))
    assert rival.get(f"/people/{tree.wu}").status_code == 404
    assert rival.get("/people/99999").status_code == 404
    assert rival.get("/trail").status_code == 403
    rows = entries(database)[before:]
    assert [row.action for row in rows] == ["refused", "refused"]
    assert '"permission":"trail.view"' in rows[1].facts


def test_an_answer_whose_look_cannot_be_written_is_not_given(
    app: Flask, database: Database, tree: Tree
) -> None:
    app.config["PROPAGATE_EXCEPTIONS"] = False
    app.testing = False
    boss = sign_in_as(app, tree.boss)
    with database.writing() as db:
        db.execute(text("ALTER TABLE trail_persons RENAME TO elsewhere"))
    answer = boss.get(f"/people/{tree.wu}")
    with database.writing() as db:
        db.execute(text("ALTER TABLE elsewhere RENAME TO trail_persons"))
    assert answer.status_code == 500
    assert "吴敏" not in answer.text


def test_the_auditor_sees_everything_of_the_district(
    auditor: FlaskClient, database: Database, tree: Tree
) -> None:
    look(database, tree.boss, tree.wu)
    page = auditor.get("/trail").text
    assert f"{len(entries(database))} entries" in page
    newest = table_rows(page)[0]
    words = ("Looked at a person&#39;s record", "郑志远", "吴敏", "Page Skills")
    assert [word for word in words if word not in newest] == []


def test_an_auditor_of_one_firm_sees_nothing_of_the_other(app: Flask, database: Database, tree: Tree) -> None:
    with database.writing() as db:
        own = make_user(db, "firm.auditor", display_name="施明").id
        give_hat(db, own, Hat.AUDITOR, tree.firm)
        record(db, action="curriculum_synced", actor_id=None, now=NOON)
    look(database, tree.boss, tree.wu)
    look(database, tree.rival, tree.he)
    page = sign_in_as(app, own).get("/trail").text
    assert "吴敏" in page
    assert [word for word in ("何俊", "尚建平", "Curriculum was loaded") if word in page] == []
    assert "No entry matches" in sign_in_as(app, own).get("/trail?q=何俊").text


def test_other_hats_see_no_trail(app: Flask, tree: Tree) -> None:
    for person in (tree.wu, tree.boss, tree.head):
        client = sign_in_as(app, person)
        assert [client.get(url).status_code for url in ("/trail", "/trail/csv", "/trail/xlsx")] == [403] * 3


def test_filters_ask_by_person_kind_and_time(
    app: Flask, auditor: FlaskClient, database: Database, clock: FixedClock, tree: Tree
) -> None:
    look(database, tree.boss, tree.wu)
    with database.writing() as db:
        record(
            db, action="hat_granted", actor_id=tree.head, subject_id=tree.li, now=NOON - timedelta(days=40)
        )
    assert "李伟" in auditor.get("/trail?span=all&group=access").text
    assert "Hat was granted" not in auditor.get("/trail?group=access").text.split("<tbody>")[-1]
    assert len(table_rows(auditor.get("/trail?group=looks").text)) == 1
    assert len(table_rows(auditor.get("/trail?group=looks&q=吴").text)) == 1
    assert "No entry matches" in auditor.get("/trail?group=looks&q=李伟").text
    clock.advance(timedelta(days=2))
    auditor = sign_in_as(app, tree.auditor)
    assert "No entry matches" in auditor.get("/trail?span=1").text
    assert auditor.get("/trail?span=1&group=drop&page=-7&q=%25").status_code == 200


def test_the_trail_is_paged_with_the_newest_first(
    auditor: FlaskClient, database: Database, tree: Tree
) -> None:
    with database.writing() as db:
        for n in range(60):
            record(db, action="exported", actor_id=tree.boss, facts={"rows": n}, now=NOON)
    first = table_rows(auditor.get("/trail?group=looks").text)
    second = table_rows(auditor.get("/trail?group=looks&page=2").text)
    assert (len(first), len(second)) == (50, 10)
    assert "Rows 59" in first[0]
    assert "Rows 0" in second[-1]


def test_the_file_holds_what_the_page_shows_and_is_an_entry_itself(
    auditor: FlaskClient, database: Database, tree: Tree
) -> None:
    with database.writing() as db:
        evil = make_user(db, "evil", display_name='=cmd|"/C calc"!A0').id
    look(database, evil, tree.wu)
    answer = auditor.get("/trail/csv?group=looks")
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert rows[0] == ["Row", "Time (UTC)", "Who", "What", "About whom", "Details", "Hash"]
    assert len(rows) == 2
    assert rows[1][2] == '\'=cmd|"/C calc"!A0'
    assert rows[1][6] == entries(database)[-2].hash
    newest = entries(database)[-1]
    assert (newest.action, newest.facts) == ("exported", '{"format":"csv","list":"trail","rows":1}')
    assert auditor.get("/trail/xlsx").data[:2] == b"PK"


def test_the_number_of_queries_does_not_grow_with_the_rows(
    auditor: FlaskClient, database: Database, tree: Tree
) -> None:
    look(database, tree.boss, tree.wu)
    auditor.get("/trail")  # what a process asks once a minute
    few = count_statements(database, lambda: auditor.get("/trail"))
    for person in (tree.li, tree.he, tree.wu):
        look(database, tree.head, person)
    assert count_statements(database, lambda: auditor.get("/trail")) == few


def count_statements(database: Database, act: object) -> int:
    from sqlalchemy import event

    seen: list[str] = []

    def note(conn: object, cursor: object, statement: str, *rest: object) -> None:
        seen.append(statement)

    event.listen(database.reader, "before_cursor_execute", note)
    act()  # type: ignore[operator]
    event.remove(database.reader, "before_cursor_execute", note)
    return len(seen)


def test_sign_ins_are_written_and_refused_ones_name_nobody(
    app: Flask, database: Database, tree: Tree
) -> None:
    client = app.test_client()
    before = len(entries(database))
    client.post("/sign-in", data={"name": "wu", "password": "wrong wrong wrong"})
    client.post("/sign-in", data={"name": "nobody", "password": "wrong wrong wrong"})
    assert client.post("/sign-in", data={"name": "wu", "password": PASSWORD}).status_code == 302
    rows = entries(database)[before:]
    assert [row.action for row in rows] == ["sign_in_refused", "sign_in_refused", "session_begun"]
    assert [(row.actor, row.subject) for row in rows[:2]] == [(None, None)] * 2
    assert rows[2].actor is not None


def test_signing_out_is_written_with_how_many_sessions_ended(
    app: Flask, database: Database, tree: Tree
) -> None:
    here, elsewhere, third = (sign_in_as(app, tree.wu) for _ in range(3))
    before = len(entries(database))
    assert here.post("/profile/sessions/end-others").status_code == 302
    assert here.post("/sign-out").status_code == 302
    rows = entries(database)[before:]
    assert [(row.action, json.loads(row.facts)) for row in rows] == [
        ("sessions_ended", {"ended": 2}),
        ("sessions_ended", {"ended": 1}),
    ]
    assert {row.actor for row in rows} == {rows[0].actor} != {None}
    assert elsewhere.get("/").status_code == third.get("/").status_code == 302


def test_who_acts_in_a_request_stands_in_the_trail(app: Flask, database: Database, tree: Tree) -> None:
    before = len(entries(database))
    assert sign_in_as(app, tree.boss).post(f"/people/{tree.wu}/suspension").status_code == 302
    (row,) = [row for row in entries(database)[before:] if row.action == "user_suspended"]
    look(database, tree.boss, tree.wu)
    last = entries(database)[-1]
    assert (row.actor, row.subject) == (last.actor, last.subject)


def test_every_event_has_words_in_the_trail() -> None:
    kinds = [
        kind for kind in vars(events).values() if isinstance(kind, type) and issubclass(kind, events.Event)
    ]
    named = [action_of(kind) for kind in kinds if kind is not events.Event and kind.is_recorded]
    assert [action for action in named if action not in WORDS] == []


@pytest.fixture
def broken_page(app: Flask) -> str:
    """A page that notes a look and then shows nothing."""
    blueprint = Blueprint("broken", __name__)

    @blueprint.get("/broken")
    @public
    def show() -> tuple[str, int]:
        note_look(1, "skills")
        return "nothing", 404

    app.register_blueprint(blueprint)
    return "/broken"


def test_a_page_that_shows_nothing_is_no_look(
    app: Flask, broken_page: str, database: Database, tree: Tree
) -> None:
    boss = sign_in_as(app, tree.boss)
    before = len(entries(database))
    assert boss.get(broken_page).status_code == 404
    assert len(entries(database)) == before
