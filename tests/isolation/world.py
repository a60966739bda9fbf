"""A district of two streets, four enterprises and their departments, in which every text is a canary."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import select
from sqlalchemy.orm import Session

from content.reader.loader import load_curriculum
from lms.db.transaction import Database
from lms.domain.people_list import ListRow
from lms.domain.permissions import Actor
from lms.features.accounts.models import HatGrant, User, UserSession, UserStatus
from lms.features.accounts.service import start_session
from lms.features.assessment.service import start_quiz
from lms.features.assignments.models import Assignment, AssignmentRule
from lms.features.assignments.queries import find_assignment
from lms.features.assignments.service import assign, waive
from lms.features.catalog.models import Lesson, MediaFile, Module, ModuleVersion
from lms.features.catalog.prepared import PreparedModule, prepare_module
from lms.features.catalog.publishing import publish_version, skill_ids, store_draft
from lms.features.catalog.queries import find_card_for, find_module_card, list_lesson_heads
from lms.features.catalog.storing import store_lesson, store_questions
from lms.features.enrollment.queries import get_enrollment
from lms.features.enrollment.service import enroll
from lms.features.learning.service import finish_lesson
from lms.features.notifications.models import Notification
from lms.features.organizations.imports import check_list
from lms.features.organizations.models import Employment, Organization, OrganizationKind, RoleProposal
from lms.features.organizations.people_queries import list_scopes
from lms.features.organizations.proposals import answer_proposal, get_proposal, wish_role
from lms.features.organizations.queries import get_organization
from lms.features.organizations.service import create_organization, employ
from lms.features.organizations.sheet import ReadList
from lms.features.studio.models import LearnerQuestion, ShowRequest, UploadedModule, UploadState
from lms.features.studio.questions import answer_question, ask_question, get_question
from lms.features.taxonomy.models import JobRole
from tests.conftest import NOON
from tests.factories.accounts import make_user
from tests.factories.curriculum import ADVANCED, BASICS, make_curriculum
from tests.factories.tree import give_hat
from tests.isolation.canaries import SHARED, canary
from tests.isolation.people import FIRMS, LEARNERS, PEOPLE, PLACES, Person, boss_of, teacher_of

STARTED = date(2025, 3, 3)
DUE = NOON.date() + timedelta(days=20)
KINDS = {"d": OrganizationKind.DISTRICT, **dict.fromkeys("st", OrganizationKind.SUBDISTRICT)}
SPACE = UUID(int=7)


@dataclass
class World:
    """Ids of everything, by place, person or enterprise."""

    places: dict[str, int] = field(default_factory=dict)
    people: dict[str, int] = field(default_factory=dict)
    things: dict[str, dict[str, Any]] = field(default_factory=dict)  # of a person or an enterprise: name → id


def make_world(database: Database, folder: Path) -> World:
    """Everything, through the services; media and the curriculum's files lie in `folder`."""
    world = World()
    with database.writing() as db:
        make_curriculum(db, folder)
        db.add(_other_role())
        _add_places(db, world)
        _add_people(db, world)
    prepared = _prepare(folder)
    for firm in FIRMS:
        with database.writing() as db:
            _add_modules(db, world, firm, prepared, folder / "media")
    for key in LEARNERS:
        with database.writing() as db:
            _add_learning(db, world, PEOPLE[key])
    for firm in FIRMS:
        with database.writing() as db:
            _add_desk(db, world, firm)
    with database.writing() as db:
        _add_rules(db, world)
        _end_work(db, world)
    with database.reading() as db:
        _note_ids(db, world)
    return world


def _add_places(db: Session, world: World) -> None:
    for place, above in PLACES.items():
        kind = KINDS.get(place) or (
            OrganizationKind.ENTERPRISE if len(place) == 1 else OrganizationKind.DEPARTMENT
        )
        names = {f"name_{n}": canary(place, SHARED, n) for n in ("zh", "en")}
        made = create_organization(db, kind=kind, parent_id=world.places.get(above or ""), **names)
        world.places[place] = made.id


def _add_people(db: Session, world: World) -> None:
    role_id = db.scalars(select(JobRole.id).where(JobRole.slug == "clerk")).one()
    for person in PEOPLE.values():
        shown, name = (canary(person.works_at, person.key, kind) for kind in ("name", "signin"))
        if person.is_suspended:
            shown = f"=cmd {shown}"  # what a spreadsheet would run
        user = make_user(db, name, display_name=shown, language=person.language, role_id=role_id)
        world.people[person.key] = user.id
        employ(db, user_id=user.id, organization_id=world.places[person.works_at], started_on=STARTED)
        for hat, place in person.hats:
            give_hat(db, user.id, hat, world.places[place])
        start_session(db, user_id=user.id, device="Firefox", now=NOON, absolute=timedelta(hours=72))
    for person in PEOPLE.values():
        values = {"staff_number": canary(person.works_at, person.key, "staff")}
        if person.firm and not person.hats:
            values["line_manager_id"] = world.people[boss_of(person.firm)]
        work = db.scalars(select(Employment).where(Employment.user_id == world.people[person.key])).one()
        for name, value in values.items():
            setattr(work, name, value)


def acting(db: Session, world: World, key: str) -> Actor:
    """The person as services want them."""
    user = db.get_one(User, world.people[key])
    scopes = list_scopes(db, (user.id,), now=NOON).get(user.id, ())
    return Actor(user.id, user.display_name, user.language, user.role_id, True, scopes=scopes)


def _prepare(folder: Path) -> PreparedModule:
    curriculum = load_curriculum(folder / "curriculum")
    source = next(module for module in curriculum.modules if module.meta.slug == BASICS)
    return prepare_module(source, curriculum)


def tell(prepared: PreparedModule, firm: str, kind: str) -> PreparedModule:
    """The module with this canary in every text that a reader may meet."""
    word = canary(firm, SHARED, kind)
    names = ("title", "short_title", "summary")
    texts = {f"{name}_{language}": word for name in names for language in ("zh", "en")}
    lessons = [
        replace(row, title_zh=word, title_en=word, html_zh=f"<p>{word}</p>", html_en=f"<p>{word}</p>")
        for row in prepared.lessons
    ]
    return replace(
        prepared,
        uuid=str(uuid5(SPACE, firm)),
        slug=f"craft-{firm}",
        facts={**prepared.facts, **texts},
        lessons=lessons,
        questions=[replace(row, reason_zh=word, reason_en=word) for row in prepared.questions],
    )


def _add_modules(db: Session, world: World, firm: str, prepared: PreparedModule, media_dir: Path) -> None:
    """A published module and a draft of its next version, each with its upload."""
    owner = db.get_one(Organization, world.places[firm])
    for kind in ("title", "draft"):
        told = tell(prepared, firm, kind)
        version = store_draft(
            db, told, organization_id=owner.id, organization=owner.uuid, visible_id=owner.id
        )
        for position, lesson in enumerate(told.lessons, start=1):
            store_lesson(db, version.id, position, lesson)
        store_questions(db, version.id, told, skill_ids=skill_ids(db))
        _add_figure(db, version.id, canary(firm, SHARED, kind), media_dir)
        db.add(_upload(world, firm, version, kind))
        db.flush()
        if kind == "title":
            publish_version(db, version.id, now=NOON)
        figure = db.scalars(select(MediaFile.sha256).where(MediaFile.version_id == version.id)).one()
        world.things.setdefault(firm, {})[f"{kind}_sha256"] = figure
    module = db.get_one(Module, version.module_id)
    upload = db.scalars(select(UploadedModule.uuid).where(UploadedModule.version_id == version.id)).one()
    world.things[firm] |= {"module": module.slug, "module_id": module.id, "upload": upload}
    world.things[firm] |= {"name": "plan.svg"}


def _add_figure(db: Session, version_id: int, word: str, media_dir: Path) -> None:
    data = f'<svg xmlns="http://www.w3.org/2000/svg"><text>{word}</text></svg>'.encode()
    digest = hashlib.sha256(data).hexdigest()
    media_dir.mkdir(parents=True, exist_ok=True)
    (media_dir / digest).write_bytes(data)
    db.add(MediaFile(version_id=version_id, name="plan.svg", sha256=digest, content_type="image/svg+xml"))


def _upload(world: World, firm: str, version: ModuleVersion, kind: str) -> UploadedModule:
    word, published = canary(firm, SHARED, kind), NOON if kind == "title" else None
    finding = {"path": "module.yaml", "line": 1, "rule": "C016", "zh": word, "en": word, "is_error": False}
    summary = {
        "uuid": str(uuid5(SPACE, firm)),
        "slug": f"craft-{firm}",
        "layer": "foundation",
        "title": {"zh": word, "en": word},
        "periods": 16,
        "prerequisites": [],
        "is_complete": True,
        "cadence": "yearly",
        "questions": 12,
        "figures": 1,
        "lessons": [{"title": {"zh": word, "en": word}, "slug": "01-part", "zh": True, "en": True}],
    }
    return UploadedModule(
        uuid=uuid5(SPACE, f"{firm} {kind}"),
        organization_id=world.places[firm],
        uploaded_by_id=world.people[teacher_of(firm)],
        file_name=f"{word}.zip",
        size_bytes=4711,
        sha256="0" * 64,
        file_count=9,
        state=UploadState.IMPORTED,
        report={
            "refusal": None,
            "files": [[f"{word}.md", 7]],
            "findings": [{**finding, "excerpt": [[1, word]]}],
            "findings_count": 1,
            "summary": summary,
        },
        title_zh=word,
        title_en=word,
        module_id=version.module_id,
        version_id=version.id,
        steps_done=4,
        steps_total=4,
        created_at=NOON,
        imported_at=NOON,
        approval_asked_at=None,
        published_at=published,
        published_by_id=world.people[boss_of(firm)] if published else None,
    )


def _add_learning(db: Session, world: World, person: Person) -> None:
    """A begun module of the enterprise, an open attempt, wishes, a refused and an open proposal, a question."""
    user_id, boss = world.people[person.key], acting(db, world, boss_of(person.firm))
    own = find_card_for(db, user_id, world.things[person.firm]["module"])
    basics, advanced = find_module_card(db, BASICS), find_module_card(db, ADVANCED)
    assert own is not None
    assert basics is not None
    assert advanced is not None
    for card in (own, basics):
        place = enroll(db, learner_id=user_id, module=card, now=NOON)
    for head in list_lesson_heads(db, basics.version_id):
        row = get_enrollment(db, place.id)
        assert row is not None
        finish_lesson(db, enrollment=row, lesson_id=head.lesson_id, now=NOON)
    attempt = start_quiz(db, learner_id=user_id, module=basics, now=NOON, seed=1)
    word = canary(person.works_at, person.key, "waiver")
    for card in (advanced, own):
        assign(
            db,
            learner_id=user_id,
            module_id=card.module_id,
            assigned_by_id=boss.user_id,
            due_on=DUE,
            now=NOON,
        )
    wish = find_assignment(db, learner_id=user_id, module_id=own.module_id)
    assert wish is not None
    waive(db, wish, card=own, actor=boss, reason=word, now=NOON)
    _propose(db, person, user_id, boss)
    _ask(db, world, person, user_id, own.version_id)
    world.things[person.key] = {"attempt": attempt}


def _propose(db: Session, person: Person, user_id: int, boss: Actor) -> None:
    role_id = db.scalars(select(JobRole.id).where(JobRole.slug == "other")).one()
    for is_answered in (True, False):
        assert wish_role(db, user_id=user_id, role_id=role_id, now=NOON)
        db.flush()
        query = select(RoleProposal.id).where(
            RoleProposal.user_id == user_id, RoleProposal.answered_at.is_(None)
        )
        row = get_proposal(db, db.scalars(query).one())
        assert row is not None
        if is_answered:
            reason = canary(person.works_at, person.key, "refusal")
            answer_proposal(db, row, actor=boss, is_accepted=False, reason=reason, now=NOON)


def _ask(db: Session, world: World, person: Person, user_id: int, version_id: int) -> None:
    """One question that waits and one that was answered."""
    lesson = db.scalars(select(Lesson).where(Lesson.version_id == version_id, Lesson.position == 1)).one()
    for kind in ("answered", "question"):
        text = canary(person.works_at, person.key, kind)
        asked = ask_question(db, actor=acting(db, world, person.key), lesson=lesson, text=text, now=NOON)
        row = get_question(db, asked.id)
        assert row is not None
        if kind == "answered":
            teacher = acting(db, world, teacher_of(person.firm))
            words = canary(person.works_at, person.key, "answer")
            answer_question(db, row, actor=teacher, text=words, now=NOON)


def _add_desk(db: Session, world: World, firm: str) -> None:
    """A checked list of people with a good row and a refused one, and the wish to be shown in the district."""
    place = get_organization(db, world.places[firm])
    assert place is not None
    who = boss_of(firm)
    rows = [
        ListRow(2, {"name": canary(firm, who, "row"), "sign_in_name": f"new.{firm}"}),
        ListRow(3, {"name": canary(firm, who, "row"), "sign_in_name": "", "department": "nowhere"}),
    ]
    world.things[firm]["list"] = check_list(
        db,
        actor=acting(db, world, who),
        organization=place,
        read=ReadList(rows, []),
        file_name=f"{canary(firm, who, 'row')}.csv",
        now=NOON,
    )
    wish = ShowRequest(
        module_id=world.things[firm]["module_id"],
        organization_id=world.places["d"],
        asked_by_id=world.people[who],
        asked_at=NOON,
    )
    db.add(wish)
    db.flush()
    world.things[firm]["wish"] = wish.id


def _add_rules(db: Session, world: World) -> None:
    """A standing wish for every enterprise and department."""
    for place in PLACES:
        if place[0] not in FIRMS:
            continue
        rule = AssignmentRule(
            organization_id=world.places[place],
            role_id=None,
            module_ids=[world.things[place[0]]["module_id"]],
            due_on=DUE,
            joiner_days=30,
            made_by_id=world.people[boss_of(place[0])],
            made_at=NOON,
        )
        db.add(rule)
        db.flush()
        world.things[f"at {place}"] = {"rule_id": rule.id}


def _end_work(db: Session, world: World) -> None:
    for person in PEOPLE.values():
        if person.is_suspended:
            db.get_one(User, world.people[person.key]).status = UserStatus.SUSPENDED


def _note_ids(db: Session, world: World) -> None:
    """What the services gave numbers to."""
    for key, user_id in world.people.items():
        own = world.things.setdefault(key, {})
        own["session_id"] = _first(db, UserSession.id, UserSession.user_id == user_id)
        own["notification_id"] = _first(db, Notification.id, Notification.user_id == user_id)
    for key in LEARNERS:
        user_id, own = world.people[key], world.things[key]
        proposed = (RoleProposal.user_id == user_id, RoleProposal.answered_at.is_(None))
        own["proposal_id"] = _first(db, RoleProposal.id, *proposed)
        asked = (LearnerQuestion.learner_id == user_id, LearnerQuestion.answer.is_(None))
        wished = (Assignment.learner_id == user_id, Assignment.waived_at.is_(None))
        own["assignment_id"] = _first(db, Assignment.id, *wished)
        own["question_id"] = _first(db, LearnerQuestion.id, *asked)
    for firm in FIRMS:
        query = select(HatGrant.id).where(HatGrant.user_id == world.people[teacher_of(firm)])
        world.things[firm]["grant_id"] = db.scalars(query).one()


def _first(db: Session, column: Any, *conditions: Any) -> int | None:
    found: int | None = db.scalars(select(column).where(*conditions).order_by(column).limit(1)).first()
    return found


def _other_role() -> JobRole:
    names = {"name_zh": "别的", "name_en": "Other"}
    return JobRole(slug="other", position=9, **names, industry="all", is_key_industry=False, path="")
