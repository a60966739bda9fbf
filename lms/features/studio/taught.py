"""Skills proposed for an uploaded module: worked out with the draft, taken by nobody but an instructor (REQ-041)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from lms.domain.curriculum import Layer
from lms.domain.errors import Conflict
from lms.domain.studio_events import DraftSkillAdded
from lms.features.catalog.prepared import LANGUAGES, PreparedModule
from lms.features.catalog.publishing import add_taught_skills
from lms.features.catalog.snapshot import read_snapshot
from lms.features.skills.matching import matcher_of
from lms.features.studio.models import UploadedModule, UploadState
from lms.features.studio.queries import UploadRow
from lms.jobs.outbox import publish

LEVELS = (1, 2, 3)
"""Level 4 stands on prerequisites that teach level 2 (rule C008): that is written into module.yaml."""

WEIGHTS = {"whole": 1.0, "lesson": 0.9, "section": 0.8}
TAG = re.compile(r"<[^>]+>")


@dataclass(frozen=True)
class Proposal:
    """A skill that the texts speak of and `teaches` does not name; `level` is where the choice stands first."""

    skill: str
    name_zh: str
    name_en: str
    percent: int
    words: tuple[str, ...]
    level: int


def propose_skills(db: Session, prepared: PreparedModule, *, today: date) -> list[dict[str, Any]]:
    """At most eight skills of the taxonomy for the report, as plain values."""
    matcher = matcher_of(read_snapshot(db, today=today)[0])
    known = {slug for slug, _ in prepared.teaches}
    texts = [TAG.sub(" ", html) for row in prepared.lessons for html in (row.html_zh, row.html_en)]
    level = 2 if prepared.layer == Layer.FOUNDATION else 3
    return [
        {
            "skill": match.skill.slug,
            "name_zh": match.skill.name_zh,
            "name_en": match.skill.name_en,
            "percent": match.percent,
            "words": list(match.words),
            "level": level,
        }
        for match in matcher.propose(_headings(prepared), texts, known=known)
    ]


def _headings(prepared: PreparedModule) -> Iterator[tuple[str, float]]:
    """What says most about a module, with its weight: titles, summary, outcomes, lessons, their sections."""
    facts = prepared.facts
    for language in LANGUAGES:
        yield facts[f"title_{language}"], WEIGHTS["whole"]
        yield facts[f"summary_{language}"], WEIGHTS["whole"]
        for outcome in facts["details"]["outcomes"]:
            yield outcome[language], WEIGHTS["whole"]
        for lesson in prepared.lessons:
            yield getattr(lesson, f"title_{language}"), WEIGHTS["lesson"]
            for section in getattr(lesson, f"sections_{language}"):
                yield section["title"], WEIGHTS["section"]


def list_proposals(report: Mapping[str, Any]) -> list[Proposal]:
    """What is proposed and not yet accepted, the strongest first."""
    rows = report.get("proposals", ())
    return [Proposal(**{**row, "words": tuple(row["words"])}) for row in rows]


def read_choice(form: Mapping[str, str], proposals: list[Proposal]) -> dict[str, int]:
    """The ticked proposals with the level chosen for each; what is not proposed is not read."""
    ticked = [row for row in proposals if form.get(f"take-{row.skill}") == "1"]
    levels = {row.skill: form.get(f"level-{row.skill}", "") for row in ticked}
    return {skill: int(level) for skill, level in levels.items() if level in map(str, LEVELS)}


def accept_skills(db: Session, upload: UploadRow, levels: Mapping[str, int]) -> None:
    """The draft teaches these of the proposed skills too; each acceptance is in the trail.

    :raises Conflict: there is no draft, or it has been published
    """
    row = db.get_one(UploadedModule, upload.upload_id, with_for_update=True)
    if row.state != UploadState.IMPORTED or row.version_id is None:
        raise Conflict("There is no draft to change.")
    proposed = row.report.get("proposals", [])
    taken = [{**one, "level": levels[one["skill"]]} for one in proposed if one["skill"] in levels]
    add_taught_skills(db, row.version_id, {one["skill"]: one["level"] for one in taken})
    row.report = {
        **row.report,
        "proposals": [one for one in proposed if one["skill"] not in levels],
        "accepted": [*row.report.get("accepted", []), *taken],
    }
    for one in taken:
        publish(db, DraftSkillAdded(upload_id=row.id, skill=one["skill"], level=one["level"]))
