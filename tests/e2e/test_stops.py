"""SIGTERM under load, small; `make campaign` does it a hundred times, and measures a restart."""

from pathlib import Path

import pytest
from harness.waiting import CAMPAIGN_LIMIT

from ops.campaigns import stops


@pytest.mark.campaign
@pytest.mark.timeout(CAMPAIGN_LIMIT)
async def test_three_stops_under_load_leave_nobody_unanswered_and_nobody_answered_twice(tmp_path: Path) -> None:
    report = await stops.run(1, CAMPAIGN_LIMIT, tmp_path, stops=3, rate=10)
    assert report.is_good, str(report)
    assert report.cases == 3


@pytest.mark.campaign
@pytest.mark.timeout(CAMPAIGN_LIMIT)
@pytest.mark.parametrize("bybit_hangs", [False, True])
async def test_everybody_is_answered_over_a_restart(tmp_path: Path, bybit_hangs: bool) -> None:
    assert len(await stops.restart(tmp_path, seconds=2, rate=5, bybit_hangs=bybit_hangs)) == 10
