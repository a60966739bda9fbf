"""Files that can be read; slugs and uuids that are unique and stay what they were."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from ..findings import Problem, at, rule
from ..loader import LAYER_FOLDERS, Curriculum, Module
from ..quiz_schema import MatchingQuestion, MultipleQuestion, OrderingQuestion, Question, SingleQuestion
from ..source import SourceFile

Place = tuple[str, Path, int]


@rule("C001", "文件可读且符合格式", "Files can be read and keep to the schema")
def files_are_readable(curriculum: Curriculum) -> Iterator[Problem]:
    """Breaches come from the loader."""
    for error in curriculum.errors:
        yield Problem(error.path, error.line, error.message_zh, error.message)


@rule("C002", "标识不重复", "Slugs, ids and uuids are unique")
def identifiers_are_unique(curriculum: Curriculum) -> Iterator[Problem]:
    """Module slugs and uuids, question and scenario ids in the whole curriculum; everything else inside its list."""
    modules = curriculum.modules
    yield from _twice((m.slug, m.meta_source.path, m.meta_source.line("slug")) for m in modules)
    yield from _twice((str(m.meta.uuid), m.meta_source.path, m.meta_source.line("uuid")) for m in modules)
    yield from _twice(
        (question.id, m.quiz_source.path, m.quiz_source.line("questions", index, "id"))
        for m in modules
        for index, question in enumerate(m.questions)
    )
    yield from _twice(
        (m.scenario.id, m.scenario_source.path, m.scenario_source.line("id")) for m in modules if m.scenario
    )
    for file_name, key in (
        ("skills.yaml", "skills"),
        ("skills.yaml", "groups"),
        ("roles.yaml", "roles"),
        ("layers.yaml", "layers"),
        ("layers.yaml", "industries"),
        ("layers.yaml", "owners"),
        ("glossary.yaml", "glossary"),
    ):
        slugs = [item.slug for item in getattr(curriculum, key)]
        yield from _twice(
            _listed(slugs, curriculum.sources[file_name], "terms" if key == "glossary" else key)
        )
    for number, role in enumerate(curriculum.roles):
        skills = [requirement.skill for requirement in role.requires]
        yield from _twice(_listed(skills, curriculum.sources["roles.yaml"], "roles", number, "requires"))
    for module in modules:
        yield from _module_lists(module)


def _module_lists(module: Module) -> Iterator[Problem]:
    source = module.meta_source
    yield from _twice(_listed([taught.skill for taught in module.meta.teaches], source, "teaches"))
    yield from _twice(_listed([outcome.id for outcome in module.meta.outcomes], source, "outcomes"))
    yield from _twice(_listed([lesson.slug for lesson in module.meta.lessons], source, "lessons"))
    yield from _twice(_listed(module.meta.prerequisites, source, "prerequisites"))
    yield from _twice(_listed(module.meta.industries, source, "industries"))
    for index, question in enumerate(module.questions):
        key, ids = _option_ids(question)
        yield from _twice(_listed(ids, module.quiz_source, "questions", index, key))


def _option_ids(question: Question) -> tuple[str, list[str]]:
    match question:
        case SingleQuestion() | MultipleQuestion():
            return "choices", [choice.id for choice in question.choices]
        case OrderingQuestion():
            return "items", [item.id for item in question.items]
        case MatchingQuestion():
            return "pairs", [pair.id for pair in question.pairs]
        case _:
            return "", []


def _listed(names: Iterable[str], source: SourceFile, *keys: str | int) -> Iterator[Place]:
    for index, name in enumerate(names):
        yield name, source.path, source.line(*keys, index)


def _twice(places: Iterable[Place]) -> Iterator[Problem]:
    seen: set[str] = set()
    for name, path, line in places:
        if name in seen:
            yield Problem(path, line, f"{name} 重复出现。", f"{name} is there twice.")
        seen.add(name)


@rule("C003", "已发布模块的 uuid 与 slug 不变", "A published module keeps its uuid and slug")
def published_identity_is_kept(curriculum: Curriculum) -> Iterator[Problem]:
    """uuids.yaml holds what each module was published with."""
    for module in curriculum.modules:
        published = curriculum.uuids.get(module.slug)
        if published is None:
            yield at(
                module.meta_source,
                "slug",
                zh=f"uuids.yaml 中没有 {module.slug}：新模块须登记，旧模块不得改名。",
                en=f"{module.slug} is not in uuids.yaml: add a new module there, never rename an old one.",
            )
        elif published != module.meta.uuid:
            zh, en = (
                f"uuid 与已发布的 {published} 不一致。",
                f"The uuid differs from the published {published}.",
            )
            yield at(module.meta_source, "uuid", zh=zh, en=en)
    for slug in curriculum.uuids.keys() - curriculum.modules_by_slug.keys():
        zh, en = f"已发布的模块 {slug} 不见了。", f"The published module {slug} is gone."
        yield at(curriculum.sources["uuids.yaml"], slug, zh=zh, en=en)


@rule("C004", "文件夹与题目编号随 slug 和层次", "Folders and question ids follow the slug and the layer")
def names_follow_the_slug(curriculum: Curriculum) -> Iterator[Problem]:
    """A module lies in `<layer folder>/<slug>/`; its questions are `<slug>-<number>`."""
    for module in curriculum.modules:
        slug, folder = module.slug, LAYER_FOLDERS.get(module.meta.layer)
        if module.folder.name != slug:
            zh, en = f"文件夹名应为 {slug}。", f"The folder should be named {slug}."
            yield at(module.meta_source, "slug", zh=zh, en=en)
        if folder and module.folder.parent.name != folder:
            zh, en = f"模块应放在 {folder}/ 下。", f"The module belongs in {folder}/."
            yield at(module.meta_source, "layer", zh=zh, en=en)
        for index, question in enumerate(module.questions):
            if not question.id.removeprefix(f"{slug}-").isdigit():
                zh, en = f"题目编号应为 {slug}-<数字>。", f"The id should be {slug}-<number>."
                yield at(module.quiz_source, "questions", index, "id", zh=zh, en=en)
