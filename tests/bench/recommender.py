"""How well the estimators recommend, beside what a user would install instead, and what they cost.

`together` and `new` read the shared MOOCCubeX data and are named as skipped where those are absent.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, csr_matrix

from recommender import ColdStart, CoLearning, NextModule
from recommender.estimators.base import as_completions
from recommender.evaluation import Quality, interval, judge
from tests.bench.recommender_serving import SIZES, measure_growth
from tests.recommender import rivals
from tests.recommender.cuts import cut_ends, hold_out_pairs, load_gear, rob_modules
from tests.recommender.simulator import World, simulate
from tests.shared import REPOSITORY

Row = dict[str, Any]
WORLDS = {
    "two curricula": World(n_modules=1000, n_topics=40, curriculum_length=80, mean_length=20),
    "mostly interests": World(n_modules=1500, n_topics=60, p_curriculum=0.2, p_drift=0.3, mean_length=10),
}
RIDGES = (30, 100, 300, 1000, 2000)
BETAS = (0.2, 0.4, 0.6, 0.8)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--of", choices=list(PARTS), nargs="+", default=list(PARTS))
    parser.add_argument("--cuts", type=int, default=3, help="how many cuts of the data")
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="modules, for serving")


def run(options: argparse.Namespace) -> dict[str, Any]:
    """The rows of each part asked for; each is also shown on the error channel as soon as it stands."""
    return {part: [*map(_show, PARTS[part](options))] for part in options.of}


def _show(row: Row) -> Row:
    print(json.dumps(row), file=sys.stderr, flush=True)
    return row


def report_together(options: argparse.Namespace) -> Iterator[Row]:
    """`CoLearning` beside every model of `implicit` tuned on the same cut (in favour of implicit)."""
    if (folder := shared()) is None:
        yield {"skipped": "no shared data"}
        return
    for seed in range(options.cuts):
        kept, held = hold_out_pairs(load_gear(folder).done, seed=seed)
        model = CoLearning().fit(kept)
        own = judge(model.recommend_all(kept, 20)[0], held)
        others = {name: judge(items, held) for name, items in implicit_answers(kept)}
        others |= {
            f"EASE ridge={r}": judge(rivals.answer(kept, rivals.ease(kept, r), 20), held) for r in RIDGES
        }
        yield {"cut": seed, "chosen": model.chosen_["values"], **compare(own, others)}


def report_new(options: argparse.Namespace) -> Iterator[Row]:
    """`ColdStart` beside neighbours by text; 15 % of the courses robbed of all history."""
    if (folder := shared()) is None:
        yield {"skipped": "no shared data"}
        return
    gear = load_gear(folder)
    by_text = {name: rivals.tfidf(gear.texts, analyzer=name) for name in ("char_wb", "char", "word")}
    for seed in range(options.cuts):
        stays, taken, new = rob_modules(gear.done, seed=seed)
        model = ColdStart().fit(stays, gear.texts, new)
        own = judge(model.recommend_all(stays, 20)[0], taken)
        others = {}
        for name, vectors in by_text.items():
            for k in (20, 50, None):
                items = rivals.answer(stays, rivals.neighbours(vectors, k), 20, candidates=new)
                others[f"TF-IDF {name} k={k or 'all'}"] = judge(items, taken)
        yield {"cut": seed, "chosen": model.chosen_["values"], **compare(own, others)}


def report_next(_: argparse.Namespace) -> Iterator[Row]:
    """`NextModule` on simulated learners: those of the fit, and others."""
    for name in WORLDS:
        yield from _report_world(name)


def _report_world(name: str) -> Iterator[Row]:
    world = WORLDS[name]
    learners = [way for way in simulate(world, 5000, seed=17) if len(way) > 2]
    n_seen = len(learners) * 4 // 5
    begun, held = cut_ends(learners, world.n_modules)
    for split, train, start in (("same learners", begun, 0), ("other learners", learners[:n_seen], n_seen)):
        model = NextModule().fit(train, n_modules=world.n_modules)
        wanted = csr_array(held[start:])
        own = judge(model.recommend_all(begun[start:], 10)[0], wanted)
        done, asked = (as_completions(ways, world.n_modules) for ways in (train, begun[start:]))
        weights = {"popularity": rivals.popularity(done)}
        weights |= {f"EASE ridge={ridge}": rivals.ease(done, ridge) for ridge in RIDGES}
        weights |= {f"RP3 beta={beta}": rivals.rp3_beta(done, beta) for beta in BETAS}
        others = {rival: judge(rivals.answer(asked, one, 10), wanted) for rival, one in weights.items()}
        facts = {"world": name, "split": split, "chosen": model.chosen_["values"]}
        yield {**facts, **compare(own, others)}


def compare(own: Quality, others: dict[str, Quality]) -> Row:
    """Means with intervals, the best rival by each measure, and the margin above it."""
    found: Row = {}
    for measure in ("recall", "hit", "ndcg"):
        values = getattr(own, measure)
        means = {name: float(getattr(other, measure).mean()) for name, other in others.items()}
        best = max(means, key=means.__getitem__)
        mean, low, high = interval(values)
        difference = interval(values - getattr(others[best], measure))
        found[measure] = {
            "own": round(mean, 4),
            "interval": [round(low, 4), round(high, 4)],
            "best rival": {best: round(means[best], 4)},
            "ratio": round(mean / means[best], 3),
            "margin": [round(value, 4) for value in difference],
        }
    return found


def implicit_answers(kept: csr_array) -> Iterator[tuple[str, NDArray[np.intp]]]:
    """What the models of the library `implicit` answer, by name and setting; nothing without it."""
    if importlib.util.find_spec("implicit") is None:
        return
    from implicit import als, bpr, lmf, nearest_neighbours

    done = csr_matrix(kept)
    settings: list[tuple[Callable[..., Any], dict[str, Any]]] = []
    for k in (20, 100, 400, kept.shape[1]):
        settings += [(nearest_neighbours.CosineRecommender, {"K": k})]
        settings += [(nearest_neighbours.TFIDFRecommender, {"K": k})]
        settings += [(nearest_neighbours.BM25Recommender, {"K": k, "K1": 100, "B": b}) for b in (0.1, 0.25)]
    als_settings = [(64, 100, 5), (128, 200, 10), (128, 400, 10), (256, 200, 10), (128, 100, 5)]
    for factors, ridge, alpha in als_settings:
        given = {"factors": factors, "regularization": ridge, "alpha": alpha, "random_state": 0}
        settings += [(als.AlternatingLeastSquares, given)]
    settings += [(bpr.BayesianPersonalizedRanking, {"factors": 128, "iterations": 100, "random_state": 0})]
    settings += [(lmf.LogisticMatrixFactorization, {"factors": 32, "random_state": 0})]
    for kind, given in settings:
        model = kind(**given, num_threads=os.cpu_count() or 1)
        model.fit(done, show_progress=False)
        items, _ = model.recommend(np.arange(done.shape[0]), done, N=20, filter_already_liked_items=True)
        yield f"{kind.__name__} {given}", items.astype(np.intp)


def shared() -> Path | None:
    folder = Path(os.environ.get("TERRACE_SHARED") or REPOSITORY.parent / "shared")
    return folder if folder.is_dir() else None


PARTS: dict[str, Callable[[argparse.Namespace], Iterator[Row]]] = {
    "together": report_together,
    "new": report_new,
    "next": report_next,
    "serving": lambda options: measure_growth(options.sizes),
}
