"""A module version ready to be stored: rendered and cleaned, as plain values that also travel as JSON.

Sync makes it in its own process, the upload's child makes it behind its limits; both are stored by `storing.py`."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import UUID

from content.reader.loader import Curriculum, LessonSource
from content.reader.loader import Module as ModuleSource
from content.reader.schema import Language
from content.reader.terms import TermFinder, used_terms
from lms.features.catalog.questions import body_and_key
from lms.features.catalog.rendering import Figure, render_lesson
from lms.features.catalog.scenarios import scenario_to_store
from lms.features.files.content_types import MEDIA_TYPES, image_size

VIEW_BOX = re.compile(rb'viewBox="[\d.]+ [\d.]+ ([\d.]+) ([\d.]+)"')
RENDERING = "1"  # part of a version's hash: a change of the renderer makes new versions
LANGUAGES: tuple[Language, ...] = ("zh", "en")
UNKNOWN_SIZE = (640, 360)


@dataclass(frozen=True)
class PreparedFigure:
    """A figure by the hash of its bytes; `path` is where they lie until they are stored."""

    name: str
    sha256: str
    content_type: str
    path: str


@dataclass(frozen=True)
class PreparedLesson:
    """A lesson as HTML in both languages; where one is missing, the other stands for it."""

    slug: str
    title_zh: str
    title_en: str
    html_zh: str
    html_en: str
    sections_zh: list[dict[str, str]]
    sections_en: list[dict[str, str]]
    minutes_zh: int
    minutes_en: int


@dataclass(frozen=True)
class PreparedQuestion:
    """A question of the bank with its key."""

    slug: str
    kind: str
    skill: str
    body: dict[str, Any]
    key: dict[str, Any]
    reason_zh: str
    reason_en: str
    rule_zh: str
    rule_en: str
    basis_status: str
    difficulty: int | None = None  # the author's mark 1–5; None in an upload prepared before marks were kept


@dataclass(frozen=True)
class PreparedModule:
    """Everything of a version; `facts` are its columns, skills and prerequisites are slugs."""

    uuid: str
    slug: str
    layer: str
    place_row: int
    place_column: int
    fingerprint: str
    facts: dict[str, Any]
    prerequisites: list[str]
    teaches: list[tuple[str, int]]
    figures: list[PreparedFigure]
    lessons: list[PreparedLesson]
    questions: list[PreparedQuestion]
    search_texts: dict[str, str]

    def as_dict(self) -> dict[str, Any]:
        """The values for JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> PreparedModule:
        """The module of `as_dict`, after a journey through JSON."""
        parts = {
            "teaches": [(skill, level) for skill, level in data["teaches"]],
            "figures": [PreparedFigure(**row) for row in data["figures"]],
            "lessons": [PreparedLesson(**row) for row in data["lessons"]],
            "questions": [PreparedQuestion(**row) for row in data["questions"]],
        }
        return cls(**{**data, **parts})

    @property
    def title(self) -> dict[str, str]:
        return {"zh": self.facts["title_zh"], "en": self.facts["title_en"]}


def fingerprint_of(source: ModuleSource, curriculum: Curriculum) -> str:
    """What tells versions apart: the files, the definitions and dated figures in them, how they are rendered."""
    texts = [(language, lesson.text(language) or "") for lesson in source.lessons for language in LANGUAGES]
    terms = used_terms(texts, curriculum.glossary) if source.is_complete else ()
    parts = [term.model_dump_json() for term in terms]
    parts += [f"{key}={row.value}" for key, row in sorted(source.parameters.items())]
    digest = hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]
    return f"{RENDERING}:{source.content_hash}" + (f":{digest}" if parts else "")


def prepare_module(source: ModuleSource, curriculum: Curriculum) -> PreparedModule:
    """Render and clean a module of the files."""
    figures, sizes = _figures(source, curriculum.root)
    meta = source.meta
    facts = _facts(source, curriculum)
    finders = {language: TermFinder(language, curriculum.glossary) for language in LANGUAGES}
    facts["details"]["scenario"] = scenario_to_store(source, sizes)
    return PreparedModule(
        uuid=str(UUID(str(meta.uuid))),
        slug=meta.slug,
        layer=meta.layer,
        place_row=meta.place.row,
        place_column=meta.place.column,
        fingerprint=fingerprint_of(source, curriculum),
        facts=facts,
        prerequisites=list(meta.prerequisites),
        teaches=[(row.skill, row.level) for row in meta.teaches],
        figures=figures,
        lessons=[_lesson(lesson, sizes, finders) for lesson in source.lessons] if source.is_complete else [],
        questions=_questions(source),
        search_texts=_search_texts(source),
    )


def _facts(source: ModuleSource, curriculum: Curriculum) -> dict[str, Any]:
    meta = source.meta
    return {
        "is_complete": source.is_complete,
        "title_zh": meta.title.zh,
        "title_en": meta.title.en,
        "short_title_zh": meta.short_title.zh,
        "short_title_en": meta.short_title.en,
        "summary_zh": meta.summary.zh,
        "summary_en": meta.summary.en,
        "periods": meta.periods.total,
        "credit_halves": round(meta.credit * 2),
        "delivery": meta.delivery,
        "industries": list(meta.industries),
        "period_split": meta.periods.model_dump(by_alias=True),
        "details": _details(source, curriculum),
        "lesson_count": len(source.lessons),
    }


def _details(source: ModuleSource, curriculum: Curriculum) -> dict[str, Any]:
    """What the module page shows and nothing queries."""
    meta = source.meta
    owner = next(row for row in curriculum.owners if row.slug == meta.owner)
    return {
        "outcomes": [{"zh": row.zh, "en": row.en} for row in meta.outcomes],
        "basis": [
            {"name": {"zh": row.name.zh, "en": row.name.en}, "status": row.status} for row in meta.basis
        ],
        "lessons": [{"zh": row.zh, "en": row.en} for row in meta.lessons],
        "owner": {"zh": owner.zh, "en": owner.en},
        "review_cadence": meta.review.cadence,
        "scenario_number": meta.scenario_number,
        "practice_clock_hours": meta.practice_clock_hours,
        "question_count": len(source.questions),
    }


def _figures(source: ModuleSource, root: Path) -> tuple[list[PreparedFigure], dict[str, Figure]]:
    """The figures, and what the renderer needs of them."""
    figures: list[PreparedFigure] = []
    served: dict[str, Figure] = {}
    for full_name, path in source.media.items():
        name = Path(full_name).name
        data = (root / path).read_bytes()
        digest = hashlib.sha256(data).hexdigest()
        kind = MEDIA_TYPES[path.suffix.lower()]
        figures.append(PreparedFigure(name, digest, kind, str(root / path)))
        served[name] = Figure(f"/media/{digest}/{quote(name)}", *_size(name, data))
    return figures, served


def _size(name: str, data: bytes) -> tuple[int, int]:
    """Width and height of a figure, so that the page does not jump when it arrives."""
    if not name.lower().endswith(".svg"):
        return image_size(name, data)
    found = VIEW_BOX.search(data)
    return (round(float(found[1])), round(float(found[2]))) if found else UNKNOWN_SIZE


def _lesson(
    lesson: LessonSource, figures: Mapping[str, Figure], finders: Mapping[Language, TermFinder]
) -> PreparedLesson:
    zh, en = (
        render_lesson(
            _text(lesson, language),
            language=language,
            media=figures,
            terms=finders[_spoken(lesson, language)],
        )
        for language in LANGUAGES
    )
    minutes = {language: lesson.reading_minutes(language) for language in LANGUAGES}
    return PreparedLesson(
        slug=lesson.slug,
        title_zh=lesson.title.zh,
        title_en=lesson.title.en,
        html_zh=zh.html,
        html_en=en.html,
        sections_zh=list(zh.sections),
        sections_en=list(en.sections),
        minutes_zh=minutes["zh"] or minutes["en"],
        minutes_en=minutes["en"] or minutes["zh"],
    )


def _spoken(lesson: LessonSource, language: Language) -> Language:
    """The language of the text that stands for `language`."""
    return language if lesson.text(language) else next(other for other in LANGUAGES if other != language)


def _text(lesson: LessonSource, language: Language) -> str:
    return lesson.text(_spoken(lesson, language)) or ""


def _questions(source: ModuleSource) -> list[PreparedQuestion]:
    found = []
    for question in source.questions:
        body, key = body_and_key(question)
        found.append(
            PreparedQuestion(
                slug=question.id,
                kind=question.type,
                skill=question.skill,
                body=body,
                key=key,
                reason_zh=question.reason.zh,
                reason_en=question.reason.en,
                rule_zh=question.rule.zh,
                rule_en=question.rule.en,
                basis_status=question.status,
                difficulty=question.difficulty,
            )
        )
    return found


def _search_texts(source: ModuleSource) -> dict[str, str]:
    meta = source.meta
    texts: dict[str, str] = {}
    for language in LANGUAGES:
        parts = [meta.title.of(language), meta.summary.of(language)]
        parts += [row.of(language) for row in meta.outcomes]
        parts += [row.name.of(language) for row in meta.basis]
        for lesson in source.lessons:
            parts += [lesson.title.of(language), lesson.text(language) or ""]
        texts[language] = "\n".join(parts)
    return texts
