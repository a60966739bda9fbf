"""The loader reads what is there, and lists what it cannot read."""

from pathlib import Path

import pytest

from content.reader import Curriculum, Module, NumberQuestion, SingleQuestion, hash_folder, load_curriculum
from tests.content.factory import GROUND, MIDDLE, TOP, Sample, build


@pytest.fixture
def sample(tmp_path: Path) -> Sample:
    return build(tmp_path)


def ground(sample: Sample) -> Module:
    return load_curriculum(sample.root).modules_by_slug["reading-basics"]


def errors(curriculum: Curriculum) -> list[tuple[str, int, str]]:
    return [(error.path.as_posix(), error.line, error.message) for error in curriculum.errors]


def test_everything_is_read(sample: Sample) -> None:
    curriculum = load_curriculum(sample.root)

    assert curriculum.errors == ()
    assert [layer.slug for layer in curriculum.layers] == ["foundation", "specialism", "frontier"]
    assert [module.slug for module in curriculum.modules] == ["reading-basics", "reading-well", "reading-far"]
    assert curriculum.skills_by_slug["counting"].desc.of("zh") == "数得清"
    assert curriculum.roles[0].requires[0].must
    assert not curriculum.roles[0].requires[1].must
    assert curriculum.owners[0].dimension == "government"
    assert curriculum.plan["reading-basics"] == curriculum.modules[0].meta.periods.total == 120
    assert curriculum.levels[0].of("en") == "Aware"


def test_lessons_carry_both_languages(sample: Sample) -> None:
    (lesson,) = ground(sample).lessons

    assert lesson.title.of("en") == "Words"
    assert lesson.headings("zh") == ("第一节", "第二节")
    assert lesson.headings("en") == ("Section one", "Section two")
    assert (lesson.text("zh") or "").startswith("## 第一节")


def test_module_in_preparation_has_titles_without_texts(sample: Sample) -> None:
    module = load_curriculum(sample.root).modules_by_slug["reading-far"]

    assert not module.is_complete
    assert module.lessons[0].text("zh") is None
    assert module.lessons[0].headings("en") == ()
    assert module.reading_minutes("zh") == 0


def test_questions_have_their_types(sample: Sample) -> None:
    questions = ground(sample).questions
    single, number = questions[0], next(q for q in questions if isinstance(q, NumberQuestion))

    assert isinstance(single, SingleQuestion)
    assert [choice.correct for choice in single.choices] == [False, True, False, False]
    assert number.answer.value == pytest.approx(3.5)


def test_media_are_listed_by_name(sample: Sample) -> None:
    assert ground(sample).media == {"words.svg": sample.root / GROUND / "media/words.svg"}


@pytest.mark.parametrize(
    ("language", "text", "minutes"),
    [
        ("zh", "字" * 400, 1),
        ("zh", "字" * 401, 2),
        ("zh", "字" * 399 + "，AED。", 1),
        ("zh", "字" * 400 + "AED", 2),
        ("en", "word " * 200, 1),
        ("en", "word " * 201, 2),
        ("en", "::: note two more words\n" + "word " * 200 + "\n:::", 1),
        ("en", "word " * 199 + "[word](https://example.org/a/b/c)", 1),
    ],
)
def test_reading_minutes_round_up(sample: Sample, language: str, text: str, minutes: int) -> None:
    sample.write(f"{GROUND}/lessons/01-words.{language}.md", text)

    assert ground(sample).reading_minutes("zh" if language == "zh" else "en") == minutes


@pytest.mark.parametrize("path", ["module.yaml", "quiz.yaml", "lessons/01-words.en.md", "media/words.svg"])
def test_hash_changes_with_every_file(sample: Sample, path: str) -> None:
    before = ground(sample).content_hash
    sample.write(f"{GROUND}/{path}", sample.read(f"{GROUND}/{path}") + "\n")

    assert hash_folder(sample.root / GROUND) != before


def test_hash_sees_names_and_new_files(sample: Sample) -> None:
    folder = sample.root / GROUND
    hashes = [hash_folder(folder)]
    sample.write(f"{GROUND}/media/a.svg", "<svg/>")
    hashes.append(hash_folder(folder))
    (folder / "media/a.svg").rename(folder / "media/b.svg")
    hashes.append(hash_folder(folder))

    assert len(set(hashes)) == 3


def test_hash_ignores_line_endings_hidden_files_and_other_modules(sample: Sample) -> None:
    before = ground(sample).content_hash
    lesson = sample.root / GROUND / "lessons/01-words.zh.md"
    lesson.write_bytes(lesson.read_bytes().replace(b"\n", b"\r\n"))
    sample.write(f"{GROUND}/.DS_Store", "x")
    sample.write(f"{MIDDLE}/notes.md", "x")

    assert ground(sample).content_hash == before


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("questions:\n  - id: [a\n", 3, "Not valid YAML"),
        ("questions: []\nquestions: []\n", 2, "The key questions is there twice."),
        ("questions: &a []\nmore: *a\n", 1, "YAML aliases are not used in the curriculum."),
        ('questions: []\nmore: "a\\0b"\n', 2, "A text holds a character that cannot be seen: U+0000."),
        ('questions: ["a\\u202eb"]\n', 1, "A text holds a character that cannot be seen: U+202E."),
        ('questions: ["a\\ud800b"]\n', 1, "Not valid YAML"),
        ("questions: []\nextra: 1\n", 2, "extra: Extra inputs are not permitted."),
        ("questions:\n  - type: single\n", 2, "questions.0.single.choices: Field required."),
        ("questions: []\nday: 2026-13-45\n", 1, "Not valid YAML"),
        ("questions: !!python/object:os.system {}\n", 1, "Not valid YAML"),
        ("questions: !!bool maybe\n", 1, "Not valid YAML"),
        ("questions: !!timestamp never\n", 1, "Not valid YAML"),
        ("[" * 5000, 1, "Not valid YAML"),
        ("[" * 5000 + "]" * 5000, 1, "Not valid YAML"),
        ("questions:\n  ? [a]\n  : b\n", 2, "Not valid YAML"),
        ("questions: \x00\n", 1, "Not valid YAML"),
        ("- a\n", 1, "quiz.yaml"),
        ("", 1, "The file is empty."),
    ],
)
def test_bad_yaml_is_an_error_with_a_line(sample: Sample, text: str, line: int, message: str) -> None:
    sample.write(f"{TOP}/quiz.yaml", text)
    curriculum = load_curriculum(sample.root)

    path, found_line, found = errors(curriculum)[0]

    assert (path, found_line) == (f"{TOP}/quiz.yaml", line)
    assert message in found
    assert curriculum.modules_by_slug["reading-far"].questions == ()


def test_missing_and_undecodable_files_are_errors(sample: Sample) -> None:
    (sample.root / TOP / "quiz.yaml").unlink()
    (sample.root / "roles.yaml").write_bytes(b"\xff\xfe")
    (sample.root / GROUND / "lessons/01-words.zh.md").write_bytes(b"\xd6\xd0")
    curriculum = load_curriculum(sample.root)

    assert sorted(errors(curriculum)) == [
        (f"{GROUND}/lessons/01-words.zh.md", 1, "The file is not UTF-8."),
        (f"{TOP}/quiz.yaml", 1, "The file is missing."),
        ("roles.yaml", 1, "The file is not UTF-8."),
    ]


def test_empty_folder_is_five_errors_and_no_traceback(tmp_path: Path) -> None:
    curriculum = load_curriculum(tmp_path)

    names = {path for path, _, _ in errors(curriculum)}
    assert names == {"layers.yaml", "plan.yaml", "roles.yaml", "skills.yaml", "uuids.yaml"}
    assert curriculum.modules == ()
