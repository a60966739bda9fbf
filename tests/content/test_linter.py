"""Every rule has a sample that breaks it in one place, and the clean sample breaks none."""

import re
from pathlib import Path

import pytest

from content.reader import RULES, lint, lint_module, load_beside, load_curriculum, report_findings
from tests.content.breaches import BREACHES as FORM
from tests.content.breaches import Breach
from tests.content.breaches_prose import SCENARIOS, WORDING
from tests.content.factory import ALL_KINDS, GROUND, MIDDLE, Sample, build, quiz

BREACHES = [*FORM, *SCENARIOS, *WORDING]
CURRICULUM = Path(__file__).parents[2] / "content"


@pytest.fixture
def sample(tmp_path: Path) -> Sample:
    return build(tmp_path)


def places(sample: Sample) -> list[tuple[str, str, int]]:
    return [(f.rule, f.path.as_posix(), f.line) for f in lint(load_curriculum(sample.root))]


def test_clean_sample_has_no_finding(sample: Sample) -> None:
    assert places(sample) == []


@pytest.mark.parametrize("breach", BREACHES, ids=str)
def test_breach_is_found_where_it_is(sample: Sample, breach: Breach) -> None:
    for edit in breach.edits:
        edit(sample)

    expected = [(breach.rule, path, sample.line(path, anchor)) for path, anchor in breach.places]

    assert places(sample) == sorted(expected, key=lambda place: place[1:])


def test_every_rule_has_a_breach() -> None:
    assert {breach.rule for breach in BREACHES} == RULES.keys()


def test_rules_are_numbered_in_order_and_titled_in_both_languages() -> None:
    assert sorted(RULES) == [f"C{number:03}" for number in range(1, len(RULES) + 1)]
    assert all(rule.title_zh and rule.title_en for rule in RULES.values())


def test_readme_lists_every_rule() -> None:
    lines = (CURRICULUM / "README.md").read_text(encoding="utf-8").splitlines()

    rows = [line for line in lines if line.startswith("| C")]

    assert rows == [f"| {rule.number} | {rule.title_en} |" for _, rule in sorted(RULES.items())]


def test_every_member_of_a_cycle_is_named(sample: Sample) -> None:
    sample.edit(f"{GROUND}/module.yaml", "prerequisites: []", "prerequisites: [reading-well]")

    cyclic = [path for rule, path, _ in places(sample) if rule == "C006"]

    assert cyclic == [f"{GROUND}/module.yaml", f"{MIDDLE}/module.yaml"]


def test_unreadable_file_is_reported_alone(sample: Sample) -> None:
    sample.edit(f"{GROUND}/module.yaml", "owner: data-bureau", "owner: nobody")
    sample.edit("roles.yaml", "version: 1", "version: one")

    assert places(sample) == [("C001", "roles.yaml", 1)]


@pytest.mark.parametrize(("singles", "rules"), [(8, ["C023"]), (7, [])])
def test_small_bank_is_not_judged_by_its_answers(sample: Sample, singles: int, rules: list[str]) -> None:
    kinds = ("single",) * singles + ("multiple",) * (8 - singles) + ALL_KINDS[1:] * 2
    text = re.sub(
        r"en: choice (.)\n    correct", r"en: longer choice \1\n    correct", quiz("reading-basics", kinds)
    )
    sample.write(f"{GROUND}/quiz.yaml", text)

    assert [rule for rule, _, _ in places(sample)] == rules


def test_report_has_one_line_per_finding_in_the_language_asked_for(sample: Sample) -> None:
    sample.edit(f"{MIDDLE}/module.yaml", "credit: 1.0", "credit: 2.0")
    findings = lint(load_curriculum(sample.root))

    place = f"{MIDDLE}/module.yaml:10: C012"

    assert report_findings(findings, "zh") == f"{place} 16 课时应为 1.0 学分。"
    assert report_findings(findings, "en") == f"{place} 16 periods are 1.0 credits."
    assert report_findings([], "zh") == ""


def test_the_curriculum_has_no_finding() -> None:
    curriculum = load_curriculum(CURRICULUM)

    assert report_findings(lint(curriculum), "en") == ""
    assert (len(curriculum.modules), len(curriculum.skills), len(curriculum.roles)) == (42, 65, 26)


def test_a_module_from_elsewhere_keeps_its_own_style_but_not_loose_ends(sample: Sample) -> None:
    sample.edit(f"{GROUND}/lessons/01-words.en.md", "::: tomorrow", "In conclusion, read.\n\n::: tomorrow")
    sample.edit(f"{GROUND}/scenario.yaml", "start: n1", "start: n0")
    curriculum = load_beside(sample.root, sample.root, Path(GROUND))

    assert [finding.rule for finding in lint_module(curriculum, Path(GROUND))] == ["C032"]
