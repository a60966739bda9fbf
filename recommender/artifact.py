"""Fitted models as one file: an npz archive of plain arrays with a JSON header; never pickle."""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.lib import format as npy

FORMAT = 1
HEADER = "model.json"
SPARSE_PARTS = ("data", "indices", "indptr", "shape")


class ArtifactError(ValueError):
    """The file is no artefact, of another format or of another estimator."""


def write_artifact(path: Path, header: Mapping[str, Any], state: Mapping[str, Any]) -> None:
    """Write `state` (arrays, sparse arrays, JSON values by name) under `header`, replacing a file at once.

    :raises TypeError: when the header or a value is neither an array nor JSON
    """
    from scipy.sparse import csr_array, issparse

    arrays: dict[str, np.ndarray[Any, Any]] = {}
    values: dict[str, Any] = {}
    for name, value in state.items():
        if issparse(value):
            one = csr_array(value)
            parts = (one.data, one.indices, one.indptr, np.array(one.shape))
            arrays |= {f"{name}.{part}": array for part, array in zip(SPARSE_PARTS, parts, strict=True)}
        elif isinstance(value, np.ndarray):
            arrays[name] = value
        else:
            values[name] = value
    text = json.dumps({**header, "format": FORMAT, "values": values}, ensure_ascii=False)
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        with zipfile.ZipFile(part, "w", zipfile.ZIP_STORED) as archive:
            archive.writestr(HEADER, text)
            for name, array in arrays.items():
                with archive.open(f"{name}.npy", "w", force_zip64=True) as file:
                    npy.write_array(file, np.ascontiguousarray(array), allow_pickle=False)
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)


def read_artifact(path: Path, kind: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The header and the state that `write_artifact` wrote.

    :param kind: what the header must name as its `estimator`
    :raises ArtifactError: when the file is no such archive, of another format or kind, or holds objects
    """
    try:
        with zipfile.ZipFile(path) as archive:
            header = json.loads(archive.read(HEADER))
            if header.get("format") != FORMAT:
                raise ArtifactError(f"{path.name}: format {header.get('format')}, not {FORMAT}")
            if header.get("estimator") != kind:
                raise ArtifactError(f"{path.name} holds: {header.get('estimator')}, not {kind}")
            state = {}
            for member in archive.namelist():
                if member != HEADER:
                    with archive.open(member) as file:
                        state[member.removesuffix(".npy")] = npy.read_array(file, allow_pickle=False)
    except (zipfile.BadZipFile, KeyError, ValueError) as error:
        raise ArtifactError(f"{path.name} is no artefact: {error}") from error
    return header, _join_sparse(state) | header.pop("values")


def _join_sparse(arrays: dict[str, Any]) -> dict[str, Any]:
    """Put the parts of sparse arrays together again."""
    joined = {name: array for name, array in arrays.items() if "." not in name}
    if len(joined) == len(arrays):  # a request that reads dense arrays only does without SciPy
        return joined
    from scipy.sparse import csr_array

    for name in {name.partition(".")[0] for name in arrays if "." in name}:
        data, indices, indptr, shape = (arrays[f"{name}.{part}"] for part in SPARSE_PARTS)
        joined[name] = csr_array((data, indices, indptr), shape=tuple(int(size) for size in shape))
    return joined
