"""Making the demo and taking it away again."""

from __future__ import annotations

import os
import random
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.config import ConfigurationError, Settings
from lms.db.transaction import Database
from lms.demo.district import District, read_district
from lms.demo.history import Player, read_catalogue
from lms.demo.removal import remove_demo
from lms.demo.settlement import People, settle
from lms.demo.stories import Step, chance_story, planned_story
from lms.domain.events import AttemptGraded, ModuleCompleted, ModuleRecognised
from lms.features.accounts.models import User
from lms.features.accounts.queries import has_demo_users
from lms.features.assignments.service import assign
from lms.features.enrollment.service import recognise
from lms.features.recommendations.service import refresh_many
from lms.features.skills import service as skills
from lms.features.taxonomy.queries import list_roles
from lms.jobs.outbox import BUS, EventBus, publish
from lms.ports.clock import local_date
from lms.ports.passwords import make_initial_password
from lms.server import demo_accounts_path

SEED = 20261124


class DemoRefused(ConfigurationError):
    """The demo is not touched; the message says why and what to do."""


def make_demo(
    database: Database, settings: Settings, *, now: datetime, district: District | None = None
) -> str:
    """Make the demo unless it is there; returns what to tell the operator.

    :raises ConfigurationError: the curriculum has not been loaded
    """
    path = demo_accounts_path(settings)
    with database.reading() as db:
        is_there = has_demo_users(db)
    if is_there:
        if not path.exists():
            return f"The demo is there, but {path} is not: `lms demo reset` makes another password."
        return f"The demo is there already.\n{path.read_text().rstrip()}"
    district, password = district or read_district(), make_initial_password()
    with database.writing() as db:
        count = _build(db, district, password, now=now)
    _keep_accounts(path, district, password)
    return f"The demo has {count} people.\n{path.read_text().rstrip()}"


def reset_demo(
    database: Database,
    settings: Settings,
    *,
    now: datetime,
    is_confirmed: bool,
    district: District | None = None,
) -> str:
    """Remove the demo's rows and make them anew, in one transaction; returns what to tell the operator.

    :raises DemoRefused: real people have accounts here and nobody has confirmed
    """
    district, password = district or read_district(), make_initial_password()
    with database.writing() as db:
        real = db.scalar(select(func.count()).select_from(User).where(~User.is_demo)) or 0
        if real and not is_confirmed:
            raise DemoRefused(
                f"{real} accounts here belong to real people. They would be kept, but what demo people did "
                "to them would go: say --yes if that is meant."
            )
        remove_demo(db)
        count = _build(db, district, password, now=now)
    path = demo_accounts_path(settings)
    _keep_accounts(path, district, password)
    return f"The demo was made anew with {count} people.\n{path.read_text().rstrip()}"


def _build(db: Session, district: District, password: str, *, now: datetime) -> int:
    """People, their history, and what the ranking makes of it."""
    # the ranking is computed once for each person at the end, not after each of some thousand steps
    db.info[BUS] = EventBus(
        now={
            ModuleCompleted: (skills.record_completion,),
            ModuleRecognised: (skills.record_recognition,),
            AttemptGraded: (skills.note_answers,),
        }
    )
    player = Player(db, read_catalogue(db), random.Random(SEED))
    if not player.catalogue.startable:
        raise ConfigurationError("The curriculum has not been loaded yet: run `lms content sync` first.")
    people = settle(db, district, password, now=now)
    _recognise_prior_learning(db, district, people, player, now=now)
    _play_stories(db, district, people, player, now=now)
    _assign(db, district, people, player, now=now)
    refresh_many(db, list(people.ids.values()), now)
    return len(people.ids)


def _play_stories(db: Session, district: District, people: People, player: Player, *, now: datetime) -> None:
    paths = {role.slug: role.path for role in list_roles(db)}
    planned = {persona.sign_in: persona.story for persona in district.personas}
    for person in district.people:
        # each person has dice of their own, so that one more line in the file changes nobody else's story
        rng = random.Random(f"{SEED} {person.sign_in}")
        player.rng = rng
        steps: list[Step]
        if person.sign_in in planned:
            steps = planned_story(planned[person.sign_in], player.catalogue.startable, now=now, rng=rng)
        else:
            path = paths.get(person.role or "", ())
            steps = chance_story(path, player.catalogue.startable, now=now, rng=rng)
        player.play(people.ids[person.sign_in], steps)


def _recognise_prior_learning(
    db: Session, district: District, people: People, player: Player, *, now: datetime
) -> None:
    rng = random.Random(SEED)
    for row in district.prior_learning:
        card = player.catalogue.cards[row.module]
        for sign_in in row.people:
            score, learner_id = rng.randint(80, 95), people.ids[sign_in]
            recognise(
                db,
                learner_id=learner_id,
                module_id=card.module_id,
                basis="assessor",
                assessor=row.assessor,
                score_percent=score,
                now=now - timedelta(days=rng.randint(60, 300)),
            )
            publish(
                db,
                ModuleRecognised(
                    learner_id=learner_id,
                    module_version_id=card.version_id,
                    attempt_id=None,
                    score_percent=score,
                ),
            )


def _assign(db: Session, district: District, people: People, player: Player, *, now: datetime) -> None:
    for wish in district.wishes:
        for sign_in in wish.to:
            assign(
                db,
                learner_id=people.ids[sign_in],
                module_id=player.catalogue.cards[wish.module].module_id,
                assigned_by_id=people.ids[wish.by],
                due_on=local_date(now + timedelta(days=wish.due)),
                now=now - timedelta(days=25),
            )


def _keep_accounts(path: Path, district: District, password: str) -> None:
    """Write down who can sign in with what, readable by the owner only."""
    names = {person.sign_in: person.name for person in district.people}
    width = max(len(persona.sign_in) for persona in district.personas)
    lines = [
        f"  {persona.sign_in:<{width}}  {names[persona.sign_in]} – {persona.zh} / {persona.en}"
        for persona in district.personas
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)  # an older file may have wider permissions
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write("\n".join([f"Demo sign-ins, password of all: {password}", *lines, ""]))
