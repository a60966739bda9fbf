"""Branching drills: every way leads somewhere, one is the best, and two forms are the same drill (REQ-015)."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from ..findings import Problem, at, rule
from ..loader import Curriculum, Module
from ..scenario_schema import Node, Scenario
from ..schema import LANGUAGES, Bilingual, Language
from ..source import Key
from ..walk import has_idle_loop, survey, walk

LEAST_NODES = 8
LEAST_FAILURES = 2
FACT = re.compile(r"\{\{\s*([a-z][a-z0-9_]*)\s*\}\}")


def scenarios(curriculum: Curriculum) -> Iterator[tuple[Module, Scenario]]:
    """Every module that has one, with it."""
    for module in curriculum.modules:
        if module.scenario:
            yield module, module.scenario


def missing_scenarios(curriculum: Curriculum) -> list[Module]:
    """Complete hands-on modules without a drill."""
    modules = (curriculum.modules_by_slug.get(slug) for slug in curriculum.hands_on)
    return [module for module in modules if module and module.is_complete and not module.scenario]


def scenario_texts(scenario: Scenario) -> Iterator[tuple[tuple[Key, ...], Bilingual]]:
    """Every text with the keys under which it stands, those of the facts left out."""
    yield ("title",), scenario.title
    yield ("role",), scenario.role
    for n, gauge in enumerate(scenario.gauges):
        yield ("gauges", n), gauge
    for n, node in enumerate(scenario.nodes):
        yield ("nodes", n, "text"), node.text
        for i, choice in enumerate(node.choices):
            yield ("nodes", n, "choices", i), choice
            if choice.debrief:
                yield ("nodes", n, "choices", i, "debrief"), choice.debrief
    for n, end in enumerate(scenario.ends):
        yield ("ends", n, "title"), end.title
        yield ("ends", n, "debrief"), end.debrief


@rule("C032", "演练里的引用都找得到", "References inside a scenario resolve")
def scenario_references_resolve(curriculum: Curriculum) -> Iterator[Problem]:
    """Nodes, ends and gauges; ids are unique, and a node and an end never share one."""
    for module, scenario in scenarios(curriculum):
        for keys, zh, en in _faults(scenario):
            yield at(module.scenario_source, *keys, zh=zh, en=en)


Fault = tuple[tuple[Key, ...], str, str]


def _faults(scenario: Scenario) -> Iterator[Fault]:
    ends, gauges = scenario.ends_by_id, scenario.gauges_by_id
    places = {**scenario.nodes_by_id, **ends}
    yield from _repeated("nodes", [node.id for node in scenario.nodes])
    yield from _repeated("ends", [end.id for end in scenario.ends], scenario.nodes_by_id)
    yield from _repeated("gauges", [gauge.id for gauge in scenario.gauges])
    yield from _unknown(("start",), scenario.start, scenario.nodes_by_id)
    yield from _unknown(("clock", "late"), scenario.clock.late, ends)
    for n, gauge in enumerate(scenario.gauges):
        yield from _unknown(("gauges", n, "end"), gauge.end, ends)
    for n, node in enumerate(scenario.nodes):
        yield from _repeated("nodes", [choice.id for choice in node.choices], (), n, "choices")
        for i, choice in enumerate(node.choices):
            yield from _unknown(("nodes", n, "choices", i, "goto"), choice.goto, places)
            for name in choice.effects:
                yield from _unknown(("nodes", n, "choices", i, "effects"), name, gauges)
    for n, end in enumerate(scenario.ends):
        yield from _unknown(("ends", n, "otherwise"), end.otherwise, ends)
        for name in end.requires:
            yield from _unknown(("ends", n, "requires"), name, gauges)


def _unknown(keys: tuple[Key, ...], name: str | None, known: Mapping[str, object]) -> Iterator[Fault]:
    if name is not None and name not in known:
        yield keys, f"{keys[-1]}：演练里没有 {name}。", f"{keys[-1]}: the scenario has no {name}."


def _repeated(key: str, names: list[str], taken: Iterable[str] = (), *rest: Key) -> Iterator[Fault]:
    seen = set(taken)
    for index, name in enumerate(names):
        if name in seen:
            yield (key, *rest, index), f"{name} 重复出现。", f"{name} is there twice."
        seen.add(name)


@rule("C033", "演练够长，有败有优", "A scenario has its length, its ways to fail and one best way")
def scenarios_are_drills(curriculum: Curriculum) -> Iterator[Problem]:
    """Eight nodes, two ends of kind fail that can happen, exactly one way to an end of kind best."""
    for module, scenario in scenarios(curriculum):
        if len(scenario.nodes) < LEAST_NODES:
            count = len(scenario.nodes)
            zh, en = (
                f"只有 {count} 个节点，至少 {LEAST_NODES} 个。",
                f"{count} nodes, at least {LEAST_NODES}.",
            )
            yield at(module.scenario_source, "nodes", zh=zh, en=en)
        if any(_faults(scenario)) or has_idle_loop(scenario):
            continue
        found = survey(scenario)
        failures = [end for end in scenario.ends if end.kind == "fail" and end.id in found.reached]
        if len(failures) < LEAST_FAILURES:
            zh = f"只有 {len(failures)} 种失败会发生，至少 {LEAST_FAILURES} 种。"
            en = f"{len(failures)} ends of kind fail can happen, at least {LEAST_FAILURES}."
            yield at(module.scenario_source, "ends", zh=zh, en=en)
        if found.best_ways != 1:
            zh = f"有 {found.best_ways} 条路到达最佳结局，应恰好一条。"
            en = f"{found.best_ways} ways lead to the best end, not exactly one."
            yield at(module.scenario_source, "ends", zh=zh, en=en)


@rule("C034", "每个节点和结局都到得了", "Every node and end of a scenario can be reached")
def scenarios_are_connected(curriculum: Curriculum) -> Iterator[Problem]:
    """By walking, clock and gauges counted. Nobody can go round for ever."""
    for module, scenario in scenarios(curriculum):
        if any(_faults(scenario)):
            continue
        if has_idle_loop(scenario):
            zh, en = (
                "可以原地打转：回头路必须耗时并有截止。",
                "One can go round for ever: a way back takes time.",
            )
            yield at(module.scenario_source, "nodes", zh=zh, en=en)
            continue
        found = survey(scenario)
        if found.is_too_wide:
            yield at(module.scenario_source, "nodes", zh="走法太多，无法查完。", en="Too many ways to check.")
            continue
        for key, places in (("nodes", scenario.nodes_by_id), ("ends", scenario.ends_by_id)):
            for n, place in enumerate(places):
                if place not in found.reached:
                    zh, en = f"走不到 {place}。", f"No way leads to {place}."
                    yield at(module.scenario_source, key, n, zh=zh, en=en)


@rule("C035", "每个选择都有讲评", "Every choice of a decision has its debrief")
def choices_are_debriefed(curriculum: Curriculum) -> Iterator[Problem]:
    """Also the best one: it says why it is."""
    for module, scenario in scenarios(curriculum):
        for n, node in enumerate(scenario.nodes):
            for i, choice in enumerate(node.choices):
                if node.is_decision and choice.debrief is None:
                    zh, en = f"选择 {choice.id} 没有讲评。", f"The choice {choice.id} has no debrief."
                    yield at(module.scenario_source, "nodes", n, "choices", i, zh=zh, en=en)


@rule("C036", "最佳选择不露馅", "The best choices of a scenario do not stand out")
def best_choices_are_hidden(curriculum: Curriculum) -> Iterator[Problem]:
    """The longest in at most half of the decisions (in each language), at one place in at most half of them."""
    for module, scenario in scenarios(curriculum):
        if any(_faults(scenario)) or has_idle_loop(scenario):
            continue
        decisions = list(_best_decisions(scenario))
        places = Counter(place for place, _ in decisions)
        if any(count * 2 > len(decisions) for count in places.values()) and len(decisions) >= LEAST_NODES:
            zh, en = "最佳选择多半在同一个位置。", "Most of the best choices stand at the same place."
            yield at(module.scenario_source, "nodes", zh=zh, en=en)
        for language in LANGUAGES:
            longest = sum(_is_longest(node, place, language) for place, node in decisions)
            if longest * 2 > len(decisions) and len(decisions) >= LEAST_NODES:
                zh = f"{language}：{len(decisions)} 个决定里有 {longest} 个的最佳选择最长。"
                en = f"{language}: the best choice is the longest in {longest} of {len(decisions)} decisions."
                yield at(module.scenario_source, "nodes", zh=zh, en=en)


def _best_decisions(scenario: Scenario) -> Iterator[tuple[int, Node]]:
    for step in walk(scenario, list(survey(scenario).best_choices)).steps:
        if step.node.is_decision:
            yield step.node.choices.index(step.choice), step.node


def _is_longest(node: Node, place: int, language: Language) -> bool:
    lengths = [len(choice.of(language)) for choice in node.choices]
    return lengths[place] > max(lengths[:place] + lengths[place + 1 :])


@rule("C037", "两套题面都填满，且互不相同", "Both forms of a scenario fill every placeholder, and differ")
def forms_are_equivalent(curriculum: Curriculum) -> Iterator[Problem]:
    """The same facts with other values; a scenario whose gain is measured has two forms (REQ-015)."""
    for module, scenario in scenarios(curriculum):
        source = module.scenario_source
        for keys, zh, en in _form_faults(scenario):
            yield at(source, *keys, zh=zh, en=en)
        wanted = curriculum.hands_on.get(module.slug)
        if wanted and wanted.measures_gain and not scenario.forms:
            zh, en = "前后测用的演练要有两套题面。", "A scenario that measures gain has two forms."
            yield at(source, "id", zh=zh, en=en)


def _form_faults(scenario: Scenario) -> Iterator[Fault]:
    if scenario.forms and set(scenario.forms) != {"a", "b"}:
        yield ("forms",), "题面应有 a 和 b 两套。", "There are two forms, a and b."
        return
    used: set[str] = set()
    for keys, text in scenario_texts(scenario):
        names = {language: set(FACT.findall(text.of(language))) for language in LANGUAGES}
        used |= names["zh"] | names["en"]
        if names["zh"] != names["en"]:
            yield keys, "两种语言用的事实不同。", "The two languages use different facts."
        known: list[set[str]] = [set(facts) for facts in scenario.forms.values()] or [set()]
        for name in sorted((names["zh"] | names["en"]) - known[0].intersection(*known)):
            yield keys, f"题面没有给出 {name}。", f"A form does not give {name}."
    yield from _fact_faults(scenario, used)


def _fact_faults(scenario: Scenario, used: set[str]) -> Iterator[Fault]:
    for form, facts in scenario.forms.items():
        for name, fact in facts.items():
            if name not in used:
                yield ("forms", form, name), f"{name} 没有用到。", f"{name} is used nowhere."
            if form == "b" and fact == scenario.forms["a"].get(name):
                zh, en = f"{name} 在两套题面里相同。", f"{name} is the same in both forms."
                yield ("forms", form, name), zh, en


@rule("C045", "写完的实操模块都有演练", "Every complete hands-on module has a drill")
def hands_on_modules_have_drills(curriculum: Curriculum) -> Iterator[Problem]:
    """Which modules are hands-on stands in hands-on.yaml (REQ-015)."""
    for module in missing_scenarios(curriculum):
        zh, en = "实操模块还没有 scenario.yaml。", "A hands-on module without scenario.yaml."
        yield at(module.meta_source, "status", zh=zh, en=en)
