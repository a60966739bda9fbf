"""Read the curriculum's folder into frozen values. What cannot be read is listed in `Curriculum.errors`."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from math import ceil
from pathlib import Path
from uuid import UUID

from .markdown import Heading, Outline, count_reading_units, outline
from .parameters import Filler
from .quiz_schema import Question, QuizFile
from .reference_schema import GlossaryFile, Parameter, ParametersFile, Term
from .scenario_schema import Scenario
from .schema import (
    LANGUAGES,
    Bilingual,
    CreditRule,
    HandsOn,
    HandsOnFile,
    Language,
    LayersFile,
    ModuleMeta,
    Named,
    Owner,
    PlanFile,
    Role,
    RolesFile,
    ShippingScenario,
    ShippingTradeFile,
    Skill,
    SkillLevel,
    SkillsFile,
    UuidsFile,
)
from .source import ContentError, FaultError, SourceFile, read_optional, read_text, read_yaml

ZH_CHARACTERS_PER_MINUTE = 400
EN_WORDS_PER_MINUTE = 200

LAYER_FOLDERS = {"foundation": "foundations", "specialism": "specialisms", "frontier": "frontier"}
"""The folder of each layer, from the ground up."""

TEXT_SUFFIXES = {".md", ".svg", ".yaml"}
DEFAULT_CREDIT_RULE = CreditRule(periods_per_credit=16, round_to=0.5, minimum=0.5)


@dataclass(frozen=True)
class LessonText:
    """One language of a lesson; `path` is relative to the curriculum's root."""

    path: Path
    text: str

    @cached_property
    def outline(self) -> Outline:
        """Headings, tables, figures, links and blocks with their lines."""
        return outline(self.text)

    @property
    def headings(self) -> tuple[Heading, ...]:
        """The sections (`## …`) in their order."""
        return tuple(heading for heading in self.outline.headings if heading.level == 2)


@dataclass(frozen=True)
class LessonSource:
    """A lesson as module.yaml lists it, with the text of each language or None."""

    slug: str
    title: Bilingual
    texts: Mapping[Language, LessonText | None]

    def text(self, language: Language) -> str | None:
        """The Markdown in `language`, None when there is no such file."""
        source = self.texts[language]
        return source.text if source else None

    def headings(self, language: Language) -> tuple[str, ...]:
        """The words of the section headings in `language`."""
        source = self.texts[language]
        return tuple(heading.text for heading in source.headings) if source else ()

    def reading_minutes(self, language: Language) -> int:
        """Minutes it takes to read the lesson, rounded up; 0 when there is no text.

        A Latin word or a figure in a Chinese text is read like one character.
        """
        source = self.texts[language]
        if source is None:
            return 0
        units = count_reading_units(source.text)
        if language == "zh":
            return ceil((units["han"] + units["words"]) / ZH_CHARACTERS_PER_MINUTE)
        return ceil(units["words"] / EN_WORDS_PER_MINUTE)


@dataclass(frozen=True)
class Module:
    """A module's folder: what module.yaml and quiz.yaml say, its lessons and its media."""

    meta: ModuleMeta
    folder: Path
    lessons: tuple[LessonSource, ...]
    questions: tuple[Question, ...]
    media: Mapping[str, Path]
    content_hash: str
    meta_source: SourceFile
    quiz_source: SourceFile
    stray_lessons: tuple[Path, ...] = ()
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    scenario: Scenario | None = None
    scenario_source: SourceFile = field(default_factory=lambda: SourceFile(Path("scenario.yaml")), repr=False)

    @property
    def slug(self) -> str:
        """The module's slug."""
        return self.meta.slug

    @property
    def is_complete(self) -> bool:
        """True when learners can start it."""
        return self.meta.status == "complete"

    def reading_minutes(self, language: Language) -> int:
        """The sum over the lessons."""
        return sum(lesson.reading_minutes(language) for lesson in self.lessons)


@dataclass(frozen=True)
class Curriculum:
    """Everything below the curriculum's root, as far as it could be read; `errors` says what could not."""

    root: Path
    layers: tuple[Named, ...] = ()
    industries: tuple[Named, ...] = ()
    owners: tuple[Owner, ...] = ()
    groups: tuple[Named, ...] = ()
    levels: tuple[SkillLevel, ...] = ()
    skills: tuple[Skill, ...] = ()
    roles: tuple[Role, ...] = ()
    modules: tuple[Module, ...] = ()
    period_minutes: int = 45
    credit_rule: CreditRule = DEFAULT_CREDIT_RULE
    level_max_by_module: int = 4
    uuids: Mapping[str, UUID] = field(default_factory=dict)
    plan: Mapping[str, int] = field(default_factory=dict)
    hands_on: Mapping[str, HandsOn] = field(default_factory=dict)
    shipping_trade: tuple[ShippingScenario, ...] = ()
    glossary: tuple[Term, ...] = ()
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    sources: Mapping[str, SourceFile] = field(default_factory=dict, repr=False)
    errors: tuple[ContentError, ...] = ()

    @cached_property
    def modules_by_slug(self) -> Mapping[str, Module]:
        """The modules under their slugs."""
        return {module.slug: module for module in self.modules}

    @cached_property
    def skills_by_slug(self) -> Mapping[str, Skill]:
        """The skills under their slugs."""
        return {skill.slug: skill for skill in self.skills}


def load_curriculum(root: Path) -> Curriculum:
    """Read the curriculum under `root` (the folder that holds skills.yaml).

    Raises nothing for bad content: a file that cannot be read is left out and listed in `errors`.
    Modules come from the ground up, by slug inside a layer.
    """
    errors: list[ContentError] = []
    modules = tuple(_load_modules(root, errors, _read_parameters(root)[0]))
    return _assemble(root, modules, errors)


def load_beside(root: Path, home: Path, folder: Path) -> Curriculum:
    """The module in `folder` below `home` in front of the curriculum under `root`.

    Of the curriculum's own modules only what module.yaml says is read, and nothing of it is reported: `root`
    of the result is `home`, its `errors` are those of the one module. The glossary is the curriculum's own.
    """
    errors: list[ContentError] = []
    module = _load_module(home, folder, errors, _read_parameters(root)[0])
    own = (module.meta.slug, module.meta.uuid) if module else None
    heads = [
        head for head in _load_heads(root) if own is None or not {head.meta.slug, head.meta.uuid} & {*own}
    ]
    return replace(
        _assemble(root, (*heads, *([module] if module else [])), []),
        root=home,
        errors=tuple(errors),
        glossary=(),
    )


def _load_heads(root: Path) -> Iterator[Module]:
    """The curriculum's modules without lessons, questions and media."""
    for layer in LAYER_FOLDERS.values():
        for path in sorted((root / layer).glob("*/module.yaml")):
            meta, source, _ = read_yaml(root, path.relative_to(root), ModuleMeta)
            if meta:
                quiz = SourceFile(source.path.with_name("quiz.yaml"))
                yield Module(meta, path.parent, (), (), {}, "", source, quiz)


def _assemble(root: Path, modules: tuple[Module, ...], module_errors: list[ContentError]) -> Curriculum:
    """The files at the root, and these modules."""
    layers, layers_source, errors = read_yaml(root, Path("layers.yaml"), LayersFile)
    skills, skills_source, skill_errors = read_yaml(root, Path("skills.yaml"), SkillsFile)
    roles, roles_source, role_errors = read_yaml(root, Path("roles.yaml"), RolesFile)
    uuids, uuids_source, uuid_errors = read_yaml(root, Path("uuids.yaml"), UuidsFile)
    plan, plan_source, plan_errors = read_yaml(root, Path("plan.yaml"), PlanFile)
    hands_on, hands_on_source, hands_on_errors = read_optional(root, Path("hands-on.yaml"), HandsOnFile)
    glossary, glossary_source, glossary_errors = read_optional(root, Path("glossary.yaml"), GlossaryFile)
    parameters, parameters_source, parameter_errors = _read_parameters(root)
    trade, trade_source, trade_errors = read_optional(root, Path("shipping-trade.yaml"), ShippingTradeFile)
    errors += skill_errors + role_errors + uuid_errors + plan_errors + hands_on_errors + trade_errors
    errors += glossary_errors + parameter_errors
    errors += module_errors
    sources = (
        layers_source,
        skills_source,
        roles_source,
        uuids_source,
        plan_source,
        hands_on_source,
        trade_source,
        glossary_source,
        parameters_source,
    )
    return Curriculum(
        root=root,
        layers=layers.layers if layers else (),
        industries=layers.industries if layers else (),
        owners=layers.owners if layers else (),
        groups=skills.groups if skills else (),
        levels=skills.levels if skills else (),
        skills=skills.skills if skills else (),
        roles=roles.roles if roles else (),
        modules=modules,
        period_minutes=layers.period_minutes if layers else 45,
        credit_rule=layers.credit_rule if layers else DEFAULT_CREDIT_RULE,
        level_max_by_module=skills.level_max_by_module if skills else 4,
        uuids=uuids.root if uuids else {},
        plan=plan.root if plan else {},
        hands_on=hands_on.root if hands_on else {},
        shipping_trade=trade.scenarios if trade else (),
        glossary=glossary.terms if glossary else (),
        parameters=parameters,
        sources={source.path.name: source for source in sources},
        errors=tuple(errors),
    )


def _read_parameters(root: Path) -> tuple[Mapping[str, Parameter], SourceFile, list[ContentError]]:
    found, source, errors = read_optional(root, Path("parameters.yaml"), ParametersFile)
    return (found.root if found else {}), source, errors


def _load_modules(
    root: Path, errors: list[ContentError], parameters: Mapping[str, Parameter]
) -> Iterator[Module]:
    for folder_name in LAYER_FOLDERS.values():
        layer_folder = root / folder_name
        if not layer_folder.is_dir():
            continue
        for folder in sorted(path for path in layer_folder.iterdir() if path.is_dir()):
            module = _load_module(root, folder.relative_to(root), errors, parameters)
            if module:
                yield module


def _load_module(
    root: Path, folder: Path, errors: list[ContentError], parameters: Mapping[str, Parameter]
) -> Module | None:
    filler = Filler(parameters)
    meta, meta_source, meta_errors = read_yaml(root, folder / "module.yaml", ModuleMeta)
    quiz, quiz_source, quiz_errors = read_yaml(root, folder / "quiz.yaml", QuizFile, filler.fill)
    scenario, scenario_source, scenario_errors = read_optional(
        root, folder / "scenario.yaml", Scenario, filler.fill
    )
    errors += meta_errors + quiz_errors + scenario_errors
    if meta is None:
        return None
    lessons = tuple(_load_lesson(root, folder, lesson, errors, filler) for lesson in meta.lessons)
    known = {text.path for lesson in lessons for text in lesson.texts.values() if text}
    stray = tuple(sorted(p.relative_to(root) for p in (root / folder / "lessons").glob("*") if p.is_file()))
    media_folder = root / folder / "media"
    media = {p.relative_to(media_folder).as_posix(): p for p in sorted(_files(media_folder))}
    return Module(
        meta=meta,
        folder=root / folder,
        lessons=lessons,
        questions=quiz.questions if quiz else (),
        media=media,
        content_hash=hash_folder(root / folder),
        meta_source=meta_source,
        quiz_source=quiz_source,
        stray_lessons=tuple(path for path in stray if path not in known and not path.name.startswith(".")),
        scenario=scenario,
        scenario_source=scenario_source,
        parameters=filler.used,
    )


def _load_lesson(
    root: Path, folder: Path, lesson: Named, errors: list[ContentError], filler: Filler
) -> LessonSource:
    texts: dict[Language, LessonText | None] = {}
    for language in LANGUAGES:
        path = folder / "lessons" / f"{lesson.slug}.{language}.md"
        texts[language] = None
        if (root / path).is_file():
            try:
                texts[language] = LessonText(path, filler.fill(read_text(root / path)))
            except FaultError as fault:
                errors.append(fault.at(path))
    return LessonSource(lesson.slug, Bilingual(zh=lesson.zh, en=lesson.en), texts)


def _files(folder: Path) -> Iterator[Path]:
    """The files below `folder`, hidden ones (of editors and file managers) left out."""
    for path in folder.rglob("*"):
        if path.is_file() and not any(part.startswith(".") for part in path.relative_to(folder).parts):
            yield path


def hash_folder(folder: Path) -> str:
    """The sha256 over names and contents of all files below `folder`.

    Line endings of text are made one, so that a checkout on another system is not a new version.
    """
    digest = hashlib.sha256()
    for path in sorted(_files(folder), key=lambda path: path.relative_to(folder).as_posix()):
        content = path.read_bytes()
        if path.suffix in TEXT_SUFFIXES:
            content = content.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n")
        name = path.relative_to(folder).as_posix().encode()
        for part in (name, content):
            digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()
