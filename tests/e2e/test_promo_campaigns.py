"""Small runs of the promo campaigns T1, T2 and T3; `make campaign` runs them for as long as it is given."""

from pathlib import Path

import pytest
from harness.waiting import CAMPAIGN_LIMIT

from ops.campaigns import promo

pytestmark = pytest.mark.timeout(CAMPAIGN_LIMIT)


@pytest.mark.campaign
async def test_twenty_five_kills_in_redemption_lose_nothing_and_double_nothing(tmp_path: Path) -> None:
    report = await promo.run_kills(1, CAMPAIGN_LIMIT, tmp_path, kills=25)
    assert report.is_good, str(report)
    assert (report.cases, report.steps > 100) == (25, True)


@pytest.mark.campaign
async def test_a_crowd_on_the_store_gets_exactly_what_the_code_has(tmp_path: Path) -> None:
    report = await promo.run_store(1, tmp_path, tasks=1_000)
    assert report.is_good, str(report)
    assert report.steps == promo.CAP


@pytest.mark.campaign
async def test_a_crowd_in_the_chat_gets_exactly_what_the_code_has(tmp_path: Path) -> None:
    """Eight driver processes, the real bot, the stand-in's chat."""
    report = await promo.run_chat(1, tmp_path, attempts=160)
    assert report.is_good, str(report)
    assert report.cases == 160
