"""Modules, skills and roles fit together: what is taught is wanted, what is wanted is taught."""

from collections.abc import Iterator

from ..findings import Problem, at, rule
from ..loader import Curriculum


@rule("C027", "每项技能都有模块教", "Every skill is taught")
def skills_are_taught(curriculum: Curriculum) -> Iterator[Problem]:
    """By at least one module, complete or not."""
    best = _best_levels(curriculum)
    source = curriculum.sources["skills.yaml"]
    for index, skill in enumerate(curriculum.skills):
        if skill.slug not in best:
            zh, en = f"没有模块教 {skill.slug}。", f"No module teaches {skill.slug}."
            yield at(source, "skills", index, zh=zh, en=en)


@rule("C028", "每项技能都有岗位要求", "Every skill is asked for by a role")
def skills_are_wanted(curriculum: Curriculum) -> Iterator[Problem]:
    """A skill nobody needs would never be recommended."""
    wanted = {requirement.skill for role in curriculum.roles for requirement in role.requires}
    source = curriculum.sources["skills.yaml"]
    for index, skill in enumerate(curriculum.skills):
        if skill.slug not in wanted:
            zh, en = f"没有岗位要求 {skill.slug}。", f"No role asks for {skill.slug}."
            yield at(source, "skills", index, zh=zh, en=en)


@rule("C029", "每个岗位都学得到", "Every role can be reached")
def roles_can_be_reached(curriculum: Curriculum) -> Iterator[Problem]:
    """For each requirement there is a module that leads to its level; untaught skills are C027's."""
    best = _best_levels(curriculum)
    source = curriculum.sources["roles.yaml"]
    for number, role in enumerate(curriculum.roles):
        for index, need in enumerate(role.requires):
            reached = best.get(need.skill, need.level)
            if reached < need.level:
                yield at(
                    source,
                    *("roles", number, "requires", index),
                    zh=f"{role.slug} 要求 {need.skill} 达到 {need.level} 级，模块最高只到 {reached} 级。",
                    en=f"{role.slug} asks for {need.skill} at {need.level}, modules reach only {reached}.",
                )


def _best_levels(curriculum: Curriculum) -> dict[str, int]:
    """The highest level of each taught skill."""
    best: dict[str, int] = {}
    for module in curriculum.modules:
        for taught in module.meta.teaches:
            best[taught.skill] = max(best.get(taught.skill, 0), taught.level)
    return best
