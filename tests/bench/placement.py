"""Placement: error, bias, coverage, questions and exposure of adaptive sittings beside a fixed test of twenty."""

from __future__ import annotations

import argparse
from typing import Any

import numpy as np

from tests.recommender.sittings import Bank, Sittings, sit_adaptively, sit_fixed


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """How many sittings, of which banks."""
    parser.add_argument("--sittings", type=int, default=1000)
    parser.add_argument("--banks", type=int, nargs="+", default=[60, 120, 200, 400])


def run(options: argparse.Namespace) -> list[dict[str, Any]]:
    """The figures by size of the bank; levels are drawn from the prior."""
    levels = np.random.default_rng(1).normal(0, 1, options.sittings)
    found = []
    for size in options.banks:
        bank = Bank.draw(size, seed=0)
        fixed, adaptive = sit_fixed(bank, levels, seed=2), sit_adaptively(bank, levels, seed=2)
        fewer = 1 - adaptive.questions / fixed.questions
        found.append(
            {
                "bank": size,
                "fixed": figures(fixed),
                "adaptive": figures(adaptive),
                "fewer_questions": round(fewer, 2),
            }
        )
    return found


def figures(sittings: Sittings) -> dict[str, float]:
    """Errors in logits; questions are the median."""
    facts = {
        "rmse": sittings.rmse,
        "bias": sittings.bias,
        "coverage": sittings.coverage,
        "questions": sittings.questions,
        "greatest_exposure": float(sittings.exposure.max()),
    }
    return {name: round(value, 3) for name, value in facts.items()}
