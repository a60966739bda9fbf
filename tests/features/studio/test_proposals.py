"""Skills proposed for an uploaded module: nothing is taken that an instructor has not ticked."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from sqlalchemy import select

from lms.features.catalog.models import ModuleSkill
from lms.features.taxonomy.models import Skill
from lms.features.trail.models import TrailEntry
from tests.factories.curriculum import COUNTING, READING, both
from tests.features.recommendations.test_pages import text_of
from tests.features.studio.conftest import Studio
from tests.files.modules import module_files

TICKED = {f"take-{COUNTING}": "1", f"level-{COUNTING}": "3"}


def draft(studio: Studio) -> UUID:
    """A draft that teaches reading; one of its outcomes speaks of counting."""
    return studio.import_(module_files(outcomes=[{"id": "o1", **both("counting parts")}]))


def taught(studio: Studio) -> dict[str, int]:
    """What the draft teaches."""
    version_id = studio.row().version_id
    with studio.reading() as db:
        query = select(Skill.slug, ModuleSkill.level).join(ModuleSkill, ModuleSkill.skill_id == Skill.id)
        rows = db.execute(query.where(ModuleSkill.version_id == version_id))
        return {row.slug: row.level for row in rows}


def accepted_in_trail(studio: Studio) -> list[dict[str, Any]]:
    with studio.reading() as db:
        query = select(TrailEntry.facts).where(TrailEntry.action == "draft_skill_added")
        return [json.loads(facts) for facts in db.scalars(query)]


def test_a_proposal_has_its_reason_and_changes_nothing_by_itself(studio: Studio) -> None:
    """Strength of "counting parts" for "counting": s² = ln 2 / (ln 2 + 0.2 ln 6) = 0.659; said in both languages:
    1 − (1 − 0.659)² = 0.884."""
    uuid = draft(studio)
    assert [(row["skill"], row["percent"]) for row in studio.row().report["proposals"]] == [(COUNTING, 88)]
    page = text_of(studio.browser("instructor").get(f"/studio/uploads/{uuid}").text)
    assert "strength 88 of 100; the texts say “counting”" in page
    assert taught(studio) == {READING: 2}


def test_what_is_ticked_is_taught_and_stands_in_the_trail(studio: Studio) -> None:
    uuid = draft(studio)
    browser = studio.browser("instructor")
    browser.post(f"/studio/uploads/{uuid}/skills", data=TICKED)
    assert taught(studio) == {READING: 2, COUNTING: 3}
    assert accepted_in_trail(studio) == [{"level": 3, "skill": COUNTING}]
    page = text_of(browser.get(f"/studio/uploads/{uuid}").text)
    assert "added, level 3" in page
    assert "Skills it may teach, too" not in page
    browser.post(f"/studio/uploads/{uuid}/skills", data=TICKED)  # a double click
    assert len(accepted_in_trail(studio)) == 1
    browser.post(f"/studio/uploads/{uuid}/publication")
    studio.work()
    assert "to level 3; you wrote “counting”" in text_of(
        studio.browser("learner").get("/curriculum/find?text=counting").text
    )


def test_nothing_else_is_taken(studio: Studio) -> None:
    uuid = draft(studio)
    browser = studio.browser("instructor")
    for data in (
        {},
        {f"level-{COUNTING}": "3"},
        {f"take-{COUNTING}": "1", f"level-{COUNTING}": "4"},
        {f"take-{COUNTING}": "1", f"level-{COUNTING}": "x"},
        {f"take-{READING}": "1", f"level-{READING}": "3"},
    ):
        browser.post(f"/studio/uploads/{uuid}/skills", data=data)
    assert taught(studio) == {READING: 2}
    assert accepted_in_trail(studio) == []


def test_only_an_instructor_of_the_place_decides(studio: Studio) -> None:
    uuid = draft(studio)
    for name in ("manager", "other", "learner", "supervisor"):
        assert studio.browser(name).post(f"/studio/uploads/{uuid}/skills", data=TICKED).status_code == 404
    assert "Skills it may teach, too" not in studio.browser("manager").get(f"/studio/uploads/{uuid}").text
    assert taught(studio) == {READING: 2}


def test_a_published_version_does_not_change(studio: Studio) -> None:
    uuid = draft(studio)
    browser = studio.browser("instructor")
    browser.post(f"/studio/uploads/{uuid}/publication")
    assert browser.post(f"/studio/uploads/{uuid}/skills", data=TICKED).status_code == 409
    assert taught(studio) == {READING: 2}


def test_an_enterprises_module_is_found_by_its_people_only(studio: Studio) -> None:
    slug = studio.publish()
    assert f"/modules/{slug}" in studio.browser("learner").get("/curriculum/find?text=reading").text
    assert f"/modules/{slug}" not in studio.browser("stranger").get("/curriculum/find?text=reading").text


def test_a_module_that_speaks_of_nothing_else_has_no_proposals(studio: Studio) -> None:
    studio.import_()
    assert studio.row().report["proposals"] == []
