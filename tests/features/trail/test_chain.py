"""The trail as rows: appended with the transaction, refused to be changed, verified (REQ-049, safety.md L3, F25)."""

from __future__ import annotations

import json
import random
import threading

import pytest
from sqlalchemy import insert, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from lms.db.transaction import Database
from lms.domain.trail import Head
from lms.features.accounts.service import suspend_user
from lms.features.trail.models import TrailEntry, TrailHead, TrailPerson
from lms.features.trail.service import read_head, record, record_look
from lms.features.trail.tasks import check_trail
from lms.features.trail.verifier import verify
from tests.conftest import NOON
from tests.factories.accounts import make_user
from tests.factories.trail import drop_guards, entries, make_trail

TAMPERINGS = 1000


def simple(db: Session, action: str = "exported") -> None:
    record(db, action=action, actor_id=None, now=NOON)


def test_entries_stand_in_their_order_and_hang_together(database: Database) -> None:
    make_trail(database, 25)
    rows = entries(database)
    assert [row.id for row in rows] == list(range(1, 26))
    assert [row.previous_hash for row in rows] == ["0" * 64, *(row.hash for row in rows[:-1])]
    assert rows[0].at == "2026-11-24T04:00:00.000000+00:00"
    assert [rows[n].day for n in (0, 11, 12)] == ["2026-11-24", "2026-11-24", "2026-11-25"]
    with database.reading() as db:
        verdict = verify(db)
    assert (verdict.is_whole, verdict.row_count, verdict.head) == (True, 25, Head(25, rows[-1].hash))


def test_an_entry_lives_and_dies_with_its_transaction(database: Database) -> None:
    def fail() -> None:
        with database.writing() as db:
            simple(db, "lost")
            raise RuntimeError("the view failed")

    with pytest.raises(RuntimeError):
        fail()
    with database.writing() as db:
        simple(db, "first")
        for is_kept in (True, False):
            savepoint = db.begin_nested()
            simple(db, "inside")
            inner = db.begin_nested()
            simple(db, "deep")
            inner.commit()
            savepoint.commit() if is_kept else savepoint.rollback()
        simple(db, "last")
    assert [row.action for row in entries(database)] == ["first", "inside", "deep", "last"]


def test_people_stand_in_it_by_pseudonyms(database: Database) -> None:
    with database.writing() as db:
        looker, person = make_user(db, "he.jun", display_name="何军").id, make_user(db).id
        facts = {"page": "skills", "note": "吴敏迟到"}
        record(db, action="looked", actor_id=looker, subject_id=person, facts=facts, now=NOON)
    with database.reading() as db:
        query = select(TrailPerson.user_id, TrailPerson.pseudonym)
        names = {row.user_id: row.pseudonym for row in db.execute(query)}
    row = entries(database)[-1]
    assert (row.actor, row.subject) == (names[looker], names[person])
    assert json.loads(row.facts)["page"] == "skills"
    written = " ".join(str(value) for row in entries(database) for value in row)
    assert [word for word in ("吴敏", "wu.min", "何军", "\\u5434", "迟到") if word in written] == []


def test_erasing_a_person_breaks_no_chain(database: Database) -> None:
    with database.writing() as db:
        ids = (make_user(db, "he.jun").id, make_user(db).id)
    make_trail(database, 12, user_ids=ids)
    with database.writing() as db:
        db.execute(text("DELETE FROM trail_persons"))
    with database.reading() as db:
        assert verify(db).is_whole


def test_every_event_becomes_an_entry(database: Database) -> None:
    with database.writing() as db:
        user_id = make_user(db).id
        suspend_user(db, user_id)
    assert [row.action for row in entries(database)] == ["user_created", "user_suspended"]
    assert len({row.subject for row in entries(database)}) == 1


def test_a_look_at_oneself_is_none(database: Database) -> None:
    with database.writing() as db:
        user_id = make_user(db).id
        record_look(db, actor_id=user_id, subject_id=user_id, page="skills", now=NOON)
    assert [row.action for row in entries(database)] == ["user_created"]


CHANGES = {
    True: (
        "UPDATE {t} SET hash = 'x'",
        "DELETE FROM {t}",
        "INSERT OR REPLACE INTO {t} SELECT * FROM {t} WHERE id = 1",
    ),
    False: ("UPDATE {t} SET hash = 'x'", "DELETE FROM {t}", "TRUNCATE {t}"),
}


@pytest.mark.parametrize("table", ["trail_entries", "trail_heads"])
@pytest.mark.parametrize("number", [0, 1, 2])
def test_the_database_refuses_to_change_it(database: Database, table: str, number: int) -> None:
    make_trail(database, 3)
    with database.writing() as db:
        check_trail(db, {}, NOON)
    statement = CHANGES[database.is_sqlite][number].format(t=table)

    def run() -> None:
        with database.writing() as db:
            db.execute(text(statement))

    with pytest.raises(DBAPIError, match="append-only"):
        run()
    with database.reading() as db:
        assert verify(db).is_whole


def test_many_writers_make_one_chain(database: Database) -> None:
    def write() -> None:
        for _ in range(5):
            with database.writing() as db:
                simple(db)
                simple(db)

    threads = [threading.Thread(target=write) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    with database.reading() as db:
        assert (verify(db).is_whole, verify(db).row_count) == (True, 60)


def test_a_night_notes_the_head_and_what_is_cut_off_later_is_missed(database: Database) -> None:
    make_trail(database, 8)
    with database.writing() as db:
        check_trail(db, {}, NOON)
    make_trail(database, 2)
    with database.writing() as db:
        drop_guards(db)
        db.execute(text("DELETE FROM trail_entries WHERE id > 6"))
    with database.reading() as db:
        assert str(verify(db)) == "Row 7 is missing: it was deleted, moved or cut off."


def test_only_a_head_noted_outside_proves_the_newest_rows(database: Database) -> None:
    make_trail(database, 8)
    with database.writing() as db:
        check_trail(db, {}, NOON)
        outside = read_head(db)
    with database.writing() as db:
        drop_guards(db)
        db.execute(text("DELETE FROM trail_entries WHERE id > 6"))
        db.execute(text("DELETE FROM trail_heads"))
    with database.reading() as db:
        assert verify(db).is_whole
        found = verify(db, [outside]).break_
    assert found is not None
    assert (found.id, found.reason) == (7, "missing")


def test_a_broken_trail_is_not_noted(database: Database) -> None:
    make_trail(database, 4)
    with database.writing() as db:
        drop_guards(db)
        db.execute(update(TrailEntry).where(TrailEntry.id == 2).values(action="nothing"))
        check_trail(db, {}, NOON)
    with database.reading() as db:
        assert db.scalars(select(TrailHead)).all() == []


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # the search for breaks knows no engine
def test_a_thousand_tamperings_are_all_found_at_their_row(database: Database) -> None:
    """Edits, deletions, swaps and truncations by somebody who owns the database (F25)."""
    rng, missed = random.Random(49), []  # noqa: S311 – chance that shall repeat
    with database.writing() as db:
        ids = tuple(make_user(db, f"person{n}").id for n in range(4))
    make_trail(database, 60, user_ids=ids)
    with database.writing() as db:
        drop_guards(db)
        head = read_head(db)
        for number in range(TAMPERINGS):
            savepoint = db.begin_nested()
            tamper = (edit, delete, swap, truncate)[number % 4]
            first = tamper(db, rng, head.id)
            found = verify(db, [head]).break_
            if found is None or found.id != first:
                missed.append((tamper.__name__, first, found))
            savepoint.rollback()
        assert verify(db, [head]).is_whole
    assert missed == []


def edit(db: Session, rng: random.Random, last: int) -> int:
    """Another value in one column of one row; returns the row at which the chain breaks."""
    row_id = rng.randint(1, last)
    column = rng.choice([c for c in TrailEntry.__table__.columns if c.name != "id"])
    row = db.execute(select(TrailEntry.__table__).where(TrailEntry.id == row_id)).one()._mapping
    old = row[column.name]
    new = (
        rng.choice([v for v in (f"{old}x", "", None, "0") if v != old]) if column.name != "object_id" else -5
    )
    if new is None and not column.nullable:
        new = f"{old} "
    db.execute(update(TrailEntry).where(TrailEntry.id == row_id).values({column.name: new}))
    return row_id


def delete(db: Session, rng: random.Random, last: int) -> int:
    """One row less."""
    row_id = rng.randint(1, last)
    db.execute(text("DELETE FROM trail_entries WHERE id = :id"), {"id": row_id})
    return row_id


def swap(db: Session, rng: random.Random, last: int) -> int:
    """Two rows in each other's place."""
    one, other = sorted(rng.sample(range(1, last + 1), 2))
    for old, new in ((one, -1), (other, one), (-1, other)):
        db.execute(text("UPDATE trail_entries SET id = :new WHERE id = :old"), {"old": old, "new": new})
    return one


def truncate(db: Session, rng: random.Random, last: int) -> int:
    """The end is cut off."""
    kept = rng.randint(0, last - 1)
    db.execute(text("DELETE FROM trail_entries WHERE id > :id"), {"id": kept})
    return kept + 1


def test_a_row_put_in_between_is_found(database: Database) -> None:
    make_trail(database, 3)
    with database.writing() as db:
        row = db.execute(select(TrailEntry.__table__).where(TrailEntry.id == 3)).one()._mapping
        db.execute(insert(TrailEntry), [{**row, "id": 4}])
    with database.reading() as db:
        found = verify(db).break_
    assert found is not None
    assert (found.id, found.reason) == (4, "unlinked")
