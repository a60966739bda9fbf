"""REQ-020 through the database: what is stored when something was passed, changed or switched."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from lms.db.transaction import Database
from lms.features.accounts.models import User
from lms.features.accounts.service import save_profile, set_personalised
from lms.features.enrollment.models import Enrollment
from lms.features.organizations.models import Employment, Organization
from lms.features.recommendations import service
from lms.features.recommendations.models import RecommendationAnswerKind
from lms.features.recommendations.queries import list_slots
from lms.features.recommendations.tasks import refresh_recommendations
from lms.features.skills.models import Evidence
from lms.features.taxonomy.models import JobRole
from lms.jobs.outbox import OutboxMessage, deliver
from lms.ports.clock import FixedClock
from tests.conftest import NOON
from tests.factories.curriculum import make_learner
from tests.factories.modules import complete, make_programme, module_id

LATER = RecommendationAnswerKind.LATER
NOT_RELEVANT = RecommendationAnswerKind.NOT_RELEVANT


def officer(db: Session, **programme: object) -> int:
    """A safety officer who has completed safety-foundations and nothing else; the example of REQ-020."""
    make_programme(db, **programme)  # type: ignore[arg-type]
    learner = make_learner(db, role="safety-officer")
    complete(db, learner.id, "safety-foundations")
    return learner.id


def slugs(db: Session, learner_id: int) -> list[str | None]:
    return [slot.slug for slot in list_slots(db, learner_id)]


def test_the_example_of_the_requirement(database: Database) -> None:
    """8 levels ÷ 16 periods before 5 ÷ 32, the locked third one as a line of the first."""
    with database.writing() as db:
        first, second, third = list_slots(db, officer(db))
    assert (first.slug, second.slug, third.slug) == ("major-hazard-criteria", "work-safety-leadership", None)
    [total] = [line for line in first.lines if line.kind == "per_period"]
    assert (total.levels, total.data["periods"], total.score) == ("8", 16, "0.50")
    [total] = [line for line in second.lines if line.kind == "per_period"]
    assert (total.levels, total.data["periods"], total.score) == ("5", 32, "0.16")
    [opens] = [line for line in first.lines if line.kind == "opens"]
    assert (opens.data["module"]["slug"], opens.levels, opens.data["periods"], opens.score) == (
        "emergency-response-drill", "13", 32, "0.41",
    )  # fmt: skip
    gaps = [
        (line.data["skill"]["slug"], line.data["held"], line.data["reached"], line.is_must)
        for line in first.lines
        if line.kind == "closes"
    ]
    assert gaps == [
        ("major-hazard-determination", 0, 3, True),
        ("hazard-identification", 2, 4, False),
        ("confined-space-control", 0, 3, False),
    ]
    why = third.lines[0].data
    assert why["reason"] == "becomes_possible_next"
    assert why["steps"][0]["module"]["slug"] == "emergency-response-drill"


def test_role_path_is_stored_with_the_curriculum(database: Database) -> None:
    with database.writing() as db:
        make_programme(db)
        path = db.scalars(select(JobRole.path).where(JobRole.slug == "safety-officer")).one()
    assert path.split() == [
        "safety-foundations", "major-hazard-criteria", "emergency-response-drill", "work-safety-leadership",
    ]  # fmt: skip


def test_a_module_in_preparation_never_displaces_one_that_can_be_started(database: Database) -> None:
    with database.writing() as db:
        learner_id = officer(db, in_preparation=("major-hazard-criteria",))
        first, second, third = list_slots(db, learner_id)
    assert [first.slug, second.slug, third.slug] == ["work-safety-leadership", None, None]
    assert second.lines[0].data["reason"] == "all_in_preparation"
    waiting = {module["slug"] for module in second.lines[0].data["modules"]}
    assert waiting == {"major-hazard-criteria", "emergency-response-drill"}


def test_passing_writes_evidence_and_next_steps_in_one_transaction(database: Database) -> None:
    with database.writing() as db:
        learner_id = officer(db)
    with database.writing() as db:
        complete(db, learner_id, "major-hazard-criteria")
    with database.reading() as db:
        levels = db.execute(select(Evidence.level, Evidence.score_percent).order_by(Evidence.id)).all()[-3:]
        assert [tuple(row) for row in levels] == [(3, 86), (4, 86), (3, 86)]
        assert slugs(db, learner_id)[:2] == ["work-safety-leadership", "emergency-response-drill"]


def test_a_failure_after_passing_leaves_nothing_behind(database: Database) -> None:
    with database.writing() as db:
        learner_id = officer(db)
        before = slugs(db, learner_id)

    def fail_after_passing() -> None:
        with database.writing() as db:
            complete(db, learner_id, "major-hazard-criteria")
            assert slugs(db, learner_id) != before
            raise RuntimeError("the power fails")

    with pytest.raises(RuntimeError, match="power"):
        fail_after_passing()
    with database.reading() as db:
        assert slugs(db, learner_id) == before
        assert len(db.scalars(select(Evidence)).all()) == 7
        assert len(db.scalars(select(Enrollment)).all()) == 1


def test_switched_off_nothing_is_kept_and_on_again_it_is_back(database: Database) -> None:
    with database.writing() as db:
        learner_id = officer(db)
        set_personalised(db, user_id=learner_id, is_on=False)
        assert slugs(db, learner_id) == []
        complete(db, learner_id, "major-hazard-criteria")
        assert slugs(db, learner_id) == []
        set_personalised(db, user_id=learner_id, is_on=True)
        assert slugs(db, learner_id)[0] == "work-safety-leadership"


def test_without_a_role_nothing_is_ranked_and_a_role_is_enough(database: Database) -> None:
    with database.writing() as db:
        make_programme(db)
        learner = make_learner(db)
        complete(db, learner.id, "safety-foundations")
        assert slugs(db, learner.id) == []
        role_id = db.scalars(select(JobRole.id).where(JobRole.slug == "safety-officer")).one()
        save_profile(db, user_id=learner.id, language="en", role_id=role_id)
        assert slugs(db, learner.id) == ["major-hazard-criteria", "work-safety-leadership", None]


def test_answers_act_at_once(database: Database) -> None:
    with database.writing() as db:
        learner_id = officer(db)
        criteria = module_id(db, "major-hazard-criteria")
        service.answer(db, learner_id=learner_id, module_id=criteria, kind=NOT_RELEVANT, now=NOON)
        assert slugs(db, learner_id)[0] == "work-safety-leadership"
        assert list_slots(db, learner_id)[-1].lines[0].data["set_aside"] == 1
        service.answer(db, learner_id=learner_id, module_id=criteria, kind=None, now=NOON)
        assert slugs(db, learner_id)[0] == "major-hazard-criteria"


def test_later_ends_after_thirty_days_with_the_nightly_task(database: Database) -> None:
    with database.writing() as db:
        learner_id = officer(db)
        criteria = module_id(db, "major-hazard-criteria")
        service.answer(db, learner_id=learner_id, module_id=criteria, kind=LATER, now=NOON)
        refresh_recommendations(db, {}, NOON + timedelta(days=29, hours=23))
        assert "major-hazard-criteria" not in slugs(db, learner_id)
        refresh_recommendations(db, {}, NOON + timedelta(days=30))
        assert slugs(db, learner_id)[0] == "major-hazard-criteria"


def test_evidence_ages_and_the_nightly_task_notices(database: Database, clock: FixedClock) -> None:
    """24 months, 12 for a skill that a rule makes compulsory: then one level lower."""
    with database.writing() as db:
        learner_id = officer(db)
    clock.advance(timedelta(days=13 * 30 + 7))  # the compulsory one has expired, the others have not
    with database.writing() as db:
        refresh_recommendations(db, {}, clock.now())
        slot = next(slot for slot in list_slots(db, learner_id) if slot.slug == "work-safety-leadership")
        aged = [line.data["skill"]["slug"] for line in slot.lines if line.kind == "evidence_aged"]
        closes = {
            line.data["skill"]["slug"]: line.data["held"] for line in slot.lines if line.kind == "closes"
        }
    assert aged == ["safety-management"]
    assert closes["safety-management"] == 1
    assert closes["hazard-identification"] == 2
    clock.advance(timedelta(days=12 * 31))  # 25 months
    with database.writing() as db:
        refresh_recommendations(db, {}, clock.now())
        slot = next(slot for slot in list_slots(db, learner_id) if slot.slug == "work-safety-leadership")
        [total] = [line for line in slot.lines if line.kind == "per_period"]
    assert total.levels == "9"  # 3 + 2 + 2 + 2 in place of 2 + 1 + 1 + 1


def test_a_module_of_another_industry_counts_half(database: Database) -> None:
    """The enterprise's industry stands above the role's: in tourism the criteria are foreign."""
    with database.writing() as db:
        learner_id = officer(db)
        firm = Organization(
            uuid=_uuid(1), kind="enterprise", name_zh="旅行社", name_en="Travel", industry="tourism"
        )
        db.add(firm)
        db.flush()
        part = Organization(
            uuid=_uuid(2), kind="department", parent_id=firm.id, name_zh="安全部", name_en="Safety"
        )
        db.add(part)
        db.flush()
        db.add(Employment(user_id=learner_id, organization_id=part.id, started_on=NOON.date()))
        db.flush()
        service.refresh(db, learner_id, NOON)
        first = list_slots(db, learner_id)[0]
    assert first.slug == "major-hazard-criteria"
    [foreign] = [line for line in first.lines if line.kind == "foreign_industry"]
    assert (foreign.factor, foreign.score) == ("0.5", "0.25")


def test_everyone_is_refreshed_piece_by_piece(database: Database) -> None:
    with database.writing() as db:
        make_programme(db)
        role_id = db.scalars(select(JobRole.id).where(JobRole.slug == "workshop-worker")).one()
        ids = [make_learner(db, f"worker.{n}", role="workshop-worker").id for n in range(3)]
        db.add_all(_plain_user(n, role_id) for n in range(100))
        db.query(OutboxMessage).delete()
        refresh_recommendations(db, {}, NOON)
    with database.reading() as db:
        waiting = db.scalars(select(OutboxMessage.payload)).all()
    assert waiting == [{"after_id": ids[0] + 99}]
    assert deliver(database, now=NOON) == 1
    with database.reading() as db:
        newest = db.scalars(select(User.id).order_by(User.id.desc()).limit(1)).one()
        assert slugs(db, newest)[0] == "safety-foundations"
        assert db.scalars(select(OutboxMessage).where(OutboxMessage.done_at.is_(None))).all() == []


def test_a_refresh_takes_eight_queries_whatever_the_number_of_learners(database: Database) -> None:
    with database.writing() as db:
        first = officer(db)
        others = [make_learner(db, f"officer.{n}", role="safety-officer").id for n in range(4)]
    counts = []
    for ids in ([first], [first, *others]):
        with database.writing() as db:
            counts.append(_count_queries(db, ids))
    assert counts[0] == counts[1] <= 8


def _count_queries(db: Session, ids: list[int]) -> int:
    seen: list[str] = []
    connection = db.connection()
    event.listen(connection, "before_cursor_execute", lambda *call: seen.append(call[2]))
    service.refresh_many(db, ids, NOON)
    return len(seen)


def _uuid(n: int):  # type: ignore[no-untyped-def]
    from uuid import UUID

    return UUID(int=n)


def _plain_user(n: int, role_id: int) -> User:
    return User(
        uuid=_uuid(1000 + n),
        sign_in_name=f"plain.{n}",
        password_hash="",
        display_name="x",
        role_id=role_id,
        created_at=NOON,
        password_changed_at=NOON,
    )
