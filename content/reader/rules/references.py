"""What one file says about another: slugs that resolve, prerequisites that lead upwards."""

from collections.abc import Collection, Iterator

from ..findings import Problem, at, rule
from ..loader import Curriculum, Module
from ..source import Key, SourceFile

LADDER_LEVEL = 4
LADDER_STEP = 2
"""A module may lead to level 4 only from at least this level, reached in its prerequisites."""


def closure(curriculum: Curriculum, module: Module) -> set[str]:
    """The slugs of everything `module` builds on, however far away."""
    found: set[str] = set()
    todo = list(module.meta.prerequisites)
    while todo:
        slug = todo.pop()
        if slug not in found and slug in curriculum.modules_by_slug:
            found.add(slug)
            todo.extend(curriculum.modules_by_slug[slug].meta.prerequisites)
    return found


@rule("C005", "引用都找得到", "References resolve")
def references_resolve(curriculum: Curriculum) -> Iterator[Problem]:
    """Skills, groups, layers, industries, owners, prerequisites; a question's skill and outcome; hands-on modules,
    shipping-trade scenarios and the areas of terms."""
    skills = curriculum.skills_by_slug.keys()
    industries = {industry.slug for industry in curriculum.industries}
    groups = {group.slug for group in curriculum.groups}
    for number, skill in enumerate(curriculum.skills):
        yield from _unknown(skill.group, groups, curriculum.sources["skills.yaml"], "skills", number, "group")
    for number, role in enumerate(curriculum.roles):
        source = curriculum.sources["roles.yaml"]
        yield from _unknown(role.industry, industries, source, "roles", number, "industry")
        for index, requirement in enumerate(role.requires):
            yield from _unknown(
                requirement.skill, skills, source, "roles", number, "requires", index, "skill"
            )
    for slug in curriculum.hands_on:
        yield from _unknown(slug, curriculum.modules_by_slug, curriculum.sources["hands-on.yaml"], slug)
    yield from _shipping_references(curriculum)
    for number, term in enumerate(curriculum.glossary):
        yield from _unknown(term.area, skills, curriculum.sources["glossary.yaml"], "terms", number, "area")
    layers = {layer.slug for layer in curriculum.layers}
    owners = {owner.slug for owner in curriculum.owners}
    for module in curriculum.modules:
        meta, source = module.meta, module.meta_source
        yield from _unknown(meta.layer, layers, source, "layer")
        yield from _unknown(meta.owner, owners, source, "owner")
        for index, industry in enumerate(meta.industries):
            yield from _unknown(industry, industries, source, "industries", index)
        for index, slug in enumerate(meta.prerequisites):
            yield from _unknown(slug, curriculum.modules_by_slug, source, "prerequisites", index)
        for index, taught in enumerate(meta.teaches):
            yield from _unknown(taught.skill, skills, source, "teaches", index, "skill")
        yield from _question_references(module)


def _shipping_references(curriculum: Curriculum) -> Iterator[Problem]:
    """A shipping-trade scenario names the module that carries its number, and the other way round."""
    source = curriculum.sources["shipping-trade.yaml"]
    for index, row in enumerate(curriculum.shipping_trade):
        module = curriculum.modules_by_slug.get(row.module)
        if module is None or module.meta.scenario_number != row.number:
            zh = f"{row.module} 不是第 {row.number} 个应用场景。"
            en = f"{row.module} is not scenario {row.number}."
            yield at(source, "scenarios", index, zh=zh, en=en)


def _question_references(module: Module) -> Iterator[Problem]:
    taught = {teaches.skill for teaches in module.meta.teaches}
    outcomes = {outcome.id for outcome in module.meta.outcomes}
    for index, question in enumerate(module.questions):
        yield from _unknown(question.skill, taught, module.quiz_source, "questions", index, "skill")
        yield from _unknown(question.outcome, outcomes, module.quiz_source, "questions", index, "outcome")


def _unknown(slug: str, known: Collection[str], source: SourceFile, *keys: Key) -> Iterator[Problem]:
    if slug not in known:
        kind = next(key for key in reversed(keys) if isinstance(key, str))
        yield at(source, *keys, zh=f"{kind}：找不到 {slug}。", en=f"{kind}: {slug} is not known here.")


@rule("C006", "先修关系不成环", "Prerequisites are acyclic")
def prerequisites_are_acyclic(curriculum: Curriculum) -> Iterator[Problem]:
    """Every module that builds on itself is reported."""
    for module in curriculum.modules:
        if module.slug in closure(curriculum, module):
            zh, en = (
                f"{module.slug} 的先修最终指向它自己。",
                f"{module.slug} is its own prerequisite in the end.",
            )
            yield at(module.meta_source, "prerequisites", zh=zh, en=en)


@rule("C007", "先修模块不高于本层", "A prerequisite never lies in a higher layer")
def prerequisites_lie_below(curriculum: Curriculum) -> Iterator[Problem]:
    """layers.yaml lists the layers from the ground up."""
    height = {layer.slug: number for number, layer in enumerate(curriculum.layers)}
    for module in curriculum.modules:
        for index, slug in enumerate(module.meta.prerequisites):
            below = curriculum.modules_by_slug.get(slug)
            if below and height.get(below.meta.layer, 0) > height.get(module.meta.layer, 0):
                zh, en = f"先修模块 {slug} 在更高的层。", f"The prerequisite {slug} lies in a higher layer."
                yield at(module.meta_source, "prerequisites", index, zh=zh, en=en)


@rule("C008", "四级技能须有先修台阶", "Level 4 stands on level 2 or more in the prerequisites")
def level_four_has_a_step_below(curriculum: Curriculum) -> Iterator[Problem]:
    """The step may lie anywhere below the module."""
    for module in curriculum.modules:
        below = [curriculum.modules_by_slug[slug] for slug in closure(curriculum, module) - {module.slug}]
        for index, taught in enumerate(module.meta.teaches):
            step = max((_level(other, taught.skill) for other in below), default=0)
            if taught.level >= LADDER_LEVEL and step < LADDER_STEP:
                zh = f"{taught.skill} 授予 {taught.level} 级，但先修只到 {step} 级。"
                en = (
                    f"{taught.skill} is granted at level {taught.level}, the prerequisites reach only {step}."
                )
                yield at(module.meta_source, "teaches", index, "level", zh=zh, en=en)


def _level(module: Module, skill: str) -> int:
    return max((taught.level for taught in module.meta.teaches if taught.skill == skill), default=0)


@rule("C009", "模块最高授予四级", "No module grants more than level 4")
def levels_stay_below_the_maximum(curriculum: Curriculum) -> Iterator[Problem]:
    """Level 5 rests on a portfolio that two assessors review (`level_max_by_module` in skills.yaml)."""
    highest = curriculum.level_max_by_module
    for module in curriculum.modules:
        for index, taught in enumerate(module.meta.teaches):
            if taught.level > highest:
                zh = f"{taught.skill} 授予 {taught.level} 级，模块最高只能授予 {highest} 级。"
                en = f"{taught.skill} is granted at level {taught.level}, a module grants at most {highest}."
                yield at(module.meta_source, "teaches", index, "level", zh=zh, en=en)
