"""`make campaign`: every campaign, one after the other, each with its share of the budget."""

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

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


def _campaigns() -> tuple[Callable[[int, float], Report], ...]:
    """All of them, in the order in which they run."""
    return (
        bybit_faults.run,
        cache_interleavings.run,
        cards.run,
        matching_walk.run,
        monkeys.run,
        series.run,
        bybit_streams.run,
        _kills,
        _stops,
        _restarts,
        _upgrades,
        _slow_clients,
        _listeners,
        _legacy,
        _legacy_kills,
        _order_kills,
        _promo_kills,
        _promo_store,
        _promo_chat,
        _payments,
        _restores,
        _corrupted,
        _rotation,
        _disk_points,
        _disk_process,
        _mutations,
        fault_mutants.run,
        legacy_mutants.run,
        _order_mutants,
    )


def _kills(seed: int, budget: float) -> Report:
    with tempfile.TemporaryDirectory(prefix="perpdesk-") as folder:
        return asyncio.run(kills.run(seed, budget, Path(folder)))


def _stops(seed: int, budget: float) -> Report:
    with tempfile.TemporaryDirectory(prefix="perpdesk-") as folder:
        return asyncio.run(stops.run(seed, max(budget, 1_200), Path(folder), stops=100))


def _restarts(seed: int, budget: float) -> Report:
    with tempfile.TemporaryDirectory(prefix="perpdesk-") as folder:
        return stops.run_restarts(seed, budget, Path(folder))


def _upgrades(seed: int, budget: float) -> Report:
    with tempfile.TemporaryDirectory(prefix="perpdesk-") as folder:
        return asyncio.run(upgrades.run(seed, budget, Path(folder)))


def _slow_clients(seed: int, budget: float) -> Report:
    with tempfile.TemporaryDirectory(prefix="perpdesk-") as folder:
        return slow_clients.run(seed, budget, Path(folder))


def _listeners(seed: int, budget: float) -> Report:
    with tempfile.TemporaryDirectory(prefix="perpdesk-") as folder:
        return listeners.run(seed, budget, Path(folder))


def _legacy(seed: int, budget: float) -> Report:
    with tempfile.TemporaryDirectory(prefix="perpdesk-") as folder:
        return legacy.run(seed, max(budget, 300), Path(folder), databases=300)


def _legacy_kills(seed: int, budget: float) -> Report:
    with tempfile.TemporaryDirectory(prefix="perpdesk-") as folder:
        return legacy.run_kills(seed, budget, Path(folder), kills=100)


def _order_kills(seed: int, budget: float) -> Report:
    with tempfile.TemporaryDirectory(prefix="perpdesk-") as folder:
        return asyncio.run(orders.run(seed, budget, Path(folder)))


def _promo_kills(seed: int, budget: float) -> Report:
    with tempfile.TemporaryDirectory(prefix="perpdesk-") as folder:
        return asyncio.run(promo.run_kills(seed, budget, Path(folder), kills=1_000))


def _promo_store(seed: int, _: float) -> Report:
    with tempfile.TemporaryDirectory(prefix="perpdesk-") as folder:
        return asyncio.run(promo.run_store(seed, Path(folder)))


def _promo_chat(seed: int, _: float) -> Report:
    with tempfile.TemporaryDirectory(prefix="perpdesk-") as folder:
        return asyncio.run(promo.run_chat(seed, Path(folder)))


def _payments(seed: int, budget: float) -> Report:
    with tempfile.TemporaryDirectory(prefix="perpdesk-") as folder:
        return asyncio.run(payments.run(seed, budget, Path(folder), kills=1_000))


def _rotation(seed: int, _: float) -> Report:
    with tempfile.TemporaryDirectory(prefix="perpdesk-") as folder:
        return asyncio.run(rotation.run(seed, Path(folder)))


def _disk_points(seed: int, _: float) -> Report:
    return disk_full.run_points(seed)


def _disk_process(seed: int, budget: float) -> Report:
    with tempfile.TemporaryDirectory(prefix="perpdesk-") as folder:
        return disk_full.run_process(seed, budget, Path(folder))


def _corrupted(seed: int, _: float) -> Report:
    with tempfile.TemporaryDirectory(prefix="perpdesk-") as folder:
        return corrupted.run(seed, Path(folder), copies=500)


def _restores(seed: int, budget: float) -> Report:
    with tempfile.TemporaryDirectory(prefix="perpdesk-") as folder:
        return restores.run(seed, max(budget, 1_200), Path(folder), points=100)


def _mutations(_seed: int, _budget: float) -> Report:
    return mutations.run()


def _order_mutants(seed: int, _budget: float) -> Report:
    return order_mutants.run(seed)


if __name__ == "__main__":
    sys.exit(main())
