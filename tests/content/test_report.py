"""The report counts what is there; figures worked by hand on the sample curriculum."""

from pathlib import Path

from content.reader import load_curriculum, report
from tests.content.factory import GROUND, Sample, build


def lines(sample: Sample) -> list[str]:
    return [line.strip() for line in report(load_curriculum(sample.root)).splitlines()]


def test_report_counts_modules_skills_questions_drills_and_marks(tmp_path: Path) -> None:
    found = lines(build(tmp_path))

    assert found[0] == "Modules complete: 1 of 3"
    assert "Foundations: 1 of 1, 120 periods" in found
    assert "Frontier technology: 0 of 1, 16 periods" in found
    assert "Lessons in zh: 1 of 3, 1 min to read" in found
    assert [line.split()[1:] for line in found if line.startswith("reading ")] == [["·", "1", "·", "1", "2"]]
    assert "Questions: 22" in found
    assert "single 8, multiple 2, true_false 3, number 3, ordering 2, matching 2, fill_in 2" in found
    assert "Drills: 1 of 1 hands-on modules" in found
    assert "missing in complete modules: none" in found
    assert "Foundations: 1 of 1 texts, 20 of 20 questions" in found


def test_a_complete_hands_on_module_without_a_drill_is_missing(tmp_path: Path) -> None:
    sample = build(tmp_path)
    (sample.root / GROUND / "scenario.yaml").unlink()

    assert "missing in complete modules: reading-basics" in lines(sample)
