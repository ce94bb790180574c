"""This release, one whose schema has more, and this one again, while people chat; `make campaign` goes further."""

from pathlib import Path

import pytest
from harness.waiting import CAMPAIGN_LIMIT

from ops.campaigns import upgrades


@pytest.mark.campaign
@pytest.mark.timeout(CAMPAIGN_LIMIT)
async def test_a_release_and_back_again_lose_nothing_that_people_say(tmp_path: Path) -> None:
    report = await upgrades.run(1, 0, tmp_path, with_before=False)
    assert report.is_good, str(report)
    assert report.cases == 2
