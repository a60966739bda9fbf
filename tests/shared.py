"""Where the worked examples and the plan of the programme lie, outside the repository."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, NoReturn

import pytest
import yaml

REPOSITORY = Path(__file__).resolve().parents[1]


def shared_dir() -> Path:
    """The shared folder: $TERRACE_SHARED, else `shared` beside the repository.

    Where it is absent the calling test is skipped and says so; with CI=true it fails instead, so that
    the examples cannot go unchecked unnoticed.
    """
    folder = Path(os.environ.get("TERRACE_SHARED") or REPOSITORY.parent / "shared")
    if not folder.is_dir():
        _give_up(f"no shared folder at {folder} (TERRACE_SHARED says where it is)")
    return folder


def load_domain(name: str) -> Any:
    """The content of `domain/<name>` of the shared folder, a YAML file."""
    return yaml.safe_load((shared_dir() / "domain" / name).read_text(encoding="utf-8"))


def _give_up(why: str) -> NoReturn:
    if os.environ.get("CI") == "true":
        pytest.fail(why)
    pytest.skip(why)
