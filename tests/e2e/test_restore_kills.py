"""Small runs of the campaigns of restores; `make campaign` runs a hundred restores, and spoils five hundred copies."""

from pathlib import Path

import pytest
from harness.waiting import CAMPAIGN_LIMIT

from ops.campaigns import corrupted, restores

pytestmark = pytest.mark.timeout(CAMPAIGN_LIMIT)


@pytest.mark.campaign
def test_what_was_acknowledged_stands_after_each_restore(tmp_path: Path) -> None:
    report = restores.run(1, CAMPAIGN_LIMIT, tmp_path, points=3)
    assert report.is_good, str(report)
    assert (report.cases, report.steps > 30) == (3, True)


@pytest.mark.campaign
def test_a_copy_that_was_spoiled_is_refused_with_a_word(tmp_path: Path) -> None:
    report = corrupted.run(1, tmp_path, copies=200)
    assert report.is_good, str(report)
    assert report.cases == 200
