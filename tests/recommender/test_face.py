"""The public face: lazy, and free of everything the library must not know."""

from __future__ import annotations

import subprocess
import sys

import pytest

import recommender

OTHERS = {"lms", "content", "flask", "sqlalchemy"}
LEARN = {"CoLearning", "ColdStart", "NextModule", "MasteryModel", "SkillMatcher", "Blend"}
"""What is fitted, in a job: these names may load scikit-learn."""


def modules_after(statement: str) -> set[str]:
    """The names of all modules loaded by a fresh Python that runs `statement`."""
    code = f"import sys; {statement}; print(*sys.modules)"
    return set(
        subprocess.run(
            [sys.executable, "-c", code], check=True, capture_output=True, text=True
        ).stdout.split()
    )


def test_importing_the_library_loads_none_of_its_modules() -> None:
    loaded = modules_after("import recommender")
    assert "recommender" in loaded
    assert not {name for name in loaded if name.startswith("recommender.")}


def test_the_gap_ranking_needs_nothing_but_python() -> None:
    loaded = modules_after("from recommender import rank_modules, recommend, held_levels, catalogue_order")
    assert "recommender.gap" in loaded
    assert not loaded & {*OTHERS, "numpy", "scipy", "sklearn", "yaml"}


def test_what_a_request_uses_loads_no_scikit_learn() -> None:
    names = ", ".join(sorted({*recommender.__all__} - LEARN))
    loaded = modules_after(f"from recommender import {names}")
    assert {"recommender.plan", "recommender.placement", "recommender.ranking"} <= loaded
    assert not loaded & {*OTHERS, "sklearn", "torch", "sentence_transformers"}


def test_what_learns_knows_no_product() -> None:
    assert not modules_after("from recommender import *") & {*OTHERS, "torch", "sentence_transformers"}


def test_every_name_of_the_face_can_be_had() -> None:
    for name in recommender.__all__:
        assert getattr(recommender, name).__name__ == name
    assert set(recommender.__all__) <= set(dir(recommender))


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'oracle'"):
        _ = recommender.oracle
