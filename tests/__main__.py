"""Every gate, fastest first: `python -m tests`; `--quick` leaves the browser out.

All gates run even when one fails; the tests come last, so that pytest's closing line ends the output.
The exit code is 0 only when every gate is green.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TOOLS = Path(sys.executable).parent
TOO_LONG = 124


@dataclass(frozen=True)
class Gate:
    """A check: what it is called, the command, and the seconds after which it has failed."""

    name: str
    command: tuple[str, ...]
    seconds: int


@dataclass(frozen=True)
class Outcome:
    name: str
    code: int
    seconds: float

    def __str__(self) -> str:
        word = "ok" if self.code == 0 else "TOO SLOW" if self.code == TOO_LONG else "FAILED"
        return f"{self.name:<22} {word:<8} {self.seconds:6.1f} s"


def tool(name: str) -> str:
    """The tool of this environment, else whatever the path offers."""
    here = TOOLS / name
    return str(here) if here.exists() else name


def static_gates() -> tuple[Gate, ...]:
    """Everything that reads the code without running the product, fastest first."""
    python = sys.executable
    return (
        Gate("ruff check", (tool("ruff"), "check", "--no-cache", "."), 60),
        Gate("ruff format", (tool("ruff"), "format", "--no-cache", "--check", "."), 60),
        Gate("templates", (tool("djlint"), "lms", "--lint", "--quiet"), 90),
        Gate("import contracts", (tool("lint-imports"), "--no-cache"), 120),
        Gate("mypy", (python, "-m", "mypy"), 240),
        Gate("sizes", (python, "-m", "tests.architecture"), 30),
        Gate("guards", (python, "-m", "pytest", "tests/architecture"), 180),
    )


def test_gate(*, is_quick: bool, rest: Sequence[str]) -> Gate:
    """The whole suite on two workers; a journey keeps to the worker that has the browser."""
    command = [sys.executable, "-m", "pytest", "-n", "2", "--dist", "loadgroup", *rest]
    if is_quick:
        command += ["-m", "not journey"]
    return Gate("tests", tuple(command), 3000)


def run(gate: Gate) -> Outcome:
    """Run one gate to its end; one that takes too long is stopped with all its children."""
    started = time.monotonic()
    print(f"\n── {gate.name}: {' '.join(_readable(gate.command))}", flush=True)
    process = subprocess.Popen(gate.command, cwd=ROOT, env=_environment(), start_new_session=True)
    try:
        code = process.wait(timeout=gate.seconds)
    except subprocess.TimeoutExpired:
        code = TOO_LONG
        print(f"{gate.name} was stopped: it took more than {gate.seconds} s.", flush=True)
    finally:
        _end_group(process)
    return Outcome(gate.name, code, time.monotonic() - started)


def _end_group(process: subprocess.Popen[bytes]) -> None:
    """Nothing that a gate started outlives it."""
    for which in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, which)
        except ProcessLookupError:
            break
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            continue
    process.wait()


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "NO_COLOR": "1"}


def _readable(command: Sequence[str]) -> list[str]:
    return [Path(part).name if part.startswith(str(TOOLS)) else part for part in command]


def run_all(gates: Sequence[Gate], last: Gate) -> int:
    """Run every gate, whatever the others say; `last` prints the closing line of the whole."""
    outcomes = [run(gate) for gate in gates]
    print("\n── gates so far")
    for outcome in outcomes:
        print(outcome)
    outcomes.append(run(last))
    return 1 if any(outcome.code for outcome in outcomes) else 0


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="without the journeys in a real browser")
    options, rest = parser.parse_known_args(arguments)
    return run_all(static_gates(), test_gate(is_quick=options.quick, rest=rest))


if __name__ == "__main__":
    sys.exit(main())
