"""Figures of parameters.yaml are filled in when texts are loaded."""

from pathlib import Path

from content.reader import NumberQuestion, lint, load_curriculum
from tests.content.factory import GROUND, build

PARAMETERS = """\
minimum-wage:
  value: 2740
  unit: {zh: 元/月, en: yuan a month}
  valid_from: 2025-07-01
  source: {zh: 通知, en: A notice}
  status: general
"""


def test_a_parameter_is_written_in_texts_and_plain_in_answers(tmp_path: Path) -> None:
    sample = build(tmp_path)
    sample.write("parameters.yaml", PARAMETERS)
    for language, old in (("zh", "三个。"), ("en", "Three.")):
        sample.edit(f"{GROUND}/lessons/01-words.{language}.md", old, "{{param:minimum-wage}}")
    sample.edit(f"{GROUND}/quiz.yaml", "value: 3.5", "value: {{value:minimum-wage}}")
    curriculum = load_curriculum(tmp_path)
    module = curriculum.modules_by_slug["reading-basics"]

    assert curriculum.errors == ()
    assert lint(curriculum) == []
    assert "2,740" in (module.lessons[0].text("zh") or "")
    assert [q.answer.value for q in module.questions if isinstance(q, NumberQuestion)][:1] == [2740]
    assert list(module.parameters) == ["minimum-wage"]
