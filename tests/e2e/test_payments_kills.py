"""A small campaign of payments under kill -9; `make campaign` runs it for as long as it is given."""

from pathlib import Path

import pytest
from harness.waiting import CAMPAIGN_LIMIT

from ops.campaigns import payments


@pytest.mark.campaign
@pytest.mark.timeout(CAMPAIGN_LIMIT)
async def test_twenty_five_kills_neither_lose_nor_double_a_charge(tmp_path: Path) -> None:
    report = await payments.run(seed=8, budget_seconds=CAMPAIGN_LIMIT, folder=tmp_path, kills=25)
    assert report.is_good, str(report)
    assert report.cases == 25
    assert report.steps > 80
