"""Proof that the second reading of an old database sees what it is for: each mutant of the import must differ from it.

`python -m ops.campaigns.legacy_mutants`. Each runs in a process of its own, which imports the edited module.
"""

import argparse
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from ops.campaigns.mutant_imports import ROOT, edited, put_in_place
from ops.campaigns.report import Report

_FILE: Final = Path(__file__).with_suffix(".toml")
_DATABASES: Final = 6
_DIFFERS: Final = 3  # exit code


def legacy_mutants() -> Mapping[str, tuple[str, str]]:
    """By name the path of a module and its edited source. Raises ValueError where an edit has lost its place."""
    rows = tomllib.loads(_FILE.read_text(encoding="utf-8"))["mutant"]
    return {row["name"]: (row["path"], edited(row["path"], [row])) for row in rows}


def run(seed: int, _budget: float = 0) -> Report:
    """Each of them; a survivor, and one that breaks down, is a failure."""
    began, failures = time.monotonic(), list[str]()
    names = list(legacy_mutants())
    for name in names:
        command = [sys.executable, "-m", "ops.campaigns.legacy_mutants", "--seed", str(seed), "--child", name]
        ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603  our own
        if ran.returncode != _DIFFERS:
            failures.append(f"survived: {name} {ran.stderr[-500:]}")
    return Report(
        name="mutants of the import",
        seed=seed,
        seconds=time.monotonic() - began,
        cases=len(names),
        steps=len(names) * _DATABASES,
        failures=tuple(failures),
    )


def _tried(name: str, seed: int) -> int:
    put_in_place(*legacy_mutants()[name])
    from ops.campaigns import legacy  # noqa: PLC0415  it imports what is mutated only now

    with tempfile.TemporaryDirectory(prefix="perpdesk-") as folder:
        report = legacy.run(seed, float("inf"), Path(folder), databases=_DATABASES)
    return 0 if report.is_good else _DIFFERS


def main() -> int:
    """Run them; 1 if one survived."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=3)
    parser.add_argument("--child", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.child is not None:
        return _tried(given.child, given.seed)
    report = run(given.seed)
    print(report)
    return 0 if report.is_good else 1


if __name__ == "__main__":
    sys.exit(main())
