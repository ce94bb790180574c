"""Proof that the campaign of Bybit's faults sees what it is for: each mutant of the bot must turn one of its cases red.

`python -m ops.campaigns.fault_mutants`. Each runs in a process of its own, which imports an edited module.
"""

import argparse
import sys
import time
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from ops.campaigns.fault_matrix import Cell, possible
from ops.campaigns.mutant_imports import edited, put_in_place
from ops.campaigns.report import Report

_FILE: Final = Path(__file__).with_suffix(".toml")
_CASES: Final = 150  # that a mutant may survive


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultMutant:
    """One module with its edits, `cells` whose cases show it, and words of the failures that say what it does wrong."""

    name: str
    path: str
    source: str
    signs: tuple[str, ...]
    cells: tuple[Cell, ...]


def fault_mutants() -> Mapping[str, FaultMutant]:
    """By name. Raises ValueError where an edit has lost its place or no cell fits."""
    rows = tomllib.loads(_FILE.read_text(encoding="utf-8"))["mutant"]
    return MappingProxyType({row["name"]: _mutant(row) for row in rows})


def _mutant(row: Mapping[str, Any]) -> FaultMutant:
    cells = tuple(
        cell
        for cell in possible()
        if all(
            any(fnmatchcase(word, pattern) for pattern in row[axis])
            for word, axis in zip(cell, ("faults", "operations", "states"), strict=True)
        )
    )
    if not cells:
        raise ValueError(f"{row['name']}: no cell is possible")
    return FaultMutant(
        name=row["name"],
        path=row["path"],
        source=edited(row["path"], row["edits"]),
        signs=tuple(row["signs"]),
        cells=cells,
    )


def run(seed: int, budget: float, *, only: str = "") -> Report:
    """Each mutant with that in its name, as many as the budget of seconds allows; a survivor is a failure."""
    names = [name for name in fault_mutants() if only in name]
    began, cases, failures, tried = time.monotonic(), 0, [], 0
    for name in names:
        if tried and time.monotonic() - began > budget:
            break
        tried += 1
        with get_context("spawn").Pool(1) as pool:
            number, line = pool.apply(partial(first_red, name, seed))
        cases += number
        print(f"{'red' if line else 'not red'}: {name}, {number} cases: {line}", flush=True)
        if not line:
            failures.append(f"survived: {name}")
    return Report(
        name="mutants of Bybit's faults",
        seed=seed,
        seconds=time.monotonic() - began,
        cases=tried,
        steps=cases,
        failures=tuple(failures),
    )


def first_red(name: str, seed: int) -> tuple[int, str]:
    """How many cases it took, and the failure that shows the mutant; "" where none did. For a process of its own."""
    mutant = fault_mutants()[name]
    put_in_place(mutant.path, mutant.source)
    from ops.campaigns.bybit_faults import play  # noqa: PLC0415  it imports the bot, which is mutated only now

    for number in range(_CASES):
        outcome = play(seed, number, (mutant.cells[number % len(mutant.cells)],))
        shown = [line for line in outcome.failures if any(sign in line for sign in mutant.signs)]
        if shown:
            return number + 1, shown[0]
    return _CASES, ""


def main() -> int:
    """Run them; 1 if one survived."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="those whose name has this in it")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    report = run(given.seed, float("inf"), only=given.only)
    print(report)
    return 0 if report.is_good else 1


if __name__ == "__main__":
    sys.exit(main())
