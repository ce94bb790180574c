"""Proof that the campaign of orders under kill -9 sees what it is for: each mutant of the bot must turn it red.

`python -m ops.campaigns.order_mutants`. The lives' process imports an edited module; red counts where a failure says
what that mutant does wrong.
"""

import argparse
import asyncio
import sys
import tempfile
import time
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from ops.campaigns.mutant_imports import edited, put_in_place
from ops.campaigns.report import Report

_FILE: Final = Path(__file__).with_suffix(".toml")
_ENOUGH: Final = 1_800.0  # seconds for one run, which ends after its kills


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderMutant:
    """One module with its edits. Runs of so many `kills` are tried with one seed after the other, `tries` at most.

    `rests`: how often all is looked at in a run; `panics`: the share of entries that a panic follows, `blind`: of lives
    in which a list fails.
    """

    name: str
    path: str
    source: str
    signs: tuple[str, ...]
    kills: int
    tries: int
    rests: int
    panics: float
    blind: float


def order_mutants() -> Mapping[str, OrderMutant]:
    """By name. Raises ValueError where an edit has lost its place."""
    rows = tomllib.loads(_FILE.read_text(encoding="utf-8"))["mutant"]
    return MappingProxyType({row["name"]: _mutant(row) for row in rows})


def _mutant(row: Mapping[str, Any]) -> OrderMutant:
    return OrderMutant(
        name=row["name"],
        path=row["path"],
        source=edited(row["path"], row["edits"]),
        signs=tuple(row["signs"]),
        kills=row.get("kills", 16),
        tries=row.get("tries", 3),
        rests=row.get("rests", 2),
        panics=row.get("panics", 0.1),
        blind=row.get("blind", 0.1),
    )


def run(seed: int, *, only: str = "") -> Report:
    """Each mutant with that in its name; a survivor is a failure."""
    mutants = [each for each in order_mutants().values() if only in each.name]
    began, kills, failures = time.monotonic(), 0, []
    for mutant in mutants:
        for number in range(mutant.tries):
            report = _tried(mutant, seed + number)
            kills += report.cases
            if _shown(mutant, report):
                break
        else:
            failures.append(f"survived: {mutant.name}")
    return Report(
        name="mutants of orders",
        seed=seed,
        seconds=time.monotonic() - began,
        cases=len(mutants),
        steps=kills,
        failures=tuple(failures),
    )


def _tried(mutant: OrderMutant, seed: int) -> Report:
    from ops.campaigns import orders  # noqa: PLC0415  it imports the bot, which a mutated process must not yet

    with tempfile.TemporaryDirectory(prefix="perpdesk-") as folder:
        child = ("ops.campaigns.order_mutants", "--child", mutant.name)
        run_of_lives = orders.run(
            seed,
            _ENOUGH,
            Path(folder),
            kills=mutant.kills,
            child=child,
            panics=mutant.panics,
            blind=mutant.blind,
            rests=mutant.rests,
        )
        return asyncio.run(run_of_lives)


def _shown(mutant: OrderMutant, report: Report) -> bool:
    """Whether a failure says what it does wrong."""
    found = [line for line in report.failures if any(sign in line for sign in mutant.signs)]
    told = (found or report.failures)[:1]
    print(
        f"{'red' if found else 'not red'}: {mutant.name}, seed {report.seed}, {report.seconds:.0f} s: {told}",
        flush=True,
    )
    return bool(found)


def _live(name: str) -> None:
    """The lives of a mutated bot, as the campaign's own child leads them."""
    mutant = order_mutants()[name]
    put_in_place(mutant.path, mutant.source)
    from ops.campaigns import order_child  # noqa: PLC0415  it imports the bot, which is mutated only now

    order_child.main()


def main() -> int:
    """Run them; 1 if one survived."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="those whose name has this in it")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--child", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.child is not None:
        _live(given.child)
        return 0
    report = run(given.seed, only=given.only)
    print(report)
    return 0 if report.is_good else 1


if __name__ == "__main__":
    sys.exit(main())
