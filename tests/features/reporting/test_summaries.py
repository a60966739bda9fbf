"""Summaries follow what happens, in the same transaction, and the counts of the tree follow the summaries."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from lms.db.transaction import Database
from lms.features.accounts.models import User
from lms.features.accounts.service import set_role
from lms.features.assignments.queries import find_assignment, list_required
from lms.features.assignments.service import change_due, waive
from lms.features.catalog.queries import list_lesson_heads
from lms.features.enrollment.queries import find_enrollment
from lms.features.enrollment.service import enroll, note_quiz_passed, recognise
from lms.features.learning.queries import learner_map
from lms.features.learning.service import finish_lesson, note_place
from lms.features.organizations.people import Work, change_work, end_employment
from lms.features.organizations.people_queries import find_person
from lms.features.organizations.service import move_organization
from lms.features.reporting import tasks
from lms.features.reporting.models import PersonGap, PersonRequirement, PersonSummary, TeamCount
from lms.features.reporting.summaries import AT_ONCE, mark_stale, summarise
from lms.features.reporting.team_figures import read_figures
from lms.features.reporting.team_queries import Team
from lms.features.skills.models import Evidence
from lms.features.taxonomy.models import JobRole
from lms.jobs.outbox import OutboxMessage, deliver
from tests.conftest import NOON
from tests.factories.curriculum import ADVANCED, BASICS, FAR
from tests.factories.teams import TODAY, Works, actor, ask, card, make_works, organization


@pytest.fixture
def works(database: Database, tmp_path: Path) -> Works:
    with database.writing() as db:
        return make_works(db, tmp_path)


def summary(db: Session, user_id: int) -> PersonSummary:
    return db.get_one(PersonSummary, user_id)


def in_short(db: Session, user_id: int) -> tuple[int, int, int, int]:
    """Required and completed modules, required periods and those done."""
    row = summary(db, user_id)
    return row.required_count, row.completed_count, row.required_periods, row.periods_done


def stored_counts(db: Session) -> set[tuple[int, str, str, int, int]]:
    query = select(
        TeamCount.organization_id, TeamCount.kind, TeamCount.key, TeamCount.people, TeamCount.amount
    )
    return {tuple(row) for row in db.execute(query) if row.people or row.amount}  # type: ignore[misc]


def study(db: Session, learner_id: int, slug: str, *, lessons: int, passes: bool = False) -> None:
    """Begin a module, read lessons of it, pass its quiz."""
    module = card(db, slug)
    enroll(db, learner_id=learner_id, module=module, now=NOON)
    for head in list_lesson_heads(db, module.version_id)[:lessons]:
        place = find_enrollment(db, learner_id, module.module_id)
        assert place is not None
        finish_lesson(db, enrollment=place, lesson_id=head.lesson_id, now=NOON)
    place = find_enrollment(db, learner_id, module.module_id)
    if passes and place:
        note_quiz_passed(db, place.enrollment_id, attempt_id=1, score_percent=90, now=NOON)


def test_a_new_clerk_must_take_two_modules_and_lacks_six_levels(database: Database, works: Works) -> None:
    """Reading 4 by rule and counting 2, nothing held; both modules of the path teach reading."""
    with database.reading() as db:
        row = summary(db, works.lu)
        assert in_short(db, works.lu) == (2, 0, 32, 0)
        assert (row.gap_count, row.gap_levels, row.legal_gap_count) == (2, 6, 1)
        assert (row.next_due_on, row.last_active_at, row.line_manager_id) == (None, None, works.gu)
        assert in_short(db, works.gu) == (0, 0, 0, 0)


def test_periods_follow_each_lesson_as_the_learners_own_page_does(database: Database, works: Works) -> None:
    """One of two lessons and a quiz is 33 %: 5 of 16 periods."""
    with database.writing() as db:
        study(db, works.lu, BASICS, lessons=1)
    with database.reading() as db:
        assert in_short(db, works.lu) == (2, 0, 32, 5)
        user = db.get_one(User, works.lu)
        learner = actor(db, works.lu)
        learner = type(learner)(user.id, user.display_name, "en", user.role_id, True)
        own = list_required(db, learner, learner_map(db, learner, today=TODAY))
        assert sum(row.periods_done for row in own) == 5
        assert summary(db, works.lu).last_active_at == NOON


def test_completing_a_module_closes_gaps(database: Database, works: Works) -> None:
    """Basics teaches reading 2 and counting 2: reading still lacks 2, counting nothing."""
    with database.writing() as db:
        study(db, works.lu, BASICS, lessons=2, passes=True)
    with database.reading() as db:
        assert in_short(db, works.lu) == (2, 1, 32, 16)
        gaps = db.scalars(select(PersonGap).where(PersonGap.user_id == works.lu)).all()
        assert [(gap.required, gap.gap, gap.is_must) for gap in gaps] == [(4, 2, True)]
        states = dict(
            db.execute(
                select(PersonRequirement.module_id, PersonRequirement.progress).where(
                    PersonRequirement.user_id == works.lu
                )
            ).all()  # type: ignore[arg-type]
        )
        assert states == {card(db, BASICS).module_id: "completed", card(db, ADVANCED).module_id: "open"}


def test_a_sign_of_life_is_noted_alone(database: Database, works: Works) -> None:
    with database.writing() as db:
        study(db, works.lu, BASICS, lessons=0)
    later = NOON + timedelta(minutes=5)
    with database.writing() as db:
        place = find_enrollment(db, works.lu, card(db, BASICS).module_id)
        assert place is not None
        lesson = list_lesson_heads(db, place.version_id)[0].lesson_id
        note_place(db, enrollment=place, lesson_id=lesson, section=1, now=later)
    with database.reading() as db:
        row = summary(db, works.lu)
        assert (row.last_active_at, row.computed_at) == (later, NOON)


def test_dates_follow_wishes_and_waivers(database: Database, works: Works) -> None:
    with database.writing() as db:
        ask(db, works.gu, works.lu, FAR, date(2026, 11, 20))
        ask(db, works.gu, works.lu, BASICS, date(2026, 12, 1))
    with database.reading() as db:
        assert summary(db, works.lu).next_due_on == date(2026, 11, 20)
        assert in_short(db, works.lu) == (3, 0, 48, 0)
    with database.writing() as db:
        far = find_assignment(db, learner_id=works.lu, module_id=card(db, FAR).module_id)
        assert far is not None
        waive(
            db, far, card=card(db, FAR), actor=actor(db, works.gu, works.alpha), reason="not needed", now=NOON
        )
    with database.writing() as db:
        assert summary(db, works.lu).next_due_on == date(2026, 12, 1)
        assert in_short(db, works.lu) == (2, 0, 32, 0)
        basics = find_assignment(db, learner_id=works.lu, module_id=card(db, BASICS).module_id)
        assert basics is not None
        change_due(db, basics, card=card(db, BASICS), due_on=date(2026, 12, 8), now=NOON)
    with database.writing() as db:
        assert summary(db, works.lu).next_due_on == date(2026, 12, 8)
        recognise(
            db,
            learner_id=works.lu,
            module_id=card(db, BASICS).module_id,
            basis="assessor",
            assessor="He",
            score_percent=90,
            now=NOON,
        )
    with database.reading() as db:
        assert summary(db, works.lu).next_due_on is None
        assert in_short(db, works.lu) == (2, 1, 32, 16)


def test_another_role_and_another_department(database: Database, works: Works) -> None:
    with database.writing() as db:
        set_role(db, user_id=works.lu, role_id=None)
        person = find_person(db, works.wang)
        assert person is not None
        boss = actor(db, works.gu, works.alpha)
        change_work(db, person, Work(organization(db, works.sales), None, "chen"), actor=boss, now=NOON)
    with database.reading() as db:
        lu, wang = summary(db, works.lu), summary(db, works.wang)
        assert (lu.role_id, lu.gap_count, lu.required_count) == (None, 0, 0)
        assert (wang.organization_id, wang.line_manager_id) == (works.sales, works.chen)
        assert db.scalars(
            select(PersonGap.organization_id).where(PersonGap.user_id == works.wang)
        ).first() == (works.sales)


def test_who_leaves_has_no_summary_and_their_reports_no_manager(database: Database, works: Works) -> None:
    with database.writing() as db:
        person = find_person(db, works.wang)
        assert person is not None
        boss = actor(db, works.gu, works.alpha)
        change_work(db, person, Work(organization(db, works.production), None, "chen"), actor=boss, now=NOON)
    with database.writing() as db:
        person = find_person(db, works.chen)
        assert person is not None
        boss = actor(db, works.gu, works.alpha)
        end_employment(db, person, actor=boss, ended_on=TODAY, now=NOON)
    with database.reading() as db:
        assert db.get(PersonSummary, works.chen) is None
        assert db.scalars(select(PersonGap).where(PersonGap.user_id == works.chen)).all() == []
        assert summary(db, works.wang).line_manager_id is None


def test_evidence_ages_with_the_nightly_run(database: Database, works: Works) -> None:
    """Evidence for a compulsory skill counts in full for 12 months, one level less afterwards."""
    with database.writing() as db:
        study(db, works.lu, BASICS, lessons=2, passes=True)
        db.flush()
        db.execute(update(Evidence).values(obtained_at=NOON - timedelta(days=360)))
        summarise(db, [works.lu], NOON)
        assert summary(db, works.lu).gap_levels == 2
    with database.writing() as db:
        tasks.rebuild_summaries(db, {}, NOON + timedelta(days=10))
        assert summary(db, works.lu).gap_levels == 3


def test_counts_of_the_tree_equal_a_fresh_count(database: Database, works: Works) -> None:
    with database.writing() as db:
        study(db, works.lu, BASICS, lessons=2, passes=True)
        ask(db, works.gu, works.qian, BASICS, date(2026, 11, 1))
    with database.writing() as db:
        set_role(db, user_id=works.wang, role_id=None)
    with database.writing() as db:
        kept = stored_counts(db)
        tasks.count_team_figures(db, {}, NOON)
        assert stored_counts(db) == kept
        skill_rows = [(row[3], row[4]) for row in kept if row[0] == works.alpha and row[1] == "gap"]
        assert sorted(skill_rows) == [(2, 4), (3, 10)]  # counting: Qian, Chen 2 each; reading: 2 + 4 + 4


def test_figures_of_the_team_leave_the_viewer_out(database: Database, works: Works) -> None:
    """Alpha: Lu, Wang, Qian, Chen below Gu; one of them is late, none has finished, all have a legal gap."""
    with database.writing() as db:
        ask(db, works.gu, works.lu, FAR, date(2026, 11, 20))
        ask(db, works.gu, works.gu, FAR, date(2026, 11, 1))
        ask(db, works.gu, works.chen, BASICS, date(2026, 12, 2))
        ask(db, works.gu, works.qian, BASICS, date(2026, 12, 2))
    with database.reading() as db:
        team = Team((organization(db, works.alpha).path,), works.gu, TODAY)
        figures = read_figures(db, team)
        assert (figures.people, figures.direct, figures.overdue, figures.unfinished) == (4, 2, 1, 4)
        assert (figures.oldest_due_on, figures.legal, figures.legal_gaps) == (date(2026, 11, 20), 4, 4)
        assert figures.next_due == (date(2026, 12, 2), 2)
        role_id = db.scalars(select(JobRole.id)).one()
        assert figures.roles == {role_id: (4, 4)}
        below = Team(team.paths, works.gu, TODAY, organization(db, works.production).path)
        assert read_figures(db, below).people == 3
        beta = Team((organization(db, works.beta).path,), works.he, TODAY)
        assert (read_figures(db, beta).people, read_figures(db, beta).overdue) == (1, 0)


def test_a_date_that_passes_makes_somebody_late_without_any_run(database: Database, works: Works) -> None:
    with database.writing() as db:
        ask(db, works.gu, works.lu, BASICS, TODAY)
    with database.reading() as db:
        paths = (organization(db, works.alpha).path,)
        overdue = [read_figures(db, Team(paths, works.gu, TODAY + timedelta(days=n))).overdue for n in (0, 1)]
        assert overdue == [0, 1]


def test_a_moved_part_of_the_tree_is_counted_where_it_stands(database: Database, works: Works) -> None:
    with database.writing() as db:
        move_organization(db, works.shift, parent_id=works.sales)
    deliver(database, now=NOON)
    with database.reading() as db:
        paths = (organization(db, works.alpha).path,)
        counts = [
            read_figures(db, Team(paths, works.gu, TODAY, organization(db, place).path)).people
            for place in (works.alpha, works.production, works.sales)
        ]
        assert counts == [4, 2, 2]


def test_many_at_once_are_left_to_a_job(database: Database, works: Works) -> None:
    deliver(database, now=NOON)
    with database.writing() as db:
        db.execute(delete(PersonSummary).where(PersonSummary.user_id == works.lu))
        mark_stale(db, range(works.lu, works.lu + AT_ONCE + 1))
    with database.reading() as db:
        assert db.get(PersonSummary, works.lu) is None
        waiting = db.scalars(select(OutboxMessage.task).where(OutboxMessage.done_at.is_(None))).all()
        assert waiting == ["summarise_people"]
    deliver(database, now=NOON)
    with database.reading() as db:
        assert summary(db, works.lu).required_count == 2


def test_the_nightly_run_finds_whom_no_event_named(database: Database, works: Works) -> None:
    with database.writing() as db:
        for table in (PersonGap, PersonRequirement, PersonSummary, TeamCount):
            db.execute(delete(table))
        tasks.rebuild_summaries(db, {}, NOON)
    with database.reading() as db:
        assert in_short(db, works.qian) == (2, 0, 32, 0)
        team = Team((organization(db, works.alpha).path,), works.gu, TODAY)
        assert read_figures(db, team).people == 4
