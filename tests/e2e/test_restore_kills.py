"""A small run of the campaign of restores; `make campaign` runs a hundred of them."""

from pathlib import Path

import pytest
from harness.waiting import CAMPAIGN_LIMIT

from ops.campaigns import restores

pytestmark = pytest.mark.timeout(CAMPAIGN_LIMIT)


@pytest.mark.campaign
def test_what_was_acknowledged_stands_after_each_restore(tmp_path: Path) -> None:
    report = restores.run(1, CAMPAIGN_LIMIT, tmp_path, points=5)
    assert report.is_good, str(report)
    assert (report.cases, report.steps > 50) == (5, True)
