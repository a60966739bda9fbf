"""Prints how long the product's files and functions are: `python -m tests.architecture`."""

from __future__ import annotations

import sys

from tests.architecture.python_rules import measure, too_long
from tests.architecture.tree import sources


def main() -> int:
    print(measure(sources()))
    breaches = too_long(sources())
    for breach in breaches:
        print(f"too long: {breach}")
    return 1 if breaches else 0


if __name__ == "__main__":
    sys.exit(main())
