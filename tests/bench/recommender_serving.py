"""What fitting and answering cost as modules and learners grow, each size in a process of its own."""

from __future__ import annotations

import importlib.util
import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from recommender import Blend, ColdStart, CoLearning, NextModule
from recommender.estimators.base import Recommender, as_completions

SIZES = [1000, 3000, 10_000]
LEARNERS_PER_MODULE = 10
N_ASKED = 2000
History = NDArray[np.intp]


def measure_growth(sizes: Sequence[int]) -> Iterator[dict[str, Any]]:
    """A row per estimator and number of modules, with ten times as many learners.

    Times are pairs: by the clock, and of the processor (all cores together).
    """
    for n_modules in sizes:
        for name in FITS:
            command = [sys.executable, "-m", __name__, name, str(n_modules)]
            yield json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)


def draw_histories(n_modules: int) -> list[History]:
    """Learners who do about 20 modules, most of them of one of the catalogue's groups of 100."""
    rng = np.random.default_rng(0)
    n_groups = max(1, n_modules // 100)
    appeal = 1.0 / np.arange(1, 101)
    found = []
    for _ in range(n_modules * LEARNERS_PER_MODULE):
        length = 2 + rng.poisson(18)
        own = rng.integers(n_groups) * 100 + rng.choice(100, size=length, p=appeal / appeal.sum())
        other = rng.integers(n_modules, size=length)
        mixed = np.where(rng.random(length) < 0.8, own, other)
        found.append(mixed[np.sort(np.unique(mixed, return_index=True)[1])].astype(np.intp))
    return found


def draw_texts(n_modules: int) -> list[str]:
    """About 300 Han characters and three identifiers per module; a group shares most of its characters."""
    rng = np.random.default_rng(1)
    texts = []
    for module in range(n_modules):
        group = module // 100
        letters = 0x4E00 + (rng.zipf(1.3, size=300) + 40 * group) % 3000
        text = "".join(map(chr, letters))
        texts.append(f"{text} S_{group} T_{module // 5} K_{rng.integers(n_modules)}")
    return texts


def fit_co_learning(histories: list[History], n_modules: int) -> Recommender:
    return CoLearning().fit(as_completions(histories, n_modules))


def fit_next_module(histories: list[History], n_modules: int) -> Recommender:
    return NextModule().fit(histories, n_modules=n_modules)


def fit_cold_start(histories: list[History], n_modules: int) -> Recommender:
    new = np.arange(n_modules) % 10 == 9
    return ColdStart().fit(as_completions(histories, n_modules), draw_texts(n_modules), new)


def fit_blend(histories: list[History], n_modules: int) -> Recommender:
    """The nightly rebuild: all estimators, texts, twenty roles, levels of three out of 65 skills per module."""
    rng = np.random.default_rng(2)
    new = np.arange(n_modules) % 10 == 9
    teaches = np.zeros((n_modules, 65))
    teaches[np.repeat(np.arange(n_modules), 3), rng.integers(65, size=3 * n_modules)] = rng.integers(
        1, 5, size=3 * n_modules
    )
    return Blend().fit(
        [history[~new[history]] for history in histories],
        n_modules=n_modules,
        texts=draw_texts(n_modules),
        new=new,
        cohorts=np.arange(len(histories)) % 20,
        teaches=teaches,
    )


FITS: dict[str, Callable[[list[History], int], Recommender]] = {
    "CoLearning": fit_co_learning,
    "NextModule": fit_next_module,
    "ColdStart": fit_cold_start,
    "Blend": fit_blend,
}


def measure(name: str, n_modules: int) -> dict[str, Any]:
    """Fit, one by one, all at once; beside implicit's own recommend-all for the same learners.

    Processor time stands beside the time by the clock: others may use the cores too.
    """
    histories = draw_histories(n_modules)
    model, fitting = timed(lambda: FITS[name](histories, n_modules))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    one_by_one = [
        timed(lambda h=history: model.recommend(h), time.thread_time)[1] for history in histories[:N_ASKED]
    ]
    _, everybody = timed(lambda: model.recommend_all(histories, 10))
    return {
        "estimator": name,
        "modules": n_modules,
        "learners": len(histories),
        "fit s": [round(seconds, 1) for seconds in fitting],
        "peak GiB after fit": round(peak, 2),
        "one p50 ms": [round(1000 * float(value), 3) for value in np.percentile(one_by_one, 50, axis=0)],
        "one p99 ms": [round(1000 * float(value), 3) for value in np.percentile(one_by_one, 99, axis=0)],
        "all s": [round(seconds, 1) for seconds in everybody],
        **(measure_implicit(histories, n_modules) if name == "CoLearning" else {}),
    }


def measure_implicit(histories: list[History], n_modules: int) -> dict[str, Any]:
    """Seconds of implicit's recommend-all: factors, and 20 neighbours of each module."""
    if importlib.util.find_spec("implicit") is None:
        return {"implicit": "skipped: not installed (extra: bench)"}
    from implicit.als import AlternatingLeastSquares
    from implicit.nearest_neighbours import CosineRecommender

    done, found = csr_matrix(as_completions(histories, n_modules)), {}
    for model in (AlternatingLeastSquares(factors=64, iterations=3, random_state=0), CosineRecommender(K=20)):
        model.fit(done, show_progress=False)
        _, seconds = timed(lambda m=model: m.recommend(np.arange(done.shape[0]), done, N=10))
        found[f"implicit {type(model).__name__} all s"] = [round(one, 1) for one in seconds]
    return found


def timed(
    work: Callable[[], Any], processor: Callable[[], float] = time.process_time
) -> tuple[Any, tuple[float, float]]:
    """What the work gives, and its seconds by the clock and of the processor."""
    start, begun = time.perf_counter(), processor()
    found = work()
    return found, (time.perf_counter() - start, processor() - begun)


if __name__ == "__main__":
    print(json.dumps(measure(sys.argv[1], int(sys.argv[2]))))
