"""Monkeys in the chat (`tests/integration/test_monkey.py`), each in a process of its own, until the budget is spent."""

import subprocess
import sys
import time
from pathlib import Path
from typing import Final

from ops.campaigns.report import Report

STEPS: Final = 500
LEAST: Final = 10  # monkeys, whatever the budget
_ROOT: Final = Path(__file__).parents[2]
_TEST: Final = "tests/integration/test_monkey.py::test_a_monkey_breaks_nothing"
_TAIL: Final = 60  # lines of the output of one that failed


def run(seed: int, budget: float) -> Report:
    """One after the other, from the seed on, `budget` seconds in all."""
    began, failures, cases = time.monotonic(), list[str](), 0
    while cases < LEAST or time.monotonic() - began < budget:
        number = seed * 1_000 + cases
        which = (f"MONKEY_SEED={number}", "MONKEYS=1", f"MONKEY_STEPS={STEPS}")
        ran = subprocess.run(  # noqa: S603  our own test, by our own interpreter
            ["/usr/bin/env", *which, sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", _TEST],
            cwd=_ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        cases += 1
        if ran.returncode:
            tail = "\n".join(ran.stdout.splitlines()[-_TAIL:])
            failures.append(f"{' '.join(which)}:\n{tail}")
    return Report(
        name="monkeys in the chat",
        seed=seed,
        seconds=time.monotonic() - began,
        cases=cases,
        steps=cases * STEPS,
        failures=tuple(failures),
    )
