"""A tiny curriculum, loaded from files like the real one, and learners for it.

`BASICS` can be begun (two lessons, twelve questions of all seven types), `ADVANCED` is locked behind it, `FAR`
is in preparation behind `ADVANCED`. Keys, reasons and rules carry `SECRET`, which no page may show too early."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from content.reader.loader import load_curriculum
from lms.features.accounts.models import User
from lms.features.catalog.service import SyncReport, sync_curriculum
from lms.features.taxonomy.models import JobRole
from tests.conftest import NOON
from tests.factories.accounts import make_user

BASICS = "reading-basics"
ADVANCED = "reading-well"
FAR = "reading-far"
ROLE = "clerk"
READING = "reading"
COUNTING = "counting"
SECRET = "verraten"
QUESTION_COUNT = 12
KINDS = ("single",) * 6 + ("multiple", "true_false", "number", "ordering", "matching", "fill_in")

Data = dict[str, Any]


def make_curriculum(db: Session, folder: Path, *, now: datetime = NOON) -> SyncReport:
    """Write the tiny curriculum below `folder` and load it: basics teaches reading 2 and counting 2."""
    root = folder / "curriculum"
    write_curriculum(root)
    return sync_curriculum(db, load_curriculum(root), now=now, media_dir=folder / "media")


def make_learner(db: Session, name: str = "wu.min", *, role: str | None = None, language: str = "en") -> User:
    """A learner, with the job role of this slug when one is named."""
    role_id = db.scalars(select(JobRole.id).where(JobRole.slug == role)).one() if role else None
    return make_user(db, name, role_id=role_id, language=language)


def write_curriculum(root: Path, *, marker: str = "") -> None:
    """The files; another `marker` in the first lesson makes a new version of basics."""
    write(root / "layers.yaml", _layers())
    write(root / "skills.yaml", _skills())
    write(root / "roles.yaml", _roles())
    write(root / "plan.yaml", {BASICS: 16, ADVANCED: 16, FAR: 16})
    write(root / "uuids.yaml", {slug: _uuid(n) for n, slug in enumerate((BASICS, ADVANCED, FAR), start=1)})
    ladder = [(READING, 2), (COUNTING, 2)]
    _write_module(root / "foundations", BASICS, 1, "foundation", teaches=ladder, lessons=2, marker=marker)
    _write_module(
        root / "specialisms", ADVANCED, 2, "specialism", needs=[BASICS], teaches=[(READING, 4)], lessons=1
    )
    _write_module(root / "frontier", FAR, 3, "frontier", needs=[ADVANCED], teaches=[(COUNTING, 4)], lessons=0)


def write(path: Path, data: Any) -> None:
    """A YAML file (JSON is YAML without aliases), or a text as it is."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = data if isinstance(data, str) else json.dumps(data, ensure_ascii=False, indent=1)
    path.write_text(text, encoding="utf-8")


def _write_module(
    folder: Path,
    slug: str,
    n: int,
    layer: str,
    *,
    teaches: list[tuple[str, int]],
    lessons: int,
    needs: list[str] | None = None,
    marker: str = "",
) -> None:
    home = folder / slug
    heads = [{"slug": f"{i:02}-part", **both(f"{slug} {i}")} for i in range(1, max(lessons, 1) + 1)]
    meta = {
        "uuid": _uuid(n),
        "slug": slug,
        "layer": layer,
        "status": "complete" if lessons else "in-preparation",
        "title": both(slug.replace("-", " ")),
        "short_title": both(slug),
        "summary": both(f"about {slug}"),
        "industries": ["all"],
        "periods": {"reading": 16, "exercise": 0, "drill": 0, "class": 0, "practice": 0},
        "credit": 1.0,
        "delivery": "online",
        "review": {"cadence": "yearly"},
        "owner": "data-bureau",
        "prerequisites": needs or [],
        "teaches": [{"skill": skill, "level": level} for skill, level in teaches],
        "outcomes": [{"id": "o1", **both("can read")}],
        "basis": [{"name": both("a rule"), "status": "sourced"}],
        "lessons": heads,
        "place": {"row": 1, "column": n},
    }
    write(home / "module.yaml", meta)
    write(
        home / "quiz.yaml", {"questions": [question(slug, i, kind) for i, kind in enumerate(KINDS, start=1)]}
    )
    for head in heads[:lessons]:
        for language in ("zh", "en"):
            text = f"## {head[language]}\n\n{head[language]} {marker}\n\n## 2\n\nend\n"
            write(home / "lessons" / f"{head['slug']}.{language}.md", text)


def question(slug: str, n: int, kind: str) -> Data:
    """A question of any type whose key, reason and rule carry `SECRET`."""
    return {
        "id": f"{slug}-{n:02}",
        "type": kind,
        "skill": READING,
        "outcome": "o1",
        "difficulty": 2,
        "stem": both(f"stem {n}"),
        **_ANSWERS[kind],
        "reason": both(f"{SECRET} reason {n}"),
        "rule": both(f"{SECRET} rule {n}"),
        "status": "sourced" if n % 2 else "general",
    }


def both(text: str) -> Data:
    """The same words in both languages, told apart by one character."""
    return {"zh": f"{text}。", "en": text}


_CHOICES = [{"id": f"wrong-{n}", **both(f"wrong {n}")} for n in (1, 2)]
_RIGHT = [{"id": f"{SECRET}-{n}", **both(f"good {n}"), "correct": True} for n in (1, 2)]
_ANSWERS: dict[str, Data] = {
    "single": {"choices": [*_CHOICES, _RIGHT[0]]},
    "multiple": {"choices": [*_CHOICES, *_RIGHT]},
    "true_false": {"answer": True},
    "number": {"answer": {"value": 4711.5, "tolerance": 0.5, "unit": both("kg")}},
    "ordering": {"items": [{"id": f"{SECRET}-{n}", **both(f"step {n}")} for n in (1, 2, 3)]},
    "matching": {
        "pairs": [
            {"id": f"{SECRET}-{n}", "left": both(f"left {n}"), "right": both(f"right {n}")} for n in (1, 2, 3)
        ]
    },
    "fill_in": {"accept": {"zh": [f"{SECRET}词"], "en": [f"{SECRET} word"]}},
}


def _uuid(n: int) -> str:
    return f"00000000-0000-4000-8000-{n:012}"


def _layers() -> Data:
    names = {"foundation": "Foundations", "specialism": "Specialisms", "frontier": "Frontier"}
    return {
        "version": 1,
        "period_minutes": 45,
        "credit_rule": {"periods_per_credit": 16, "round_to": 0.5, "minimum": 0.5},
        "layers": [{"slug": slug, **both(name)} for slug, name in names.items()],
        "industries": [{"slug": "all", "zh": "各行业", "en": "All industries"}],
        "owners": [{"slug": "data-bureau", **both("Data bureau"), "dimension": "government"}],
    }


def _skills() -> Data:
    skills = [
        {"slug": slug, "group": "general", **both(slug), "desc": both(f"{slug} well"), "reference": "none"}
        for slug in (READING, COUNTING)
    ]
    return {
        "version": 1,
        "level_max_by_module": 4,
        "levels": [{"level": 1, **both("Aware"), "desc": both("recognises it")}],
        "groups": [{"slug": "general", **both("General")}],
        "skills": skills,
    }


def _roles() -> Data:
    requires = [{"skill": READING, "level": 4, "must": True}, {"skill": COUNTING, "level": 2}]
    role = {"slug": ROLE, **both("Clerk"), "industry": "all", "key_industry": False, "requires": requires}
    return {"version": 1, "roles": [role]}
