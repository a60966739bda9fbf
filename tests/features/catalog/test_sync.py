"""Loading files as module versions."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import func, select

from content.reader.loader import load_curriculum
from lms.db.transaction import Database
from lms.features.catalog.models import Lesson, Module, ModuleVersion, Question
from lms.features.catalog.queries import find_module_card, list_module_cards
from lms.features.catalog.service import ContentHasErrors, sync_curriculum
from lms.features.catalog.snapshot import read_snapshot
from lms.features.enrollment.models import Enrollment
from lms.features.enrollment.service import enroll
from lms.features.search.queries import find_refs
from lms.ports.clock import local_date
from tests.conftest import NOON
from tests.factories.curriculum import ADVANCED, BASICS, FAR, make_curriculum, make_learner, write_curriculum


def resync(database: Database, folder: Path, marker: str) -> dict[str, list[str]]:
    write_curriculum(folder / "curriculum", marker=marker)
    with database.writing() as db:
        report = sync_curriculum(
            db, load_curriculum(folder / "curriculum"), now=NOON, media_dir=folder / "media"
        )
    return vars(report)


def test_first_sync_adds_everything(database: Database, tmp_path: Path) -> None:
    with database.writing() as db:
        report = make_curriculum(db, tmp_path)
    assert sorted(report.added) == sorted([BASICS, ADVANCED, FAR])
    with database.reading() as db:
        cards = {card.slug: card for card in list_module_cards(db)}
        assert [card.slug for card in cards.values()] == [BASICS, ADVANCED, FAR]  # from the ground up
        assert (cards[BASICS].periods, cards[BASICS].credit, cards[BASICS].lesson_count) == (16, "1.0", 2)
        assert (cards[BASICS].is_complete, cards[FAR].is_complete) == (True, False)
        assert db.scalar(select(func.count()).select_from(Lesson)) == 3  # none of the one in preparation


def test_second_sync_changes_nothing(database: Database, tmp_path: Path) -> None:
    with database.writing() as db:
        make_curriculum(db, tmp_path)
    assert resync(database, tmp_path, "") == {
        "added": [], "changed": [], "unchanged": [BASICS, ADVANCED, FAR],
    }  # fmt: skip


def test_changed_files_make_a_new_version_and_learners_keep_theirs(
    database: Database, tmp_path: Path
) -> None:
    with database.writing() as db:
        make_curriculum(db, tmp_path)
        card = find_module_card(db, BASICS)
        assert card is not None
        place = enroll(db, learner_id=make_learner(db).id, module=card, now=NOON)
        begun, place_id = place.version_id, place.id
    assert resync(database, tmp_path, "更新")["changed"] == [BASICS]
    with database.reading() as db:
        versions = db.execute(
            select(ModuleVersion.number, ModuleVersion.is_current, ModuleVersion.state)
            .join(Module)
            .where(Module.slug == BASICS)
            .order_by(ModuleVersion.number)
        ).all()
        assert [tuple(row) for row in versions] == [(1, False, "retired"), (2, True, "published")]
        assert db.get_one(Enrollment, place_id).version_id == begun
        new = find_module_card(db, BASICS)
        assert new is not None
        assert new.version_id != begun
        assert new.version_number == 2
        assert find_refs(db, kind="module", words="更新") == {new.module_id}


def test_a_snapshot_is_renewed_by_a_sync(database: Database, tmp_path: Path) -> None:
    today = local_date(NOON)
    with database.writing() as db:
        make_curriculum(db, tmp_path)
    with database.reading() as db:
        first, _ = read_snapshot(db, today=today)
    with database.reading() as db:
        assert read_snapshot(db, today=today)[0] is first
    resync(database, tmp_path, "neu")
    with database.reading() as db:
        second, _ = read_snapshot(db, today=today)
    card = second.find_card(BASICS)
    assert card is not None
    assert card.version_number == 2


def test_files_with_errors_change_nothing(database: Database, tmp_path: Path) -> None:
    with database.writing() as db:
        make_curriculum(db, tmp_path)
    (tmp_path / "curriculum" / "foundations" / BASICS / "quiz.yaml").write_text("questions: [}")
    with pytest.raises(ContentHasErrors) as caught, database.writing() as db:
        sync_curriculum(db, load_curriculum(tmp_path / "curriculum"), now=NOON, media_dir=tmp_path / "media")
    assert "quiz.yaml" in str(caught.value)
    with database.reading() as db:
        assert db.scalar(select(func.count()).select_from(ModuleVersion)) == 3


def test_ids_of_ordering_and_matching_say_nothing(database: Database, tmp_path: Path) -> None:
    with database.writing() as db:
        make_curriculum(db, tmp_path)
    with database.reading() as db:
        rows = db.scalars(select(Question).where(Question.kind.in_(("ordering", "matching")))).all()
        for row in rows:
            shown = list(row.body.get("items") or row.body["right"])
            assert shown == sorted(shown)  # the stored order is that of meaningless ids
            secret = row.key.get("order") or list(row.key["pairs"].values())
            assert sorted(secret) == shown
            assert not {"a", "b", "c"} & set(shown)
