"""The runner of the gates: it runs all of them, stops what takes too long, and its exit code counts each."""

from __future__ import annotations

import sys
import time

import pytest

from tests import __main__ as runner
from tests.__main__ import TOO_LONG, Gate, Outcome, run, run_all, static_gates


def python(code: str, seconds: int = 30) -> Gate:
    return Gate("sample", (sys.executable, "-c", code), seconds)


def test_a_gate_answers_with_its_code() -> None:
    assert run(python("pass")).code == 0
    assert run(python("raise SystemExit(3)")).code == 3


def test_a_gate_that_takes_too_long_is_stopped_with_its_children() -> None:
    child = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'import time; time.sleep(60)'])"
    started = time.monotonic()
    assert run(python(child, seconds=2)).code == TOO_LONG
    assert time.monotonic() - started < 40


def test_outcomes_are_readable() -> None:
    assert "FAILED" in str(Outcome("mypy", 1, 2.0))
    assert "ok" in str(Outcome("mypy", 0, 2.0))
    assert "TOO SLOW" in str(Outcome("mypy", TOO_LONG, 2.0))


@pytest.mark.parametrize("codes", [(0, 0, 0), (1, 0, 0), (0, 1, 0), (0, 0, 1)])
def test_every_gate_runs_and_every_gate_counts(
    codes: tuple[int, int, int], capfd: pytest.CaptureFixture[str]
) -> None:
    gates = [python(f"print('gate {n}'); raise SystemExit({code})") for n, code in enumerate(codes)]
    assert run_all(gates[:2], gates[2]) == (1 if any(codes) else 0)
    said = capfd.readouterr().out
    assert [f"gate {n}" in said for n in range(3)] == [True, True, True]
    assert said.rstrip().endswith("gate 2"), "the tests' own closing line ends the output"


CI_SECONDS = 90 * 60
INSTALLING = 15 * 60  # the environment, the browser


def test_the_gates_and_their_bounds() -> None:
    names = [gate.name for gate in static_gates()]
    assert names == ["ruff check", "ruff format", "templates", "import contracts", "mypy", "sizes", "guards"]
    gates = (*static_gates(), runner.test_gate(is_quick=False, rest=[]))
    assert sum(gate.seconds for gate in gates) <= CI_SECONDS - INSTALLING
    assert "not journey" in runner.test_gate(is_quick=True, rest=[]).command
    assert "-k" in runner.test_gate(is_quick=False, rest=["-k", "x"]).command
