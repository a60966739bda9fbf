"""The same cuts for tests and benchmarks: what is held out, and the real data where they are shared."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from recommender.estimators.base import as_completions

History = NDArray[np.intp]


@dataclass(frozen=True)
class Gear:
    """MOOCCubeX enrolments as cut by GEAR-Rec: who took what, and what a course says of itself."""

    done: csr_array
    texts: list[str]


def load_gear(shared: Path) -> Gear:
    """The enrolments and texts in `shared`/data/mooccubex-gear."""
    folder = shared / "data" / "mooccubex-gear"
    lines = [
        np.array(line.split(), dtype=np.intp)
        for line in (folder / "train.txt").read_text(encoding="utf-8").splitlines()
    ]
    profiles = [
        json.loads(line)
        for line in (folder / "course_profiles.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    texts = {profile["mapped_id"]: describe(profile) for profile in profiles}
    return Gear(
        as_completions([line[1:] for line in lines], len(texts)), [texts[id] for id in range(len(texts))]
    )


def describe(profile: dict[str, object]) -> str:
    """Name, first 400 characters of the description, concepts, fields, schools and teachers (issue 4)."""
    parts = [str(profile["name"]), str(profile["about"] or "")[:400]]
    for name in ("key_concepts", "fields", "school_ids", "teacher_ids"):
        values = profile[name]
        assert isinstance(values, list)
        parts += [str(value) for value in values]
    return " ".join(parts)


def hold_out_pairs(done: csr_array, *, seed: int, share: float = 0.2) -> tuple[csr_array, csr_array]:
    """Of each learner that share of the modules, drawn: (kept, held out)."""
    rng = np.random.default_rng(seed)
    kept, held = [], []
    for row in range(done.shape[0]):
        modules = rng.permutation(done.indices[done.indptr[row] : done.indptr[row + 1]])
        n = round(share * len(modules))
        held.append(modules[:n])
        kept.append(modules[n:])
    return as_completions(kept, done.shape[1]), as_completions(held, done.shape[1])


def rob_modules(
    done: csr_array, *, seed: int, share: float = 0.15
) -> tuple[csr_array, csr_array, NDArray[np.bool_]]:
    """That share of the modules loses all history: (what stays, what was taken, which are new)."""
    rng = np.random.default_rng(seed)
    new = np.zeros(done.shape[1], dtype=np.bool_)
    new[rng.permutation(len(new))[: round(share * len(new))]] = True
    stays = done.copy()
    stays.data = stays.data * ~new[stays.indices]
    taken = done.copy()
    taken.data = taken.data * new[taken.indices]
    for part in (stays, taken):
        part.eliminate_zeros()
    return stays, taken, new


def cut_ends(
    histories: Sequence[History], n_modules: int, *, most: int = 3
) -> tuple[list[History], csr_array]:
    """The last modules of each history (a fifth, at least one, at most `most`) are held out."""
    n_held = [max(1, min(most, round(len(history) / 5))) for history in histories]
    begun = [history[:-n] for history, n in zip(histories, n_held, strict=True)]
    ends = [history[-n:] for history, n in zip(histories, n_held, strict=True)]
    return begun, as_completions(ends, n_modules)
