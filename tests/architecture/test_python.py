"""Guards of the Python sources, and a failing sample of each."""

from __future__ import annotations

import pytest

from tests.architecture import python_rules as rules
from tests.architecture.tree import ROOT, document, report, source, sources

# Where text becomes HTML: rendered when a lesson is loaded, or the answer of another template.
MAY_MARK_UP = frozenset({"lms/web/memo.py", "lms/web/panels.py"})


def test_only_the_transaction_module_commits() -> None:
    report(
        rules.commits_elsewhere(sources("lms")),
        "Services flush; only lms/db/transaction.py begins and commits.",
    )


@pytest.mark.parametrize("text", ["db.commit()", "engine.begin()", "with self.db.begin():\n    pass"])
def test_a_commit_elsewhere_is_found(text: str) -> None:
    assert len(rules.commits_elsewhere([source("lms/features/x/service.py", text)])) == 1


def test_savepoints_and_the_committer_are_free() -> None:
    assert rules.commits_elsewhere([source("lms/jobs/outbox.py", "db.begin_nested()")]) == []
    assert rules.commits_elsewhere([source(rules.COMMITTER, "session.commit()")]) == []


def test_no_code_runs_data() -> None:
    report(rules.dangerous_code(sources()), "No eval, exec, compile, pickle, unsafe YAML or shell.")


@pytest.mark.parametrize(
    "text",
    [
        "eval('1')",
        "exec('x = 1')",
        "compile('1', 'x', 'eval')",
        "__import__('os')",
        "import pickle",
        "from pickle import loads",
        "import joblib.memory",
        "import marshal as m",
        "yaml.load(text)",
        "from yaml import unsafe_load",
        "import subprocess\nsubprocess.run('ls', shell=True)",
        "run('ls', shell=is_shell)",
        "os.system('ls')",
        "render_template_string(text)",
    ],
)
def test_dangerous_code_is_found(text: str) -> None:
    assert len(rules.dangerous_code([source("lms/x.py", text)])) == 1


@pytest.mark.parametrize(
    "text", ["re.compile('x')", "yaml.safe_load(t)", "run(['ls'], shell=False)", "x.eval()"]
)
def test_harmless_code_is_not(text: str) -> None:
    assert rules.dangerous_code([source("lms/x.py", text)]) == []


def test_files_and_functions_keep_their_caps() -> None:
    report(rules.too_long(sources()), "At most 400 lines a file and 50 a function.")


def test_files_and_functions_over_the_cap_are_found() -> None:
    function = "def f():\n" + "    x = 1\n" * 50
    assert rules.too_long([source("a.py", function)]) == ["a.py:1 f has 51 lines"]
    assert rules.too_long([source("a.py", "x = 1\n" * 401)]) == ["a.py has 401 lines"]
    assert rules.too_long([source("a.py", "x = 1\n" * 400)]) == []


def test_the_tail_is_measured() -> None:
    assert rules.p90(list(range(1, 11))) == 9
    assert rules.p90([7]) == 7
    sizes = rules.measure(sources())
    assert len(sizes.files) > 50


def test_views_are_thin() -> None:
    report(rules.long_views(sources("lms")), "A view has at most 15 lines: parse, one call, answer.")


def test_a_long_view_is_found() -> None:
    head = '@blueprint.get("/")\n@public\ndef show():\n    """Two\n    lines."""\n'
    assert rules.long_views([source("v.py", head + "    x = 1\n" * 14)]) == []
    assert rules.long_views([source("v.py", head + "    x = 1\n" * 15)]) == ["v.py:3 show has 16 lines"]


def test_only_named_files_declare_text_to_be_html() -> None:
    report(rules.raw_markup(sources("lms"), MAY_MARK_UP), "Markup() only where this guard's list has it.")


def test_markup_elsewhere_is_found() -> None:
    text = "markupsafe.Markup(text)\nMarkup(text)"
    assert len(rules.raw_markup([source("lms/x.py", text)], MAY_MARK_UP)) == 2


def _own_files() -> list[tuple[str, str]]:
    patterns = (
        "lms/**/*.py",
        "recommender/**/*.py",
        "content/**/*.py",
        "tests/**/*.py",
        "lms/**/*.html",
        "lms/**/*.css",
    )
    paths = [path for pattern in patterns for path in ROOT.glob(pattern) if "/vendor/" not in path.as_posix()]
    return [(path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")) for path in sorted(paths)]


def test_unfinished_work_stands_in_the_changelog() -> None:
    gaps = rules.known_gaps(document("CHANGELOG.md"))
    report(
        rules.unfinished_work(_own_files(), gaps), "Unfinished work is named under Known gaps, or finished."
    )


def test_unfinished_work_is_found() -> None:
    mark = "# TO" + "DO: lift the cap"
    gaps = rules.known_gaps("# Changelog\n## Known gaps\n- lift the cap\n## 0.1\n")
    assert rules.unfinished_work([("a.py", mark)], "") == [f"a.py:1 {mark}"]
    assert rules.unfinished_work([("a.py", mark)], gaps) == []
    with pytest.raises(ValueError, match="no heading"):
        rules.known_gaps("# Changelog\n")
