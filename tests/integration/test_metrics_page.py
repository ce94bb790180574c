"""docs/metrics.md is what /metrics shows, and a page is as old as the clock from outside says."""

from dataclasses import replace
from pathlib import Path

from aiohttp.test_utils import TestClient, TestServer
from harness.app import TUNING, harness
from harness.metrics import as_markdown, metrics_text
from harness.sources import ROOT


async def test_the_page_lists_every_metric_with_its_type_its_labels_and_its_meaning(tmp_path: Path) -> None:
    async with harness(tmp_path) as made:
        table = as_markdown(await metrics_text(made.assembly))
    text = (ROOT / "docs" / "metrics.md").read_text()
    assert text[text.index("| metric |") :].splitlines() == table.splitlines()


async def test_a_page_is_shared_until_the_clock_from_outside_says_that_it_is_old(tmp_path: Path) -> None:
    tuning = replace(TUNING, metrics_every=3_600)
    async with harness(tmp_path, tuning=tuning) as made, TestClient(TestServer(made.assembly.sidecar)) as client:

        async def page() -> str:
            async with client.get("/metrics") as answer:
                return await answer.text()

        first = await page()
        made.clock.advance(3_599)
        assert await page() == first
        made.clock.advance(1)
        assert await page() != first
