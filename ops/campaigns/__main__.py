"""`make campaign`: every campaign, one after the other, each with its share of the budget."""

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from ops.campaigns import (
    bybit_faults,
    bybit_streams,
    cache_interleavings,
    cards,
    corrupted,
    disk_full,
    fault_mutants,
    kills,
    legacy,
    legacy_mutants,
    listeners,
    matching_walk,
    monkeys,
    mutations,
    order_mutants,
    orders,
    payments,
    promo,
    restores,
    rotation,
    series,
    slow_clients,
    stops,
    upgrades,
)
from ops.campaigns.report import Report

Campaign = Callable[[int, float], Report]
"""Of a seed and of seconds, to be kept where that is possible."""


def main() -> int:
    """Run them; 1 if one failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--budget", type=float, default=600, help="seconds for all of them")
    given = parser.parse_args()
    campaigns = _campaigns()
    is_good = True
    for campaign in campaigns:
        report = campaign(given.seed, given.budget / len(campaigns))
        print(report, flush=True)
        is_good = is_good and report.is_good
    return 0 if is_good else 1


def _campaigns() -> tuple[Campaign, ...]:
    """All of them, in the order in which they run."""
    return (
        bybit_faults.run,
        cache_interleavings.run,
        cards.run,
        matching_walk.run,
        monkeys.run,
        series.run,
        bybit_streams.run,
        _in_a_folder(kills.run),
        _in_a_folder(lambda seed, budget, folder: stops.run(seed, max(budget, 1_200), folder, stops=100)),
        _in_a_folder(stops.run_restarts),
        _in_a_folder(upgrades.run),
        _in_a_folder(slow_clients.run),
        _in_a_folder(listeners.run),
        _in_a_folder(lambda seed, budget, folder: legacy.run(seed, max(budget, 300), folder, databases=300)),
        _in_a_folder(lambda seed, budget, folder: legacy.run_kills(seed, budget, folder, kills=100)),
        _in_a_folder(orders.run),
        _in_a_folder(lambda seed, budget, folder: promo.run_kills(seed, budget, folder, kills=1_000)),
        _in_a_folder(lambda seed, _, folder: promo.run_store(seed, folder)),
        _in_a_folder(lambda seed, _, folder: promo.run_chat(seed, folder)),
        _in_a_folder(lambda seed, budget, folder: payments.run(seed, budget, folder, kills=1_000)),
        _in_a_folder(lambda seed, budget, folder: restores.run(seed, max(budget, 1_200), folder, points=100)),
        _in_a_folder(lambda seed, _, folder: corrupted.run(seed, folder, copies=500)),
        _in_a_folder(lambda seed, _, folder: rotation.run(seed, folder)),
        lambda seed, _: disk_full.run_points(seed),
        _in_a_folder(disk_full.run_process),
        lambda _seed, _budget: mutations.run(),
        fault_mutants.run,
        legacy_mutants.run,
        lambda seed, _: order_mutants.run(seed),
    )


def _in_a_folder(run: Callable[[int, float, Path], Report | Coroutine[Any, Any, Report]]) -> Campaign:
    """A campaign that writes: each of its runs has a folder of its own, which goes with it."""

    def run_there(seed: int, budget: float) -> Report:
        with tempfile.TemporaryDirectory(prefix="perpdesk-") as folder:
            found = run(seed, budget, Path(folder))
            return found if isinstance(found, Report) else asyncio.run(found)

    return run_there


if __name__ == "__main__":
    sys.exit(main())
