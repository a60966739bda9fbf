"""The rule of `tests.shared`: examples that are absent are skipped by name, but never in CI."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.shared import REPOSITORY, load_domain, shared_dir


def test_the_folder_can_be_given(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TERRACE_SHARED", str(tmp_path))
    (tmp_path / "domain").mkdir()
    (tmp_path / "domain" / "a.yaml").write_text("name: 学阶", encoding="utf-8")
    assert shared_dir() == tmp_path
    assert load_domain("a.yaml") == {"name": "学阶"}


def test_without_an_answer_it_is_sought_beside_the_repository(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TERRACE_SHARED", raising=False)
    monkeypatch.setattr(Path, "is_dir", lambda _: True)
    assert shared_dir() == REPOSITORY.parent / "shared"


def test_an_absent_folder_skips_and_names_itself(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.setenv("TERRACE_SHARED", str(tmp_path / "gone"))
    with pytest.raises(pytest.skip.Exception, match=r"no shared folder at .*gone"):
        shared_dir()


def test_an_absent_folder_fails_in_ci(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CI", "true")
    monkeypatch.setenv("TERRACE_SHARED", str(tmp_path / "gone"))
    with pytest.raises(pytest.fail.Exception, match=r"no shared folder at .*gone"):
        shared_dir()
