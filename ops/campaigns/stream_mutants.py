"""Proof that the campaign of streams sees what it is for: each mutant of the streams must turn it red.

`python -m ops.campaigns.stream_mutants`. Each runs in a process of its own, which imports an edited module.
"""

import argparse
import logging
import subprocess
import sys
import time
import tomllib
from pathlib import Path
from typing import Final

from ops.campaigns.mutant_imports import ROOT, edited, put_in_place
from ops.campaigns.report import Report

_FILE: Final = Path(__file__).with_suffix(".toml")
CASES: Final = 60
"""That a mutant may survive before it counts as a survivor."""


def stream_mutants() -> dict[str, tuple[str, str]]:
    """Path and source of each, by name. Raises ValueError where an edit has lost its place."""
    rows = tomllib.loads(_FILE.read_text(encoding="utf-8"))["mutant"]
    return {row["name"]: (row["path"], edited(row["path"], row["edits"])) for row in rows}


def run(seed: int, *, only: str = "") -> Report:
    """Each mutant with that in its name; a survivor is a failure."""
    began, failures = time.monotonic(), []
    names = [name for name in stream_mutants() if only in name]
    for name in names:
        child = (sys.executable, "-m", "ops.campaigns.stream_mutants", "--child", name, "--seed", str(seed))
        told = subprocess.run(child, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603  ours
        said = (told.stdout.strip().splitlines() or told.stderr.strip().splitlines() or [""])[-1]
        print(f"{name}: {said}", flush=True)
        if not said.startswith("red"):
            failures.append(f"survived: {name}")
    return Report(
        name="mutants of streams",
        seed=seed,
        seconds=time.monotonic() - began,
        cases=len(names),
        steps=0,
        failures=tuple(failures),
    )


def _try(name: str, seed: int) -> None:
    """Cases until one is red; says which."""
    put_in_place(*stream_mutants()[name])
    from ops.campaigns import bybit_streams  # noqa: PLC0415  it imports the bot, which is mutated only now

    logging.disable(logging.CRITICAL)
    for number in range(CASES):
        try:
            wrong = bybit_streams.play(seed * 1_000_000 + number)
        except Exception as raised:  # noqa: BLE001  what ends the case is seen, too
            wrong = repr(raised)
        if wrong is not None:
            print(f"red in case {number}: {wrong[:200]}")
            return
    print(f"not red in {CASES} cases")


def main() -> int:
    """Run them; 1 if one survived."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="those whose name has this in it")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--child", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.child is not None:
        _try(given.child, given.seed)
        return 0
    report = run(given.seed, only=given.only)
    print(report)
    return 0 if report.is_good else 1


if __name__ == "__main__":
    sys.exit(main())
