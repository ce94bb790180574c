"""A small kill -9 campaign; `make campaign` runs it for as long as it is given."""

from pathlib import Path

import pytest
from harness.waiting import CAMPAIGN_LIMIT

from ops.campaigns import kills


@pytest.mark.campaign
@pytest.mark.timeout(CAMPAIGN_LIMIT)
async def test_twenty_five_kills_lose_nothing_and_repeat_nothing(tmp_path: Path) -> None:
    report = await kills.run(1, CAMPAIGN_LIMIT, tmp_path, kills=25)
    assert report.is_good, str(report)
    assert report.cases == 25
