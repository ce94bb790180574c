"""`make campaign`: every campaign, one after the other, each with its share of the budget."""

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from ops.campaigns import cache_interleavings, kills
from ops.campaigns.report import Report


def main() -> int:
    """Run them; 1 if one failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--budget", type=float, default=600, help="seconds for all of them")
    given = parser.parse_args()
    campaigns: tuple[Callable[[int, float], Report], ...] = (cache_interleavings.run, _kills)
    is_good = True
    for campaign in campaigns:
        report = campaign(given.seed, given.budget / len(campaigns))
        print(report, flush=True)
        is_good = is_good and report.is_good
    return 0 if is_good else 1


def _kills(seed: int, budget: float) -> Report:
    with tempfile.TemporaryDirectory(prefix="perpdesk-") as folder:
        return asyncio.run(kills.run(seed, budget, Path(folder)))


if __name__ == "__main__":
    sys.exit(main())
