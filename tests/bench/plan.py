"""Plans: time, length against the greedy way and against the proven lower bound, by size of the catalogue."""

from __future__ import annotations

import argparse
from time import process_time
from typing import Any

from recommender import ModuleSpec, plan_path
from tests.recommender.plans import draw_catalogue, draw_hard_catalogue, greedy_periods

EASY = ((42, 40, 8), (120, 40, 12), (400, 60, 30), (1000, 100, 40), (3000, 100, 30), (10000, 200, 20))
HARD = ((100, 30, 10), (200, 60, 6), (400, 100, 8), (800, 150, 8))
"""Modules, skills, and needs (or skills taught by each module of a hard catalogue)."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """How many catalogues of each size."""
    parser.add_argument("--catalogues", type=int, default=3)


def run(options: argparse.Namespace) -> list[dict[str, Any]]:
    """The figures by size; the first plan of a process, which loads SciPy, is left out."""
    plan_path(*draw_hard_catalogue(30, skills=10, taught=3, seed=0), held={})
    found = []
    for size, skills, needs in EASY:
        cases = [
            draw_catalogue(size, skills=skills, needs=needs, seed=seed) for seed in range(options.catalogues)
        ]
        found.append({"kind": "roles", "modules": size} | figures(cases, with_greedy=size <= 1000))
    for size, skills, taught in HARD:
        cases = [
            draw_hard_catalogue(size, skills=skills, taught=taught, seed=seed)
            for seed in range(options.catalogues)
        ]
        found.append({"kind": "hard", "modules": size} | figures(cases, with_greedy=True))
    return found


def figures(cases: list[tuple[dict[str, int], list[ModuleSpec]]], *, with_greedy: bool) -> dict[str, Any]:
    """Means over `cases`, and the longest processor time (other work on the machine does not count)."""
    seconds, plans = [], []
    for required, modules in cases:
        start = process_time()
        plans.append(plan_path(required, modules, held={}))
        seconds.append(process_time() - start)
    facts = {
        "longest_cpu_seconds": round(max(seconds), 3),
        "periods": [plan.periods for plan in plans],
        "lower_bound": [plan.lower_bound for plan in plans],
        "proven": sum(plan.is_optimal for plan in plans),
    }
    if with_greedy:
        facts["greedy_periods"] = [greedy_periods(*case) for case in cases]
    return facts
