"""Every reason that the demo's people are shown is one: without the cause it names, the score is lower (REQ-020)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

import content
from content.reader import load_curriculum
from lms.app import open_database
from lms.config import Settings
from lms.db.transaction import Database
from lms.demo import make_demo
from lms.features.accounts.models import User
from lms.features.catalog.service import sync_curriculum
from lms.features.catalog.snapshot import read_snapshot
from lms.features.recommendations.inputs import LearnerRow, LearnerState, list_learners, list_states
from lms.features.recommendations.model_store import Model
from lms.features.recommendations.ranking import Filling, Frame, blend_in, fill_slots, rank
from lms.features.skills.queries import LevelFact, level_facts
from lms.ports.clock import local_date
from tests.conftest import NOON
from tests.factories.learned import learn


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory, migrated_sqlite: Path) -> Iterator[tuple[Database, Model]]:
    """The whole demo, and what its completions teach."""
    folder = tmp_path_factory.mktemp("ablation")
    url = f"sqlite:///{folder / 'terrace.db'}"
    (folder / "terrace.db").write_bytes(migrated_sqlite.read_bytes())
    root = Path(content.__file__).parent
    settings = Settings(folder, url, root, secret_key="a key for tests only", is_testing=True)
    database = open_database(settings)
    with database.writing() as db:
        sync_curriculum(db, load_curriculum(root), now=NOON, media_dir=settings.media_dir)
    make_demo(database, settings, now=NOON)
    model = learn(database, folder).current()
    assert model is not None
    yield database, model
    database.close()


class Person:
    """One learner of the demo, whose score can be asked for as if something were otherwise."""

    def __init__(
        self, frame: Frame, learner: LearnerRow, state: LearnerState, evidence: list[LevelFact]
    ) -> None:
        self.frame, self.learner, self.state, self.evidence = frame, learner, state, evidence

    def filling(self) -> Filling:
        return fill_slots(self.frame, self.learner, self.state, self.evidence)

    def score(self, slug: str, *, without_skill: str = "", without_module: int = 0) -> Fraction:
        """The whole score of a card; 0 when it would be none. The gap's value is that of what is really held:
        a module taken out of the history takes its evidence not away."""
        frame = self._without_skill(without_skill)
        ranking = rank(frame, self.learner, self.state, self.evidence)
        state = self.state
        if without_module:
            state = state._replace(done=state.done - {without_module})
        blended = blend_in(frame, self.learner, state, self.evidence, ranking)
        assert blended is not None
        if slug in blended.weighed:
            return blended.weighed[slug].total
        entry = ranking.get_entry(slug)
        lifted = ranking.get_entry(entry.lifted_by) if entry.lifted_by else entry
        return lifted.score if entry.is_card else Fraction(0)

    def _without_skill(self, slug: str) -> Frame:
        """As if the role did not ask for the skill."""
        shot = self.frame.snapshot
        needs = tuple(
            need for need in shot.requirements[self.learner.role_id or 0] if need.skill_slug != slug
        )
        requirements = {**shot.requirements, self.learner.role_id or 0: needs}
        return replace(self.frame, snapshot=replace(shot, requirements=requirements))


def everybody(db: Session, model: Model) -> Iterator[Person]:
    snapshot, policy = read_snapshot(db, today=local_date(NOON))
    frame = Frame(snapshot, policy, local_date(NOON), model)
    ids = list(db.scalars(select(User.id).where(User.role_id.is_not(None))))
    states, facts = list_states(db, ids, now=NOON), level_facts(db, ids)
    for learner in list_learners(db, ids):
        yield Person(frame, learner, states[learner.learner_id], list(facts[learner.learner_id]))


def test_without_the_cause_named_the_score_is_lower(demo: tuple[Database, Model]) -> None:
    database, model = demo
    seen: Counter[str] = Counter()
    lower: Counter[str] = Counter()
    with database.reading() as db:
        for person in everybody(db, model):
            filling = person.filling()
            for slot in filling.slots:
                if slot.slug is None:
                    continue
                score = person.score(slot.slug)
                for line in slot.reasons:
                    for kind, changed in _ablations(person, slot.slug, line):
                        seen[kind] += 1
                        lower[kind] += changed < score
    assert seen == lower
    assert min(seen[kind] for kind in ("closes", "next", "together")) > 20, seen


def _ablations(person: Person, slug: str, line: dict) -> Iterator[tuple[str, Fraction]]:  # type: ignore[type-arg]
    if line["kind"] == "closes":
        yield "closes", person.score(slug, without_skill=line["skill"]["slug"])
    for module in line.get("modules", ()) if line["kind"] == "part" else ():
        module_id = person.frame.module_ids[module["slug"]]
        yield line["part"], person.score(slug, without_module=module_id)


def test_the_lines_of_every_card_add_up(demo: tuple[Database, Model]) -> None:
    database, model = demo
    n = 0
    with database.reading() as db:
        for person in everybody(db, model):
            for slot in person.filling().slots:
                totals = [line for line in slot.reasons if line["kind"] == "total"]
                parts = [Fraction(line["score"]) for line in slot.reasons if line["kind"] == "part"]
                for total in totals:
                    assert Fraction(total["base"]) + sum(parts) == Fraction(total["score"])
                    assert person.score(slot.slug or "") == Fraction(total["score"])
                    n += 1
    assert n > 50
