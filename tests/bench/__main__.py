"""Figures, as JSON: `python -m tests.bench TOPIC`; `python -m tests.bench TOPIC --help` names its options."""

from __future__ import annotations

import argparse
import json
import platform
import sys
from importlib import import_module

# each is a module of this package with `add_arguments(parser)` and `run(options)`, which returns what JSON can say
TOPICS = {
    "pages": "what pages cost, for each kind of person, by number of people and engine",
    "mastery": "how well answers are foretold, on simulated learners",
    "placement": "errors and questions of adaptive sittings beside a fixed test",
    "plan": "time and length of plans by size of the catalogue",
    "recommender": "how well the estimators recommend beside the usual models, and what they cost",
    "skills": "how well sentences lead to skills, beside the plain sentence embedding",
}


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    topics = parser.add_subparsers(dest="topic", required=True)
    for name, summary in TOPICS.items():
        module = import_module(f"tests.bench.{name}")
        topic = topics.add_parser(name, help=summary, description=module.__doc__)
        module.add_arguments(topic)
        topic.set_defaults(run=module.run)
    options = parser.parse_args(arguments)
    print(json.dumps({"python": platform.python_version(), options.topic: options.run(options)}, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
