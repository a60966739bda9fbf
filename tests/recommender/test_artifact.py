"""Models on disk: plain arrays and JSON, never objects."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import numpy as np
import pytest
from scipy.sparse import csr_array

from recommender.artifact import ArtifactError, read_artifact, write_artifact


def test_what_is_written_is_read(tmp_path: Path) -> None:
    sparse = csr_array(np.array([[0, 2.5], [0, 0]]))
    state = {
        "dense_": np.arange(6, dtype=np.float32).reshape(2, 3),
        "sparse_": sparse,
        "why_": {"题": [1, None]},
    }
    write_artifact(tmp_path / "m", {"estimator": "X"}, state)
    header, found = read_artifact(tmp_path / "m", "X")
    assert header["estimator"] == "X"
    np.testing.assert_array_equal(found["dense_"], state["dense_"])
    assert found["dense_"].dtype == np.float32
    np.testing.assert_array_equal(found["sparse_"].toarray(), sparse.toarray())
    assert found["why_"] == {"题": [1, None]}


def test_a_failed_write_leaves_the_old_file_and_no_other(tmp_path: Path) -> None:
    write_artifact(tmp_path / "m", {"estimator": "old"}, {})
    with pytest.raises(ValueError, match="allow_pickle"):
        write_artifact(tmp_path / "m", {"estimator": "new"}, {"x_": np.array([object()])})
    assert read_artifact(tmp_path / "m", "old")[0]["estimator"] == "old"
    assert [file.name for file in tmp_path.iterdir()] == ["m"]


def test_pickled_objects_are_not_read(tmp_path: Path) -> None:
    np.savez(tmp_path / "m.npz", x_=np.array([{"a": 1}], dtype=object))
    with zipfile.ZipFile(tmp_path / "m.npz", "a") as archive:
        archive.writestr("model.json", json.dumps({"format": 1, "estimator": "X", "values": {}}))
    with pytest.raises(ArtifactError, match="allow_pickle"):
        read_artifact(tmp_path / "m.npz", "X")


@pytest.mark.parametrize("content", [b"", b"no zip at all"])
def test_another_file_is_no_artefact(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "m").write_bytes(content)
    with pytest.raises(ArtifactError, match="m is no artefact"):
        read_artifact(tmp_path / "m", "X")


def test_another_format_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "m", "w") as archive:
        archive.writestr("model.json", json.dumps({"format": 99, "values": {}}))
    with pytest.raises(ArtifactError, match="format 99"):
        read_artifact(tmp_path / "m", "X")


def test_another_kind_is_refused(tmp_path: Path) -> None:
    write_artifact(tmp_path / "m", {"estimator": "X"}, {})
    with pytest.raises(ArtifactError, match="m holds: X, not Y"):
        read_artifact(tmp_path / "m", "Y")
